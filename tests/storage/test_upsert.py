"""One row for one key, however often it is put there."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import Counter
from helpcenter.storage.upsert import upsert

LATER = utcnow() + timedelta(hours=1)


def put(count: int, **changes: object) -> None:
    """Put a counter there."""
    with writing() as session:
        values = {"name": "visits", "count": count, "ends_at": LATER}
        upsert(session, Counter, values, unique=["name"], **changes)


def counts() -> list[int]:
    """Return the counts that are stored."""
    db.session.rollback()
    return list(db.session.scalars(select(Counter.count)))


def test_a_second_row_replaces_the_first(storage_app: Flask) -> None:
    with storage_app.app_context():
        put(1)
        put(5)

        assert counts() == [5]


def test_a_change_may_build_on_what_is_there(storage_app: Flask) -> None:
    with storage_app.app_context():
        put(1, changes={"count": Counter.count + 10})
        put(1, changes={"count": Counter.count + 10})

        assert counts() == [11]
