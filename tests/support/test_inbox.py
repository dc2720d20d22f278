"""The inbox: views, searches in which every letter is itself, filters and drafts of one's own, and who else is looking."""

from datetime import timedelta

import pytest

from helpcenter.storage.columns import utcnow
from helpcenter.support import handling, inbox
from helpcenter.support import requests as support
from helpcenter.support.inbox import Wanted
from helpcenter.support.requests import RequestRefused


class Ada:
    """Another agent."""

    id, name = 8, "Ada"


@pytest.fixture
def asked(writer, terms, question, gus):
    """Return requests by name: mine, free, waiting, done, junk, and one that was merged into mine."""
    names = ("mine", "free", "waiting", "done", "junk", "merged")
    made = {name: support.open_request(writer, terms, **question | {"subject": f"Request {name}"}) for name in names}
    handling.assign(writer, made["mine"], gus.id, staff=gus)
    support.set_state(writer, made["waiting"], "waiting", staff=gus)
    support.set_state(writer, made["done"], "solved", staff=gus)
    handling.mark_spam(writer, made["junk"], spam=True, staff=gus)
    handling.merge(writer, made["merged"], made["mine"], staff=gus)
    return made


def names(found) -> set[str]:
    """Return what the requests are called."""
    return {request.subject.removeprefix("Request ") for request in found}


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("open", {"mine", "free"}), ("mine", {"mine"}), ("unassigned", {"free", "waiting"}), ("due", {"mine", "free"}),
        ("waiting", {"waiting"}), ("all", {"mine", "free", "waiting", "done"}), ("spam", {"junk"}),
    ],
)  # fmt: skip
def test_each_view_shows_its_requests_and_counts_them(writer, asked, gus, view, expected):
    assert names(inbox.find(writer, Wanted(view=view), staff_id=gus.id)) == expected
    assert inbox.count_views(writer, staff_id=gus.id)[view] == len(expected)


def test_urgent_requests_come_first_then_the_soonest_due(writer, asked, gus):
    asked["free"].answer_due_at = utcnow() - timedelta(hours=1)
    assert inbox.find(writer, Wanted(), staff_id=gus.id)[0] is asked["free"]

    handling.set_priority(writer, asked["mine"], "high", staff=gus)
    assert inbox.find(writer, Wanted(), staff_id=gus.id)[0] is asked["mine"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("blinks restarted", True), ("ANN@", True), ("100%", True), ("100_", False), ("1%0", False), ("\\", False), ("šodien", True),
        ("ҚАЗАҚ", True), ("'; drop table support_request; --", False), ("blinks green", False),
    ],
)  # fmt: skip
def test_a_search_finds_words_and_nothing_in_it_is_a_command(writer, terms, question, gus, query, found):
    request = support.open_request(writer, terms, **question)
    support.customer_reply(writer, request, "Šodien it is 100% red. қазақ", via="form")

    assert bool(inbox.find(writer, Wanted.read({"view": "all", "q": query}), staff_id=gus.id)) is found


def test_a_request_is_found_by_its_reference_and_its_tag(writer, asked, gus):
    handling.set_tags(writer, asked["free"], "router", staff=gus)

    assert names(inbox.find(writer, Wanted(query=asked["free"].reference.lower()), staff_id=gus.id)) == {"free"}
    assert names(inbox.find(writer, Wanted(tag="router"), staff_id=gus.id)) == {"free"}


def test_only_what_is_allowed_is_read():
    wanted = Wanted.read({"view": "secrets", "state": "x'--", "kind": "bribe", "priority": "1", "q": "x" * 500, "sort": "password"})

    assert wanted == Wanted(query="x" * 100)
    assert Wanted.read({"state": "solved"}).view == "all"


def test_filters_and_drafts_are_ones_own(writer, asked, gus):
    inbox.save_filter(writer, Wanted(query="router"), "Routers", staff=gus)
    inbox.save_filter(writer, Wanted(view="all", query="router"), "Routers", staff=gus)
    (saved,) = inbox.filters_of(writer, gus.id)
    inbox.remove_filter(writer, saved.id, staff=Ada)
    inbox.save_draft(writer, asked["mine"], "Dear Ann,\n\nhold", staff=gus)

    assert (saved.query, inbox.filters_of(writer, Ada.id)) == ("view=all&q=router", [])
    assert [one.name for one in inbox.filters_of(writer, gus.id)] == ["Routers"]
    assert (inbox.draft_of(writer, asked["mine"], staff=gus), inbox.draft_of(writer, asked["mine"], staff=Ada)) == ("Dear Ann,\n\nhold", "")
    inbox.save_draft(writer, asked["mine"], " ", staff=gus)
    assert inbox.draft_of(writer, asked["mine"], staff=gus) == ""
    with pytest.raises(RequestRefused):
        inbox.save_filter(writer, Wanted(), " ", staff=gus)


def test_one_sees_who_else_looks_and_what_others_wrote_meanwhile(writer, terms, asked, gus):
    request, now = asked["mine"], utcnow()
    last = support.messages_of(writer, request, public_only=False)[-1].id
    inbox.note_look(writer, request, staff=Ada, now=now)
    support.reply(writer, terms, request, "I have it.", staff=Ada)
    support.add_note(writer, request, "Not a letter", staff=Ada)

    assert inbox.others_looking(writer, request, staff=gus, now=now) == ["Ada"]
    assert inbox.others_looking(writer, request, staff=Ada, now=now) == []
    assert inbox.others_looking(writer, request, staff=gus, now=now + timedelta(minutes=3)) == []
    assert not inbox.is_look_due(writer, request, staff=Ada, now=now) and inbox.is_look_due(writer, request, staff=gus, now=now)
    assert [message.text for message in inbox.news_since(writer, request, last, staff=gus)] == ["I have it."]
    assert inbox.news_since(writer, request, last, staff=Ada) == []
