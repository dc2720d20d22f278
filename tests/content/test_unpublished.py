"""A preview prepares what readers do not see; a publish does not."""

import datetime

import pytest

from helpcenter.content import library, sync
from helpcenter.storage import db, writing
from tests.content.folders import write

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
HIDDEN = {
    "en/pay/draft.md": "---\ntitle: Draft\ndraft: true\n---\n[old](old.md)\n",
    "en/pay/soon.md": "---\ntitle: Soon\npublish_at: 2027-01-01\n---\nText\n",
    "en/pay/old.md": "---\ntitle: Old\nexpire_at: 2026-01-01\n---\nText\n",
}


def publish(folder, *, preview: bool) -> sync.ChangeSet:
    """Publish *folder*, as a preview does or as readers get it."""
    prepared = sync.prepare(folder, db.session, now=NOW, include_unpublished=preview)
    with writing() as session:
        return sync.publish(prepared, session, now=NOW)


@pytest.mark.parametrize("preview", [True, False])
def test_what_readers_do_not_see_is_in_the_preview_alone(library_app, folder, preview):
    publish(write(folder, HIDDEN), preview=preview)
    found = {slug: library.find_article(db.session, "en", slug) for slug in ("draft", "soon", "old")}

    assert [article is not None for article in found.values()] == [preview] * 3
    assert not preview or [article.expire_at for article in found.values()] == [None] * 3


def test_an_expired_article_stays_in_the_preview_when_it_is_rendered_again(library_app, folder):
    publish(write(folder, HIDDEN), preview=True)
    write(folder, {"en/pay/old.md": HIDDEN["en/pay/old.md"] + "[draft](draft.md)\n"})
    publish(folder, preview=True)
    write(folder, {"en/pay/draft.md": "---\ntitle: Draft\nslug: other\ndraft: true\n---\n"})
    changes = publish(folder, preview=True)

    assert len(changes.changed) == 2
    assert "/en/articles/other" in library.find_article(db.session, "en", "old").html
    assert library.find_article(db.session, "en", "old").expire_at is None
