"""Gaps and what became of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')


def upgrade() -> None:
    """Apply the change."""
    make_gaps()
    make_what_hangs_on_them()


def make_gaps() -> None:
    """Make the tables that stand for themselves."""
    op.create_table('gap',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lang', sa.String(length=35), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('words', JSON, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('searches', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('acted_as', sa.String(length=20), nullable=True),
    sa.Column('acted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gap'))
    )
    with op.batch_alter_table('gap', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gap_assignee_id'), ['assignee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_gap_lang'), ['lang'], unique=False)
        batch_op.create_index(batch_op.f('ix_gap_state'), ['state'], unique=False)

    op.create_table('gap_pass',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('texts', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gap_pass'))
    )
    op.create_table('insight_letter',
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('is_wanted', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('last_week', sa.String(length=10), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('staff_id', name=op.f('pk_insight_letter'))
    )


def make_what_hangs_on_them() -> None:
    """Make the tables whose rows go with their gap."""
    op.create_table('gap_example',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('gap_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=400), nullable=True),
    sa.ForeignKeyConstraint(['gap_id'], ['gap.id'], name=op.f('fk_gap_example_gap_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gap_example'))
    )
    with op.batch_alter_table('gap_example', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gap_example_gap_id'), ['gap_id'], unique=False)

    op.create_table('gap_week',
    sa.Column('gap_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('searches', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['gap_id'], ['gap.id'], name=op.f('fk_gap_week_gap_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('gap_id', 'week', 'source', name=op.f('pk_gap_week'))
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table('gap_week')
    op.drop_table('gap_example')
    op.drop_table('insight_letter')
    op.drop_table('gap_pass')
    op.drop_table('gap')
