"""How far each follower of the events of requests, and of mail that came in, has read."""

from datetime import datetime, timedelta

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpcenter.storage import db
from helpcenter.storage.upsert import insert_for, upsert
from helpcenter.support.events import MOST_AT_ONCE
from helpcenter.support.models import SupportEvent

# On PostgreSQL a transaction that began earlier may commit later: a follower waits until the numbers before are there.
SETTLED_AFTER = timedelta(seconds=5)


class StreamPosition(db.Model):
    """The last row that a follower has read."""

    __tablename__ = "stream_position"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_id: Mapped[int]


def next_events(session: Session, name: str, *, now: datetime) -> list[SupportEvent]:
    """Return the events that the follower *name* has not read, and move it past them in the caller's transaction.

    A new follower begins with what happens from now on: nobody wants to be told of last year. Of two at once the second
    waits, and gets what comes after.
    """
    session.execute(insert_for(session, StreamPosition).values(name=name, last_id=-1).on_conflict_do_nothing())
    last_id = session.scalars(select(StreamPosition.last_id).where(StreamPosition.name == name).with_for_update()).one()
    if last_id < 0:
        move_to(session, name, session.scalar(select(func.max(SupportEvent.id))) or 0)
        return []
    settled = (SupportEvent.id > last_id, SupportEvent.at <= now - SETTLED_AFTER)
    events = list(session.scalars(select(SupportEvent).where(*settled).order_by(SupportEvent.id).limit(MOST_AT_ONCE)))
    if events:
        move_to(session, name, events[-1].id)
    return events


def has_news(session: Session, name: str) -> bool:
    """Return whether the follower *name* has anything to read, so that an idle worker never takes the write lock."""
    last_id = session.scalar(select(StreamPosition.last_id).where(StreamPosition.name == name))
    return last_id is None or session.scalar(select(SupportEvent.id).where(SupportEvent.id > last_id).limit(1)) is not None


def move_to(session: Session, name: str, last_id: int) -> None:
    """Write how far the follower *name* has read."""
    upsert(session, StreamPosition, {"name": name, "last_id": last_id}, unique=["name"])
