"""The widget: the loader that other sites include, and the panel that it frames."""

import json
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.content import library
from helpcenter.content.translations import find_original
from helpcenter.language.messages import gettext
from helpcenter.storage import db
from helpcenter.web import chatting, conversing
from helpcenter.web.carrying import carried, carry, token_on
from helpcenter.web.finding import get_article
from helpcenter.web.freshness import tag_of, unchanged
from helpcenter.web.locale import current_outline, current_site, known_language, match_language, preferred_language
from helpcenter.web.promoting import promoted_answers
from helpcenter.web.recording import place_in, record_click, record_search, record_view
from helpcenter.web.searching import asked_query, search, without
from helpcenter.web.services import services

bp = Blueprint("widget", __name__, url_prefix="/widget/v1")

LOADER_SECONDS = 3600
MOST_POPULAR = 5
EMPTY_LABELS = "const LABELS = {};"


@bp.get("/loader.js")
def loader() -> ResponseReturnValue:
    """Return the script that other sites include; it asks again after an hour whether it has changed."""
    tag = tag_of("loader", library.revision(db.session))
    fresh = unchanged(tag)
    answer = fresh or Response(loader_source().replace(EMPTY_LABELS, f"const LABELS = {labels()};"), mimetype="text/javascript")
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = f"public, max-age={LOADER_SECONDS}"
    # The script is made to be included by other sites.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def loader_source() -> str:
    """Return the loader of the static files without comments and indentation: other sites pay for every byte."""
    return _read(Path(current_app.config["STATIC_FOLDER"], "js", "widget", "loader.js"), current_app.config["STATIC_VERSION"])


@lru_cache(maxsize=2)
def _read(path: Path, _version: str) -> str:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def labels() -> str:
    """Return the launcher's words in every language of the site as JSON; the default language also stands for all others."""
    site = current_site()
    words = {
        lang: {
            "help": gettext(lang, "Help"),
            "title": gettext(lang, "Help center"),
            "unread": gettext(lang, "new replies: {n}"),
        }
        for lang in site.languages
    }
    return json.dumps({**words, "": words[site.default_language]}, ensure_ascii=False, separators=(",", ":"))


@bp.get("/panel")
def panel() -> ResponseReturnValue:
    """Show the panel: the search, its results, what is read often, and the ways to a person."""
    lang = asked_language()
    query = asked_query()
    promoted, found = promoted_answers(query, lang), search(query, lang, 1)
    carry(carried().after_search(query, found.total))
    record_search(query, lang, hits=found.total, corrected=found.corrected)
    return page(
        "widget/panel.html",
        query=query,
        results=without(found, promoted),
        promoted=promoted,
        total=found.total or len(promoted),
        popular=[] if query else services().popular_articles.of(current_outline(lang))[:MOST_POPULAR],
    )


@bp.get("/panel/articles/<slug>")
def article(slug: str) -> ResponseReturnValue:
    """Show an article inside the panel."""
    lang = asked_language()
    found = get_article(lang, slug)
    record_click(asked_query(), lang)
    record_view(found.article, current_outline(lang))
    carry(carried().after_view(found.article.lang, found.article.key, place_in("n")))
    return page(
        "widget/article.html",
        way=current_outline(lang).way_to(found.article.section),
        article=found.article,
        fallback=found.fallback,
        original=find_original(db.session, current_site(), found.article),
        query=asked_query(),
    )


@bp.get("/panel/chat")
def chat() -> ResponseReturnValue:
    """Show the chat inside the panel. It uses no cookie: the conversation's token stays in the page's memory and storage."""
    lang = asked_language()
    bubbles = chatting.greeting(lang)
    carry(carried())
    return page(
        "widget/chat.html",
        bubbles=bubbles,
        choices=chatting.open_choices(bubbles),
        conversation=None,
        token=None,
        asked=None,
        draft=asked_query(),
        query=asked_query(),
        problem=None,
        limit=chatting.LONGEST_MESSAGE,
        open_now=conversing.context_at().open_now,
    )


def page(template: str, **values: object) -> ResponseReturnValue:
    """Return a page of the panel; `address` in it leads to another, language and host kept."""
    kept = {"lang": g.lang, "o": request.args.get("o", "")[:200] or None}

    def address(endpoint: str, **more: object) -> str:
        return url_for(endpoint, **{"trail": token_on(), **more}, **kept)

    answer = Response(render_template(template, host=host_origin(), address=address, **values))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def asked_language() -> str:
    """Return the language that the host page asks for, or the nearest the site has, and speak it."""
    site = current_site()
    asked = match_language(request.args.get("lang", "")[:35], site.languages, site.fallbacks)
    return known_language(asked or preferred_language(site.languages, site.fallbacks))


def host_origin() -> str:
    """Return the origin that the panel may talk to: one that may frame it, else nobody."""
    given = request.args.get("o", "")[:200]
    allowed = {*current_site().widget_origins, own_origin(), request.host_url.rstrip("/")}
    return given if given in allowed else ""


def own_origin() -> str:
    """Return the origin of this help center."""
    parts = urlsplit(services().base_url)
    return f"{parts.scheme}://{parts.netloc}"
