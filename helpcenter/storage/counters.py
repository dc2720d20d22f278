"""Counters in fixed windows of time, for limits that must hold across processes."""

from datetime import datetime, timedelta

from sqlalchemy import String, case, delete
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
    insert = insert_for(session, Counter).values(name=name, count=1, ends_at=now + timedelta(seconds=window_seconds))
    is_over = Counter.ends_at <= now
    changes = {
        "count": case((is_over, 1), else_=Counter.count + 1),
        "ends_at": case((is_over, insert.excluded.ends_at), else_=Counter.ends_at),
    }
    counted = insert.on_conflict_do_update(index_elements=["name"], set_=changes).returning(Counter)
    return session.scalars(counted, execution_options={"populate_existing": True}).one()


def remove_ended(session: Session) -> None:
    """Forget the windows that are over."""
    session.execute(delete(Counter).where(Counter.ends_at <= utcnow()))
