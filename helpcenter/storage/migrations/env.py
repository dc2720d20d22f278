"""What Alembic runs: the connection comes from `storage.migrate`, inside its one transaction."""

from alembic import context

from helpcenter.storage.columns import UTCDateTime
from helpcenter.storage.database import Base


def render_item(kind, item, autogen_context):
    """Return how our own column types are written in a migration, which must not change when the models do."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "JSON":
        autogen_context.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return 'sa.JSON().with_variant(JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
context.run_migrations()
