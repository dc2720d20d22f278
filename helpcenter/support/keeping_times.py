"""How often the promised times were kept, by team."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from helpcenter.support.models import SupportRequest


class Kept(NamedTuple):
    """The requests of one team in a period: how many, and of those that were due how many were in time."""

    team: str | None
    requests: int
    answers_due: int
    answers_in_time: int
    solutions_due: int
    solutions_in_time: int


def report(session: Session, *, since: datetime, now: datetime) -> list[Kept]:
    """Return one row a team for the requests that came in after *since*. A time that is not over yet does not count."""
    row = SupportRequest
    answer_over = and_(row.answer_due_at.is_not(None), or_(row.answered_at.is_not(None), row.answer_due_at <= now))
    solution_over = and_(row.solution_due_at.is_not(None), or_(row.solved_at.is_not(None), row.solution_due_at <= now))
    counted = (
        func.count(), _count(answer_over), _count(and_(answer_over, row.answered_at <= row.answer_due_at)),
        _count(solution_over), _count(and_(solution_over, row.solved_at <= row.solution_due_at)),
    )  # fmt: skip
    asked = select(row.team, *counted).where(row.created_at >= since, row.spam.is_(False), row.merged_into_id.is_(None))
    return [Kept(*found) for found in session.execute(asked.group_by(row.team).order_by(row.team.is_(None), row.team))]


def _count(condition):
    return func.count(case((condition, 1)))
