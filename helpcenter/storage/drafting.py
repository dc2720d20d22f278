"""Drafting a migration from what the models say and the database has. For developers."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from helpcenter.storage.database import Base, alembic_config


def draft_migration(engine: Engine, message: str) -> None:
    """Write the migration that takes *engine*'s database to the models, under `storage/migrations/versions/`."""
    with engine.begin() as connection:
        command.revision(alembic_config(connection), message=message, autogenerate=True)


def differences(engine: Engine) -> list:
    """Return what the models have and *engine*'s database lacks, or the other way round."""
    with engine.begin() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
