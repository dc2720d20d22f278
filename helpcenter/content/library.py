"""The published library as pages, search and chat read it. Every function takes the session first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from helpcenter.content.models import Article, Publication, PublishedPart, Redirect
from helpcenter.content.parts import SITE
from helpcenter.content.site import Site
from helpcenter.language.collation import sort_key

# The parsed site of each database and revision that this process has seen lately.
SITES: dict[tuple[Any, ...], Site] = {}
MAX_SITES = 8


class Found(NamedTuple):
    """An article, and whether it stands in for a missing translation."""

    article: Article
    fallback: bool


class Summary(NamedTuple):
    """An article as lists show it, without its text."""

    id: int
    lang: str
    key: str
    slug: str
    section: str
    title: str
    short_title: str
    description: str
    position: int
    featured: bool
    updated: datetime.date | None
    version: int


class SectionCount(NamedTuple):
    """A section that has articles for the readers of one language."""

    key: str
    icon: str
    title: str
    description: str
    count: int


SUMMARY = select(*(getattr(Article, name) for name in Summary._fields)).where(Article.unlisted.is_(False))
IN_LANGUAGES = Article.lang.in_(bindparam("langs", expanding=True))

BY_SLUG = select(Article).where(Article.lang == bindparam("lang"), Article.slug == bindparam("slug"))
BY_KEY = select(Article).where(Article.lang == bindparam("lang"), Article.key == bindparam("key"))
BY_KEY_IN = select(Article).where(IN_LANGUAGES, Article.key == bindparam("key"))
KEYS_OF_SLUG = select(Article.lang, Article.key).where(Article.slug == bindparam("slug"))
OLD_SLUG = select(Redirect.lang, Redirect.article_key).where(Redirect.old_slug == bindparam("slug"))
TRANSLATIONS = select(Article.lang, Article.slug, Article.title).where(Article.key == bindparam("key"))
IN_SECTION = SUMMARY.where(IN_LANGUAGES, Article.section == bindparam("section"))
FEATURED = SUMMARY.where(IN_LANGUAGES, Article.featured.is_(True))
COUNTS = (
    select(Article.section, func.count(Article.key.distinct()))
    .where(IN_LANGUAGES, Article.unlisted.is_(False))
    .group_by(Article.section)
)
REVISION = select(Publication.revision)
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

    *slug* may be the article's slug in any language.
    """
    article = find_article(session, lang, slug)
    if article is not None:
        return Found(article, fallback=False)
    keys = dict(session.execute(KEYS_OF_SLUG, {"slug": slug}).all())
    for code in (*site.chain(lang), *site.languages):
        if code in keys:
            return in_chain(session, site, lang, keys[code])
    return None


def in_chain(session: Session, site: Site, lang: str, key: str) -> Found | None:
    """Return the article *key* in *lang*, or in the first language of its chain that has it."""
    chain = site.chain(lang)
    found = {article.lang: article for article in session.scalars(BY_KEY_IN, {"langs": chain, "key": key})}
    for code in chain:
        if code in found:
            return Found(found[code], fallback=code != lang)
    return None


def find_redirect(session: Session, site: Site, lang: str, old_slug: str) -> Found | None:
    """Return the article that once had *old_slug*; ask only after `resolve` found nothing."""
    keys = dict(session.execute(OLD_SLUG, {"slug": old_slug}).all())
    for code in (*site.chain(lang), *site.languages):
        if code in keys:
            return in_chain(session, site, lang, keys[code])
    return None


def translations(session: Session, key: str) -> list[tuple[str, str, str]]:
    """Return (language, slug, title) of every translation of the article *key*."""
    return sorted((lang, slug, title) for lang, slug, title in session.execute(TRANSLATIONS, {"key": key}))


def sections(session: Session, site: Site, lang: str) -> list[SectionCount]:
    """Return the sections with articles for readers of *lang*, in the order of site.yaml."""
    counts = dict(session.execute(COUNTS, {"langs": site.chain(lang)}).all())
    listed = [section.key for section in site.sections if not section.found and section.key in counts]
    others = sorted(set(counts) - set(listed), key=lambda key: sort_key(site.title_of(key, lang), lang))
    return [
        SectionCount(key, site.section(key).icon, site.title_of(key, lang), site.description_of(key, lang), counts[key])
        for key in (*listed, *others)
    ]


def articles_in(session: Session, site: Site, lang: str, section: str) -> list[Summary]:
    """Return the articles of a section for readers of *lang*: in order, missing translations standing in."""
    rows = session.execute(IN_SECTION, {"langs": site.chain(lang), "section": section})
    return in_order(first_of_chain(rows, site.chain(lang)), lang)


def featured(session: Session, site: Site, lang: str) -> list[Summary]:
    """Return the featured articles for readers of *lang*, in order."""
    rows = session.execute(FEATURED, {"langs": site.chain(lang)})
    return in_order(first_of_chain(rows, site.chain(lang)), lang)


def first_of_chain(rows: Iterable[Any], chain: list[str]) -> list[Summary]:
    """Return one summary a key: the one whose language comes first in *chain*."""
    found: dict[str, Summary] = {}
    for summary in sorted((Summary(*row) for row in rows), key=lambda summary: chain.index(summary.lang)):
        found.setdefault(summary.key, summary)
    return list(found.values())


def in_order(summaries: list[Summary], lang: str) -> list[Summary]:
    """Return *summaries* by the editor's order, then by title as people of *lang* sort."""
    return sorted(summaries, key=lambda summary: (summary.position, sort_key(summary.title, lang), summary.key))


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
    stamp = session.execute(PART_STAMP, {"name": SITE}).first()
    if stamp is None:
        return Site()
    name = (str(session.get_bind().engine.url), *stamp)
    if name not in SITES:
        if len(SITES) >= MAX_SITES:
            SITES.clear()
        SITES[name] = Site.model_validate(session.execute(PART, {"name": SITE}).one()[1])
    return SITES[name]
