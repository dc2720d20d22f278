"""The published library as pages, search and chat read it. Every function takes the session first."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Engine, String, and_, bindparam, cast, func, not_, or_, select
from sqlalchemy.orm import Session, aliased, scoped_session

from helpcenter.content.models import Article, ArticleRevision, Publication, PublishedPart, Redirect, is_live
from helpcenter.content.outline import OUTLINES, Outline
from helpcenter.content.parts import SITE
from helpcenter.content.site import Site
from helpcenter.storage import read_row
from helpcenter.storage.columns import utcnow

# The parsed site of each database and revision that this process has seen lately.
SITES: dict[tuple[Any, ...], Site] = {}
MAX_SITES = 8


class State(NamedTuple):
    """What the library is at this moment; whatever is made from it may be kept under *stamp*."""

    site: Site
    revision: int
    stamp: tuple[Any, ...]


class Translation(NamedTuple):
    """One language of an article, as links to it need it."""

    lang: str
    slug: str
    unlisted: bool


class Found(NamedTuple):
    """An article, and whether it stands in for a missing translation."""

    article: Article
    fallback: bool


IN_LANGUAGES = Article.lang.in_(bindparam("langs", expanding=True))

BY_SLUG = select(Article).where(Article.lang == bindparam("lang"), Article.slug == bindparam("slug"), is_live())
BY_KEY = select(Article).where(Article.lang == bindparam("lang"), Article.key == bindparam("key"), is_live())
BY_KEY_IN = select(Article).where(IN_LANGUAGES, Article.key == bindparam("key"), is_live())
KEYS_OF_SLUG = select(Article.lang, Article.key).where(Article.slug == bindparam("slug"), is_live())
OLD_SLUG = select(Redirect.lang, Redirect.article_key).where(Redirect.old_slug == bindparam("slug"))
NAMED_LAST = aliased(Redirect)
TITLES_OF_OLD_SLUG = (
    select(Redirect.lang, func.max(NAMED_LAST.last_title))
    .join(NAMED_LAST, and_(NAMED_LAST.lang == Redirect.lang, NAMED_LAST.article_key == Redirect.article_key))
    .where(Redirect.old_slug == bindparam("slug"))
    .group_by(Redirect.lang)
    .union_all(select(Article.lang, Article.title).where(Article.slug == bindparam("slug"), not_(is_live())))
)
TRANSLATIONS = select(Article.lang, Article.slug, Article.title).where(Article.key == bindparam("key"), is_live())
VERSIONS = select(Article.lang, Article.slug, Article.unlisted).where(Article.key == bindparam("key"), is_live())
TEXT_CHANGES = (
    select(ArticleRevision.key, func.max(ArticleRevision.published_at))
    .where(ArticleRevision.lang == bindparam("lang"))
    .group_by(ArticleRevision.key)
)
REVISION = select(Publication.revision)
# The moments as the database writes them, so that every way to read them gives the same.
STATE = select(
    Publication.revision, cast(Publication.published_at, String), PublishedPart.revision, cast(PublishedPart.updated_at, String)
).join_from(Publication, PublishedPart, PublishedPart.name == SITE, isouter=True)
PART = select(PublishedPart.revision, PublishedPart.payload).where(PublishedPart.name == bindparam("name"))
PART_STAMP = select(PublishedPart.revision, PublishedPart.updated_at).where(PublishedPart.name == bindparam("name"))


def find_article(session: Session, lang: str, slug: str) -> Article | None:
    """Return the article that *slug* names in exactly *lang*."""
    return session.scalar(BY_SLUG, {"lang": lang, "slug": slug})


def find_by_key(session: Session, lang: str, key: str) -> Article | None:
    """Return the article *key* in exactly *lang*."""
    return session.scalar(BY_KEY, {"lang": lang, "key": key})


def resolve(session: Session, site: Site, lang: str, slug: str) -> Found | None:
    """Return the article for readers of *lang*; a missing translation falls back along the site's chain.

    *slug* may be the article's slug in any language, and one that it had before. First comes what the address itself was.
    After that the slugs of today in the languages that readers of *lang* fall back to, and last, for an address that never
    was one of *lang* itself, the slugs of before and of other languages.
    """
    article = find_article(session, lang, slug)
    if article is not None:
        return Found(article, fallback=False)
    old = dict(session.execute(OLD_SLUG, {"slug": slug}).all())
    present = dict(session.execute(KEYS_OF_SLUG, {"slug": slug}).all())
    chain = site.chain(lang)
    keys = [old.get(lang), *(present.get(code) for code in chain)]
    if lang not in old:
        others = [code for code in site.languages if code not in chain]
        keys += [names.get(code) for codes, names in ((chain, old), (others, present), (others, old)) for code in codes]
    for key in dict.fromkeys(key for key in keys if key):
        found = in_chain(session, site, lang, key)
        if found is not None:
            return found
    return None


def in_chain(session: Session, site: Site, lang: str, key: str) -> Found | None:
    """Return the article *key* in *lang*, or in the first language of its chain that has it."""
    chain = site.chain(lang)
    found = {article.lang: article for article in session.scalars(BY_KEY_IN, {"langs": chain, "key": key})}
    for code in chain:
        if code in found:
            return Found(found[code], fallback=code != lang)
    return None


def find_old_key(session: Session, lang: str, slug: str) -> str | None:
    """Return the key that the old address *slug* of exactly *lang* leads to, also when there is no such article any more."""
    return dict(session.execute(OLD_SLUG, {"slug": slug}).all()).get(lang)


def find_withdrawn(session: Session, lang: str, slug: str) -> str | None:
    """Return what an article was called whose address *slug* was, empty when that is not known; None when none was.

    Ask only after `resolve` found nothing. The title is for finding what is nearest, never to be shown.
    """
    found = session.execute(TITLES_OF_OLD_SLUG, {"slug": slug}).all()
    by_lang = dict(sorted(tuple(row) for row in found))
    return by_lang.get(lang, next(iter(by_lang.values()), None))


def listed_slugs(session: Session, names: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of *names*, (language, slug), that lists and searches may show now."""
    if not names:
        return set()
    langs, slugs = {lang for lang, _slug in names}, {slug for _lang, slug in names}
    asked = select(Article.lang, Article.slug).where(Article.lang.in_(langs), Article.slug.in_(slugs), Article.unlisted.is_(False), is_live())
    return {(lang, slug) for lang, slug in session.execute(asked)} & set(names)


