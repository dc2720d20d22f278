"""The library for programs that follow it: robots.txt, sitemaps, and Atom feeds of the newest articles."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue

from helpcenter.content import library
from helpcenter.content.outline import Outline, Summary
from helpcenter.storage import db
from helpcenter.web.addresses import absolute, alternates
from helpcenter.web.atom import ATOM_TYPE, Entry, articles_feed, entry_id
from helpcenter.web.freshness import kept_page, tag_of, unchanged
from helpcenter.web.locale import current_outline, current_site, current_state, known_language
from helpcenter.web.services import services
from helpcenter.web.sitemaps import XML_TYPE, Place, index_of, parts_of, sitemap_of

bp = Blueprint("feeds", __name__)

MOST_ENTRIES = 30
# Pages that are not for search engines say so themselves; these have nothing for them at all.
CLOSED = ("/api/", "/staff/", "/requests/", "/widget/")
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Return what programs may fetch, and where the sitemaps are."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {absolute('feeds.sitemap_index')}", ""]
    answer = Response("\n".join(lines), mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@bp.get("/sitemap.xml")
def sitemap_index() -> ResponseReturnValue:
    """Return the list of sitemaps, one or more for each language."""
    outlines = [current_outline(lang) for lang in current_site().languages]
    tag = tag_of("sitemaps", current_state().stamp[1:], [outline.until for outline in outlines])
    return unchanged(tag) or kept_page(tag, lambda: index_of(sitemap_addresses(outlines)), XML_TYPE)


def sitemap_addresses(outlines: list[Outline]) -> list[tuple[str, datetime | None]]:
    """Return the address of every part of every language's sitemap, and when something in that language last changed."""
    addresses = []
    for outline in outlines:
        newest = max(map(as_moment, changes_in(outline).values()), default=None)
        parts = len(parts_of(pages_of(outline)))
        addresses += [(sitemap_address(outline.lang, number), newest) for number in range(1, parts + 1)]
    return addresses


@bp.get("/sitemaps/<lang:lang>.xml")
@bp.get("/sitemaps/<lang:lang>/<int:number>.xml", endpoint="sitemap_part")
def sitemap(lang: str, number: int = 1) -> ResponseReturnValue:
    """Return the pages of one language, with the languages of each; further ones in numbered parts."""
    known_language(lang)
    outline = current_outline(lang)
    tag = tag_of("sitemap", lang, number, current_state().stamp[1:], [current_outline(other).until for other in current_site().languages])
    return unchanged(tag) or kept_page(tag, lambda: sitemap_part(outline, number), XML_TYPE)


def sitemap_part(outline: Outline, number: int) -> str:
    """Return one part of a language's sitemap; 404 when it has fewer."""
    parts = parts_of(pages_of(outline))
    if not 1 <= number <= len(parts):
        abort(404)
    return "".join(sitemap_of(places_of(outline, parts[number - 1])))


def sitemap_address(lang: str, number: int) -> str:
    """Return the absolute address of a part of a language's sitemap."""
    return absolute("feeds.sitemap", lang=lang) if number == 1 else absolute("feeds.sitemap_part", lang=lang, number=number)


def pages_of(outline: Outline) -> list[str | Summary]:
    """Return the pages of one language: home, the keys of sections, articles. What stands in for a translation is left out."""
    articles = own_articles(outline)
    sections = {above.key for article in articles for above in outline.way_to(article.section)}
    return ["", *sorted(sections), *articles]


def own_articles(outline: Outline) -> list[Summary]:
    """Return the articles written in the language of *outline*, by key."""
    return sorted((one for one in outline.by_key.values() if one.lang == outline.lang), key=lambda one: one.key)


