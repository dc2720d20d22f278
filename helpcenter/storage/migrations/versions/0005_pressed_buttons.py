"""Pressed buttons: a conversation that can be played again."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. Of earlier messages nobody knows the button any more; its words are there."""
    with op.batch_alter_table('chat_message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pressed', sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table('chat_message', schema=None) as batch_op:
        batch_op.drop_column('pressed')
