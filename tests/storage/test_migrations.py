"""The migrations make what the models say, can be undone, and refuse what they do not know."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import inspect, select, text

from helpcenter import storage
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.paths import PACKAGE
from helpcenter.storage.database import WRITER, Base, StorageError, alembic_config
from helpcenter.storage.drafting import differences

# Every table there is, whoever has imported which of them by now.
for models in sorted(PACKAGE.glob("*/models.py")):
    importlib.import_module(f"helpcenter.{models.parent.name}.models")


def tables(app: Flask) -> set[str]:
    """Return the tables that *app*'s database has."""
    return set(inspect(app.extensions[WRITER]).get_table_names())


def test_the_models_and_the_migrations_agree(storage_app: Flask) -> None:
    assert differences(storage_app.extensions[WRITER]) == []
    assert tables(storage_app) == {*Base.metadata.tables, "alembic_version"}


def test_migrating_again_changes_nothing(storage_app: Flask) -> None:
    assert storage.migrate(storage_app) is False


def test_every_migration_can_be_undone_and_done_again(storage_app: Flask) -> None:
    with storage_app.extensions[WRITER].begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert tables(storage_app) == {"alembic_version"}

    assert storage.migrate(storage_app) is True

    assert differences(storage_app.extensions[WRITER]) == []


def test_undoing_a_migration_takes_no_messages_away(storage_app: Flask) -> None:
    with storage_app.app_context(), storage.writing() as session:
        conversation = Conversation(public_id="a" * 22, token_hash="b" * 64, lang="en")
        session.add(conversation)
        session.flush()
        session.add(ChatMessage(conversation_id=conversation.id, author="visitor", text="My router blinks."))
    with storage_app.extensions[WRITER].begin() as connection:
        command.downgrade(alembic_config(connection), "0002")
    storage.migrate(storage_app)

    with storage_app.app_context():
        assert storage.db.session.scalars(select(ChatMessage.text)).all() == ["My router blinks."]


def test_processes_that_start_together_migrate_once(storage_app: Flask) -> None:
    with storage_app.extensions[WRITER].begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    url = storage_app.extensions[WRITER].url.render_as_string(hide_password=False)
    starting = [opened(url) for _ in range(3)]

    with ThreadPoolExecutor() as pool:
        migrated = list(pool.map(storage.migrate, starting))

    assert sorted(migrated) == [False, False, True]
    for app in starting:
        storage.close(app)


def test_a_database_of_a_newer_version_is_refused_in_one_line(storage_app: Flask) -> None:
    with storage_app.extensions[WRITER].begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StorageError, match="was made by a newer version of helpcenter") as refused:
        storage.migrate(storage_app)

    assert "\n" not in str(refused.value)


def opened(url: str) -> Flask:
    """Return an application with the database at *url*, not yet migrated."""
    app = Flask("opened")
    storage.init_app(app, url)
    return app


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "helpcenter.sqlite3"
    path.write_text("Dear diary, " * 100)
    app = opened(f"sqlite:///{path}")

    with pytest.raises(StorageError, match=r"Cannot open the database .*helpcenter\.sqlite3") as refused:
        storage.migrate(app)

    assert "\n" not in str(refused.value)
    assert path.read_text().startswith("Dear diary")
    storage.close(app)


def test_a_server_that_is_not_there_is_told_in_one_line_without_the_password() -> None:
    app = opened("postgresql+psycopg://ann:secret-word@127.0.0.1:9/helpcenter")

    with pytest.raises(StorageError, match="Cannot open the database") as refused:
        storage.migrate(app)

    assert "\n" not in str(refused.value)
    assert "secret-word" not in str(refused.value)
    storage.close(app)
