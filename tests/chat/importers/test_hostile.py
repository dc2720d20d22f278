"""Sources that are broken, huge or mean: each ends with a message or a loss, soon, and writes nothing outside of the folder."""

import json
import zipfile

import pytest

from helpcenter.chat.importers.bot import LARGEST_FILE_BYTES
from helpcenter.chat.importers.rivescript_triggers import TooLarge, as_pattern
from helpcenter.chat.importers.writing import write_bot
from helpcenter.content.importers.article import ImportRefused
from tests.chat.importers.test_fixtures import READERS, rules_in
from tests.effort import SECOND_OF_CALLS, calls, growth

NAMES = {"rasa": "nlu.yml", "dialogflow": "intents/a.json", "botpress": "qna/a.json", "rivescript": "a.rive"}
BROKEN = {
    "empty": b"",
    "latin-1": "nlu:\n  - intent: gr\xfc\xdfe\n+ gr\xfc\xdfe\n- hallo\n".encode("latin-1"),
    "bytes": bytes(range(256)) * 40,
    "deep brackets": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep lists": b"- " * 5_000 + b"a",
    "a list": b"[1, 2, 3]",
    "a number": b"7",
    "null": b"null",
    "alias": b"nlu: &a\n  - intent: x\n    examples: *a\n",
    "tag": b"nlu: !!python/object/apply:os.system ['touch /tmp/owned']\n",
    "signs": b"+\n-\n%\n^\n@\n*\n>\n<\n!\n",
    "wrong kinds": b'{"nlu": {"intent": 1}, "rules": "x", "stories": [1], "responses": [], "forms": {"f": 3}, "slots": 4, "name": 5, "responses2": [],'
    b' "data": "x", "utterances": [], "nodes": 3}',
}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_a_loss_or_nothing_at_all(kind, content, tmp_path):
    source = tmp_path / "source"
    (source / NAMES[kind]).parent.mkdir(parents=True, exist_ok=True)
    (source / NAMES[kind]).write_bytes(content)

    def read():
        assert write_bot(READERS[kind](source, None), tmp_path / "content").problems == []

    assert calls(read) < 2 * SECOND_OF_CALLS


