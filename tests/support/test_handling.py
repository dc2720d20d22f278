"""What agents do with requests: shared out, joined, split, hidden, held; each told as an event."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpcenter.content.site import Site
from helpcenter.mail.models import OutboxMail
from helpcenter.storage.columns import utcnow
from helpcenter.support import handling
from helpcenter.support import requests as support
from helpcenter.support.events import events_of
from helpcenter.support.requests import RequestRefused


@pytest.fixture
def asked(writer, terms, question):
    """Return Ann's request."""
    return support.open_request(writer, terms, **question)


@pytest.fixture
def other(writer, terms, question):
    """Return another request of Ann's."""
    return support.open_request(writer, terms, **question | {"subject": "The same again", "email": "Ann@Example.org"})


def told(session, request) -> list[tuple[str, dict]]:
    """Return what happened to *request* after it was created."""
    return [(event.kind, event.details) for event in events_of(session, request)][1:]


def test_assigning_sorting_and_tagging_is_told_once(writer, asked, gus):
    for _ in range(2):
        handling.assign(writer, asked, 7, staff=gus)
        handling.set_priority(writer, asked, "high", staff=gus)
        handling.set_tags(writer, asked, "Router, red light", staff=gus)

    assert told(writer, asked) == [
        ("assigned", {"from": None, "to": 7}), ("priority_changed", {"from": "normal", "to": "high"}),
        ("tagged", {"from": [], "to": ["red light", "router"]}),
    ]  # fmt: skip
    assert handling.tags_of(writer, asked) == ["red light", "router"]


def test_what_there_is_not_is_refused(writer, asked, gus):
    with pytest.raises(RequestRefused):
        handling.set_team(writer, asked, "nobody", staff=gus)
    with pytest.raises(RequestRefused):
        handling.set_priority(writer, asked, "highest", staff=gus)
    with pytest.raises(RequestRefused):
        handling.set_tags(writer, asked, ",".join("abcdefghijk"), staff=gus)


def test_merging_moves_the_words_and_later_ones_too(writer, asked, other, gus):
    handling.merge(writer, asked, other, staff=gus)
    support.customer_reply(writer, asked, "And now green.", via="chat")

    assert [message.text for message in support.messages_of(writer, other, public_only=True)][-1] == "And now green."
    assert support.messages_of(writer, asked, public_only=True) == []
    assert (asked.state, asked.merged_into_id) == ("closed", other.id)
    assert ("merged", {"into": other.reference}) in told(writer, asked)
    with pytest.raises(RequestRefused):
        handling.merge(writer, asked, other, staff=gus)


def test_requests_of_two_customers_are_never_merged(writer, terms, question, asked, gus):
    bobs = support.open_request(writer, terms, **question | {"email": "bob@example.org"})

    with pytest.raises(RequestRefused, match="two customers"):
        handling.merge(writer, asked, bobs, staff=gus)
    handling.tie(writer, asked, bobs, staff_id=gus.id)
    assert handling.tied_to(writer, bobs) == [asked] and handling.tied_to(writer, asked) == [bobs]


def test_a_message_becomes_a_request_of_its_own_once(writer, terms, asked, gus):
    second = support.customer_reply(writer, asked, "By the way, where is my invoice?", via="form")
    note = support.add_note(writer, asked, "Two matters", staff=gus)

    opened = [handling.split(writer, terms, asked, second, staff=gus) for _ in range(2)]

    assert opened[0] is opened[1]
    assert (opened[0].subject, opened[0].email) == ("By the way, where is my invoice?", asked.email)
    assert handling.tied_to(writer, asked) == [opened[0]]
    with pytest.raises(RequestRefused):
        handling.split(writer, terms, asked, note, staff=gus)


def test_the_key_of_a_merged_request_opens_it_to_nobody_else(writer, terms, question, asked, gus):
    once = support.open_request(writer, terms, **question, idempotency_key="mine")
    handling.merge(writer, once, asked, staff=gus)

    assert support.open_request(writer, terms, **question, idempotency_key="mine") is once
    with pytest.raises(support.KeyReused):
        support.open_request(writer, terms, **question | {"email": "mallory@example.org"}, idempotency_key="mine")


def test_spam_is_hidden_and_comes_back(writer, asked, gus):
    for spam in (True, True, False):
        handling.mark_spam(writer, asked, spam=spam, staff=gus)

    assert told(writer, asked) == [("marked_spam", {"spam": True}), ("marked_spam", {"spam": False})]


def test_a_solved_request_opens_again_for_a_while_then_its_customer_gets_a_new_one(writer, terms, asked, gus):
    support.set_state(writer, asked, "solved", staff=gus)
    support.customer_reply(writer, asked, "Again.", via="form", terms=terms)
    assert asked.state == "open"

    support.set_state(writer, asked, "solved", staff=gus)
    site = Site.model_validate({"requests": {"reopen_days": 3}})
    assert handling.close_old(writer, site, now=utcnow() + timedelta(days=2)) == 0
    assert handling.close_old(writer, site, now=utcnow() + timedelta(days=4)) == 1
    message = support.customer_reply(writer, asked, "Once more.", via="form", terms=terms)

    assert asked.state == "closed"
    (follow_up,) = handling.tied_to(writer, asked)
    assert (message.request_id, follow_up.subject, follow_up.state) == (follow_up.id, asked.subject, "new")


def test_a_held_reply_is_seen_by_nobody_until_it_goes(writer, terms, asked, gus):
    terms = replace(terms, rate_limits=True)
    now = utcnow()
    mails = len(writer.scalars(select(OutboxMail)).all())
    support.reply(writer, terms, asked, "Hold the button.", staff=gus, held_until=now + timedelta(seconds=10))

    assert len(support.messages_of(writer, asked, public_only=True)) == 1
    assert handling.release_held(writer, terms, now=now + timedelta(seconds=9)) == []
    assert handling.has_held(writer, now=now + timedelta(seconds=11))
    assert [message.text for _request, message in handling.release_held(writer, terms, now=now + timedelta(seconds=11))] == ["Hold the button."]
    assert handling.release_held(writer, terms, now=now + timedelta(seconds=11)) == []
    assert len(writer.scalars(select(OutboxMail)).all()) == mails + 1
    assert len(support.messages_of(writer, asked, public_only=True)) == 2


def test_a_held_reply_can_be_taken_back_by_its_agent_in_time(writer, terms, asked, gus):
    class Ada:
        id, name = 8, "Ada"

    now = utcnow()
    held = support.reply(writer, terms, asked, "Hold the button.", staff=gus, held_until=now + timedelta(seconds=10))

    assert handling.take_back(writer, asked, held.id, staff=Ada, now=now) is None
    assert handling.take_back(writer, asked, held.id, staff=gus, now=now + timedelta(seconds=11)) is None
    assert handling.take_back(writer, asked, held.id, staff=gus, now=now) == "Hold the button."
    assert asked.state == "open"
    assert "agent_replied" not in [kind for kind, _details in told(writer, asked)]


def test_the_article_that_solved_it_is_kept_once(writer, asked, gus):
    for _ in range(2):
        handling.note_solved_by(writer, asked, "internet/router", "en", staff=gus)

    assert [(row.article, row.lang, row.staff_id) for row in handling.solved_by(writer, asked)] == [("internet/router", "en", 7)]
