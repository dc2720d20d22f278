"""Requests with people, times and files."""

import sqlalchemy as sa
from alembic import op

from helpcenter.storage.columns import Json, UTCDateTime

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

COLUMNS = (
    ('assignee_id', sa.Integer()), ('team', sa.String(60)), ('merged_into_id', sa.Integer()), ('answer_due_at', UTCDateTime()),
    ('solution_due_at', UTCDateTime()), ('answered_at', UTCDateTime()), ('solved_at', UTCDateTime()), ('paused_at', UTCDateTime()),
    ('answer_told', sa.String(10)), ('solution_told', sa.String(10)),
)  # fmt: skip
INDEXED = ('assignee_id', 'answer_due_at', 'solution_due_at')
TABLES = (
    'support_solved_by', 'support_filter', 'support_viewer', 'support_draft', 'support_tie', 'support_tag', 'support_attachment',
    'support_event',
)  # fmt: skip


def upgrade() -> None:
    """Apply the change. Requests that are there already have no due times: nobody was promised any."""
    for name, kind in COLUMNS:
        op.add_column('support_request', sa.Column(name, kind, nullable=True))
    op.add_column('support_request', sa.Column('spam', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('support_request', sa.Column('paused_minutes', sa.Integer(), nullable=False, server_default='0'))
    for name in INDEXED:
        op.create_index(f'ix_support_request_{name}', 'support_request', [name])
    op.add_column('support_message', sa.Column('held_until', UTCDateTime(), nullable=True))
    op.create_index('ix_support_message_held_until', 'support_message', ['held_until'])
    create_tables_of_what_happened()
    create_tables_of_the_inbox()


def request_id(**options: object) -> sa.Column:
    """Return the column that names a request; the row goes when the request goes."""
    return sa.Column('request_id', sa.Integer(), sa.ForeignKey('support_request.id', ondelete='CASCADE'), nullable=False, **options)


def create_tables_of_what_happened() -> None:
    """Create the tables of events and files."""
    op.create_table(
        'support_event',
        sa.Column('id', sa.Integer(), primary_key=True),
        request_id(index=True),
        sa.Column('kind', sa.String(20), nullable=False, index=True),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('details', Json, nullable=False),
        sa.Column('at', UTCDateTime(), nullable=False),
    )
    op.create_table(
        'support_attachment',
        sa.Column('id', sa.Integer(), primary_key=True),
        request_id(index=True),
        sa.Column('message_id', sa.Integer(), sa.ForeignKey('support_message.id', ondelete='CASCADE'), nullable=True, index=True),
        sa.Column('name', sa.String(120), nullable=False),
        sa.Column('content_type', sa.String(100), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('stored_name', sa.String(43), nullable=False, unique=True),
        sa.Column('created_at', UTCDateTime(), nullable=False),
    )


def create_tables_of_the_inbox() -> None:
    """Create the tables of what agents do with requests."""
    op.create_table('support_tag', request_id(primary_key=True), sa.Column('tag', sa.String(40), primary_key=True))
    op.create_index('ix_support_tag_tag', 'support_tag', ['tag'])
    other = sa.Column('other_id', sa.Integer(), sa.ForeignKey('support_request.id', ondelete='CASCADE'), primary_key=True)
    op.create_table('support_tie', request_id(primary_key=True), other)
    op.create_table(
        'support_draft',
        request_id(primary_key=True),
        sa.Column('staff_id', sa.Integer(), primary_key=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('changed_at', UTCDateTime(), nullable=False),
    )
    op.create_table(
        'support_viewer',
        request_id(primary_key=True),
        sa.Column('staff_id', sa.Integer(), primary_key=True),
        sa.Column('name', sa.String(100), nullable=False),
        sa.Column('seen_at', UTCDateTime(), nullable=False),
    )
    op.create_table(
        'support_filter',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('staff_id', sa.Integer(), nullable=False, index=True),
        sa.Column('name', sa.String(60), nullable=False),
        sa.Column('query', sa.String(500), nullable=False),
    )
    op.create_table(
        'support_solved_by',
        request_id(primary_key=True),
        sa.Column('article', sa.String(255), primary_key=True),
        sa.Column('lang', sa.String(35), primary_key=True),
        sa.Column('staff_id', sa.Integer(), nullable=True),
        sa.Column('at', UTCDateTime(), nullable=False),
    )


def downgrade() -> None:
    """Take the change back."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_index('ix_support_message_held_until', 'support_message')
    op.drop_column('support_message', 'held_until')
    for name in INDEXED:
        op.drop_index(f'ix_support_request_{name}', 'support_request')
    for name in ('paused_minutes', 'spam', *(name for name, _kind in reversed(COLUMNS))):
        op.drop_column('support_request', name)
