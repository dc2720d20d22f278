"""Reading reads, writing writes, and many may do both at once; on SQLite and on PostgreSQL."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pysqlite3.dbapi2
import pytest
from flask import Flask
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from helpcenter import storage
from helpcenter.storage import db, read_row, writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import Counter
from helpcenter.storage.database import LOOK_SECONDS, WRITER

WRITERS = 8
WRITES_EACH = 20


def a_counter(name: str = "visits", count: int = 1) -> Counter:
    """Return a row that is easily made."""
    return Counter(name=name, count=count, ends_at=utcnow() + timedelta(hours=1))


def stored_count(name: str = "visits") -> int | None:
    """Return what a fresh read finds."""
    db.session.rollback()
    return db.session.scalar(select(Counter.count).where(Counter.name == name))


def test_reading_cannot_write(storage_app: Flask) -> None:
    with storage_app.app_context(), pytest.raises(DBAPIError, match="read-?only"):
        db.session.execute(insert(Counter).values(name="visits", count=1, ends_at=utcnow()))


def test_a_write_is_there_after_the_block(storage_app: Flask) -> None:
    with storage_app.app_context():
        with writing() as session:
            session.add(a_counter())

        assert stored_count() == 1


def test_a_write_that_raises_leaves_nothing(storage_app: Flask) -> None:
    with storage_app.app_context():
        with pytest.raises(LookupError), writing() as session:
            session.add(a_counter())
            session.flush()
            raise LookupError

        assert stored_count() is None


def test_a_reader_sees_its_own_write_in_the_same_request(storage_app: Flask) -> None:
    with storage_app.app_context():
        assert db.session.scalar(select(Counter.count)) is None

        with writing() as session:
            session.add(a_counter())

        assert db.session.scalar(select(Counter.count)) == 1


def test_what_was_written_can_be_used_after_the_block(storage_app: Flask) -> None:
    with storage_app.app_context():
        with writing() as session:
            counter = a_counter()
            session.add(counter)

        assert counter.name == "visits"


def test_a_reader_is_not_held_up_by_a_writer(storage_app: Flask) -> None:
    with storage_app.app_context(), writing() as session:
        session.add(a_counter())
        session.flush()

        assert stored_count() is None


def test_a_reference_to_nothing_is_refused(storage_app: Flask) -> None:
    folder = Table("folder", metadata := MetaData(), Column("id", Integer, primary_key=True))
    page = Table("page", metadata, Column("folder_id", ForeignKey(folder.c.id)))
    engine = storage_app.extensions[WRITER]

    metadata.create_all(engine)

    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(page).values(folder_id=7))
    metadata.drop_all(engine)


@pytest.mark.timeout(300)
def test_eight_busy_writers_never_fail(storage_app: Flask) -> None:
    url = storage_app.extensions[WRITER].url.render_as_string(hide_password=False)
    command = [sys.executable, str(Path(__file__).with_name("busy_writer.py")), url, str(WRITES_EACH)]

    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(WRITERS)]
    complaints = [writer.communicate()[1] for writer in writers]

    assert [(writer.returncode, said) for writer, said in zip(writers, complaints, strict=True)] == [(0, "")] * WRITERS
    with storage_app.app_context():
        assert stored_count("busy") == WRITERS * WRITES_EACH


@pytest.fixture
def both_engines(app: Flask) -> list:
    """Return the engines of a SQLite database: the one that reads and the one that writes."""
    with app.app_context():
        return [db.engine, app.extensions[WRITER]]


def test_sqlite_is_free_of_the_wal_reset_bug(both_engines: list) -> None:
    for engine in both_engines:
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT sqlite_version()"))

        # Fixed in 3.51.3, see sqlite.org/wal.html#the_wal_reset_bug.
        assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_sqlite_is_set_up_for_many_readers_and_one_writer(both_engines: list) -> None:
    for engine in both_engines:
        with engine.connect() as connection:
            said = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")}

        # Who writes waits for the beginning of the transaction, and looks more often than SQLite would.
        waits = 5000 if engine is both_engines[0] else 0
        assert said == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": waits}


def test_a_writer_waits_for_another_and_says_so_when_it_takes_too_long(app: Flask, monkeypatch) -> None:
    other = pysqlite3.dbapi2.connect(app.extensions[WRITER].url.database, isolation_level=None, check_same_thread=False)
    looks: list[float] = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            other.execute("ROLLBACK")

    monkeypatch.setattr("helpcenter.storage.database.time.sleep", look)
    other.execute("BEGIN IMMEDIATE")
    with app.app_context(), writing() as session:
        session.add(a_counter())
    assert looks == [LOOK_SECONDS] * 3

    monkeypatch.setattr("helpcenter.storage.database.BUSY_TIMEOUT_MS", 0)
    other.execute("BEGIN IMMEDIATE")
    with app.app_context(), pytest.raises(OperationalError, match="locked"), writing() as session:
        session.add(a_counter())
    other.close()


def test_closing_leaves_no_connection(app: Flask) -> None:
    with app.app_context(), writing() as session:
        session.add(a_counter())

    storage.close(app)

    assert app.extensions[WRITER].pool.checkedout() == 0
    # The last connection to close folds the write-ahead log into the database.
    assert not list(Path(app.extensions[WRITER].url.database).parent.glob("*-wal"))


def test_a_row_is_read_beside_the_session_as_the_driver_gives_it(storage_app: Flask) -> None:
    with storage_app.app_context():
        with writing() as session:
            session.add(a_counter(count=7))

        assert tuple(read_row(db.engine, select(Counter.name, Counter.count))) == ("visits", 7)
        assert read_row(db.engine, select(Counter.name).where(Counter.name == "other")) is None


def test_a_row_that_cannot_be_read_fails_as_every_query_does(storage_app: Flask) -> None:
    missing = Table("missing", MetaData(), Column("id", Integer))
    with storage_app.app_context(), pytest.raises(DBAPIError, match="missing"):
        read_row(db.engine, select(missing.c.id))
