"""The way from a chat to a person and back: nothing said before is lost, nothing is said twice."""

import re

import pytest
from sqlalchemy import select

from helpcenter.accounts import staff
from helpcenter.chat.models import Conversation
from helpcenter.chat.turns import Escalate
from helpcenter.journeys.models import Event, Journey
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.models import Message, SupportRequest
from helpcenter.web import asking, conversing

PROBLEM = "The invoice for March is wrong and nobody tells me why"


class Chat:
    """A visitor's program talking to the API."""

    def __init__(self, client, lang: str = "en") -> None:
        opened = client.post("/api/v1/chat", json={"lang": lang, "page": "/en/articles/find-an-invoice", "query": "invoce"}).get_json()
        self.client = client
        self.address = f"/api/v1/chat/{opened['conversation']}/messages"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.choices: list[dict] = []

    def say(self, text: str, **more) -> dict:
        """Send words; return the answer."""
        return self._sent({"text": text, **more})

    def press(self, value: str) -> dict:
        """Press the button with this value, or the first whose value begins with it."""
        named = next((choice["value"] for choice in self.choices if choice["value"].startswith(value)), value)
        return self._sent({"choice": named})

    def _sent(self, body: dict) -> dict:
        answer = self.client.post(self.address, json=body, headers=self.headers).get_json()
        self.choices = [choice for message in answer["messages"] for choice in message["choices"]]
        return answer

    def read(self, after: int = 0) -> dict:
        """Return the messages after an id."""
        return self.client.get(f"{self.address}?after={after}", headers=self.headers).get_json()


def fill_the_form(chat: Chat, answer: dict) -> dict:
    """Answer what the form asks until it is sent; return the last answer."""
    for words in ("Ann", "ann@example.org", PROBLEM):
        if answer["state"] != "form":
            break
        if any(choice["value"] == "form:send" for choice in chat.choices):
            return chat.press("form:send")
        answer = chat.say(words)
    return chat.press("form:send") if answer["state"] == "form" else answer


def escalate(chat: Chat) -> dict:
    """Go from a question to a request; return the last answer."""
    chat.say(PROBLEM)
    return fill_the_form(chat, chat.say("I want to talk to a person"))


@pytest.mark.parametrize("lang", ["en", "lv", "pl", "sv", "kk"])
def test_a_person_can_be_asked_for_in_every_language(client, published_app, lang):
    chat = Chat(client, lang)
    answer = fill_the_form(chat, chat.press("person"))

    with published_app.app_context():
        stored = db.session.scalars(select(SupportRequest)).all()
        assert [(one.lang, one.email) for one in stored] == [(lang, "ann@example.org")], chat.read()
    assert answer["state"] == "escalated"


def test_the_request_carries_the_transcript_and_the_trail(client, published_app):
    answer = escalate(Chat(client))

    assert answer["state"] == "escalated"
    with published_app.app_context():
        request = db.session.scalars(select(SupportRequest)).one()
        assert request.reference == answer["request"]["reference"]
        assert PROBLEM in [line["text"] for line in request.transcript]
        assert [step["kind"] for step in request.trail][:3] == ["search", "view", "chat"]
        assert PROBLEM in db.session.scalars(select(Message.text)).one()
        assert db.session.scalars(select(Journey.outcome)).one() == "escalated"
        assert db.session.scalars(select(OutboxMail.recipient)).all() == ["ann@example.org"]


def test_the_trail_names_the_article_that_was_read_and_not_the_chat_itself(client, published_app):
    escalate(Chat(client))
    client.post("/api/v1/chat", json={"lang": "en", "page": "/en/chat"})

    with published_app.app_context():
        views = db.session.scalars(select(Event.details).where(Event.kind == "view")).all()
        assert [view["title"] for view in views] == ["Find your invoices"]


def test_a_vote_and_its_reason_are_one_visit_to_the_article(client, published_app):
    for reason in (None, "unclear"):
        body = {"article": "find-an-invoice", "lang": "en", "helpful": False, "query": "bill", "reason": reason}
        client.post("/api/v1/votes", json=body)

    with published_app.app_context():
        kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
        assert kinds == ["search", "view", "vote", "vote"]


def test_the_answer_names_the_reference_and_the_link_opens_the_request(client):
    answer = escalate(Chat(client))

    assert answer["request"]["reference"] in " ".join(message["text"] for message in answer["messages"])
    page = client.get(re.sub(r"^https?://[^/]+", "", answer["request"]["status_url"]))
    assert answer["request"]["reference"] in page.get_data(as_text=True)


