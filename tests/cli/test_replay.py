"""`helpcenter replay`."""

import json
from pathlib import Path

from click.testing import CliRunner

from helpcenter.chat import conversations
from helpcenter.cli import program
from helpcenter.storage import writing
from helpcenter.web.conversing import context_at, finders
from helpcenter.web.services import services


def run(settings, *arguments: str):
    """Run the command over the data of *settings* and return its result."""
    environ = {
        "HELPCENTER_ARTICLES": str(settings.articles),
        "HELPCENTER_DATA": str(settings.data),
        "HELPCENTER_SECRET_KEY": settings.secret_key.get_secret_value() if hasattr(settings.secret_key, "get_secret_value") else settings.secret_key,
    }
    return CliRunner(env=environ).invoke(program, ["replay", *arguments])


def hold(app, *said: str) -> str:
    """Hold a conversation and return its name."""
    with app.test_request_context("/"), writing() as session:
        rules = services().bot()
        told = {"context": context_at(), **finders()}
        conversation, _token = conversations.start(session, "en", rules, **told)
        for text in said:
            conversations.say(session, conversation, rules, text=text, **told)
        return conversation.public_id


def test_published_rules_answer_as_before(published_app, settings):
    name = hold(published_app, "I need a copy of my invoice", "zzz qqq")
    played = json.loads(run(settings, name, "--json").stdout)

    assert played["turns"] == 3 and played["changed"] == 0
    assert all(turn["same_trace"] for turn in played["conversations"][0]["turns"])
    assert any("version 1" in line for turn in played["conversations"][0]["turns"] for line in turn["then"]["trace"])


def test_changed_rules_show_what_visitors_would_read(published_app, settings, tmp_path):
    hold(published_app, "I need a copy of my invoice")
    rules = (settings.articles / "bot/en/invoices.yaml").read_text(encoding="utf-8")
    tried = tmp_path / "tried" / "bot" / "en"
    tried.mkdir(parents=True)
    Path(tried, "invoices.yaml").write_text(rules.replace("You find every invoice in", "All invoices are in"), encoding="utf-8")
    printed = run(settings, "--rules", str(tmp_path / "tried" / "bot")).output

    assert "then: You find every invoice in My pages" in printed
    assert "now: All invoices are in My pages" in printed
    assert "1 conversations, 2 turns: 1 answered as before, 1 otherwise" in printed


def test_a_conversation_nobody_knows_is_told_in_one_line(published_app, settings):
    result = run(settings, "nowhere")

    assert result.exit_code == 1
    assert "There is no conversation nowhere." in result.output
