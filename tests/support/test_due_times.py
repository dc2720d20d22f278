"""Due times by a machine of time: nights, weekends, holidays, and both changes of the clock, in Riga and in Almaty."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpcenter.content.site import Site
from helpcenter.support.service_levels import Calendar

HOURS = {
    "office": {"mon-fri": "09:00-17:00", "holidays": ["2026-11-18", "2026-12-24"]},
    "split": {"mon-sat": ["08:00-12:00", "13:00-18:30"]},
    "night": {"mon-fri": "22:00-24:00", "sat-sun": "00:00-06:00"},
    "always": {"mon-sun": "00:00-24:00"},
}
ZONES = ("Europe/Riga", "Asia/Almaty")


def calendar(name: str, zone: str) -> Calendar:
    """Return the working time of these hours in *zone*."""
    site = Site.model_validate({"timezone": zone, "opening_hours": HOURS})
    return Calendar(site.opening_hours[name], site.zone)


def local(zone: str, *parts: int) -> datetime:
    """Return a moment on the clock of *zone*, in UTC."""
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("name", "asked", "hours", "due"),
    [
        ("office", (2026, 11, 16, 16), 2, (2026, 11, 17, 10)),  # over a night
        ("office", (2026, 11, 17, 16), 2, (2026, 11, 19, 10)),  # over a holiday
        ("office", (2026, 11, 20, 16), 2, (2026, 11, 23, 10)),  # over a weekend
        ("office", (2026, 11, 21, 3), 8, (2026, 11, 23, 17)),  # asked while nobody works
        ("split", (2026, 11, 16, 11, 30), 1, (2026, 11, 16, 13, 30)),  # over lunch
        ("office", (2026, 3, 27, 16), 2, (2026, 3, 30, 10)),  # over the weekend in which the clock goes forward
        ("office", (2026, 10, 23, 16), 2, (2026, 10, 26, 10)),  # and back
    ],
)
def test_only_working_time_passes(zone, name, asked, hours, due):
    assert calendar(name, zone).after(local(zone, *asked), hours * 60) == local(zone, *due)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)])
def test_a_day_in_riga_has_as_many_hours_as_the_clock_gives_it(day, hours):
    start = local("Europe/Riga", day.year, day.month, day.day)
    end = local("Europe/Riga", *(day + timedelta(days=1)).timetuple()[:3])

    assert calendar("always", "Europe/Riga").between(start, end) == hours * 60


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)).map(lambda one: one.replace(second=0, microsecond=0))


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 60 * 40), st.sampled_from(sorted(HOURS)), st.sampled_from(ZONES))
def test_between_a_question_and_its_due_time_lies_what_was_promised(asked, minutes, name, zone):
    working = calendar(name, zone)
    due = working.after(asked, minutes)

    assert working.between(asked, due) == minutes
    assert working.between(asked, due - timedelta(minutes=1)) == minutes - 1


@settings(max_examples=40, deadline=None)
@given(moments, st.integers(1, 2000), st.integers(1, 2000), st.sampled_from(sorted(HOURS)), st.sampled_from(ZONES))
def test_waiting_in_two_parts_is_waiting_once(asked, first, second, name, zone):
    working = calendar(name, zone)

    assert working.after(working.after(asked, first), second) == working.after(asked, first + second)
