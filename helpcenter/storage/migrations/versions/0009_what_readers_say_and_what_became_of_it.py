"""What readers say and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table('feedback_comment_state',
    sa.Column('vote_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.String(length=100), nullable=True),
    sa.Column('fixed_in', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('request_reference', sa.String(length=16), nullable=True),
    sa.ForeignKeyConstraint(['vote_id'], ['vote.id'], name=op.f('fk_feedback_comment_state_vote_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('vote_id', name=op.f('pk_feedback_comment_state'))
    )
    op.create_table('feedback_digest',
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('week', sa.String(length=10), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('address', 'week', name=op.f('pk_feedback_digest'))
    )
    op.create_table('survey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occasion', sa.String(length=120), nullable=False),
    sa.Column('place', sa.String(length=12), nullable=False),
    sa.Column('lang', sa.String(length=35), nullable=False),
    sa.Column('section', sa.String(length=255), nullable=True),
    sa.Column('page', sa.String(length=60), nullable=True),
    sa.Column('person', sa.String(length=64), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expected', sa.Integer(), nullable=True),
    sa.Column('received', sa.Integer(), nullable=True),
    sa.Column('effort', sa.Integer(), nullable=True),
    sa.Column('recommend', sa.Integer(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey')),
    sa.UniqueConstraint('occasion', name=op.f('uq_survey_occasion'))
    )
    for column in ('person', 'asked_at', 'answered_at'):
        op.create_index(op.f(f'ix_survey_{column}'), 'survey', [column], unique=False)
    op.create_table('survey_person',
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('never', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('person', name=op.f('pk_survey_person'))
    )
    op.create_table('contact_form_count',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('held_out', sa.Boolean(), nullable=False),
    sa.Column('opened', sa.Integer(), nullable=False),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'held_out', name=op.f('pk_contact_form_count'))
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table('contact_form_count')
    op.drop_table('survey_person')
    op.drop_table('survey')
    op.drop_table('feedback_digest')
    op.drop_table('feedback_comment_state')
