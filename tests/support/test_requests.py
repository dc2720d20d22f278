"""Requests: opened whole, answered, never doubled."""

import re
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from helpcenter.journeys import trail
from helpcenter.language.cleaning import TextRefused
from helpcenter.mail.addresses import AddressRefused
from helpcenter.mail.models import OutboxMail
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import db, writing
from helpcenter.support import links
from helpcenter.support import requests as support
from helpcenter.support.models import Message, StatusLink, SupportRequest


def count(session, model) -> int:
    """Return how many rows of *model* there are."""
    return session.scalar(select(func.count()).select_from(model))


def test_a_request_carries_what_was_said_and_done_before(writer, terms, question):
    journey = trail.start(writer, "en")
    trail.record(writer, journey, "search", query="blinks", hits=2)
    transcript = [{"from": "visitor", "text": "It blinks"}, {"from": "bot", "text": "Which colour?"}]

    request = support.open_request(
        writer, terms, **question, journey_id=journey.id, transcript=transcript, slots={"order": "NL-1"}, kind="problem"
    )

    writer.expire_all()
    assert [step["kind"] for step in request.trail] == ["search", "request"]
    assert request.transcript == transcript
    assert request.slots == {"order": "NL-1"}
    assert (request.state, request.kind, request.lang) == ("new", "problem", "en")
    assert trail.get(writer, journey.id).outcome == "escalated"
    assert [(message.author, message.text) for message in request.messages] == [("customer", question["body"])]


def test_a_request_has_a_reference_for_the_phone_and_a_link_that_opens_it(writer, terms, question):
    request = support.open_request(writer, terms, **question)

    assert re.fullmatch(r"R-[34679CDFGHJKMNPQRTVWX]{6}", request.reference)
    token = links.status_url(terms, request).removeprefix("https://help.nordlys.example/requests/")
    assert links.find_by_token(writer, token) is request
    assert support.find_by_reference(writer, f" {request.reference.lower().replace('-', ' ')} ") is request


def test_urgent_requests_stand_on_top_until_they_are_done(writer, terms, question, gus):
    urgent = support.open_request(writer, terms, **question, priority="high")
    ordinary = support.open_request(writer, terms, **question)

    assert support.list_requests(writer) == [urgent, ordinary]
    assert ordinary.priority == "normal"

    support.set_state(writer, urgent, "solved", staff=gus)
    support.set_state(writer, ordinary, "open", staff=gus)
    assert support.list_requests(writer) == [ordinary, urgent]


def test_an_unknown_priority_is_refused(writer, terms, question):
    with pytest.raises(support.RequestRefused) as refused:
        support.open_request(writer, terms, **question, priority="urgent")
    assert refused.value.field == "priority"


class Crash(Exception):
    """What happens before the commit."""


def test_all_of_a_request_is_stored_or_nothing(storage_app, terms, question):
    with storage_app.app_context():
        with writing() as session:
            journey_id = trail.start(session, "en").id
        with pytest.raises(Crash), writing() as session:
            support.open_request(session, terms, **question, journey_id=journey_id, idempotency_key="1")
            raise Crash

        assert [count(db.session, model) for model in (SupportRequest, Message, StatusLink, OutboxMail)] == [0, 0, 0, 0]
        assert trail.get(db.session, journey_id).outcome is None


def test_the_same_key_gives_the_same_request(writer, terms, question):
    first = support.open_request(writer, terms, **question, idempotency_key="k" * 300)
    second = support.open_request(writer, terms, **question, idempotency_key="k" * 300)

    assert second is first
    assert [count(writer, model) for model in (SupportRequest, Message, StatusLink, OutboxMail)] == [1, 1, 1, 1]


def test_the_same_key_with_other_content_is_refused(writer, terms, question):
    support.open_request(writer, terms, **question, idempotency_key="1")

    for change in ({"subject": "Other"}, {"body": "Other"}, {"email": "bob@example.org"}, {"name": "Bob"}, {"lang": "lv"}, {"kind": "complaint"}):
        with pytest.raises(support.KeyReused, match="Idempotency-Key"):
            support.open_request(writer, terms, **{**question, **change}, idempotency_key="1")

    assert count(writer, SupportRequest) == 1


def test_without_a_key_every_request_is_new(writer, terms, question):
    first = support.open_request(writer, terms, **question)

    assert support.open_request(writer, terms, **question).reference != first.reference


