"""The article at an address; when it is there no more, what is nearest to it, or where its address leads now."""

import re
from urllib.parse import quote

import structlog
from flask import Response, abort, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Gone, HTTPException

from helpcenter.content import library
from helpcenter.content.redirects import GONE, find_target, plain_path
from helpcenter.search.engine import Hit
from helpcenter.storage import db
from helpcenter.web.locale import current_site, known_language, preferred_language
from helpcenter.web.services import services

log = structlog.get_logger()

MOST_NEAREST = 5
PERMANENT = 301


class Withdrawn(Gone):
    """An article that was here once; `words` find what is nearest to it."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


def get_article(lang: str, slug: str) -> library.Found:
    """Return the article that *slug* names for readers of *lang*, or named once.

    Answers 404 when none ever did, 410 when it was withdrawn or has expired, and leads out of a language that was given up.
    """
    if lang not in current_site().languages:
        leave_language(lang, slug)
    known_language(lang)
    found = library.resolve(db.session, current_site(), lang, slug)
    if found is not None:
        return found
    title = library.find_withdrawn(db.session, lang, slug)
    if title is None:
        abort(404)
    raise Withdrawn(title or slug.replace("-", " "))


def leave_language(lang: str, slug: str) -> None:
    """Answer an old address in a language that the site has no more with what its readers get instead; return for any other."""
    key = library.find_old_key(db.session, lang, slug)
    if key is None:
        return
    found = library.in_chain(db.session, current_site(), lang, key)
    if found is None:
        raise Withdrawn(slug.replace("-", " "))
    abort(moved_to(url_for("pages.article", lang=found.article.lang, slug=found.article.slug)))


def moved_to(address: str) -> Response:
    """Return the redirect from an old name, asked for anew each time: the name may be another article's tomorrow."""
    answer = redirect(address, PERMANENT)
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer


def address_of(found: library.Found, lang: str, *, query: str = "") -> str:
    """Return the address at which readers of *lang* get *found*: among their own pages, unless the name means another there."""
    article = found.article
    if found.fallback:
        there = library.resolve(db.session, current_site(), lang, article.slug)
        lang = lang if there is not None and there.article.id == article.id else article.lang
    return url_for("pages.article", lang=lang, slug=article.slug, q=query or None)


def nearest_articles(error: Exception, lang: str) -> list[Hit]:
    """Return the articles that speak of what a withdrawn one was called, for an answer that must not fail."""
    if not isinstance(error, Withdrawn):
        return []
    try:
        chain = current_site().chain(lang)
        found = services().engine.search(error.words, lang, limit=MOST_NEAREST, languages=chain)
        return [*found.hits, *found.other_languages][:MOST_NEAREST]
    except Exception:  # The edge: the page of an error is shown in any case.
        log.exception("nearest_articles_unknown")
        return []


def old_address(error: HTTPException) -> Response | HTTPException:
    """Return what redirects.yaml says of the address asked for: a redirect or that it is gone; else *error* itself."""
    if request.method not in ("GET", "HEAD") or request.path.startswith(("/api/", "/static/")):
        return error
    try:
        target = find_target(db.session, request.path, request.query_string.decode("latin-1"))
        if target is None or leads_back(target):
            return redirect(tidy, PERMANENT) if (tidy := tidy_address()) else error
        return Gone() if target == GONE else leading_to(target)
    except SQLAlchemyError:
        log.exception("old_address_unknown")
        return error


def tidy_address() -> str | None:
    """Return the address asked for as ours are written, its language small and no slash at its end; None where it is so already."""
    first, _, rest = request.path.removeprefix("/").partition("/")
    lang = first.lower().replace("_", "-")
    path = f"/{lang}/{rest.strip('/')}"
    if lang not in current_site().languages or path == request.path:
        return None
    query = request.query_string.decode("latin-1")
    return quote(path) + (f"?{query}" if query else "")


def leads_back(target: str) -> bool:
    """Return whether *target* is the page asked for, as with /old/* and /old/new, of which there is none."""
    return target.startswith("/") and plain_path(target.partition("#")[0].partition("?")[0]) == plain_path(request.path)


def leading_to(target: str) -> Response | Gone:
    """Return the redirect to *target*: an address as it stands, an article in the language of the address or the visitor."""
    if target.startswith(("/", "https://")):
        return redirect(target, PERMANENT)
    site = current_site()
    named = language_in(request.path, site.languages)
    lang = named or preferred_language(site.languages, site.fallbacks)
    found = library.in_chain(db.session, site, lang, target) or library.in_chain(db.session, site, site.default_language, target)
    if found is None:
        slug = target.rpartition("/")[2]
        return Withdrawn(slug.replace("-", " "))
    answer = redirect(address_of(found, lang), PERMANENT)
    if named is None:
        answer.vary.add("Accept-Language")
        answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def language_in(path: str, languages: list[str]) -> str | None:
    """Return the first language of the site that a part of *path* names.

    >>> language_in("/hc/en-us/articles/1", ["lv", "en"])
    'en'
    """
    for part in re.split(r"[/.]", path.lower().replace("_", "-")):
        for form in (part, part.split("-")[0]):
            if form in languages and (form == part or re.fullmatch(r"[a-z]{2,3}-[a-z0-9]{2,4}", part)):
                return form
    return None
