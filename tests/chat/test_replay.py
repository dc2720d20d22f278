"""Stored conversations played again: the same rules answer the same for the same reasons, others tell what would change."""

from dataclasses import replace
from pathlib import Path

import pytest

from helpcenter.chat import conversations
from helpcenter.chat.conversation_tests import context_of, find_any_article, find_no_passage, read_test_file
from helpcenter.chat.models import Conversation
from helpcenter.chat.replay import exchanges, replay
from helpcenter.chat.rules import load_rules
from helpcenter.storage import db, writing
from tests.chat.talking import BOT, NOW, Talker, rules_of

ARTICLES = Path(__file__).parents[2] / "articles"
LANGUAGES = ("en", "lv", "pl", "sv", "kk")


@pytest.fixture
def rules(tmp_path):
    """Return the rules of the tests."""
    return rules_of(tmp_path / "rules")


@pytest.fixture
def told(rules):
    """Return what every turn is told."""
    return Talker(rules).told


def hold(rules, told, *said: dict, lang: str = "en") -> Conversation:
    """Return a conversation in which the visitor said *said*."""
    with writing() as session:
        conversation, _token = conversations.start(session, lang, rules, **told)
        for one in said:
            conversations.say(session, conversation, rules, **told, **one)
        return conversation


def play(conversation: Conversation, rules, told) -> list:
    """Return the turns of *conversation*, then and now."""
    found = db.session.get(Conversation, conversation.id)
    moment = told["context"]
    return list(
        replay(
            found, conversations.messages_after(db.session, found), rules,
            search=told["search"], find_article=told["find_article"], context_at=lambda now: replace(moment, now=now),
        )
    )  # fmt: skip


def test_the_same_rules_give_the_same_answers_and_traces(app, rules, told):
    with app.app_context():
        held = hold(
            rules, told,
            {"text": "I need a copy of my invoice"}, {"choice": "flow:invoice.missing"}, {"text": "march"},
            {"text": "how do returns work?"}, {"text": "123456"}, {"text": "ann@example.org"}, {"text": "yes"},
        )  # fmt: skip
        turns = play(held, rules, told)

        assert len(turns) == 8
        assert all(turn.same_answer and turn.same_trace for turn in turns)
        assert turns[-1].now.state.to_json() == db.session.get(Conversation, held.id).state


def test_a_button_of_an_earlier_answer_is_pressed_again(app, rules, told):
    with app.app_context():
        held = hold(rules, told, {"text": "my router is broken"}, {"text": "hello"}, {"choice": "step:router.repair/fine"})

        assert all(turn.same_trace for turn in play(held, rules, told))


def test_other_rules_show_what_would_change(app, rules, told, tmp_path):
    with app.app_context():
        held = hold(rules, told, {"text": "I want to send something back"}, {"text": "hello"})
        other = rules_of(tmp_path / "other", BOT.replace("You have 14 days.", "You have 30 days."))
        welcome, returned, greeted = play(held, other, told)

        assert not returned.same_answer and returned.now.replies[0].text == "You have 30 days."
        assert welcome.same_answer and greeted.same_answer
        assert not greeted.same_trace, "the trace names the revision of the rules"


def test_what_a_person_answered_is_not_played(app, rules, told):
    with app.app_context():
        held = hold(rules, told, {"text": "hello"})
        with writing() as session:
            found = session.get(Conversation, held.id)
            conversations.add_agent_message(session, found, "Gus here.", context=told["context"])
            conversations.say(session, found, rules, **told, text="Thank you, Gus.")
        messages = conversations.messages_after(db.session, db.session.get(Conversation, held.id))

        assert [one.said.text if one.said else None for one in exchanges(messages)] == [None, "hello"]
        assert len(play(held, rules, told)) == 2


def test_every_conversation_of_the_sample_library_is_played_to_the_same_traces(app):
    rules, problems = load_rules(ARTICLES / "bot", LANGUAGES)
    folder = ARTICLES / "tests" / "conversations"
    differing, played = [], 0
    with app.app_context():
        for path in sorted(folder.glob("**/*.yaml")):
            file, _problems = read_test_file(path, folder)
            for source in file.conversations:
                told = {"search": find_no_passage, "find_article": find_any_article, "context": replace(context_of(source), now=NOW)}
                turns = play(hold(rules, told, *messages_of(source), lang=source.lang or file.lang), rules, told)
                differing += [f"{path.name}: {source.conversation}" for turn in turns if not (turn.same_answer and turn.same_trace)]
                played += len(turns)

    assert problems == [] or all(problem.severity != "error" for problem in problems)
    assert differing == []
    assert played > 400


def messages_of(source) -> list[dict]:
    """Return what the visitor of a conversation test says; a button by its words, as one who types them."""
    return [{"text": turn.say if turn.say is not None else turn.choose} for turn in source.turns]

