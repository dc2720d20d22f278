"""Publishing works on both databases: what is written is read back the same."""

import datetime

from sqlalchemy import select

from helpcenter.content import library, sync
from helpcenter.content.models import ContentProblem
from helpcenter.storage import db, writing
from tests.content.folders import write

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def publish(folder, now=NOW):
    """Publish *folder*, and return what changed."""
    with writing() as session:
        return sync.sync(folder, session, now=now)


def test_a_library_lives_through_a_day_on_any_database(storage_app, folder):
    long = "/".join(["a" * 100] * 6)
    write(
        folder,
        {
            "en/a.md": "---\nslug: x\nkeywords: [ķ, 😀]\nupdated: 2026-11-01\nexpire_at: 2026-12-01\nredirect_from: [old]\n---\n# A\n\n## H",
            "en/b.md": "---\nslug: y\n---\n# B\n\n[a](a.md)",
            f"en/{long}.md": "# Too long a path",
        },
    )
    with storage_app.app_context():
        first = publish(folder)
        again = publish(folder)
        write(folder, {"en/a.md": "---\nslug: y\n---\n# A", "en/b.md": "---\nslug: x\n---\n# B\n\n[a](a.md)"})
        (folder / "lv/pay/invoice.md").unlink()
        swapped = publish(folder)
        site = library.site(db.session)

        assert (len(first.added), len(first.broken), first.revision) == (5, 1, 1)
        assert (again.unchanged, again.revision) == (5, None)
        assert (len(swapped.changed), len(swapped.removed), swapped.revision) == (2, 1, 2)
        assert library.resolve(db.session, site, "lv", "y").article.title == "A"
        assert 'href="/en/articles/y"' in library.find_by_key(db.session, "en", "b").html
        assert [one.count for one in library.outline(db.session, "en").sections.values()] == [2, 2]
        assert [len(problem.path) for problem in db.session.scalars(select(ContentProblem))] == [500]


def test_lists_and_dates_are_read_back_as_written(storage_app, folder):
    front = "keywords: [ķ, 😀]\ntags: a, b\nupdated: 2026-11-01\nexpire_at: 2026-12-01T02:00:00+02:00\nrelated: [pay/card.md]"
    write(folder, {"en/a.md": f"---\n{front}\n---\n# A\n\n## H"})
    with storage_app.app_context():
        publish(folder)
        article = library.find_article(db.session, "en", "a")

        assert (article.keywords, article.tags, article.related) == (["ķ", "😀"], ["a", "b"], ["pay/card"])
        assert article.updated == datetime.date(2026, 11, 1)
        assert article.expire_at == datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC)
        assert article.headings == [{"id": "h", "text": "H", "level": 2, "start": 0}]
        assert article.published_at == NOW
