"""The SQLAlchemy handle, what SQLite needs to be safe, and the migrations.

Reading and writing use different engines. `db.session` reads; `writing()` opens the one kind of transaction that
may change anything. On SQLite a write begins with `BEGIN IMMEDIATE` on a single connection per process: a
transaction that reads first and then writes fails at once when another writer came between, however long the
busy timeout, and several waiting connections starve each other.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pysqlite3.dbapi2
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Dialect, Engine, MetaData, Select, create_engine, event, func, make_url, select
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

BUSY_TIMEOUT_MS = 5_000
# How often a writer looks whether it is its turn. SQLite's own waiting looks every 100 ms after a while: whoever waits longest
# is passed by all who came later.
LOOK_SECONDS = 0.002
WRITER = "helpcenter.writer"
MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every version of helpcenter uses the same.
MIGRATION_LOCK = 4_357_283

# Names for every constraint, so that a migration can drop one on any database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class StorageError(Exception):
    """The database cannot be used; the message says which one and what to do."""


class Base(DeclarativeBase):
    """The base of all models."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


def init_app(app: Flask, url: str) -> None:
    """Give *app* its database: `db` for reading, `writing()` for writing."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    app.extensions[WRITER] = open_writer(url)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine, begin="BEGIN", query_only=True)


def engine_options(url: str) -> dict:
    """Return what `create_engine` needs besides *url* for an engine that reads.

    Its errors end in the log, so they name no parameters: those are what people wrote.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return {"module": pysqlite3.dbapi2, "hide_parameters": True}
    return {"pool_pre_ping": True, "hide_parameters": True, "execution_options": {"postgresql_readonly": True}}


def open_writer(url: str) -> Engine:
    """Return the engine that writes."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, **engine_options(url), pool_size=1, max_overflow=0, pool_timeout=30)
    _prepare_sqlite(engine, begin="BEGIN IMMEDIATE", query_only=False)
    return engine


def _prepare_sqlite(engine: Engine, *, begin: str, query_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection, _record):
        # The driver's own implicit BEGIN would leave schema changes outside the transaction.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=NORMAL")
        if query_only:
            cursor.execute("PRAGMA query_only=ON")
        else:
            cursor.execute("PRAGMA journal_mode=WAL")
            # Only the beginning of a transaction ever waits, and that by ourselves.
            cursor.execute("PRAGMA busy_timeout=0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection):
        if query_only or not _began_in_turn(connection, begin):
            connection.exec_driver_sql(begin)


def _began_in_turn(connection: Connection, begin: str) -> bool:
    """Begin to write as soon as nobody else does; return False when that has not come within the busy timeout, or cannot."""
    cursor, until = connection.connection.cursor(), time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while time.monotonic() < until:
        try:
            cursor.execute(begin)
            return True
        except pysqlite3.dbapi2.OperationalError as error:
            if error.sqlite_errorcode != pysqlite3.dbapi2.SQLITE_BUSY:
                return False
        time.sleep(LOOK_SECONDS)
    return False


def read_row(engine: Engine, statement: Select) -> tuple | None:
    """Return the first row of *statement*, which has no parameters, as the driver gives it. Raises what SQLAlchemy raises.

    For what every request asks: no session and no transaction is begun, which costs twenty times as much as the query.
    """
    text, driver = _text_of(statement, engine.dialect), engine.dialect.loaded_dbapi
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(text)
        return cursor.fetchone()
    except driver.Error as error:
        raise DBAPIError.instance(text, None, error, driver.Error, hide_parameters=True, dialect=engine.dialect) from error
    finally:
        connection.close()


@lru_cache(maxsize=16)
def _text_of(statement: Select, dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@contextmanager
def writing() -> Iterator[Session]:
    """Open a write transaction: committed when the block ends, rolled back when it raises.

    What `db.session` reads afterwards in the same request includes the change. Never nest two of these: on SQLite
    the second would wait for the first.
    """
    with Session(current_app.extensions[WRITER], expire_on_commit=False) as session:
        with session.begin():
            yield session
    db.session.rollback()


def migrate(app: Flask) -> bool:
    """Bring the database of *app* to this version's schema; return whether anything changed.

    Raises StorageError when the database comes from a newer version or cannot be opened.
    """
    engine = app.extensions[WRITER]
    script = ScriptDirectory(str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            _wait_for_other_migrations(connection)
            current = MigrationContext.configure(connection).get_current_revision()
            if current == script.get_current_head():
                return False
            if current and current not in {step.revision for step in script.walk_revisions()}:
                raise StorageError(
                    f"The database {engine.url.render_as_string()} was made by a newer version of helpcenter"
                    f" (schema {current}). Install that version, or restore a backup made with this one."
                )
            command.upgrade(alembic_config(connection), "head")
            return True
    except DatabaseError as error:
        # Others, such as a ProgrammingError, are mistakes in a migration. SQLite says of a strange file only DatabaseError.
        if type(error) not in (DatabaseError, OperationalError):
            raise
        reason = " ".join(str(error.orig).split())
        raise StorageError(f"Cannot open the database {engine.url.render_as_string()}: {reason}") from error


def schemas(connection: Connection) -> tuple[str | None, str | None]:
    """Return the schema that the database at *connection* has, and the one that this version wants."""
    return MigrationContext.configure(connection).get_current_revision(), ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _wait_for_other_migrations(connection: Connection) -> None:
    """Let one process after the other migrate; on SQLite, `BEGIN IMMEDIATE` has seen to that."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))


def alembic_config(connection) -> Config:
    """Return what Alembic needs to work on *connection*, inside the transaction that is open there."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def close(app: Flask) -> None:
    """Close every connection of *app*, reading and writing."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions[WRITER].dispose()
