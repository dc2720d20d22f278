"""Counters in fixed windows of time, for limits that must hold across processes."""

from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import Executable, String, bindparam, case, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpcenter.storage.columns import UTCDateTime, utcnow
from helpcenter.storage.database import db
from helpcenter.storage.upsert import INSERTS


class Counter(db.Model):
    """How often something happened since a window of time began."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Counted(NamedTuple):
    """What a counter says after one more, and when its window is over."""

    count: int
    ends_at: datetime


def count_up(session: Session, name: str, *, window_seconds: int) -> Counted:
    """Count one more *name* and return its counter; a window that is over starts anew."""
    now = utcnow()
    given = {"new_name": name, "now": now, "new_end": now + timedelta(seconds=window_seconds)}
    return Counted(*session.execute(_counting(session.get_bind().dialect.name), given).one())


@cache
def _counting(dialect: str) -> Executable:
    """Return the statement that counts one more; to build it takes longer than to run it."""
    table = Counter.__table__.c
    insert = INSERTS[dialect](Counter.__table__).values(
        name=bindparam("new_name"), count=1, ends_at=bindparam("new_end", type_=UTCDateTime())
    )
    is_over = table.ends_at <= bindparam("now", type_=UTCDateTime())
    changes = {"count": case((is_over, 1), else_=table.count + 1), "ends_at": case((is_over, insert.excluded.ends_at), else_=table.ends_at)}
    return insert.on_conflict_do_update(index_elements=["name"], set_=changes).returning(table.count, table.ends_at)


def remove_ended(session: Session) -> None:
    """Forget the windows that are over."""
    session.execute(delete(Counter).where(Counter.ends_at <= utcnow()))
