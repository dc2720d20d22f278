"""Counters in fixed windows of time, for limits that must hold across processes."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpcenter.storage.columns import UTCDateTime, utcnow
from helpcenter.storage.database import db
from helpcenter.storage.upsert import insert_for


class Counter(db.Model):
    """How often something happened since a window of time began."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def count_up(session: Session, name: str, *, window_seconds: int) -> Counter:
    """Count one more *name* and return its counter; a window that is over starts anew."""
    now = utcnow()
    wanted = select(Counter).where(Counter.name == name).with_for_update()
    counter = session.scalar(wanted)
    if counter is None:
        # Another connection may insert it at this moment; then the second look waits for that one.
        session.execute(insert_for(session, Counter).values(name=name, count=0, ends_at=now).on_conflict_do_nothing())
        counter = session.scalars(wanted).one()
    if counter.ends_at <= now:
        counter.count, counter.ends_at = 0, now + timedelta(seconds=window_seconds)
    counter.count += 1
    session.flush()
    return counter


def remove_ended(session: Session) -> None:
    """Forget the windows that are over."""
    session.execute(delete(Counter).where(Counter.ends_at <= utcnow()))