def translations(session: Session, key: str) -> list[tuple[str, str, str]]:
    """Return (language, slug, title) of every translation of the article *key*."""
    return sorted((lang, slug, title) for lang, slug, title in session.execute(TRANSLATIONS, {"key": key}))


def versions(session: Session, key: str) -> list[Translation]:
    """Return every translation of the article *key* as links to it need it, by language."""
    return sorted(Translation(*row) for row in session.execute(VERSIONS, {"key": key}))


def text_changes(session: Session, lang: str, keys: Sequence[str] | None = None) -> dict[str, datetime.datetime]:
    """Return when a publish last saw another text, by key: of the articles *keys*, or of all in *lang*."""
    query = TEXT_CHANGES if keys is None else TEXT_CHANGES.where(ArticleRevision.key.in_(keys))
    return dict(session.execute(query, {"lang": lang}).all())


def first_slugs(session: Session, lang: str, keys: Sequence[str]) -> dict[str, str]:
    """Return the first slug that a publish saw of each article of *keys* whose slug changed since, by key.

    One that an article has today is nobody's first slug any more.
    """
    taken = select(Article.slug).where(Article.lang == lang)
    query = select(Redirect.article_key, Redirect.old_slug).where(
        Redirect.lang == lang, Redirect.article_key.in_(keys), Redirect.source == "rename", Redirect.old_slug.not_in(taken)
    )
    found: dict[str, str] = {}
    for key, slug in session.execute(query.order_by(Redirect.id)):
        found.setdefault(key, slug)
    return found


def articles_by_id(session: Session, ids: Sequence[int]) -> dict[int, Article]:
    """Return the articles with *ids* that are still there, by id."""
    return {article.id: article for article in session.scalars(select(Article).where(Article.id.in_(ids), is_live()))}


def languages_of_section(session: Session, key: str) -> set[str]:
    """Return the languages that have listed articles of their own in the section *key* or below it."""
    inside = or_(Article.section == key, Article.section.startswith(f"{key}/", autoescape=True))
    return set(session.scalars(select(Article.lang).distinct().where(inside, Article.unlisted.is_(False), is_live())))


def state(session: Session) -> State:
    """Return the library's state, in one query; before the first publish, one with nothing but its defaults."""
    return _state(session, _name_of(session.get_bind().engine), session.execute(STATE).first())


def state_beside(engine: Engine, session: Session | scoped_session) -> State:
    """Return the library's state, read without beginning a transaction; a *session* that begins later sees it, or a newer one."""
    return _state(session, _name_of(engine), read_row(engine, STATE))


def _state(session: Session | scoped_session, name: str, row: Sequence[Any] | None) -> State:
    if row is None:
        return State(Site(), 0, (name,))
    number, published_at, *part = row
    return State(_site(session, (name, *part)) if part[1] else Site(), number, (name, number, published_at))


def outline(session: Session, lang: str) -> Outline:
    """Return the outline of the library for readers of *lang*."""
    now = state(session)
    return OUTLINES.of(session, now.site, lang, stamp=now.stamp, now=utcnow())


def revision(session: Session) -> int:
    """Return the library's revision, 0 before the first publish."""
    return session.scalar(REVISION) or 0


def published_part(session: Session, name: str) -> tuple[int, dict[str, Any]] | None:
    """Return the revision and the payload of a published part, or None."""
    row = session.execute(PART, {"name": name}).first()
    return (row[0], row[1]) if row else None


def part_revision(session: Session, name: str) -> int:
    """Return the revision at which a published part last changed, 0 when it was never published."""
    row = session.execute(PART_STAMP, {"name": name}).first()
    return row[0] if row else 0


def site(session: Session) -> Site:
    """Return the published site; before the first publish, one with nothing but its defaults."""
    return state(session).site


@lru_cache(maxsize=MAX_SITES)
def _name_of(engine: Engine) -> str:
    return str(engine.url)


def _site(session: Session | scoped_session, name: tuple[Any, ...]) -> Site:
    """Return the published site of the database and revision that *name* says, parsed once."""
    if name not in SITES:
        if len(SITES) >= MAX_SITES:
            SITES.clear()
        SITES[name] = Site.model_validate(session.execute(PART, {"name": SITE}).one()[1])
    return SITES[name]
