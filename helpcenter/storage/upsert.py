"""Inserting a row, or changing the one that is there, in one statement."""

from collections.abc import Mapping, Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_for(session: Session, model: type):
    """Return the INSERT of *session*'s database into *model*, which knows ON CONFLICT."""
    return INSERTS[session.get_bind().dialect.name](model)


def upsert(session: Session, model: type, values: Mapping, *, unique: Sequence[str], changes: Mapping | None = None) -> None:
    """Insert *values*; when a row with the same *unique* columns exists, apply *changes* to it instead.

    *changes* are values or expressions; without them the row takes all of *values*. However many connections do this
    at once, there is one row in the end.
    """
    statement = insert_for(session, model).values(**values)
    changes = changes if changes is not None else {name: statement.excluded[name] for name in values if name not in unique}
    session.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=dict(changes)))