def test_the_same_key_at_the_same_moment_makes_one_request(storage_app, terms, question):
    terms = replace(terms, rate_limits=True)
    references, ready = [], threading.Barrier(6)

    def ask():
        with storage_app.app_context():
            ready.wait()
            with writing() as session:
                references.append(support.open_request(session, terms, **question, idempotency_key="1").reference)

    asking = [threading.Thread(target=ask) for _ in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()

    with storage_app.app_context():
        assert len(references) == 6
        assert len(set(references)) == 1
        assert count(db.session, SupportRequest) == count(db.session, OutboxMail) == 1


def test_what_cannot_be_answered_is_refused(writer, terms, question):
    wrong = [
        ({"email": "ann"}, AddressRefused), ({"email": "ann@example.org\r\nBcc: bob@example.org"}, AddressRefused),
        ({"body": " \n "}, support.RequestRefused), ({"kind": "spam"}, support.RequestRefused), ({"body": None}, TextRefused),
        ({"subject": "x" * 201}, TextRefused), ({"body": "x" * 20_001}, TextRefused), ({"name": "x" * 101}, TextRefused),
    ]  # fmt: skip

    for change, refusal in wrong:
        with pytest.raises(refusal):
            support.open_request(writer, terms, **{**question, **change})

    assert count(writer, SupportRequest) == 0


def test_the_longest_texts_are_taken(writer, terms, question):
    for longest in ({"subject": "x" * 200}, {"body": "ж" * 20_000}, {"name": "x" * 100}, {"name": None}):
        assert support.open_request(writer, terms, **{**question, **longest}).id


def test_a_request_without_a_subject_is_named_by_its_first_words(writer, terms, question):
    request = support.open_request(writer, terms, **{**question, "subject": " "})

    assert request.subject == "Since yesterday it blinks red. I restarted it twice."


def test_a_reply_reaches_the_customer_and_waits_for_them(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)

    message = support.reply(writer, terms, request, "Hold the button for 10 seconds.", staff=gus)

    assert (message.author, message.author_name, message.public) == ("agent", "Gus Answers", True)
    assert request.state == "waiting"
    assert count(writer, OutboxMail) == 2


def test_a_reply_may_solve_the_request_at_once(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)

    support.reply(writer, terms, request, "Done.", staff=gus, state="solved")

    assert request.state == "solved"


def test_a_form_sent_twice_replies_once(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)
    replies = [support.reply(writer, terms, request, "Done.", staff=gus) for _ in range(2)]

    assert replies[0] is replies[1]
    assert count(writer, OutboxMail) == 2


def test_an_internal_note_is_mailed_and_shown_to_nobody(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)

    support.add_note(writer, request, "Third call this week", staff=gus)

    assert count(writer, OutboxMail) == 1
    assert request.state == "new"
    assert [message.author for message in support.messages_of(writer, request, public_only=True)] == ["customer"]
    assert [message.author for message in support.messages_of(writer, request, public_only=False)] == ["customer", "note"]


def test_what_the_customer_writes_opens_the_request_again(writer, terms, question, gus):
    for before, after in (("new", "new"), ("open", "open"), ("waiting", "open"), ("solved", "open"), ("closed", "open")):
        request = support.open_request(writer, terms, **question)
        support.set_state(writer, request, before, staff=gus)

        message = support.customer_reply(writer, request, "It still blinks", via="chat")

        assert (before, request.state) == (before, after)
        assert (message.author, message.author_name, message.via) == ("customer", "Ann", "chat")


def test_a_change_of_state_stays_in_the_history(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)

    support.set_state(writer, request, "open", staff=gus)
    support.set_state(writer, request, "open", staff=gus)

    events = [message for message in support.messages_of(writer, request, public_only=False) if message.author == "event"]
    assert [(event.text, event.author_name) for event in events] == [("new > open", "Gus Answers")]
    assert len(support.messages_of(writer, request, public_only=True)) == 1


def test_an_unknown_state_is_refused(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)

    for state in ("", "done", "new'--"):
        with pytest.raises(support.RequestRefused):
            support.set_state(writer, request, state, staff=gus)
        with pytest.raises(support.RequestRefused):
            support.reply(writer, terms, request, "Hello", staff=gus, state=state)


def test_requests_are_listed_by_state_those_that_changed_last_first(writer, terms, question, gus):
    first, second, third = (support.open_request(writer, terms, **question) for _ in range(3))
    support.customer_reply(writer, first, "One more thing", via="web")
    support.set_state(writer, third, "solved", staff=gus)

    assert support.list_requests(writer) == [third, first, second]
    assert support.list_requests(writer, state="new") == [first, second]
    assert support.list_requests(writer, limit=1, offset=1) == [first]
    assert support.count_by_state(writer) == {"new": 2, "open": 0, "waiting": 0, "solved": 1, "closed": 0}


def test_text_with_half_a_surrogate_or_a_null_is_stored_and_mailed(storage_app, terms, mailer, gus):
    hostile = "a\ud800\x00\u202eb"
    with storage_app.app_context():
        with writing() as session:
            request = support.open_request(session, terms, subject=hostile, body=hostile, name=hostile, email="ann@example.org", lang="en")
            support.reply(session, terms, request, hostile, staff=gus)

        assert deliver_due(mailer).sent == 2
        assert mailer.sent[1].message["Subject"] == f"Re: ab [{request.reference}]"