@pytest.mark.parametrize(("kind", "name"), NAMES.items())
def test_a_file_that_is_not_utf_8_is_named(kind, name, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(BROKEN["latin-1"])

    losses = READERS[kind](tmp_path, None).losses

    assert [loss.source for loss in losses] == [name]
    assert "UTF-8" in losses[0].detail


@pytest.mark.parametrize(("kind", "name"), NAMES.items())
def test_a_file_of_fifty_megabytes_is_not_read(kind, name, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    with (tmp_path / name).open("wb") as file:
        file.truncate(50 * 1024 * 1024)

    assert [loss.what for loss in READERS[kind](tmp_path, None).losses] == ["too-large"]
    assert LARGEST_FILE_BYTES < 50 * 1024 * 1024


@pytest.mark.parametrize("kind", READERS)
def test_a_zip_that_would_unpack_elsewhere_or_for_ever_is_refused(kind, tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../../evil.yml", "nlu: []")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(16):
            archive.writestr(f"{number}.json", b"0" * 15_000_000)

    for name in ("evil.zip", "bomb.zip"):
        with pytest.raises(ImportRefused):
            READERS[kind](tmp_path / name, None)


@pytest.mark.parametrize("kind", READERS)
def test_a_gzip_archive_is_refused_with_what_to_do(kind, tmp_path):
    (tmp_path / "bot.tgz").write_bytes(b"\x1f\x8b\x08\x00rest")

    with pytest.raises(ImportRefused, match="unpack it"):
        READERS[kind](tmp_path / "bot.tgz", None)


@pytest.mark.parametrize(
    "trigger",
    [
        f"({'|'.join(f'word{number}' for number in range(5000))}) now",
        " ".join(["(a|b|c|d)"] * 400),
        "(" * 500,
        "[a|b] [c]",
        "()",
        "a (b (c)) d",
        "@unknown thing",
        "\\p{Nonsense}",
    ],
)
def test_a_trigger_too_large_or_wrong_is_a_loss(trigger, tmp_path):
    (tmp_path / "a.rive").write_text(f"+ {trigger}\n- Yes?\n\n+ fine\n- Fine?\n")

    bot = READERS["rivescript"](tmp_path, None)
    report = write_bot(bot, tmp_path / "content")

    assert report.problems == []
    assert "fine" in rules_in(tmp_path / "content").of("en").rules


def test_thousands_of_alternatives_are_too_large():
    with pytest.raises(TooLarge):
        as_pattern(f"({'|'.join(f'word{number}' for number in range(5000))}) now", {})


def test_markup_that_never_ends_costs_little(tmp_path):
    example = "[" * 20_000 + "]" * 20_000
    (tmp_path / "nlu.yml").write_text("nlu:\n  - intent: a\n    examples: |\n      - " + "[x](" * 3000 + "\n      - ok\n")
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents/a.json").write_text(json.dumps({"name": "a", "utterances": {"en": [example]}}))

    assert calls(lambda: READERS["rasa"](tmp_path, None)) < SECOND_OF_CALLS
    assert calls(lambda: READERS["botpress"](tmp_path, None)) < SECOND_OF_CALLS


RIVES = {
    "redirects": lambda n: "+ hello\n- Hi!\n\n" + "".join(f"+ word{number}\n@ hello\n\n" for number in range(n)),
    "chains": lambda n: "".join(f"+ word{number}\n@ word{number + 1}\n\n" for number in range(n)),
    "previous": lambda n: "".join(f"+ say{number}\n- Reply {number}\n\n+ yes{number}\n% reply {number}\n- Well {number}\n\n" for number in range(n)),
    "continued": lambda n: "+ hello\n- Hi\n" + "^ and more\n" * n,
    "rules": lambda n: "".join(f"+ hello {number}\n- Hi {number}!\n" for number in range(n)),
}


@pytest.mark.parametrize("make", RIVES.values(), ids=RIVES.keys())
def test_work_for_a_script_grows_with_its_length(make, tmp_path):
    def read(n: int):
        (tmp_path / "a.rive").write_text(make(n))
        return READERS["rivescript"](tmp_path, None)

    read(1)

    assert growth(read, 100, 800) < 10


def test_no_rule_is_written_to_a_file_that_windows_keeps_for_a_device(tmp_path):
    (tmp_path / "a.rive").write_text("+ aux\n- Sound.\n\n+ auxiliary\n- Help.\n")

    write_bot(READERS["rivescript"](tmp_path, None), tmp_path / "content")

    assert sorted(path.name for path in (tmp_path / "content/bot/en").iterdir()) == ["aux-.yaml", "auxiliary.yaml"]


def test_an_agent_whose_intents_follow_each_other_in_a_circle_comes_along(tmp_path):
    (tmp_path / "intents").mkdir()
    for name, parent in (("a", "b"), ("b", "a")):
        intent = {"id": name, "name": name, "parentId": parent, "responses": [{"messages": [{"type": 0, "lang": "en", "speech": f"{name}?"}]}]}
        (tmp_path / f"intents/{name}.json").write_text(json.dumps(intent))
        (tmp_path / f"intents/{name}_usersays_en.json").write_text(json.dumps([{"data": [{"text": f"say {name}"}]}]))

    report = write_bot(READERS["dialogflow"](tmp_path, None), tmp_path / "content")

    assert report.problems == []
    assert report.rules == 2


def test_two_follow_ups_of_one_name_are_no_failure(tmp_path):
    (tmp_path / "intents").mkdir()

    def intent(file: str, number: str, name: str, text: str, parent: str | None = None) -> None:
        more = {"parentId": parent, "contexts": ["c"]} if parent else {}
        body = {"id": number, "name": name, "responses": [{"messages": [{"type": "0", "speech": ["Yes."]}]}], **more}
        (tmp_path / f"intents/{file}.json").write_text(json.dumps(body), encoding="utf-8")
        said = [{"data": [{"text": text}]}]
        (tmp_path / f"intents/{file}_usersays_en.json").write_text(json.dumps(said), encoding="utf-8")

    intent("parcel", "1", "parcel", "where is my parcel")
    intent("yes", "2", "parcel - yes", "yes please", "1")
    intent("yes-again", "3", "parcel - yes", "sure", "1")
    write_bot(READERS["dialogflow"](tmp_path, None), tmp_path / "content")

    (parcel,) = [rule for rule in rules_in(tmp_path / "content").of("en").rules.values() if "where is my parcel" in rule.examples]
    assert [choice.label for choice in parcel.choices] == ["yes please"]
