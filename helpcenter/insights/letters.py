"""The weekly letter to the staff: who wants it, and that nobody gets that of one week twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.insights.models import InsightLetter
from helpcenter.storage.upsert import insert_for


def is_wanted(session: Session, staff_id: int) -> bool:
    """Return whether somebody wants the letter; who has not said anything does."""
    kept = session.get(InsightLetter, staff_id)
    return kept is None or kept.is_wanted


def choose(session: Session, staff_id: int, *, wanted: bool) -> None:
    """Note whether somebody wants the letter."""
    insert = insert_for(session, InsightLetter).values(staff_id=staff_id, is_wanted=wanted, last_week="")
    session.execute(insert.on_conflict_do_update(index_elements=["staff_id"], set_={"is_wanted": wanted}))


def claim(session: Session, staff_id: int, week: str) -> bool:
    """Return whether the letter of *week* (its first day) is still to be sent to somebody who wants it; from now on it is not."""
    insert = insert_for(session, InsightLetter).values(staff_id=staff_id, is_wanted=True, last_week=week)
    later = (InsightLetter.last_week < week) & InsightLetter.is_wanted
    claimed = insert.on_conflict_do_update(index_elements=["staff_id"], set_={"last_week": week}, where=later)
    return session.scalars(claimed.returning(InsightLetter.staff_id), execution_options={"populate_existing": True}).first() is not None


def settled(session: Session, week: str) -> set[int]:
    """Return who had the letter of *week*, or wants none."""
    done = (InsightLetter.last_week >= week) | InsightLetter.is_wanted.is_(False)
    return set(session.scalars(select(InsightLetter.staff_id).where(done)))
