"""`helpcenter ask`."""

import json

import pytest
from click.testing import CliRunner

from helpcenter.cli import program
from tests.chat.talking import BOT, write_bot


def run(environ: dict[str, str], *arguments: str, **more):
    """Run the command and return its result."""
    return CliRunner(env=environ).invoke(program, ["ask", *arguments], **more)


def test_one_turn_as_json_has_rule_confidence_replies_and_trace(environ):
    result = run(environ, "I need a copy of my invoice", "--lang", "en", "--json")
    turn = json.loads(result.stdout)

    assert turn["rule"] == "invoice.copy"
    assert turn["confidence"] > 0.28
    assert turn["replies"][0]["html"] == "You find every invoice in <strong>My pages</strong>, under <strong>Invoices</strong>."
    assert any("best rule invoice.copy" in line for line in turn["trace"])


def test_rules_in_files_can_be_tried_before_they_are_published(environ, tmp_path):
    folder = write_bot(tmp_path / "tried", BOT)
    result = run(environ, "my router is broken", "--lang", "en", "--rules", str(folder))

    assert "Which colour is the light?" in result.output
    assert "[Green]  [Red]" in result.output
    assert "router.down" not in result.output


def test_the_trace_says_in_words_why(environ, tmp_path):
    folder = write_bot(tmp_path / "tried", BOT)
    why = run(environ, "my ruoter is broken", "--lang", "en", "--rules", str(folder), "--trace").output.partition("Why:\n")[2]

    assert "· best rule router.down: score" in why
    assert "so the bot answers by it (it answers from" in why
    assert "matched words, and how much each speaks for it: " in why
    assert "words read as others: ruoter → router" in why
    assert "· answered by rule router.down (bot/en/bot.yaml:" in why


def test_without_a_question_it_chats_and_remembers(environ, tmp_path):
    folder = write_bot(tmp_path / "tried", BOT)
    result = run(environ, "--lang", "en", "--rules", str(folder), input="talk to a person\nAnn\nann@example.org\nMy cat sings\nyes\n")

    assert "(Escalate)" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize("lang", ["/etc", "../..", "", "LV", "elvish"])
def test_what_is_no_language_is_refused_in_one_line(environ, tmp_path, lang):
    folder = write_bot(tmp_path / "tried", BOT)
    result = run(environ, "hello", "--lang", lang, "--rules", str(folder))

    assert result.exit_code == (0 if lang in ("LV", "") else 2)
    assert lang in ("LV", "") or "--lang takes the code of a language" in result.output


def test_a_language_without_rules_is_answered_too(environ):
    assert json.loads(run(environ, "hej", "--lang", "sv", "--json").stdout)["rule"] == "builtin.hello"


@pytest.mark.parametrize("text", ["x" * 10_001])
def test_a_text_that_is_too_long_is_refused_in_one_line(environ, text):
    result = run(environ, text, "--lang", "en")

    assert result.exit_code == 2
    assert "at most 10000" in result.stderr
