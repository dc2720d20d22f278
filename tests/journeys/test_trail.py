"""The trail of a visit."""

from datetime import timedelta

import pytest

from helpcenter.journeys import trail
from helpcenter.journeys.models import Journey
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow


@pytest.fixture
def writer(storage_app):
    """Return a session that writes, on both databases."""
    with storage_app.app_context(), writing() as session:
        yield session


def test_steps_come_back_in_the_order_they_were_taken(writer):
    journey = trail.start(writer, "lv")
    trail.record(writer, journey, "search", query="rēķins", hits=3)
    trail.record(writer, journey, "view", article="billing/invoice")
    trail.record(writer, journey, "vote", helpful=False)

    steps = trail.trail(writer, journey.id)

    assert [step.kind for step in steps] == ["search", "view", "vote"]
    assert steps[0].details == {"query": "rēķins", "hits": 3}


def test_steps_of_another_journey_stay_apart(writer):
    mine, other = trail.start(writer, "en"), trail.start(writer, "en")
    trail.record(writer, other, "search", query="router")

    assert trail.trail(writer, mine.id) == []
    assert trail.trail(writer, None) == []


def test_long_texts_are_cut_and_empty_ones_left_out(writer):
    journey = trail.start(writer, "en")
    trail.record(writer, journey, "search", query="x" * 5000, reason=None)

    (step,) = trail.trail(writer, journey.id)

    assert step.details == {"query": "x" * trail.LONGEST_DETAIL}


def test_a_journey_is_found_by_its_public_name_until_it_falls_silent(writer):
    journey = trail.start(writer, "en")

    assert trail.find(writer, journey.public_id) is journey
    assert trail.find(writer, journey.public_id, now=utcnow() + timedelta(minutes=31)) is None
    assert trail.find(writer, "") is None


def test_a_visitor_stays_on_one_journey_until_silence_or_its_end(writer):
    first = trail.of_visitor(writer, "ann", "sv")

    assert trail.of_visitor(writer, "ann", "sv") is first
    assert trail.of_visitor(writer, "bob", "sv") is not first
    assert trail.of_visitor(writer, "ann", "sv", now=utcnow() + timedelta(minutes=31)) is not first

    trail.close(writer, first, "resolved")
    assert trail.of_visitor(writer, "ann", "sv") is not first


def test_a_journey_that_reached_a_person_stays_escalated(writer):
    journey = trail.start(writer, "en")

    trail.close(writer, journey, "escalated")
    trail.close(writer, journey, "resolved")

    assert writer.get(Journey, journey.id).outcome == "escalated"


def test_an_unknown_outcome_is_refused(writer):
    with pytest.raises(trail.JourneyError, match="happy"):
        trail.close(writer, trail.start(writer, "en"), "happy")


def test_a_journey_that_is_not_there_is_named(writer):
    with pytest.raises(trail.JourneyError, match="4711"):
        trail.get(writer, 4711)


def test_a_step_is_kept_with_a_request_as_plain_values(writer):
    journey = trail.start(writer, "en")
    trail.record(writer, journey, "search", query="router")

    kept = trail.trail(writer, journey.id)[0].as_json()

    assert kept["kind"] == "search"
    assert kept["details"] == {"query": "router"}
    assert kept["at"].endswith("+00:00")


@pytest.mark.parametrize("name", ["query", "comment", "page"])
def test_addresses_and_numbers_in_what_was_typed_are_masked(writer, name):
    journey = trail.start(writer, "en")
    trail.record(writer, journey, "search", **{name: "Card 4111 1111 1111 1111 of Ann@Example.org"})
    trail.record_steps(writer, journey, [("search", {name: "call +371 20 123 456"})])

    assert [step.details[name] for step in trail.trail(writer, journey.id)] == ["Card [number] of [e-mail]", "call [number]"]


