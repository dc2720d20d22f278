"""Service levels: due times by kind, priority and team; the clock stops while the customer is to write; each warning once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpcenter.content.site import Site
from helpcenter.support import requests as support
from helpcenter.support import service_levels
from helpcenter.support.events import events_of
from helpcenter.support.service_levels import follow_state, note_due, set_due_times, targets, team_for

SITE = Site.model_validate({
    "timezone": "Europe/Riga",
    "channels": [{"kind": "chat", "hours": "people"}],
    "opening_hours": {"people": {"mon-fri": "09:00-17:00"}, "money": {"mon-thu": "10:00-14:00", "holidays": ["2026-11-24"]}},
    "requests": {"teams": {"billing": {"hours": "money", "kinds": ["complaint"], "sections": ["payments"]}, "net": {"sections": ["internet"]}},
    "service_levels": [
        {"priority": "high", "first_answer": 1, "solution": 4}, {"kind": "complaint", "first_answer": 2}, {"first_answer": 8, "solution": 24},
    ]},
})  # fmt: skip
# A Monday; in Riga it is two hours later.
MONDAY_AT_TEN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def promised(terms):
    """Return terms with teams and service levels."""
    return replace(terms, site=SITE)


@pytest.fixture
def asked(writer, promised, question):
    """Return a request of Monday at ten."""
    request = support.open_request(writer, promised, **question)
    request.created_at = MONDAY_AT_TEN
    set_due_times(SITE, request)
    return request


def told(session, request) -> list[tuple[str, str]]:
    """Return what was told of the times of *request*."""
    return [(event.kind, event.details["time"]) for event in events_of(session, request) if event.kind in ("due_soon", "breached")]


@pytest.mark.parametrize(
    ("kind", "priority", "first_answer", "solution"),
    [("question", "normal", 8, 24), ("complaint", "normal", 2, None), ("complaint", "high", 1, 4)],
)
def test_the_first_service_level_that_fits_holds(kind, priority, first_answer, solution):
    assert targets(SITE, kind, priority) == service_levels.Targets(first_answer, solution)


def test_without_service_levels_the_promise_of_the_form_holds():
    assert targets(Site(), "complaint", "high") == service_levels.Targets(4, None)
    assert targets(Site(), "problem", "normal") == service_levels.Targets(8, None)


@pytest.mark.parametrize(
    ("kind", "section", "team"),
    [("question", "payments/cards", "billing"), ("complaint", "internet", "net"), ("complaint", None, "billing"), ("question", None, None)],
)
def test_requests_come_to_the_team_of_their_section_else_of_their_kind(kind, section, team):
    assert team_for(SITE, kind, section) == team


def test_a_request_is_due_in_the_working_time_of_its_team(writer, asked):
    assert asked.answer_due_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert asked.solution_due_at == datetime(2026, 11, 26, 8, 0, tzinfo=UTC)

    asked.team = "billing"
    set_due_times(SITE, asked)

    # Four hours on Monday, none on the team's holiday, four on Wednesday.
    assert asked.answer_due_at == datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_waiting_for_the_customer_does_not_count(writer, asked):
    asked.state = "waiting"
    follow_state(SITE, asked, "open", now=MONDAY_AT_TEN + timedelta(hours=2))
    assert note_due(writer, now=MONDAY_AT_TEN + timedelta(days=30)) == 1, "only the first answer"

    asked.state = "open"
    # Five working hours of Monday and three of Tuesday.
    follow_state(SITE, asked, "waiting", now=MONDAY_AT_TEN + timedelta(hours=26))

    assert asked.paused_minutes == 8 * 60
    assert asked.solution_due_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def test_a_request_that_opens_again_goes_on_where_it_stood(writer, asked):
    asked.state = "solved"
    follow_state(SITE, asked, "open", now=MONDAY_AT_TEN + timedelta(hours=1))
    assert asked.solved_at == MONDAY_AT_TEN + timedelta(hours=1)

    asked.state = "open"
    follow_state(SITE, asked, "solved", now=MONDAY_AT_TEN + timedelta(hours=25))

    assert asked.solved_at is None
    assert asked.solution_due_at == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def test_each_warning_and_each_breach_is_told_once(writer, asked):
    due = asked.answer_due_at

    assert note_due(writer, now=due - timedelta(hours=2)) == 0
    assert note_due(writer, now=due - timedelta(minutes=30)) == 1
    assert note_due(writer, now=due - timedelta(minutes=20)) == 0
    assert note_due(writer, now=due) == 1
    assert note_due(writer, now=due + timedelta(hours=1)) == 0
    assert told(writer, asked) == [("due_soon", "answer"), ("breached", "answer")]


def test_an_answered_request_is_not_late_with_its_answer(writer, promised, asked, gus):
    support.reply(writer, promised, asked, "Hold the button.", staff=gus, state="open")

    note_due(writer, now=asked.solution_due_at)

    assert told(writer, asked) == [("breached", "solution")]


def test_spam_and_solved_requests_are_never_late(writer, promised, question, gus):
    spam, solved = (support.open_request(writer, promised, **question) for _ in range(2))
    spam.spam = True
    support.set_state(writer, solved, "solved", staff=gus)

    assert note_due(writer, now=datetime(2030, 1, 1, tzinfo=UTC)) == 0
