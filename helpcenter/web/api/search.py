"""Searching and suggesting."""

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.language.cleaning import TextRefused, clean_text
from helpcenter.search.engine import Hit, Suggestion
from helpcenter.web.api import bp
from helpcenter.web.errors import Problem
from helpcenter.web.locale import current_outline, current_site
from helpcenter.web.promoting import PromotedAnswer, promoted_answers, target_of
from helpcenter.web.recording import record_search
from helpcenter.web.services import services

LONGEST_QUERY = 2000
MOST_HITS = 50


def asked_language() -> str:
    """Return the `lang` of the request. Raises Problem when the site has not that language."""
    lang = request.args.get("lang") or current_site().default_language
    return checked_language(lang)


def checked_language(lang: str) -> str:
    """Return *lang*. Raises Problem when the site has not that language."""
    languages = current_site().languages
    if lang not in languages:
        raise Problem(422, "The language is not known", f"lang is {lang[:35]!r}; this site has {', '.join(languages)}.")
    return lang


def asked_query() -> str:
    """Return the `q` of the request, cleaned. Raises Problem when it is missing or too long."""
    try:
        query = clean_text(request.args.get("q", ""), limit=LONGEST_QUERY, lines=False)
    except TextRefused as refused:
        raise Problem(400, "The query cannot be used", f"q: {refused}.") from None
    if not query:
        raise Problem(400, "There is nothing to search for", "Give the words to search for in q, for example ?q=invoice&lang=en.")
    return query


def asked_limit(default: int, most: int) -> int:
    """Return the `limit` of the request. Raises Problem when it is no number from 1 to *most*."""
    given = request.args.get("limit", str(default))
    if not given.isascii() or not given.isdigit() or len(given) > 6 or not 1 <= int(given) <= most:
        raise Problem(400, "The limit cannot be used", f"limit must be a whole number from 1 to {most}.")
    return int(given)


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Return the articles that answer `q`, best first."""
    query, lang = asked_query(), asked_language()
    results = services().engine.search(query, lang, limit=asked_limit(10, MOST_HITS), languages=current_site().chain(lang))
    if request.args.get("typing") != "1":
        record_search(query, lang, hits=results.total, corrected=results.corrected)
    return jsonify(
        query=query,
        lang=lang,
        total=results.total,
        took_ms=round(results.took_ms, 2),
        did_you_mean=results.did_you_mean,
        corrected=results.corrected,
        hits=[hit_as_json(hit) for hit in results.hits],
        other_languages=[hit_as_json(hit) for hit in results.other_languages],
        promoted=[promoted_as_json(one, lang) for one in promoted_answers(query, lang)],
        redirect=target_of(query, lang),
    )


def promoted_as_json(one: PromotedAnswer, lang: str) -> dict:
    """Return an answer that editors put above the hits."""
    return {
        "slug": one.slug,
        "lang": one.lang,
        "title": one.title,
        "url": url_for("pages.article", lang=lang, slug=one.slug),
        "note": one.note,
        "section": one.section,
    }


def hit_as_json(hit: Hit) -> dict:
    """Return *hit* as the contract names its fields."""
    return {
        "slug": hit.slug,
        "lang": hit.lang,
        "title": hit.title,
        "url": url_for("pages.article", lang=hit.lang, slug=hit.slug, _anchor=hit.url_fragment),
        "score": round(hit.score, 4),
        "snippet": str(hit.snippet),
        "section": hit.section,
    }


@bp.get("/suggest")
def suggest() -> ResponseReturnValue:
    """Return queries that helped others, and titles, for a half-typed `q`."""
    query, lang, limit = asked_query(), asked_language(), asked_limit(8, 20)
    engine = services().engine
    queries = services().popular.beginning_with(query, engine, current_outline(lang))[:limit]
    found = engine.suggest(query, lang, limit=limit - len(queries)) if len(queries) < limit else []
    return jsonify(
        query=query,
        lang=lang,
        suggestions=[*(query_as_json(one, lang) for one in queries), *(suggestion_as_json(one, lang) for one in found)],
    )


def query_as_json(query: str, lang: str) -> dict:
    """Return a query to choose; it has no article, and leads to its results."""
    return {"title": query, "slug": "", "section": "", "kind": "query", "url": url_for("searching.results", lang=lang, q=query)}


def suggestion_as_json(one: Suggestion, lang: str) -> dict:
    """Return a title or heading to choose."""
    return {
        "title": one.title,
        "slug": one.slug,
        "section": current_site().title_of(one.section, lang),
        "kind": one.kind,
        "url": url_for("pages.article", lang=lang, slug=one.slug, _anchor=one.fragment),
    }
