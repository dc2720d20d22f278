"""Votes that articles brought from an earlier help center."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. The next publish fills the table from the content folder."""
    op.create_table('carried_vote',
    sa.Column('lang', sa.String(length=35), nullable=False),
    sa.Column('key', sa.String(length=400), nullable=False),
    sa.Column('helpful', sa.Integer(), nullable=False),
    sa.Column('not_helpful', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('lang', 'key', name=op.f('pk_carried_vote'))
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table('carried_vote')
