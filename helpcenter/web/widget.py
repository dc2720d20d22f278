"""The widget: the loader that other sites include, and the panel that it frames."""

import gzip
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import Gone, NotFound

from helpcenter.content import library
from helpcenter.content.outline import Summary
from helpcenter.content.translations import find_original
from helpcenter.language.cleaning import cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db
from helpcenter.web import chatting, conversing
from helpcenter.web.carrying import carried, carry, token_on
from helpcenter.web.finding import get_article
from helpcenter.web.freshness import GZIP_LEVEL, tag_of, unchanged
from helpcenter.web.locale import current_outline, current_site, known_language, match_language, preferred_language
from helpcenter.web.promoting import promoted_answers
from helpcenter.web.recording import place_in, record_click, record_pick, record_search, record_view
from helpcenter.web.searching import asked_query, search, without
from helpcenter.web.services import services
from helpcenter.web.static import takes_gzip
from helpcenter.web.theme import looks_of, version_of
from helpcenter.web.trimming import compact_script
from helpcenter.web.voting import vote_values

bp = Blueprint("widget", __name__, url_prefix="/widget/v1")

LOADER_SECONDS = 3600
MOST_SUGGESTED = 3
MOST_POPULAR = 5
LONGEST_PATH = 500
LONGEST_TITLE = 200
EMPTY_SITE = "const SITE={};"
BETWEEN = re.compile(r"\s+[|–—·:-]+\s+")
# An article must speak of most that a page's title says: a weak guess is worse than what is read often.
SURE = 0.6


class HostPage(NamedTuple):
    """The page of the host that the visitor is on, as far as it tells."""

    path: str = ""
    title: str = ""


@bp.get("/loader.js")
def loader() -> ResponseReturnValue:
    """Return the script that other sites include; it asks again after an hour whether it has changed."""
    tag = tag_of("loader", library.revision(db.session), takes_gzip())
    answer = unchanged(tag) or packed(loader_source().replace(EMPTY_SITE, f"const SITE={about_site()};"), "text/javascript")
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = f"public, max-age={LOADER_SECONDS}"
    # The script is made to be included by other sites.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def packed(text: str, mimetype: str = "text/html") -> Response:
    """Return *text*, compressed for who takes it."""
    small = takes_gzip()
    answer = Response(gzip.compress(text.encode(), GZIP_LEVEL, mtime=0) if small else text, mimetype=mimetype)
    if small:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    return answer


def loader_source() -> str:
    """Return the loader of the static files without comments and spaces: other sites pay for every byte."""
    return _read(Path(current_app.config["STATIC_FOLDER"], "js", "widget", "loader.js"), current_app.config["STATIC_VERSION"])


@lru_cache(maxsize=2)
def _read(path: Path, _version: str) -> str:
    return compact_script(path.read_text(encoding="utf-8"))


