"""Searching while the index is a moment behind the library."""

from sqlalchemy import delete

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.content.parts import next_revision
from helpcenter.search.live import LiveEngine
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web.services import services

KEY = "payments/find-an-invoice"


def live() -> LiveEngine:
    """Return the engine as views use it."""
    return services().engine


def withdraw(key: str, *, lang: str = "en") -> None:
    """Take an article out of the library as a publish does, before the index follows."""
    with writing() as session:
        session.execute(delete(Article).where(Article.key == key, Article.lang == lang))
        next_revision(session, utcnow())


def test_what_was_withdrawn_is_not_found_before_the_index_follows(published_app):
    with published_app.app_context():
        before = live().search("invoice", "en")
        assert KEY in [hit.key for hit in before.hits]
        assert live().suggest("invoi", "en") and live().passages("where is my invoice", "en")
        withdraw(KEY)

        after = live().search("invoice", "en")
        assert KEY not in [hit.key for hit in (*after.hits, *after.other_languages)]
        assert after.total == before.total - 1
        assert "find-an-invoice" not in [one.slug for one in live().suggest("invoi", "en")]
        assert KEY not in [one.key for one in live().passages("where is my invoice", "en")]
        # The index itself still has it: it is the wrapper that holds it back.
        assert KEY in [hit.key for hit in services().index.search("invoice", "en").hits]


def test_a_translation_that_is_still_there_is_still_found(published_app):
    with published_app.app_context():
        withdraw(KEY)

        assert KEY in [hit.key for hit in live().search("rēķins", "lv").hits]


def test_an_index_that_follows_is_not_looked_after(published_app):
    with published_app.app_context():
        engine = live()

        assert engine.is_current()
        assert engine.search("invoice", "en").hits == services().index.search("invoice", "en").hits
        assert db.session.query(Article).count() > 0


class OpenedMeanwhile:
    """An index that is opened anew beside the search: what was found is old, what is told afterwards is not."""

    def __init__(self, engine) -> None:
        self.engine, self.revision = engine, engine.revision

    def search(self, text, lang, **asked):
        found = self.engine.search(text, lang, **asked)
        self.revision = library.revision(db.session)
        return found


def test_an_index_that_is_opened_during_the_search_hides_nothing_of_its_age(published_app):
    with published_app.app_context():
        engine = OpenedMeanwhile(services().index)
        withdraw(KEY)

        assert KEY not in [hit.key for hit in LiveEngine(engine, db.session).search("invoice", "en").hits]
