"""priority of requests."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. Requests that are there already are ordinary ones."""
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('priority', sa.String(length=10), nullable=False, server_default='normal'))


def downgrade() -> None:
    """Take the change back."""
    # A table that is made anew takes with it, on SQLite, the rows of others that belong to its own.
    with op.batch_alter_table('support_request', schema=None, recreate="never") as batch_op:
        batch_op.drop_column('priority')