def test_a_persons_answer_arrives_in_the_chat_and_the_visitor_answers_there(client, published_app):
    chat = Chat(client)
    last = escalate(chat)["messages"][-1]["id"]
    with published_app.test_request_context("/"), writing() as session:
        gus = staff.add_staff(session, email="gus@example.org", name="Gus", role="agent", password="a long enough password")
        request = session.scalars(select(SupportRequest)).one()
        support.reply(session, asking.terms(), request, "It is mended now.", staff=gus)
        conversing.answer_in_chat(session, request, "It is mended now.")

    news = chat.read(last)["messages"]
    answer = chat.say("Thank you, it works")

    assert [(message["from"], message["text"]) for message in news] == [("agent", "It is mended now.")]
    assert [message for message in answer["messages"] if message["from"] == "bot"] == []
    with published_app.app_context():
        texts = db.session.scalars(select(Message.text).order_by(Message.id)).all()
        assert texts[-2:] == ["It is mended now.", "Thank you, it works"]


def test_a_long_answer_of_a_person_is_shown_whole_in_the_chat(client, published_app):
    chat, text = Chat(client), "x" * 19_000 + " the end"
    last = escalate(chat)["messages"][-1]["id"]
    with published_app.test_request_context("/"), writing() as session:
        conversing.answer_in_chat(session, session.scalars(select(SupportRequest)).one(), text)

    assert [message["text"] for message in chat.read(last)["messages"]] == [text]


def test_what_is_said_after_the_request_was_closed_is_a_new_one_that_the_chat_follows(client, published_app):
    chat = Chat(client)
    old = escalate(chat)["request"]["reference"]
    with published_app.app_context(), writing() as session:
        session.scalars(select(SupportRequest)).one().state = "closed"

    answer = chat.say("It is wrong again")
    chat.say("And in April too")

    with published_app.app_context():
        first, second = db.session.scalars(select(SupportRequest).order_by(SupportRequest.id)).all()
        assert (first.reference, first.state, second.state) == (old, "closed", "new")
        assert [one.text for one in second.messages] == ["It is wrong again", "And in April too"]
        assert second.reference in answer["messages"][-1]["text"] and answer["request"]["reference"] == second.reference
        assert db.session.scalars(select(Conversation.request_id)).one() == second.id


def test_the_answers_of_the_request_that_took_over_reach_the_chat(client, published_app):
    chat = Chat(client)
    last = escalate(chat)["messages"][-1]["id"]
    with published_app.test_request_context("/"), writing() as session:
        request = session.scalars(select(SupportRequest)).one()
        values = {"subject": "The same", "body": "Still", "email": "ann@example.org", "lang": "en"}
        into = support.open_request(session, asking.terms(), **values)
        conversing.follow_merge(session, request, into)
        conversing.answer_in_chat(session, into, "Both are mended.")

    assert [message["text"] for message in chat.read(last)["messages"]] == ["Both are mended."]


def test_the_same_message_sent_twice_is_said_once(client, published_app):
    chat = Chat(client)
    first = chat.say("I need a copy of my invoice", id="one")
    second = chat.say("I need a copy of my invoice", id="one")

    assert first["messages"] == second["messages"]
    assert len([message for message in chat.read()["messages"] if message["from"] == "visitor"]) == 1


def test_an_escalation_sent_twice_is_one_request(client, published_app):
    chat = Chat(client)
    escalate(chat)
    chat.say("yes", id="late")
    chat.say("yes", id="late")

    with published_app.app_context():
        assert len(db.session.scalars(select(SupportRequest)).all()) == 1


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("/en/articles/find-an-invoice?x=1#y", {"article": "payments/find-an-invoice", "section": "payments"}),
        ("/en/sections/payments", {"section": "payments"}),
        ("/en/articles/there-is-none", {}),
        ("/shop/basket", {}),
        ("", {}),
    ],
)
def test_the_bot_is_told_which_article_and_section_the_visitor_reads(published_app, page, place):
    with published_app.test_request_context("/"):
        assert conversing.place_of(page) == place


@pytest.mark.parametrize("urgent", [True, False])
def test_what_the_rules_call_urgent_is_a_request_of_high_priority(published_app, urgent):
    answers = {"email": "ann@example.org", "problem": "It burns"}
    with published_app.test_request_context("/"):
        opened = conversing.start("en")
        with writing() as session:
            conversation = session.get(Conversation, opened.conversation.id)
            conversing.escalate(session, conversation, Escalate(answers, kind="complaint", subject="Fire", urgent=urgent))

        assert db.session.scalar(select(SupportRequest)).priority == ("high" if urgent else "normal")
