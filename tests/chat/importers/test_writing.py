"""What an import does to a folder that people have worked in, and with parts that are odd."""

import json
import zipfile
from pathlib import Path

import pytest

from helpcenter.chat.importers.bot import ImportedBot, choice
from helpcenter.chat.importers.dialogflow import read_dialogflow
from helpcenter.chat.importers.rasa import read_rasa
from helpcenter.chat.importers.rivescript import read_rivescript
from helpcenter.chat.importers.writing import BotReport, write_bot
from tests.chat.importers.test_fixtures import FIXTURES, everything_in, imported, rules_in

NLU = "nlu:\n  - intent: {intent}\n    examples: |\n      - {example}\n"


def codes(report: BotReport) -> list[str]:
    """Return what was lost."""
    return [loss.what for loss in report.losses]


def bot_with(*intents: str) -> ImportedBot:
    """Return a bot whose rules have these names."""
    bot = ImportedBot("test")
    for intent in intents:
        rule = bot.rule("en", intent, "source")
        rule.examples, rule.answer = [(f"say {intent}", 1)], [[f"This is {intent}?"]]
    return bot


def test_a_file_that_an_editor_changed_stays(tmp_path):
    imported("rasa", tmp_path)
    path = tmp_path / "bot/en/complain.yaml"
    path.write_text(path.read_text() + "# Ed was here.\n")

    report = imported("rasa", tmp_path)

    assert report.kept == ["bot/en/complain.yaml"]
    assert path.read_text().endswith("# Ed was here.\n")


def test_a_file_that_an_editor_deleted_stays_away(tmp_path):
    imported("rasa", tmp_path)
    (tmp_path / "bot/en/complain.yaml").unlink()

    assert imported("rasa", tmp_path).kept == ["bot/en/complain.yaml"]
    assert not (tmp_path / "bot/en/complain.yaml").exists()


def test_what_changed_in_the_source_changes_here(tmp_path):
    write_bot(bot_with("a", "b"), tmp_path)
    changed = bot_with("a", "b")
    changed.rules[("en", "b")].answer = [["Something new?"]]

    report = write_bot(changed, tmp_path)

    assert report.changed == ["bot/en/b.yaml"]
    assert "Something new?" in (tmp_path / "bot/en/b.yaml").read_text()


def test_what_is_gone_from_the_source_is_named_and_stays(tmp_path):
    write_bot(bot_with("a", "b"), tmp_path)

    report = write_bot(bot_with("a"), tmp_path)

    assert report.vanished == ["bot/en/b.yaml"]
    assert (tmp_path / "bot/en/b.yaml").exists()


def test_a_rule_of_the_folder_keeps_its_name_and_buttons_lead_to_it(tmp_path):
    (tmp_path / "bot/en").mkdir(parents=True)
    (tmp_path / "bot/en/ours.yaml").write_text("rules:\n  - {intent: a, examples: [ours], answer: Ours.}\n")
    bot = bot_with("a", "b")
    bot.rules[("en", "b")].choices = [choice("To a", rule="a")]

    report = write_bot(bot, tmp_path)

    assert codes(report) == ["taken"]
    assert report.problems == []
    assert rules_in(tmp_path).of("en").rules["a"].answer[0].text == ["Ours."]
    assert rules_in(tmp_path).of("en").rules["b"].choices[0].rule == "a"


def test_names_that_make_the_same_file_name_get_files_of_their_own_for_good(tmp_path):
    write_bot(bot_with("a b", "a-b"), tmp_path)

    report = write_bot(bot_with("a-b"), tmp_path)

    assert (report.unchanged, report.vanished, report.problems) == (1, ["bot/en/a-b.yaml"], [])
    assert set(rules_in(tmp_path).of("en").rules) == {"a b", "a-b"}


@pytest.mark.parametrize("name", ["builtin.person", "fallback.x", "a\nb", " ", "x" * 300, "../../etc/passwd", "Ērgļi 🦅", "\x00", "#!*&"])
def test_any_name_becomes_a_valid_one_inside_the_folder(name, tmp_path):
    folder = tmp_path / "content"

    report = write_bot(bot_with(name, f"{name} again"), folder)

    assert report.problems == []
    assert len(rules_in(folder).of("en").rules) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["content"]


