"""Working time: how opening hours are added and counted, across nights, weekends, holidays and both changes of the clock.

Hours are read on the wall of the site's time zone and counted as they really pass: a night shift on the night that
summer time begins is an hour shorter.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from helpcenter.content.opening_hours import LOOK_AHEAD_DAYS, MINUTES_A_DAY, OpeningHours

Moment = datetime.datetime


def add_working_minutes(hours: OpeningHours | None, zone: ZoneInfo, start: Moment, minutes: float) -> Moment | None:
    """Return when *minutes* of working time after *start* are over, in UTC; None when there is not so much within a year.

    Without *hours* people work all the time.
    """
    start = start.astimezone(datetime.UTC)
    if hours is None:
        return start + datetime.timedelta(minutes=minutes)
    left = datetime.timedelta(minutes=minutes)
    for opens, closes in _spans_after(hours, zone, start):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return None


def working_minutes_between(hours: OpeningHours | None, zone: ZoneInfo, start: Moment, end: Moment) -> int:
    """Return how many whole minutes of working time lie between *start* and *end*; none when *end* is first."""
    start, end = start.astimezone(datetime.UTC), end.astimezone(datetime.UTC)
    if end <= start:
        return 0
    if hours is None:
        return int((end - start).total_seconds() // 60)
    worked = datetime.timedelta()
    for opens, closes in _spans_after(hours, zone, start, until=end):
        if opens >= end:
            break
        worked += min(closes, end) - opens
    return int(worked.total_seconds() // 60)


def _spans_after(hours: OpeningHours, zone: ZoneInfo, start: Moment, until: Moment | None = None) -> Iterator[tuple[Moment, Moment]]:
    """Yield the spans of work after *start* as moments in UTC, none of them over another; for a year, or *until* then."""
    first, done = start.astimezone(zone).date() - datetime.timedelta(days=1), start
    last = until.astimezone(zone).date() if until else first + datetime.timedelta(days=LOOK_AHEAD_DAYS)
    for ahead in range((last - first).days + 1):
        day = first + datetime.timedelta(days=ahead)
        for minute_opens, minute_closes in hours.spans_on(day):
            opens, closes = max(_moment(day, minute_opens, zone), done), _moment(day, minute_closes, zone)
            if closes > opens:
                yield opens, closes
                done = closes


def _moment(day: datetime.date, minute: int, zone: ZoneInfo) -> Moment:
    """Return the minute of *day* on the wall, in UTC. An hour that the clock leaves out is read as if it had not been changed."""
    days, minute = divmod(minute, MINUTES_A_DAY)
    wall = datetime.time(*divmod(minute, 60))
    return Moment.combine(day + datetime.timedelta(days=days), wall, zone).astimezone(datetime.UTC)