def test_steps_that_are_added_together_stay_in_their_order(writer):
    journey = trail.start(writer, "en")

    trail.record_steps(writer, journey, [("search", {"query": "x" * 5000, "hits": None}), ("view", {"article": "a/b"})])
    trail.record_steps(writer, journey, [])

    assert [(step.kind, step.details) for step in trail.trail(writer, journey.id)] == [
        ("search", {"query": "x" * trail.LONGEST_DETAIL}),
        ("view", {"article": "a/b"}),
    ]


READ, SEARCHED = ("view", {"article": "a"}), ("search", {"query": "a"})
YES, NO = ("vote", {"article": "a", "helpful": True}), ("vote", {"article": "a", "helpful": False})


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([], "left"),
        ([SEARCHED, READ], "left"),  # Whoever goes without a word may have given up.
        ([READ, YES], "resolved"),
        ([YES], "left"),  # Nobody can say that what they have not read helped.
        ([READ, NO], "left"),
        ([READ, YES, NO], "left"),
        ([READ, NO, YES], "resolved"),
        ([("chat", {})], "left"),
        ([("chat", {}), ("solved", {})], "resolved"),
        ([READ, YES, ("request", {})], "escalated"),
        ([("solved", {}), ("request", {})], "escalated"),
    ],
)
def test_a_visit_is_a_success_only_when_somebody_said_so(steps, outcome):
    assert trail.outcome_of(steps) == outcome


def test_a_helpful_vote_resolves_a_journey_that_goes_on(writer):
    now = utcnow()
    first = trail.visit_of(writer, "ann", "en", now=now)
    trail.go_on(writer, first, [READ], then=[YES], now=now)
    resolved = trail.visit_of(writer, "ann", "en", now=now)
    trail.go_on(writer, resolved, [READ], then=[NO], now=now)
    changed = trail.visit_of(writer, "ann", "en", now=now)

    assert (first.id, first.outcome, first.steps) == (resolved.id, None, ())
    assert (resolved.outcome, resolved.steps) == ("resolved", [READ, YES])
    assert (changed.outcome, changed.steps) == (None, [READ, YES, NO])


def test_a_visit_is_the_journey_that_others_find(writer):
    now = utcnow()
    mine = trail.visit_of(writer, "ann", "sv", now=now)
    trail.go_on(writer, mine, [SEARCHED, SEARCHED, READ], then=[], now=now + timedelta(minutes=20))
    journey = trail.of_visitor(writer, "ann", "sv", now=now + timedelta(minutes=40))

    assert (journey.id, journey.lang, journey.started_at, journey.ended_at) == (mine.id, "sv", now, None)
    assert [(step.kind, step.details) for step in trail.trail(writer, journey.id)] == [SEARCHED, READ]
    assert trail.visit_of(writer, "ann", "sv", now=now + timedelta(minutes=51)).id != mine.id
    trail.close(writer, journey, "escalated")
    assert trail.visit_of(writer, "ann", "sv", now=now).id != mine.id


def test_who_asked_a_person_did_so_whatever_comes_after(writer):
    journey = trail.of_visitor(writer, "ann", "en")
    journey.outcome = "escalated"
    writer.flush()

    trail.go_on(writer, trail.visit_of(writer, "ann", "en", now=utcnow()), [READ], then=[YES], now=utcnow())

    assert trail.visit_of(writer, "ann", "en", now=utcnow()).outcome == "escalated"


def test_half_an_hour_of_silence_ends_a_journey(writer):
    silent, helped, asked = (trail.start(writer, "en") for _ in range(3))
    trail.record_steps(writer, helped, [READ, YES])
    trail.close(writer, asked, "escalated")
    later = utcnow() + timedelta(minutes=31)

    assert trail.end_silent(writer, utcnow()) == 0
    assert trail.end_silent(writer, later) == 2
    assert trail.end_silent(writer, later) == 0
    assert [silent.outcome, helped.outcome, asked.outcome] == ["left", "resolved", "escalated"]
    assert silent.ended_at == silent.last_at + trail.SILENCE