def about_site() -> str:
    """Return what the loader knows of the site as JSON: who may show the widget, its looks, the launcher's word in every language."""
    site = current_site()
    looks = looks_of(site)
    # That of light pages can carry a white sign.
    accent = site.widget.accent or (looks.accents[0] if looks and looks.accents else None)
    about = {
        "origins": [*site.widget_origins, own_origin()],
        "position": site.widget.position,
        "lang": site.default_language,
        "words": {lang: gettext(lang, "Help") for lang in site.languages},
    }
    if accent:
        about["accent"] = accent
    # It stands in a script: nothing in it may end that.
    return json.dumps(about, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def styles_url() -> str:
    """Return the address of the panel's one stylesheet: the shipped one, or the same with the theme's tokens at its end."""
    looks = looks_of(current_site())
    return url_for("assets.theme", version=version_of(looks), name="widget") if looks else url_for("static", filename="css/widget.css")


@bp.get("/panel")
def panel() -> ResponseReturnValue:
    """Show the panel: the search, its results, what fits the host's page or is read often, and the ways to a person."""
    lang = asked_language()
    query = asked_query()
    promoted, found = promoted_answers(query, lang), search(query, lang, 1)
    carry(carried().after_search(query, found.total))
    record_search(query, lang, hits=found.total, corrected=found.corrected)
    record_pick(query, lang)
    suggested = [] if query else suggested_for(host_page(), lang)
    return page(
        "widget/panel.html",
        query=query,
        results=without(found, promoted),
        promoted=promoted,
        total=found.total or len(promoted),
        suggested=suggested,
        popular=[] if query or suggested else services().popular_articles.of(current_outline(lang))[:MOST_POPULAR],
    )


def suggested_for(shown: HostPage, lang: str) -> list[Summary]:
    """Return the articles that fit the host's page: those that site.yaml names for its path, else those that its title asks for."""
    by_key = current_outline(lang).by_key
    named = [by_key[key] for key in current_site().widget.articles_for(shown.path) if key in by_key]
    # What stands behind a bar or a dash is the name of the host.
    asked = BETWEEN.split(shown.title)[0]
    if named or not asked:
        return named
    found = services().engine.passages(asked, lang, MOST_SUGGESTED)
    return [by_key[one.key] for one in found if one.confidence >= SURE and one.key in by_key]


def host_page() -> HostPage:
    """Return the page of the host that the address tells of; nothing of it is stored."""
    try:
        path, title = json.loads(request.args.get("at", "")[: LONGEST_PATH + LONGEST_TITLE])
    except (ValueError, TypeError, RecursionError):
        return HostPage()
    if not isinstance(path, str) or not isinstance(title, str) or not path.startswith("/"):
        return HostPage()
    return HostPage(cut_text(path, limit=LONGEST_PATH), cut_text(title, limit=LONGEST_TITLE))


@bp.get("/panel/articles/<slug>")
def article(slug: str) -> ResponseReturnValue:
    """Show an article inside the panel, with its vote box; for one that is not there, the search."""
    lang = asked_language()
    try:
        found = get_article(lang, slug)
    except (NotFound, Gone) as error:
        return page("widget/missing.html", query=slug.replace("-", " ")[:80]), error.code
    record_click(asked_query(), lang)
    record_pick(found.article.title, lang)
    record_view(found.article, current_outline(lang))
    carry(carried().after_view(found.article.lang, found.article.key, place_in("n")))
    return page(
        "widget/article.html",
        way=current_outline(lang).way_to(found.article.section),
        article=found.article,
        fallback=found.fallback,
        original=find_original(db.session, current_site(), found.article),
        **vote_values(found.article, lang, query=asked_query(), voted=None),
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


@bp.get("/search")
def search_box() -> ResponseReturnValue:
    """Show a search box to be framed by a page of another site; it leads to the results here, in a new tab."""
    asked_language()
    return page("widget/search.html", query="")


def page(template: str, **values: object) -> Response:
    """Return a page of the panel; `address` in it leads to another, language and host kept."""
    kept = {"lang": g.lang, "o": request.args.get("o", "")[:200] or None}
    g.icons = set()

    def address(endpoint: str, **more: object) -> str:
        return url_for(endpoint, **{"trail": token_on(), **more}, **kept)

    values |= {"address": address, "host": host_origin(), "page_path": host_page().path, "styles_url": styles_url()}
    answer = packed(render_template(template, used_icons=used_icons, **values))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def used_icons() -> Markup:
    """Return the icons that the page has named so far, to stand in it: the sprite would be one more request."""
    symbols = sprite(Path(current_app.config["STATIC_FOLDER"], "img", "icons.svg"), current_app.config["STATIC_VERSION"])
    return Markup("".join(symbols[name] for name in sorted(g.icons) if name in symbols))


@lru_cache(maxsize=2)
def sprite(path: Path, _version: str) -> dict[str, str]:
    """Return the icons of the sprite by name."""
    source = path.read_text(encoding="utf-8")
    # A field of a form may have the name of an icon.
    return {found[1]: found[0].replace(' id="', ' id="icon-', 1) for found in re.finditer(r'<symbol id="([^"]+)".*?</symbol>', source, re.DOTALL)}


def icon_address(name: str) -> str:
    """Return where the icon *name* is: in the sprite, on a page of the panel in the page itself."""
    if "icons" not in g:
        return f"{url_for('static', filename='img/icons.svg')}#{name}"
    g.icons.add(name)
    return f"#icon-{name}"


@bp.record_once
def know_icons(setup: BlueprintSetupState) -> None:
    """Let every template ask where an icon is."""
    setup.app.jinja_env.globals["icon_address"] = icon_address


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