def places_of(outline: Outline, pages: list[str | Summary]) -> Iterator[Place]:
    """Give each of *pages* as a sitemap has it."""
    changes = changes_in(outline)
    others = {lang: current_outline(lang) for lang in current_site().languages}
    sections = {lang: {page for page in pages_of(other) if isinstance(page, str)} for lang, other in others.items()}
    for page in pages:
        if isinstance(page, str):
            endpoint, values = ("pages.section", {"key": page}) if page else ("pages.home", {})
            langs = [lang for lang in others if page in sections[lang]]
            urls = {lang: url_for(endpoint, lang=lang, **values) for lang in langs}
            yield Place(absolute(endpoint, lang=outline.lang, **values), None, alternates(urls))
        else:
            found = {lang: other.by_key.get(page.key) for lang, other in others.items()}
            urls = {lang: url_for("pages.article", lang=lang, slug=one.slug) for lang, one in found.items() if one and one.lang == lang}
            yield Place(absolute("pages.article", lang=page.lang, slug=page.slug), changes[page.key], alternates(urls))


def changes_in(outline: Outline) -> dict[str, date | datetime]:
    """Return when the text of each article in the language of *outline* last changed: as its editor says, else as seen."""
    seen = library.text_changes(db.session, outline.lang)
    return {one.key: one.updated or seen.get(one.key) or one.first_published_at for one in own_articles(outline)}


def as_moment(changed: date | datetime) -> datetime:
    """Return *changed* as a moment; a day begins at midnight in UTC."""
    return changed if isinstance(changed, datetime) else datetime(changed.year, changed.month, changed.day, tzinfo=UTC)


@bp.get("/<lang:lang>/feed.atom")
def articles(lang: str) -> ResponseReturnValue:
    """Return the newest articles of one language as an Atom feed."""
    known_language(lang)
    outline = current_outline(lang)
    site_name = current_site().name_in(lang)
    return feed_of(outline, own_articles(outline), site_name, absolute("feeds.articles", lang=lang), absolute("pages.home", lang=lang))


@bp.get("/<lang:lang>/sections/<path:key>/feed.atom")
def section(lang: str, key: str) -> ResponseReturnValue:
    """Return the newest articles of one topic, and of those below it, as an Atom feed."""
    known_language(lang)
    outline = current_outline(lang)
    shown = outline.sections.get(key)
    if shown is None:
        abort(404)
    own = [article for article in outline.articles_below(key) if article.lang == lang]
    title = f"{current_site().name_in(lang)}: {shown.title}"
    return feed_of(outline, own, title, absolute("feeds.section", lang=lang, key=key), absolute("pages.section", lang=lang, key=key))


def feed_of(outline: Outline, listed: list[Summary], title: str, address: str, page: str) -> ResponseReturnValue:
    """Return the newest of *listed* as a feed; 304 before anything is read."""
    tag = tag_of("feed", address, current_state().stamp[1:], outline.until)
    return unchanged(tag) or kept_page(tag, lambda: feed(outline, listed, title, address, page), ATOM_TYPE)


def feed(outline: Outline, listed: list[Summary], title: str, address: str, page: str) -> str:
    """Return the newest of *listed* as an Atom document."""
    changes = changes_in(outline)
    newest = sorted(listed, key=lambda one: (as_moment(changes[one.key]), one.first_published_at, one.id), reverse=True)[:MOST_ENTRIES]
    return articles_feed(
        entries_of(outline.lang, newest, changes),
        title=title,
        author=current_site().name_in(outline.lang),
        lang=outline.lang,
        address=address,
        page=page,
        changed=BEGINNING,
    ).decode()


def entries_of(lang: str, newest: list[Summary], changes: dict[str, date | datetime]) -> Iterator[Entry]:
    """Give *newest* with their texts and lasting names."""
    first_slugs = library.first_slugs(db.session, lang, [one.key for one in newest])
    texts = library.articles_by_id(db.session, [one.id for one in newest])
    for one in newest:
        # Gone since the outline was read; the next look has the next revision.
        if one.id in texts:
            first = f"{services().base_url}/{lang}/articles/{first_slugs.get(one.key, one.slug)}"
            url = absolute("pages.article", lang=lang, slug=one.slug)
            yield Entry(texts[one.id], url, entry_id(first), changes[one.key])
