"""Each format's fixture becomes the files, losses and answers that stand beside it."""

from pathlib import Path

import pytest

from helpcenter.chat.importers.botpress import read_botpress
from helpcenter.chat.importers.dialogflow import read_dialogflow
from helpcenter.chat.importers.rasa import read_rasa
from helpcenter.chat.importers.rivescript import read_rivescript
from helpcenter.chat.importers.writing import BotReport, write_bot
from helpcenter.chat.rules import Rules, load_rules
from tests.chat.talking import Talker

FIXTURES = Path(__file__).parent / "fixtures"
READERS = {"rasa": read_rasa, "dialogflow": read_dialogflow, "botpress": read_botpress, "rivescript": read_rivescript}


def imported(kind: str, folder: Path) -> BotReport:
    """Import the fixture of a format."""
    return write_bot(READERS[kind](FIXTURES / kind, None), folder)


def everything_in(folder: Path) -> str:
    """Return all visible files of a folder as one text."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.relative_to(folder).parts[0].startswith("."))
    return "".join(f"# {path.relative_to(folder).as_posix()}\n{path.read_text('utf-8')}" for path in files)


def rules_in(folder: Path, lang: str = "en") -> Rules:
    """Return the rules that were written; they have no errors."""
    rules, problems = load_rules(folder / "bot", [lang])
    assert [str(one) for one in problems if one.severity == "error"] == []
    return rules


@pytest.mark.parametrize("kind", READERS)
def test_the_files_and_the_losses_are_those_that_were_reviewed(kind, tmp_path):
    report = imported(kind, tmp_path)
    losses = "".join(f"{loss.what}: {loss}\n" for loss in report.losses)

    assert everything_in(tmp_path) + "# losses\n" + losses == (FIXTURES / f"{kind}.expected.txt").read_text("utf-8")
    assert report.problems == []


@pytest.mark.parametrize("kind", READERS)
def test_an_example_of_each_intent_gets_its_rule(kind, tmp_path):
    imported(kind, tmp_path)
    languages = sorted(path.name for path in (tmp_path / "bot").iterdir())

    asked = 0
    for lang in languages:
        rules = rules_in(tmp_path, lang)
        for rule in rules.of(lang).rules.values():
            if rule.examples:
                turn = Talker(rules, lang).say(rule.examples[0])
                assert rule.intent in [turn.rule, *(one.rule for one in turn.replies)]
                asked += 1
    assert asked >= 1


@pytest.mark.parametrize("kind", READERS)
def test_a_second_import_changes_nothing(kind, tmp_path):
    imported(kind, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    report = imported(kind, tmp_path)

    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert (report.added, report.changed, report.kept, report.vanished) == ([], [], [], [])


def test_a_form_of_rasa_asks_its_questions_and_says_what_follows(tmp_path):
    imported("rasa", tmp_path)
    ann = Talker(rules_in(tmp_path))

    ann.say("where is my order")
    assert ann.text == "Which order is it?"
    ann.say("NL-1234567")
    assert "How fast should it be?" in ann.text
    ann.say("fast")
    ann.say("yes")

    assert "Order NL-1234567 is on its way." in ann.text


def test_what_followed_an_intent_of_dialogflow_is_heard_below_it_only(tmp_path):
    imported("dialogflow", tmp_path)
    rules = rules_in(tmp_path)
    ann, bob = Talker(rules), Talker(rules)

    ann.say("give me my money back")
    assert "yes please" in ann.labels
    ann.say("sure")
    bob.say("sure")

    assert ann.text == "It has begun."
    assert "It has begun." not in bob.text


def test_a_form_of_dialogflow_fills_its_answer(tmp_path):
    imported("dialogflow", tmp_path)
    ann = Talker(rules_in(tmp_path))

    ann.say("call me back")
    ann.say("+371 2000 0000")
    ann.say("router")

    assert "We call +37120000000 about router" in ann.text


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("Please, call me tomorrow!", "[please] call me *"),
        ("I want a LIGHT BLUE phone.", "i want a (@colors) phone"),
        ("end my contract", "(cancel|end) my contract"),
        ("hey", "hello"),
    ],
)
def test_triggers_of_rivescript_hear_what_they_heard(said, rule, tmp_path):
    imported("rivescript", tmp_path)

    assert Talker(rules_in(tmp_path)).say(said).rule == rule


def test_a_word_that_a_trigger_does_not_have_is_not_heard_by_its_pattern(tmp_path):
    imported("rivescript", tmp_path)

    assert Talker(rules_in(tmp_path)).say("I want a purple phone").rule != "i want a (@colors) phone"
