"""The list of gaps, and everything that one of them shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from helpcenter.insights.gaps import TOTAL
from helpcenter.insights.models import Gap, GapExample, GapWeek

PAGE_SIZE = 50
# The number of the only row of GapPass.
FOUND_LAST = 1


@dataclass(frozen=True)
class Wanted:
    """Which gaps to list; what is empty says nothing. *languages* are those that somebody is bounded to."""

    lang: str = ""
    state: str = ""
    assignee_id: int | None = None
    languages: Sequence[str] = ()

    def conditions(self) -> list:
        """Return what the rows must fulfil; gaps that nobody meets now are listed only when something was done about them."""
        given = [
            (self.lang, Gap.lang == self.lang),
            (self.state, Gap.state == self.state),
            (self.assignee_id, Gap.assignee_id == self.assignee_id),
            (self.languages, Gap.lang.in_(self.languages)),
            (self.state == "open", Gap.visits + Gap.searches > 0),
        ]
        return [condition for value, condition in given if value]


def list_gaps(session: Session, wanted: Wanted, *, limit: int = PAGE_SIZE, offset: int = 0) -> list[Gap]:
    """Return the gaps that are *wanted*, those of most people first."""
    order = ((Gap.visits + Gap.searches).desc(), Gap.id)
    return list(session.scalars(select(Gap).where(*wanted.conditions()).order_by(*order).limit(limit).offset(offset)))


def count_by_state(session: Session, wanted: Wanted) -> dict[str, int]:
    """Return how many of the gaps that are *wanted*, whatever their state, are in each."""
    met = or_(Gap.state != "open", Gap.visits + Gap.searches > 0)
    return dict(session.execute(select(Gap.state, func.count()).where(met, *replace(wanted, state="").conditions()).group_by(Gap.state)).all())


def examples_of(session: Session, gap: Gap) -> list[GapExample]:
    """Return the words that people used, the most frequent first."""
    return list(session.scalars(select(GapExample).where(GapExample.gap_id == gap.id).order_by(GapExample.times.desc(), GapExample.id)))


@dataclass(frozen=True)
class Week:
    """How many people met a gap in one week, in all and by source."""

    first: date
    people: int
    sources: dict[str, int]


def weeks_of(session: Session, gap: Gap, today: date) -> list[Week]:
    """Return every week from the first one known to the present one, those without anybody included."""
    rows = select(GapWeek.week, GapWeek.source, GapWeek.visits + GapWeek.searches).where(GapWeek.gap_id == gap.id)
    cells: dict[date, dict[str, int]] = {}
    for week, source, people in session.execute(rows):
        cells.setdefault(week, {})[source] = people
    found, week = [], min(cells, default=None)
    while week is not None and week <= today:
        sources = cells.get(week, {})
        found.append(Week(week, sources.get(TOTAL, 0), {source: people for source, people in sources.items() if source != TOTAL}))
        week += timedelta(weeks=1)
    return found
