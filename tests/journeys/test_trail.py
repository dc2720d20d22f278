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
