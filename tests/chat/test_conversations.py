"""Conversations in the database: tokens, turns stored once, a person taking over."""

import pytest

from helpcenter.chat import conversations
from helpcenter.chat.conversations import ConversationFull
from helpcenter.chat.turns import Context, Escalate
from helpcenter.language.cleaning import TextRefused
from helpcenter.storage import db, writing
from tests.chat.talking import NOW, Talker, rules_of


@pytest.fixture
def told(tmp_path) -> dict:
    """Return what every turn is told."""
    return Talker(rules_of(tmp_path / "rules")).told


@pytest.fixture
def rules(tmp_path):
    """Return the rules of the tests."""
    return rules_of(tmp_path / "rules")


@pytest.fixture
def started(storage_app, rules, told):
    """Return a conversation of Ann and its token."""
    with storage_app.app_context():
        with writing() as session:
            conversation, token = conversations.start(session, "en", rules, query="bill", **told)
        yield conversation, token


def say(conversation, rules, told, **message):
    """Say something in a transaction of its own."""
    with writing() as session:
        found = session.get(type(conversation), conversation.id)
        return conversations.say(session, found, rules, **told, **message)


def test_a_conversation_opens_with_the_welcome_and_only_its_token_finds_it(started):
    conversation, token = started
    messages = conversations.messages_after(db.session, conversation)

    assert [one.author for one in messages] == ["bot"]
    assert conversations.find_conversation(db.session, conversation.public_id, token).id == conversation.id
    assert conversations.find_conversation(db.session, conversation.public_id, token[:-1] + "x") is None
    assert conversations.find_conversation(db.session, conversation.public_id, "") is None
    assert token not in repr(vars(conversation))


def test_a_turn_is_stored_with_card_choices_rule_and_trace(started, rules, told):
    conversation, _ = started
    said = say(conversation, rules, told, text="I need a copy of my invoice")
    stored = conversations.messages_after(db.session, conversation, said.messages[0].id - 1)

    assert [one.rule for one in stored] == ["invoice.copy"] * 2
    assert stored[1].card["key"] == "payments/find-an-invoice"
    assert [choice["label"] for choice in stored[1].choices] == ["It is not there", "Something else"]
    assert any("best rule invoice.copy" in line for line in stored[1].trace)


def test_the_same_message_sent_twice_is_answered_once(started, rules, told):
    conversation, _ = started
    first = say(conversation, rules, told, text="zzz", client_id="m1")
    again = say(conversation, rules, told, text="zzz", client_id="m1")

    assert [one.id for one in again.messages] == [one.id for one in first.messages]
    assert again.repeated and again.actions == ()
    assert db.session.get(type(conversation), conversation.id).state["misses"] == 1
    assert not say(conversation, rules, told, text="zzz", client_id="m2").repeated


@pytest.mark.parametrize(("text", "choice", "shown"), [("", "person", "Talk to a person"), ("my own words", "person", "my own words"), ("", "no-such", "no-such")])
def test_the_transcript_shows_the_words_on_a_button_that_always_stands_there(started, rules, told, text, choice, shown):
    conversation, _ = started
    say(conversation, rules, told, text="I need a copy of my invoice")
    say(conversation, rules, told, text=text, choice=choice)

    assert [one.text for one in conversations.messages_after(db.session, conversation) if one.author == "visitor"][-1] == shown


def test_a_button_of_an_earlier_message_is_shown_by_its_words(started, rules, told):
    conversation, _ = started
    offered = say(conversation, rules, told, text="I need a copy of my invoice").messages[-1].choices[0]
    say(conversation, rules, told, text="hello")
    say(conversation, rules, told, choice=offered["value"])

    assert [one.text for one in conversations.messages_after(db.session, conversation) if one.author == "visitor"][-1] == offered["label"]


def test_the_transcript_shows_the_label_of_a_button(started, rules, told):
    conversation, _ = started
    say(conversation, rules, told, text="I need a copy of my invoice")
    say(conversation, rules, told, choice="flow:invoice.missing")
    transcript = conversations.transcript(conversations.messages_after(db.session, conversation))

    assert [one["text"] for one in transcript if one["from"] == "visitor"] == ["I need a copy of my invoice", "It is not there"]


def test_the_status_follows_the_talk_to_the_request(started, rules, told):
    conversation, _ = started
    for words in ("talk to a person", "Ann", "ann@example.org", "My washing machine sings"):
        say(conversation, rules, told, text=words)
    assert db.session.get(type(conversation), conversation.id).status == "form"
    said = say(conversation, rules, told, text="yes")

    assert isinstance(said.actions[0], Escalate)
    db.session.rollback()
    assert db.session.get(type(conversation), conversation.id, populate_existing=True).status == "escalated"


def test_the_bot_is_silent_once_a_person_answers(started, rules, told):
    conversation, _ = started
    with writing() as session:
        found = session.get(type(conversation), conversation.id)
        conversations.add_agent_message(session, found, "Hello Ann, this is Gus. <b>", context=Context(NOW))
    said = say(conversation, rules, told, text="how do returns work")

    assert said.messages == [] and said.turn is None
    last_two = conversations.messages_after(db.session, conversation)[-2:]
    assert [(one.author, one.html) for one in last_two] == [("agent", "Hello Ann, this is Gus. &lt;b&gt;"), ("visitor", "")]


def test_too_long_and_too_many_are_refused(started, rules, told):
    conversation, _ = started
    with pytest.raises(TextRefused):
        say(conversation, rules, told, text="x" * 10_001)
    with writing() as session:
        found = session.get(type(conversation), conversation.id)
        for _ in range(conversations.MOST_MESSAGES):
            conversations.add_bot_message(session, found, "x", rule="x", context=Context(NOW))

    with pytest.raises(ConversationFull):
        say(conversation, rules, told, text="hello")


def test_the_api_form_has_what_the_contract_names(started, rules, told):
    conversation, _ = started
    said = say(conversation, rules, told, text="how do returns work")
    shown = conversations.to_api(said.messages)

    assert set(shown[0]) == {"id", "from", "text", "html", "choices", "rule"}
    assert shown[1]["article"]["slug"] == "return-an-item"
    assert shown[-1]["choices"][0] == {"label": "Yes, solved", "value": "solved:yes"}
