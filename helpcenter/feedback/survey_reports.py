"""What the surveys say: satisfaction against expectation, effort, recommendation and loyalty, each with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpcenter.feedback.statistics import Score, Share, net_promoter
from helpcenter.feedback.survey_models import Survey
from helpcenter.journeys.models import Journey

# Of five: good and very good. Of seven: the upper three. Of eleven: who recommends, and who speaks ill.
SATISFIED, EASY, PROMOTER, DETRACTOR = 4, 5, 9, 6


class Given(NamedTuple):
    """The answers of one survey."""

    at: datetime
    expected: int | None
    received: int | None
    effort: int | None
    recommend: int | None


class Degrees(NamedTuple):
    """How many received less than they had expected, as much, and more."""

    below: int
    as_expected: int
    above: int

    @property
    def total(self) -> int:
        """How many answered both questions."""
        return sum(self)


@dataclass(frozen=True)
class Summary:
    """What a number of answers says."""

    answers: int
    satisfied: Share
    degrees: Degrees
    mean_expected: float | None
    mean_received: float | None
    easy: Share
    mean_effort: float | None
    recommend: Score | None

    @property
    def gap(self) -> float | None:
        """How much more was received than expected, in steps of the scale; less is negative."""
        return None if self.mean_received is None else self.mean_received - self.mean_expected


@dataclass(frozen=True)
class Month:
    """The answers of one month."""

    first: date
    summary: Summary


class Loyalty(NamedTuple):
    """Who came back, and whose visits were resolved without a person, of those whose end is known."""

    returning: Share
    alone: Share


def summary_of(given: Iterable[Given]) -> Summary:
    """Return what the answers *given* say."""
    given = list(given)
    both = [(one.expected, one.received) for one in given if one.expected is not None and one.received is not None]
    gaps = [received - expected for expected, received in both]
    effort = [one.effort for one in given if one.effort is not None]
    recommend = [one.recommend for one in given if one.recommend is not None]
    return Summary(
        answers=len(given),
        satisfied=Share(sum(received >= SATISFIED for _, received in both), len(both)),
        degrees=Degrees(sum(gap < 0 for gap in gaps), gaps.count(0), sum(gap > 0 for gap in gaps)),
        mean_expected=_mean([expected for expected, _ in both]),
        mean_received=_mean([received for _, received in both]),
        easy=Share(sum(value >= EASY for value in effort), len(effort)),
        mean_effort=_mean(effort),
        recommend=net_promoter(sum(v >= PROMOTER for v in recommend), sum(v <= DETRACTOR for v in recommend), len(recommend)),
    )


def _mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None


def answers(session: Session, since: date, until: date, *, place: str = "", lang: str = "", section: str = "") -> list[Given]:
    """Return the answers given from *since* to *until*, both included, the oldest first."""
    columns = (Survey.answered_at, Survey.expected, Survey.received, Survey.effort, Survey.recommend)
    rows = select(*columns).where(*_asked(Survey.answered_at, since, until, place, lang, section)).order_by(Survey.answered_at)
    return [Given(*row) for row in session.execute(rows)]


def response(session: Session, since: date, until: date, *, place: str = "", lang: str = "", section: str = "") -> Share:
    """Return how many of those who were asked from *since* to *until* have answered."""
    asked = _asked(Survey.asked_at, since, until, place, lang, section)
    answered, total = session.execute(select(func.count(Survey.answered_at), func.count()).where(*asked)).one()
    return Share(answered, total)


def rows_for_export(session: Session, since: date, until: date, *, place: str = "", lang: str = "", section: str = "") -> list[Survey]:
    """Return the answered surveys from *since* to *until*, the oldest first."""
    asked = _asked(Survey.answered_at, since, until, place, lang, section)
    return list(session.scalars(select(Survey).where(*asked).order_by(Survey.answered_at, Survey.id)))


def _asked(moment, since: date, until: date, place: str, lang: str, section: str) -> list:
    first, after = datetime.combine(since, time(), UTC), datetime.combine(until + timedelta(days=1), time(), UTC)
    given = [(Survey.place, place), (Survey.lang, lang), (Survey.section, section)]
    return [moment >= first, moment < after, *(column == value for column, value in given if value)]


def months_of(given: Sequence[Given], since: date, until: date) -> list[Month]:
    """Return the answers *given* by month from *since* to *until*, months without any included."""
    by_month: dict[date, list[Given]] = {first: [] for first in _firsts(since, until)}
    for one in given:
        by_month[one.at.date().replace(day=1)].append(one)
    return [Month(first, summary_of(some)) for first, some in by_month.items()]


def _firsts(since: date, until: date) -> Iterator[date]:
    first = since.replace(day=1)
    while first <= until:
        yield first
        first = (first + timedelta(days=32)).replace(day=1)


def loyalty(session: Session, since: date, until: date) -> Loyalty:
    """Return who came back and who found the answer alone, among the visits from *since* to *until*.

    A visit that was left says nothing and counts on neither side; visitors without a name cannot come back.
    """
    first, after = datetime.combine(since, time(), UTC), datetime.combine(until + timedelta(days=1), time(), UTC)
    within = (Journey.started_at >= first, Journey.started_at < after)
    visits = (
        select(func.count().label("visits")).where(*within, Journey.visitor.is_not(None)).group_by(Journey.visitor).subquery()
    )
    visitors = session.scalar(select(func.count()).select_from(visits))
    returning = session.scalar(select(func.count()).select_from(visits).where(visits.c.visits > 1))
    ends = dict(session.execute(select(Journey.outcome, func.count()).where(*within).group_by(Journey.outcome)).all())
    resolved = ends.get("resolved", 0)
    return Loyalty(Share(returning, visitors), Share(resolved, resolved + ends.get("escalated", 0)))
