"""Events: what happens to a request is written down with it, in order, for whoever follows."""

import pytest

from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.events import EVENT_KINDS, events_after, events_of, record_event


def kinds(session, request) -> list[str]:
    """Return the kinds of what happened to *request*."""
    return [event.kind for event in events_of(session, request)]


def test_a_request_tells_its_life_in_order(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)
    support.reply(writer, terms, request, "Hold the button.", staff=gus)
    support.customer_reply(writer, request, "It works!", via="form")
    support.add_note(writer, request, "Third call", staff=gus)
    support.set_state(writer, request, "solved", staff=gus)
    support.customer_reply(writer, request, "Again.", via="mail")

    assert kinds(writer, request) == [
        "created", "agent_replied", "state_changed", "customer_replied", "state_changed", "noted", "solved", "customer_replied", "reopened",
    ]  # fmt: skip
    assert [event.staff_id for event in events_of(writer, request)][:4] == [None, gus.id, gus.id, None]


def test_a_follower_sees_each_event_once(writer, terms, question, gus):
    request = support.open_request(writer, terms, **question)
    (first,) = events_after(writer, 0)
    support.add_note(writer, request, "One", staff=gus)

    assert [event.kind for event in events_after(writer, first.id)] == ["noted"]
    assert [event.kind for event in events_after(writer, 0, limit=1)] == ["created"]


def test_an_event_is_there_only_with_what_it_tells(storage_app, terms, question):
    with storage_app.app_context(), pytest.raises(RuntimeError), writing() as session:
        support.open_request(session, terms, **question)
        raise RuntimeError

    with storage_app.app_context():
        assert events_after(db.session, 0) == []


def test_an_unknown_kind_is_a_mistake(writer, terms, question):
    request = support.open_request(writer, terms, **question)

    with pytest.raises(ValueError, match="no kind of event"):
        record_event(writer, request, "exploded")
    assert all(len(kind) <= 20 for kind in EVENT_KINDS)
