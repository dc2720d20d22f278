"""A period in weeks, and rows of the database by week, alike on every database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, case

from helpcenter.insights.falling import monday_of

LONGEST_WEEKS = 53


@dataclass(frozen=True)
class Period:
    """Days from *since* to *until*, both included, in one language and topic or in all."""

    since: date
    until: date
    lang: str = ""
    section: str = ""

    @property
    def weeks(self) -> list[date]:
        """Return the Mondays of its weeks."""
        first = monday_of(self.since)
        return [first + timedelta(weeks=number) for number in range((self.until - first).days // 7 + 1)]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Return the first moment, and the one after the last."""
        return start_of(self.since), start_of(self.until + timedelta(days=1))

    def within(self, column: ColumnElement) -> list[ColumnElement]:
        """Return that a moment lies in the period."""
        first, after = self.moments
        return [column >= first, column < after]

    def of_language(self, column: ColumnElement) -> list[ColumnElement]:
        """Return that a language is the one that is asked for, nothing when all are."""
        return [column == self.lang] if self.lang else []

    def of_section(self, column: ColumnElement) -> list[ColumnElement]:
        """Return that a topic is the one that is asked for or lies below it, nothing when all are."""
        return [(column == self.section) | column.startswith(f"{self.section}/", autoescape=True)] if self.section else []


def start_of(day: date) -> datetime:
    """Return the first moment of *day*."""
    return datetime.combine(day, time(), UTC)


def week_number(column: ColumnElement, weeks: Sequence[date]) -> ColumnElement[int]:
    """Return in which of *weeks* a moment lies, from 0; group by its name, `week`."""
    later = [(column < start_of(week), number) for number, week in enumerate(weeks[1:])]
    return (case(*later, else_=len(weeks) - 1) if later else case((column.is_(None), 0), else_=0)).label("week")
