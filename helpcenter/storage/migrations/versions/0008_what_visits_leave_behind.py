"""What visits leave behind."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. Journeys of before that have an outcome are over; the chore ends the others."""
    op.add_column('journey', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE journey SET ended_at = last_at WHERE outcome IS NOT NULL')
    op.create_index(op.f('ix_journey_ended_at_last_at'), 'journey', ['ended_at', 'last_at'])
    op.add_column('vote', sa.Column('read_seconds', sa.Integer(), nullable=True))
    op.create_table('act_count',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('lang', sa.String(length=35), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'lang', 'act', name=op.f('pk_act_count'))
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table('act_count')
    op.drop_column('vote', 'read_seconds')
    op.drop_index(op.f('ix_journey_ended_at_last_at'), table_name='journey')
    op.drop_column('journey', 'ended_at')
