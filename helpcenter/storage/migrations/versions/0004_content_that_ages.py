"""Content that ages: revisions, stale translations, schedule, old addresses, views."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. Articles are rendered again by the next publish, which fills the new columns."""
    op.create_table('article_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lang', sa.String(length=35), nullable=False),
    sa.Column('key', sa.String(length=400), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('significance', sa.String(length=10), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_revision'))
    )
    with op.batch_alter_table('article_revision', schema=None) as batch_op:
        batch_op.create_index('ix_article_revision_lang_key', ['lang', 'key'], unique=False)

    op.create_table('article_views',
    sa.Column('lang', sa.String(length=35), nullable=False),
    sa.Column('key', sa.String(length=400), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('views', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('lang', 'key', 'day', name=op.f('pk_article_views'))
    )
    with op.batch_alter_table('article_views', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_views_day'), ['day'], unique=False)

    op.create_table('path_redirect',
    sa.Column('path', sa.String(length=500), nullable=False),
    sa.Column('target', sa.String(length=1000), nullable=False),
    sa.PrimaryKeyConstraint('path', name=op.f('pk_path_redirect'))
    )
    op.create_table('read_together',
    sa.Column('lang', sa.String(length=35), nullable=False),
    sa.Column('key', sa.String(length=400), nullable=False),
    sa.Column('other_key', sa.String(length=400), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('lang', 'key', 'other_key', name=op.f('pk_read_together'))
    )
    with op.batch_alter_table('read_together', schema=None) as batch_op:
        batch_op.create_index('ix_read_together_lang_key', ['lang', 'key'], unique=False)

    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('review_by', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('audience', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('words', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('significance', sa.String(length=10), nullable=False, server_default='medium'))
        batch_op.add_column(sa.Column('text_hash', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('based_on', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('staleness', sa.String(length=10), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('first_published_at', sa.DateTime(timezone=True), nullable=True))

    # What is published already was first published then, as far as anybody knows.
    op.execute('UPDATE article SET first_published_at = published_at')
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.alter_column('first_published_at', existing_type=sa.DateTime(timezone=True), nullable=False)

    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.add_column(sa.Column('next_change_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('redirect', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_title', sa.String(length=300), nullable=False, server_default=''))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table('redirect', schema=None) as batch_op:
        batch_op.drop_column('last_title')

    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.drop_column('next_change_at')

    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_column('first_published_at')
        batch_op.drop_column('staleness')
        batch_op.drop_column('based_on')
        batch_op.drop_column('text_hash')
        batch_op.drop_column('significance')
        batch_op.drop_column('words')
        batch_op.drop_column('audience')
        batch_op.drop_column('review_by')

    with op.batch_alter_table('read_together', schema=None) as batch_op:
        batch_op.drop_index('ix_read_together_lang_key')

    op.drop_table('read_together')
    op.drop_table('path_redirect')
    with op.batch_alter_table('article_views', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_views_day'))

    op.drop_table('article_views')
    with op.batch_alter_table('article_revision', schema=None) as batch_op:
        batch_op.drop_index('ix_article_revision_lang_key')

    op.drop_table('article_revision')
