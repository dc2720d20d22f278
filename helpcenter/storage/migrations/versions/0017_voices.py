"""How often each version of an article is read, and how many who read it asked a person."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        'version_reads',
        sa.Column('lang', sa.String(length=35), nullable=False),
        sa.Column('key', sa.String(length=400), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('views', sa.Integer(), server_default='0', nullable=False),
        sa.Column('escalated', sa.Integer(), server_default='0', nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('lang', 'key', 'version', name=op.f('pk_version_reads')),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table('version_reads')
