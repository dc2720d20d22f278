"""Moments come back as they went in, whatever the database knows of time zones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import Counter

NOON_IN_RIGA = datetime(2026, 3, 29, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=3)))


def store(name: str, moment: datetime) -> None:
    """Write *moment* into a row."""
    with writing() as session:
        session.add(Counter(name=name, count=0, ends_at=moment))


def test_a_moment_comes_back_aware_and_in_utc(storage_app: Flask) -> None:
    with storage_app.app_context():
        store("noon", NOON_IN_RIGA)

        found = db.session.scalar(select(Counter.ends_at))

    assert found == NOON_IN_RIGA
    assert found.utcoffset() == timedelta(0)


def test_moments_compare_across_zones_in_the_database(storage_app: Flask) -> None:
    with storage_app.app_context():
        store("before", NOON_IN_RIGA)
        store("after", datetime(2026, 3, 29, 9, 0, 1, tzinfo=UTC))

        found = db.session.scalars(select(Counter.name).where(Counter.ends_at > NOON_IN_RIGA)).all()

    assert found == ["after"]


def test_a_moment_without_a_zone_is_refused(storage_app: Flask) -> None:
    with storage_app.app_context(), pytest.raises(StatementError, match="without a time zone"):
        store("naive", datetime(2026, 3, 29, 12))  # noqa: DTZ001


def test_now_is_aware() -> None:
    assert utcnow().tzinfo is UTC
