"""Mail that comes in, and word to the team."""

import sqlalchemy as sa
from alembic import op

from helpcenter.storage.columns import Json, UTCDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

TABLES = ('webhook_delivery', 'notice_choice', 'team_notice', 'stream_position', 'inbound_mail')


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        'inbound_mail',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('fingerprint', sa.String(64), nullable=False, unique=True),
        sa.Column('door', sa.String(10), nullable=False),
        sa.Column('verdict', sa.String(12), nullable=False, index=True),
        sa.Column('reason', sa.String(300), nullable=False),
        sa.Column('sender', sa.String(320), nullable=True),
        sa.Column('sender_name', sa.String(100), nullable=False),
        sa.Column('subject', sa.String(500), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('html', sa.Text(), nullable=True),
        sa.Column('files', Json, nullable=False),
        sa.Column('thread', sa.String(64), nullable=True, index=True),
        sa.Column('support_message_id', sa.Integer(), nullable=True, index=True),
        sa.Column('original', sa.String(80), nullable=False),
        sa.Column('received_at', UTCDateTime(), nullable=False, index=True),
    )
    op.create_table('stream_position', sa.Column('name', sa.String(40), primary_key=True), sa.Column('last_id', sa.Integer(), nullable=False))
    op.create_table(
        'team_notice',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('recipient', sa.String(320), nullable=False, index=True),
        sa.Column('kind', sa.String(20), nullable=False),
        sa.Column('reference', sa.String(64), nullable=False),
        sa.Column('created_at', UTCDateTime(), nullable=False),
    )
    op.create_table('notice_choice', sa.Column('staff_id', sa.Integer(), primary_key=True), sa.Column('wanted', sa.Boolean(), nullable=False))
    create_table_of_webhooks()


def create_table_of_webhooks() -> None:
    """Create the table of what is told to other programs."""
    op.create_table(
        'webhook_delivery',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('webhook_id', sa.String(60), nullable=False),
        sa.Column('url', sa.String(500), nullable=False, index=True),
        sa.Column('kind', sa.String(40), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('state', sa.String(12), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_try_at', UTCDateTime(), nullable=False),
        sa.Column('answer', sa.String(300), nullable=False),
        sa.Column('created_at', UTCDateTime(), nullable=False),
        sa.Column('delivered_at', UTCDateTime(), nullable=True),
    )
    op.create_index('ix_webhook_delivery_state_next_try_at', 'webhook_delivery', ['state', 'next_try_at'])


def downgrade() -> None:
    """Take the change back."""
    for table in TABLES:
        op.drop_table(table)
