"""What agents keep beside requests: the language of their mail; and whether the mailbox can be read."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table('mailbox_trouble',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailbox_trouble'))
    )
    op.add_column('notice_choice', sa.Column('lang', sa.String(length=35), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column('notice_choice', 'lang')
    op.drop_table('mailbox_trouble')
