"""A whole copy of an SQLite database that is in use, and what is in a copy."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pysqlite3

from helpcenter.storage.database import BUSY_TIMEOUT_MS, StorageError


@dataclass(frozen=True)
class Contents:
    """What a database holds: its schema, None when there is none yet, and the number of rows by table."""

    schema: str | None
    tables: dict[str, int]


def copy_sqlite(source: Path, target: Path) -> None:
    """Make *target* the copy of *source* as it is at one moment; whoever writes there goes on meanwhile.

    Raises StorageError when *source* is missing or cannot be read.
    """
    try:
        with closing(_opened(source)) as reading, closing(pysqlite3.connect(str(target))) as writing:
            reading.backup(writing)
            # One file: the copy needs no log of what is not in it yet.
            writing.execute("PRAGMA journal_mode=DELETE")
    except pysqlite3.DatabaseError as error:
        raise StorageError(f"Cannot copy the database {source}: {error}.") from error


def inspect_sqlite(path: Path) -> Contents:
    """Return what is in the database at *path*, after looking through all of it. Raises StorageError when it is damaged."""
    try:
        with closing(_opened(path)) as connection:
            _check(connection, path)
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
            tables = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if "alembic_version" in names else None
    except pysqlite3.DatabaseError as error:
        raise StorageError(f"Cannot read the database {path}: {error}.") from error
    return Contents(row[0] if row else None, tables)


def _opened(path: Path) -> pysqlite3.Connection:
    return pysqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_MS / 1000)


def _check(connection: pysqlite3.Connection, path: Path) -> None:
    answers = [answer for (answer,) in connection.execute("PRAGMA integrity_check(3)")]
    if answers != ["ok"]:
        raise StorageError(f"The database {path} is damaged: {'; '.join(answers)}.")
    if lost := connection.execute("PRAGMA foreign_key_check").fetchone():
        raise StorageError(f"The database {path} is damaged: row {lost[1]} of {lost[0]} belongs to a row of {lost[2]} that is not there.")
