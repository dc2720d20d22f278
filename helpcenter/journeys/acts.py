"""Counters of what visitors do without leaving a name: how often on one day, and nothing else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpcenter.journeys.models import ActCount
from helpcenter.storage.upsert import upsert

# What is counted. A program's vote is no vote: it is counted here, and nowhere else.
ACTS = ("form-opened", "suggested", "suggestion-taken", "chat-seen", "vote-of-program", "vote-over-limit")


@dataclass(frozen=True, order=True)
class Act:
    """Somebody did *act* on *day* in *lang*."""

    day: date
    lang: str
    act: str


def store(session: Session, acts: Sequence[Act]) -> None:
    """Count *acts*. Rows are taken in one order everywhere, so that two writers never wait for each other in a circle."""
    for one, times in sorted(Counter(acts).items()):
        row = {"day": one.day, "lang": one.lang, "act": one.act, "times": times}
        upsert(session, ActCount, row, unique=["day", "lang", "act"], changes={"times": ActCount.times + times})


def counted(session: Session, since: date) -> dict[str, int]:
    """Return how often each act happened since the day *since*; every act is there."""
    rows = select(ActCount.act, func.sum(ActCount.times)).where(ActCount.day >= since).group_by(ActCount.act)
    found = dict(session.execute(rows).all())
    return {act: int(found.get(act, 0)) for act in ACTS}
