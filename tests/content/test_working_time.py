"""Working time passes only while people are there, and as it really passes when the clock is changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpcenter.content.opening_hours import OpeningHours
from helpcenter.content.working_time import add_working_minutes, working_minutes_between

RIGA = ZoneInfo("Europe/Riga")
OFFICE = OpeningHours.model_validate({"mon-fri": "09:00-17:00", "holidays": ["2026-12-24", "12-25", "2026-12-31", "01-01"]})
LONG = OpeningHours.model_validate({"mon-fri": "08:00-20:00", "sat": "10:00-16:00"})
NIGHTS = OpeningHours.model_validate({"daily": "22:00-06:00"})
SPLIT = OpeningHours.model_validate({"mon-fri": "09:00-12:00, 13:00-17:00"})
OVERLAP = OpeningHours.model_validate({"daily": "22:00-06:00, 05:00-07:00"})
ALWAYS = OpeningHours.model_validate({"daily": "00:00-24:00"})
NEVER = OpeningHours.model_validate({"mon": "closed"})


def riga(text: str) -> datetime:
    """Return what the clock in Riga shows as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=RIGA)


@pytest.mark.parametrize(
    ("hours", "start", "worked_hours", "due"),
    [
        (OFFICE, "2026-11-23 10:00", 4, "2026-11-23 14:00"),
        (OFFICE, "2026-11-23 10:00", 7, "2026-11-23 17:00"),
        # Nights
        (OFFICE, "2026-11-23 16:00", 4, "2026-11-24 12:00"),
        (OFFICE, "2026-11-23 23:30", 4, "2026-11-24 13:00"),
        (OFFICE, "2026-11-23 05:00", 4, "2026-11-23 13:00"),
        (NIGHTS, "2026-11-23 23:00", 8, "2026-11-24 23:00"),
        (NIGHTS, "2026-11-23 03:00", 4, "2026-11-23 23:00"),
        # Weekends
        (OFFICE, "2026-11-20 16:00", 4, "2026-11-23 12:00"),
        (OFFICE, "2026-11-21 12:00", 8, "2026-11-23 17:00"),
        (LONG, "2026-11-20 19:00", 8, "2026-11-23 09:00"),
        # Holidays: Thursday the 24th and Friday the 25th, then a weekend; the 25th and 1 January every year
        (OFFICE, "2026-12-23 16:00", 2, "2026-12-28 10:00"),
        (OFFICE, "2026-12-24 10:00", 1, "2026-12-28 10:00"),
        (OFFICE, "2026-12-30 16:00", 2, "2027-01-04 10:00"),
        (OFFICE, "2027-12-24 16:00", 2, "2027-12-27 10:00"),
        # A pause at noon
        (SPLIT, "2026-11-23 11:00", 2, "2026-11-23 14:00"),
        # Spans over each other count once
        (OVERLAP, "2026-11-23 22:00", 9, "2026-11-24 07:00"),
        # Summer time begins on 28 March 2027: 03:00 becomes 04:00, that night has one hour less
        (NIGHTS, "2027-03-27 22:00", 6, "2027-03-28 05:00"),
        (NIGHTS, "2027-03-27 22:00", 8, "2027-03-28 23:00"),
        (ALWAYS, "2027-03-27 12:00", 24, "2027-03-28 13:00"),
        (None, "2027-03-27 12:00", 24, "2027-03-28 13:00"),
        (OFFICE, "2027-03-26 16:00", 2, "2027-03-29 10:00"),
        # It ends on 25 October 2026: 04:00 becomes 03:00, that night has one hour more
        (NIGHTS, "2026-10-24 22:00", 8, "2026-10-25 05:00"),
        (NIGHTS, "2026-10-24 22:00", 9, "2026-10-25 06:00"),
        (ALWAYS, "2026-10-24 12:00", 24, "2026-10-25 11:00"),
        (None, "2026-10-24 12:00", 24, "2026-10-25 11:00"),
        (OFFICE, "2026-10-23 16:00", 2, "2026-10-26 10:00"),
    ],
)
def test_due_times_over_nights_weekends_holidays_and_both_changes_of_the_clock(hours, start, worked_hours, due):
    assert add_working_minutes(hours, RIGA, riga(start), worked_hours * 60) == riga(due)
    assert working_minutes_between(hours, RIGA, riga(start), riga(due)) == worked_hours * 60


def test_an_hour_that_the_clock_leaves_out_and_one_that_it_shows_twice():
    early = OpeningHours.model_validate({"daily": "03:30-06:00"})

    assert working_minutes_between(early, RIGA, riga("2027-03-28 00:00"), riga("2027-03-28 12:00")) == 90
    assert working_minutes_between(early, RIGA, riga("2026-10-25 00:00"), riga("2026-10-25 12:00")) == 210


def test_people_who_never_come_are_never_due():
    assert add_working_minutes(NEVER, RIGA, riga("2026-11-23 10:00"), 1) is None


def test_time_does_not_run_backwards():
    assert working_minutes_between(OFFICE, RIGA, riga("2026-11-24 10:00"), riga("2026-11-23 10:00")) == 0


@settings(max_examples=60, deadline=None)
@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), minutes=st.integers(1, 3000),
    hours=st.sampled_from([OFFICE, LONG, NIGHTS, SPLIT, OVERLAP, ALWAYS]),
)  # fmt: skip
def test_adding_and_counting_agree(start, minutes, hours):
    start = start.replace(second=0, microsecond=0, tzinfo=UTC)

    due = add_working_minutes(hours, RIGA, start, minutes)

    assert due >= start
    assert working_minutes_between(hours, RIGA, start, due) == minutes
