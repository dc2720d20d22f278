"""Visitors of conversations: what a signed identity says."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('visitor', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, server_default='{}'))


def downgrade() -> None:
    """Take the change back."""
    # A table that is made anew takes with it, on SQLite, the rows of others that belong to its own.
    with op.batch_alter_table('conversation', schema=None, recreate="never") as batch_op:
        batch_op.drop_column('visitor')
