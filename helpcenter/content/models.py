"""The published copy of the content folder: what web processes read instead of Markdown."""

from __future__ import annotations

import datetime

from sqlalchemy import ColumnElement, Index, String, Text, UniqueConstraint, bindparam, or_
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow


class Article(db.Model):
    """One published article in one language.

    Translations of one article share `key`: the file's path without language folder and suffix.
    `id` stays the same for as long as the file exists; `version` rises by one with every change.
    """

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("lang", "key", name="uq_article_lang_key"),
        UniqueConstraint("lang", "slug", name="uq_article_lang_slug"),
        UniqueConstraint("source_path", name="uq_article_source_path"),
        Index("ix_article_lang_section_position", "lang", "section", "position"),
        Index("ix_article_key", "key"),
        Index("ix_article_slug", "slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(String(35))
    key: Mapped[str] = mapped_column(String(400))
    slug: Mapped[str] = mapped_column(String(80))
    section: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    short_title: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text)
    body_text: Mapped[str] = mapped_column(Text)
    headings: Mapped[list[dict[str, object]]] = mapped_column(Json, default=list)
    """[{"id", "text", "level", "start"}]; `start` is the heading's offset in `body_text`, `aliases` are ids that it had before."""
    keywords: Mapped[list[str]] = mapped_column(Json, default=list)
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    related: Mapped[list[str]] = mapped_column(Json, default=list)
    """Keys of related articles, in the editor's order; keys without an article are left in."""
    position: Mapped[int] = mapped_column(default=1000)
    featured: Mapped[bool] = mapped_column(default=False)
    unlisted: Mapped[bool] = mapped_column(default=False)
    """Reachable by URL, but in no list and no search."""
    toc: Mapped[bool] = mapped_column(default=True)
    updated: Mapped[datetime.date | None]
    review_by: Mapped[datetime.date | None]
    audience: Mapped[str] = mapped_column(String(200), default="")
    words: Mapped[int] = mapped_column(default=0)
    expire_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
    significance: Mapped[str] = mapped_column(String(10), default="medium")
    """How much the last change of the text matters to translations: `typo`, `medium` or `major`."""
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of title and text with white space evened out: what translators see."""
    based_on: Mapped[str] = mapped_column(String(64), default="")
    """The `text_hash`, or its beginning, of the text that this translation was made from; says nothing in the source itself."""
    staleness: Mapped[str] = mapped_column(String(10), default="")
    """How much the source has changed since: empty (fresh, or the source itself), `typo`, `medium` or `major`."""
    source_path: Mapped[str] = mapped_column(String(500))
    """The file, relative to the content folder, with forward slashes."""
    source_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file's bytes."""
    dependency_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of what the article's links and images resolved to when it was rendered."""
    dependencies: Mapped[list[str]] = mapped_column(Json, default=list)
    """The link and image targets as resolved for `dependency_hash`, so they can be resolved again."""
    version: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=0, index=True)
    """The library's revision at which the article last changed; an index follows by it."""
    published_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)
    """When the present version was published."""
    first_published_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime, default=utcnow)


def is_live() -> ColumnElement[bool]:
    """Return the condition that an article has not expired when the query is made.

    Every query by which readers get articles has it: an article may expire while nobody publishes.
    """
    return or_(Article.expire_at.is_(None), Article.expire_at > bindparam(None, callable_=utcnow, type_=UTCDateTime()))


class ArticleRevision(db.Model):
    """One text that an article had, so that a translation's age can be told in steps. Rows outlive their article."""

    __tablename__ = "article_revision"
    __table_args__ = (Index("ix_article_revision_lang_key", "lang", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(String(35))
    key: Mapped[str] = mapped_column(String(400))
    text_hash: Mapped[str] = mapped_column(String(64))
    significance: Mapped[str] = mapped_column(String(10))
    """How much the step from the text before to this one matters."""
    published_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)


class PublishedPart(db.Model):
    """One compiled part of the content folder that is not an article: site, rules, synonyms."""

    __tablename__ = "published_part"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    payload: Mapped[dict[str, object]] = mapped_column(Json)
    revision: Mapped[int] = mapped_column(default=0)
    """The library's revision at which this part last changed."""
    updated_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)


class Publication(db.Model):
    """The library's revision: one row, +1 with every publish that changed anything."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    revision: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
    next_change_at: Mapped[datetime.datetime | None] = mapped_column(UTCDateTime)
    """When the next article is due to appear or to expire; None when none is."""


class ContentProblem(db.Model):
    """What the last publish found wrong, for the staff pages and the metrics."""

    __tablename__ = "content_problem"
    __table_args__ = (Index("ix_content_problem_path", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(500))
    line: Mapped[int] = mapped_column(default=1)
    code: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    """`error`, `warning` or `info`."""
    message: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime.datetime] = mapped_column(UTCDateTime)


class Redirect(db.Model):
    """An old slug of an article, which answers with the article's present page."""

    __tablename__ = "redirect"
    __table_args__ = (
        UniqueConstraint("lang", "old_slug", name="uq_redirect_lang_old_slug"),
        Index("ix_redirect_lang_article_key", "lang", "article_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(String(35))
    old_slug: Mapped[str] = mapped_column(String(200))
    article_key: Mapped[str] = mapped_column(String(400))
    source: Mapped[str] = mapped_column(String(20))
    """`front_matter` (redirect_from), `rename` (seen by sync) or `withdrawn` (the article had it when it left)."""
    last_title: Mapped[str] = mapped_column(String(300), default="")
    """The title of an article that left: never shown, but what is nearest to it is."""


class PathRedirect(db.Model):
    """One line of redirects.yaml: an address, perhaps of an earlier help center, that leads elsewhere."""

    __tablename__ = "path_redirect"

    path: Mapped[str] = mapped_column(String(500), primary_key=True)
    """The old path, with its query when it has one that matters."""
    target: Mapped[str] = mapped_column(String(1000))
    """An article's key, a path of this site, an https address, or `gone`."""
