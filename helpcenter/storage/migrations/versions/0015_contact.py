"""Files of a conversation before it is a request, and what answered before sending."""

import sqlalchemy as sa
from alembic import op

from helpcenter.storage.columns import Json

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table('support_attachment', schema=None) as batch_op:
        batch_op.alter_column('request_id', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('conversation_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            'fk_support_attachment_conversation_id', 'conversation', ['conversation_id'], ['id'], ondelete='CASCADE'
        )
        batch_op.create_index('ix_support_attachment_conversation_id', ['conversation_id'])
    op.add_column('chat_message', sa.Column('files', Json, nullable=True))
    op.create_table(
        'answered_form',
        sa.Column('name_digest', sa.String(64), primary_key=True),
        sa.Column('journey_id', sa.Integer(), sa.ForeignKey('journey.id', ondelete='CASCADE'), nullable=False, index=True),
    )


def downgrade() -> None:
    """Take the change back. Files that wait in a conversation go: the older table has no place for them."""
    op.drop_table('answered_form')
    op.drop_column('chat_message', 'files')
    op.execute(sa.text('DELETE FROM support_attachment WHERE request_id IS NULL'))
    with op.batch_alter_table('support_attachment', schema=None) as batch_op:
        batch_op.drop_index('ix_support_attachment_conversation_id')
        batch_op.drop_constraint('fk_support_attachment_conversation_id', type_='foreignkey')
        batch_op.drop_column('conversation_id')
        batch_op.alter_column('request_id', existing_type=sa.Integer(), nullable=False)
