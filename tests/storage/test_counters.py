"""Counters begin anew when their window of time is over."""

import threading
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import Counter, count_up, remove_ended


def counted(name: str, *, window_seconds: int = 60) -> int:
    """Count *name* up in a transaction of its own and return how often it happened."""
    with writing() as session:
        return count_up(session, name, window_seconds=window_seconds).count


def let_time_pass() -> None:
    """Move every window into the past."""
    with writing() as session:
        session.execute(update(Counter).values(ends_at=utcnow() - timedelta(seconds=1)))


def test_each_name_is_counted_on_its_own(storage_app: Flask) -> None:
    with storage_app.app_context():
        assert [counted("ann"), counted("ann"), counted("bob"), counted("ann")] == [1, 2, 1, 3]


def test_a_window_that_is_over_starts_anew(storage_app: Flask) -> None:
    with storage_app.app_context():
        counted("ann")
        counted("ann")
        let_time_pass()

        assert counted("ann") == 1


def test_counting_does_not_prolong_the_window(storage_app: Flask) -> None:
    with storage_app.app_context():
        counted("ann", window_seconds=60)
        first = db.session.scalar(select(Counter.ends_at))
        counted("ann", window_seconds=60)

        assert db.session.scalar(select(Counter.ends_at)) == first
        assert first - utcnow() <= timedelta(seconds=60)


def test_windows_that_are_over_can_be_forgotten(storage_app: Flask) -> None:
    with storage_app.app_context():
        counted("ann")
        let_time_pass()
        counted("bob")
        with writing() as session:
            remove_ended(session)

        assert db.session.scalars(select(Counter.name)).all() == ["bob"]


def test_two_who_count_at_the_same_moment_are_both_counted(storage_app: Flask) -> None:
    begun, seen = threading.Event(), []

    def count_meanwhile() -> None:
        with storage_app.app_context():
            begun.set()
            seen.append(counted("ann"))

    meanwhile = threading.Thread(target=count_meanwhile)
    with storage_app.app_context(), writing() as session:
        count_up(session, "ann", window_seconds=60)
        meanwhile.start()
        begun.wait()
        time.sleep(0.3)
    meanwhile.join()

    assert seen == [2]
