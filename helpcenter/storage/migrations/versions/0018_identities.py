"""Who signs in through an identity provider."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table('staff_identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_staff_identity_user_id_staff_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_identity')),
    sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_staff_identity_issuer_subject')),
    sa.UniqueConstraint('issuer', 'user_id', name=op.f('uq_staff_identity_issuer_user_id'))
    )
    with op.batch_alter_table('staff_identity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_identity_user_id'), ['user_id'], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table('staff_identity', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_identity_user_id'))

    op.drop_table('staff_identity')