def test_a_button_that_leads_nowhere_and_a_text_too_long_are_left_out(tmp_path):
    bot = bot_with("a")
    bot.rules[("en", "a")].choices = [choice("Nowhere", rule="gone")]
    bot.rules[("en", "a")].examples.append(("x" * 3000, 7))

    report = write_bot(bot, tmp_path)

    assert sorted(codes(report)) == ["choices", "text"]
    assert report.problems == []


def test_the_same_words_in_two_languages_are_no_contradiction(tmp_path):
    bot = ImportedBot("test")
    for lang, intent in (("en", "a"), ("sv", "b")):
        rule = bot.rule(lang, intent, "source")
        rule.examples, rule.answer = [("internet", 1)], [["Internet?"]]

    assert codes(write_bot(bot, tmp_path)) == []
    assert (tmp_path / "bot/sv/b.yaml").exists()


def test_a_link_does_not_lead_an_import_out_of_the_folder(tmp_path):
    folder, outside = tmp_path / "content", tmp_path / "outside"
    outside.mkdir()
    (folder / "bot").mkdir(parents=True)
    (folder / "bot/en").symlink_to(outside)

    report = write_bot(bot_with("a"), folder)

    assert "path" in codes(report)
    assert list(outside.iterdir()) == []


def test_the_bot_folder_may_be_named_itself(tmp_path):
    write_bot(bot_with("a"), tmp_path / "bot")

    assert (tmp_path / "bot/en/a.yaml").exists()
    assert (tmp_path / ".imports/test.json").exists()


def test_a_zip_gives_the_same_as_its_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "agent.zip", "w") as archive:
        for path in sorted((FIXTURES / "dialogflow").rglob("*.json")):
            archive.write(path, path.relative_to(FIXTURES / "dialogflow").as_posix())

    write_bot(read_dialogflow(tmp_path / "agent.zip"), tmp_path / "zip")
    imported("dialogflow", tmp_path / "folder")

    assert everything_in(tmp_path / "zip") == everything_in(tmp_path / "folder")


def test_rasa_says_its_language_and_the_command_says_it_better(tmp_path):
    (tmp_path / "config.yml").write_text("language: lv\npipeline: []\n")
    (tmp_path / "nlu.yml").write_text(NLU.format(intent="a", example="kur ir mans sūtījums"))

    assert [lang for lang, _ in read_rasa(tmp_path).rules] == ["lv"]
    assert [lang for lang, _ in read_rasa(tmp_path, "sv").rules] == ["sv"]


def test_forms_of_rasa_2_say_their_slots_as_a_mapping(tmp_path):
    (tmp_path / "domain.yml").write_text(
        "forms:\n  f:\n    required_slots:\n      mail:\n        - {type: from_entity, entity: email}\nresponses:\n  utter_ask_mail:\n    - text: Which address?\n"
    )

    assert read_rasa(tmp_path).flows[("en", "f")].form == [{"slot": "mail", "type": "email", "ask": "Which address?"}]


def test_two_triggers_that_lead_to_each_other_are_a_loss(tmp_path):
    (tmp_path / "a.rive").write_text("+ a\n@ b\n\n+ b\n@ a\n")

    bot = read_rivescript(tmp_path)

    assert bot.rules == {}
    assert [(loss.what, loss.line) for loss in bot.losses] == [("redirect", 1), ("redirect", 4)]


def test_the_ledger_is_the_same_however_often_it_is_written(tmp_path):
    imported("botpress", tmp_path)
    first = (tmp_path / ".imports/botpress.json").read_text()
    imported("botpress", tmp_path)

    assert (tmp_path / ".imports/botpress.json").read_text() == first
    assert set(json.loads(first)["files"]) == {path.relative_to(tmp_path).as_posix() for path in Path(tmp_path / "bot").rglob("*.yaml")}
