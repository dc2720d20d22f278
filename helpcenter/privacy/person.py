"""Everything that is kept of one person: found from an address or a conversation, through every table, to give or to erase.

A row belongs to the person when a column of it holds their address, or when it hangs on such a row. Tables are walked by name
and by their foreign keys, so that a new table is found without being told of here; `remains` looks for what was not.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import JSON, LargeBinary, String, Table, and_, delete, func, inspect, or_, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from helpcenter.storage import db

# The staff are no customers, and the library is no person's.
NOT_OF_VISITORS = frozenset({"staff_user", "staff_link", "staff_session", "feedback_digest", "audit_entry", "half_sign_in"})
ADDRESSES = ("email", "recipient", "sender")
# Rows that belong together without a foreign key: this table and column, when that one has the value.
TIES = (
    ("conversation", "request_id", "support_request", "id"),
    ("support_request", "id", "conversation", "request_id"),
    ("journey", "id", "support_request", "journey_id"),
    ("journey", "id", "conversation", "journey_id"),
    ("conversation", "journey_id", "journey", "id"),
    ("journey", "visitor", "journey", "visitor"),
    ("vote", "visitor", "journey", "visitor"),
    ("vote", "journey_id", "journey", "id"),
    ("journey", "id", "vote", "journey_id"),
    ("vote", "id", "feedback_comment_state", "vote_id"),
    ("survey", "person", "journey", "visitor"),
    ("survey", "person", "vote", "visitor"),
    ("survey_person", "person", "journey", "visitor"),
    ("survey_person", "person", "vote", "visitor"),
    ("support_request", "merged_into_id", "support_request", "id"),
    ("outbox_mail", "thread", "support_request", "reference"),
    ("inbound_mail", "thread", "support_request", "reference"),
)
# The same, where a word stands before the value.
NAMED_TIES = (
    ("survey", "occasion", "chat:", "conversation", "public_id"),
    ("survey", "occasion", "request:", "support_request", "reference"),
    ("outbox_mail", "thread", "comment-", "feedback_comment_state", "vote_id"),
)
# Columns that name a file of the data folder.
FILES = ("stored_name", "original")
AT_ONCE = 200

Found = dict[str, dict[tuple, dict]]


def find(session: Session, who: str, digest: str | None = None) -> Found:
    """Return the rows of the person *who*, an e-mail address or the public name of a conversation, by table and primary key.

    *digest* is what surveys know the address as.
    """
    found: Found = {}
    for table in tables():
        if "@" in who:
            own = [func.lower(table.c[name]) == who.lower() for name in ADDRESSES if name in table.c]
        else:
            own = [table.c.public_id == who] if table.name == "conversation" else []
        if digest and "person" in table.c:
            own.append(table.c.person == digest)
        if own:
            _take(session, found, table, or_(*own))
    if "@" in who:
        _take_signed_in(session, found, who)
    while _follow(session, found):
        pass
    return found


def tables() -> list[Table]:
    """Return the tables that may hold something of a visitor, those that others hang on first."""
    return [table for table in db.metadata.sorted_tables if table.name not in NOT_OF_VISITORS]


def _take_signed_in(session: Session, found: Found, who: str) -> None:
    """Take the conversations of customers whom another site signed in under this address."""
    table = db.metadata.tables["conversation"]
    for row in session.execute(select(table.c.id, table.c.visitor)):
        if str((row.visitor or {}).get("email", "")).lower() == who.lower():
            _take(session, found, table, table.c.id == row.id)


def _take(session: Session, found: Found, table: Table, condition) -> bool:
    known = found.setdefault(table.name, {})
    before = len(known)
    for row in session.execute(select(table).where(condition)).mappings():
        known[tuple(row[column.name] for column in table.primary_key)] = dict(row)
    return len(known) > before


def _follow(session: Session, found: Found) -> bool:
    """Take what hangs on the rows that were found; return whether there was anything new."""
    ties = [(name, column, "", other, its) for name, column, other, its in TIES] + list(NAMED_TIES)
    ties += [
        (table.name, key.parent.name, "", key.column.table.name, key.column.name)
        for table in tables()
        for key in table.foreign_keys
        if key.column.table.name not in NOT_OF_VISITORS
    ]
    grown = False
    for name, column, word, other, its in ties:
        table = db.metadata.tables[name]
        values = sorted({f"{word}{row[its]}" if word else row[its] for row in found.get(other, {}).values() if row[its] is not None})
        for start in range(0, len(values), AT_ONCE):
            grown = _take(session, found, table, table.c[column].in_(values[start : start + AT_ONCE])) or grown
    return grown


def as_json(found: Found) -> str:
    """Return what was found as JSON, table by table."""
    whole = {name: list(rows.values()) for name, rows in sorted(found.items()) if rows}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_readable)


def _readable(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def files_of(found: Found, data: Path, who: str) -> list[Path]:
    """Return the files in the folder *data* that belong to what was *found*: attachments, originals, and mail in files."""
    names = {Path(row[column]).name for rows in found.values() for row in rows.values() for column in FILES if row.get(column)}
    marks = [who.lower().encode(), *(row["reference"].lower().encode() for row in found.get("support_request", {}).values())]
    files = [path for path in data.rglob("*") if path.is_file() and not is_database(path)]
    return sorted(
        path for path in files if path.name in names or (path.suffix == ".eml" and any(mark in path.read_bytes().lower() for mark in marks))
    )


def is_database(path: Path) -> bool:
    """Return whether *path* is the database, which is written through SQL alone."""
    return ".sqlite3" in path.name


def erase(session: Session, found: Found) -> dict[str, int]:
    """Erase the rows that were *found* and return how many by table. A vote stays as a number that nobody can be found by."""
    done = {}
    for table in reversed(tables()):
        for key, row in found.get(table.name, {}).items():
            mine = and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
            if table.name == "vote":
                nobody = {"visitor": f"erased-{secrets.token_hex(16)}", "comment": None, "query": None, "journey_id": None, "read_seconds": None}
                session.execute(update(table).where(mine).values(nobody))
            else:
                session.execute(delete(table).where(mine))
            done[table.name] = done.get(table.name, 0) + bool(row)
    return done


def remains(session: Session, data: Path, words: Iterable[str]) -> list[str]:
    """Return every table and file in which one of *words* still stands, whatever the case."""
    wanted = [word.lower() for word in words if word]
    places = [f"table {table.name}" for table in db.metadata.sorted_tables if _has(session, table, wanted)]
    files = [path for path in data.rglob("*") if path.is_file()]
    return places + [f"file {path}" for path in sorted(files) if any(word.encode() in path.read_bytes().lower() for word in wanted)]


def _has(session: Session, table: Table, words: list[str]) -> bool:
    columns = [column for column in table.c if isinstance(column.type, (String, JSON, LargeBinary))]
    if not columns:
        return False
    for row in session.execute(select(*columns)):
        text = " ".join(_readable(value) if isinstance(value, bytes) else str(value) for value in row).lower()
        if any(word in text for word in words):
            return True
    return False


def compact(engine: Engine) -> None:
    """Write the database anew, so that what was deleted stands in no free page of it and in no journal."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if inspect(connection).dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM")
            return
    raw = engine.raw_connection()
    try:
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement).fetchall()
    finally:
        raw.close()
