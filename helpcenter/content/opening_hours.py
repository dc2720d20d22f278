"""When people answer: weekly hours with holidays, read from site.yaml."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\Z")
YEARLY = re.compile(r"\d{2}-\d{2}\Z")
MINUTES_A_DAY = 24 * 60
LOOK_AHEAD_DAYS = 370

Span = tuple[int, int]  # minutes after midnight; an end above 1440 reaches into the next day


class OpeningHours(BaseModel):
    """The hours of one group of people; `week` has seven lists of spans, Monday first."""

    model_config = ConfigDict(extra="forbid")

    week: list[list[Span]]
    holidays: list[str] = []
    """Closed days, as `2026-12-24` or, every year, `12-24`."""

    @model_validator(mode="before")
    @classmethod
    def read_days(cls, given: object) -> object:
        """Return the week that keys like `mon-fri: "08:00-20:00"` describe."""
        if not isinstance(given, dict) or "week" in given:
            return given
        week: list[list[Span]] = [[] for _ in DAYS]
        for name, hours in given.items():
            if name == "holidays":
                continue
            for day in days_named(str(name)):
                week[day] = spans(hours)
        return {"week": week, "holidays": given.get("holidays") or []}

    @field_validator("holidays")
    @classmethod
    def check_holidays(cls, given: list[str]) -> list[str]:
        """Return *given* when each is a date, with or without its year."""
        for day in given:
            try:
                datetime.date.fromisoformat(f"2024-{day}" if YEARLY.match(day) else day)
            except ValueError:
                raise ValueError(f"{day} is no date; write 2026-12-24, or 12-24 for every year") from None
        return given

    def is_open(self, at: datetime.datetime, zone: ZoneInfo) -> bool:
        """Return whether people are there at the moment *at* (aware)."""
        local = at.astimezone(zone)
        minute = local.hour * 60 + local.minute
        yesterday = local.date() - datetime.timedelta(days=1)
        return any(start <= minute < end for start, end in self.spans_on(local.date())) or any(
            minute < end - MINUTES_A_DAY for _start, end in self.spans_on(yesterday)
        )

    def next_opening(self, at: datetime.datetime, zone: ZoneInfo) -> datetime.datetime | None:
        """Return the first moment after *at* when people come, in *zone*, or None within a year."""
        local = at.astimezone(zone)
        for ahead in range(LOOK_AHEAD_DAYS):
            day = local.date() + datetime.timedelta(days=ahead)
            for start, _end in self.spans_on(day):
                moment = datetime.datetime.combine(day, datetime.time(*divmod(start, 60)), zone)
                if moment > at and not self.is_open(moment - datetime.timedelta(minutes=1), zone):
                    return moment
        return None

    def spans_on(self, day: datetime.date) -> list[Span]:
        """Return the spans that begin on *day*."""
        closed = day.isoformat() in self.holidays or day.isoformat()[5:] in self.holidays
        return [] if closed else sorted(self.week[day.weekday()])


def days_named(name: str) -> list[int]:
    """Return the weekdays that a key names, Monday is 0.

    >>> days_named("mon-wed"), days_named("sat, sun"), days_named("daily")
    ([0, 1, 2], [5, 6], [0, 1, 2, 3, 4, 5, 6])
    """
    if name.strip().lower() == "daily":
        return list(range(7))
    found: list[int] = []
    for part in name.lower().split(","):
        first, _, last = (piece.strip() for piece in part.partition("-"))
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f"{name} names no days; write mon-fri, sat or daily (days: {', '.join(DAYS)})")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)]
    return found


def spans(hours: object) -> list[Span]:
    """Return the spans of one day's hours; an end before its start reaches into the next day.

    >>> spans("08:00-12:00, 13:00-17:00"), spans("closed")
    ([(480, 720), (780, 1020)], [])
    """
    if hours is None or (isinstance(hours, str) and hours.strip().lower() in ("", "closed", "-")):
        return []
    parts = hours if isinstance(hours, list) else str(hours).split(",")
    return [_span(str(part).strip()) for part in parts]


def _span(text: str) -> Span:
    match = SPAN.match(text)
    if not match:
        raise ValueError(f"{text} is no span of hours; write 08:00-20:00 or closed")
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_minute > 59 or end_minute > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise ValueError(f"{text} is no time of day; the latest end is 24:00")
    return (start, end) if end > start else (start, end + MINUTES_A_DAY)
