"""Keeping an index at the library's revision: by the rows that changed since, or anew when that is not possible."""

import logging
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.content import library
from helpcenter.content.models import Article, is_live
from helpcenter.search.engine import Document, IndexBusy, SearchEngine, SearchError
from helpcenter.search.titles import Titles

ROWS_AT_ONCE = 500

log = logging.getLogger(__name__)


def follow(engine: SearchEngine, session: Session, *, removed: list[str] | None = None) -> bool:
    """Bring *engine* to the library's revision; return whether it had to change.

    *removed* are the ids that left with the last publish. Without it, or when the index is more than one revision
    behind, nobody knows what left in between and the index is built anew, aside; so is one that is damaged or gone.
    """
    wanted, present = library.revision(session), engine.revision
    if present == wanted:
        return False
    if removed is None or present is None or present != wanted - 1:
        engine.rebuild(documents(session), wanted)
        return True
    try:
        engine.apply(documents(session, after_revision=present), [*removed, *hidden(session, present)], wanted)
    except IndexBusy:
        raise
    except SearchError as error:
        log.warning("%s", error)
        engine.rebuild(documents(session), wanted)
    return True


class Keeper:
    """Looks after an index again and again: one that is damaged, missing or left behind is built anew, aside."""

    def __init__(self, engine: SearchEngine) -> None:
        self.engine = engine
        self.behind: int | None = None

    def look(self, session: Session) -> bool:
        """Look once; return whether the index was built or changed.

        An index that is only behind may be about to follow the publish that was just made; it is helped at the second
        look. Raises SearchError when it cannot be written.
        """
        wanted = library.revision(session)
        if not wanted:
            return False
        try:
            is_whole = self.engine.is_whole()
        except IndexBusy:
            return False
        if not is_whole:
            self.engine.rebuild(documents(session), wanted)
            return True
        was_behind, self.behind = self.behind, wanted if self.engine.revision != wanted else None
        return was_behind == wanted and follow(self.engine, session)


def documents(session: Session, *, after_revision: int = -1) -> Iterator[Document]:
    """Return the listed articles that changed after *after_revision*, a few hundred rows at a time."""
    query = select(Article).where(Article.revision > after_revision, Article.unlisted.is_(False), is_live()).order_by(Article.id)
    for article in session.scalars(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield document_of(article)


def hidden(session: Session, after_revision: int) -> list[str]:
    """Return the index's names of articles that left every list after *after_revision*."""
    rows = select(Article.lang, Article.key).where(Article.revision > after_revision, Article.unlisted.is_(True))
    return [document_id(lang, key) for lang, key in session.execute(rows)]


class KnownTitles:
    """Gives the titles of a language for the time in which there is no index, read once a revision of the library."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[int, Titles]] = {}

    def of(self, session: Session, lang: str) -> Titles:
        """Return the listed articles of *lang* by title, keywords and description."""
        wanted = library.revision(session)
        revision, titles = self._read.get(lang, (None, None))
        if titles is None or revision != wanted:
            titles = Titles(title_documents(session, lang), lang)
            self._read[lang] = wanted, titles
        return titles


def title_documents(session: Session, lang: str) -> Iterator[Document]:
    """Return what is shown of the listed articles of *lang* that are found by title."""
    rows = select(
        Article.key, Article.slug, Article.title, Article.section, Article.description, Article.updated, Article.tags, Article.keywords
    ).where(Article.lang == lang, Article.unlisted.is_(False), is_live())
    for key, slug, title, section, description, updated, tags, keywords in session.execute(rows.order_by(Article.id)):
        yield Document(
            id=document_id(lang, key), lang=lang, key=key, slug=slug, title=title, section=section,
            description=description, updated=updated, tags=tuple(tags), keywords=(*keywords, *tags),
        )  # fmt: skip


def document_of(article: Article) -> Document:
    """Return what the index knows of *article*."""
    return Document(
        id=document_id(article.lang, article.key),
        lang=article.lang,
        key=article.key,
        slug=article.slug,
        title=article.title,
        body=article.body_text,
        headings=tuple(heading["text"] for heading in article.headings),
        heading_ids=tuple(heading["id"] for heading in article.headings),
        keywords=(*article.keywords, *article.tags),
        tags=tuple(article.tags),
        description=article.description,
        section=article.section,
        updated=article.updated,
        featured=article.featured,
        expires=article.expire_at,
    )


def document_id(lang: str, key: str) -> str:
    """Return the name by which the index knows an article."""
    return f"{lang}:{key}"
