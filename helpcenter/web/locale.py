"""The language of a request, and what every template needs to speak it."""

from collections.abc import Mapping

import structlog
from flask import Flask, Response, abort, g, request, url_for
from werkzeug.routing import BaseConverter

from helpcenter.content import library
from helpcenter.content.outline import OUTLINES, Outline
from helpcenter.content.site import Site
from helpcenter.language import messages
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow

log = structlog.get_logger()


class LanguageConverter(BaseConverter):
    """The first part of a page's address, when it looks like a language code; anything else is no page of ours."""

    regex = "[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}"


def init_app(app: Flask) -> None:
    """Teach *app*'s routes languages, and its templates gettext and the values every page shows."""
    app.url_map.converters["lang"] = LanguageConverter
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(
        lambda text: messages.translations(interface_language()).gettext(text),
        lambda one, many, n: messages.translations(interface_language()).ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.context_processor(template_values)


def current_site() -> Site:
    """Return the published site settings, read once a request."""
    if "site" not in g:
        g.site = current_state().site
    return g.site


def current_state() -> library.State:
    """Return the state of the library, read once a request."""
    if "state" not in g:
        g.state = library.state_beside(db.engine, db.session)
    return g.state


def current_outline(lang: str) -> Outline:
    """Return the library in outline, for readers of *lang*."""
    state = current_state()
    return OUTLINES.of(db.session, state.site, lang, stamp=state.stamp, now=utcnow())


def known_language(lang: str) -> str:
    """Return *lang* when the site has it, and speak it for the rest of the request; answer 404 otherwise."""
    if lang not in current_site().languages:
        abort(404)
    g.lang = lang
    return lang


def interface_language() -> str:
    """Return the language the interface speaks: the page's when one was named, else the visitor's best match."""
    if "lang" not in g:
        site = site_or_default()
        g.lang = preferred_language(site.languages, site.fallbacks)
    return g.lang


def preferred_language(available: list[str], fallbacks: Mapping[str, list[str]] | None = None) -> str:
    """Return the language of *available* that the browser prefers, the first of them when it names none.

    The answer then says that it depends on the browser's languages.
    """
    g.language_negotiated = True
    for wanted, quality in request.accept_languages:
        if quality > 0 and (found := match_language(wanted, available, fallbacks or {})):
            return found
    return available[0]


def match_language(wanted: str, available: list[str], fallbacks: Mapping[str, list[str]]) -> str | None:
    """Return the language of *available* for who asks for *wanted*: itself, what site.yaml names for it, its relatives.

    >>> match_language("pt_BR", ["en", "pt-br"], {}), match_language("pt", ["en", "pt-br"], {})
    ('pt-br', 'pt-br')
    >>> match_language("an-ES", ["en", "es"], {"an": ["es"]}), match_language("de", ["en"], {})
    ('es', None)
    """
    wanted = wanted.lower().replace("_", "-")
    base = wanted.partition("-")[0]
    relatives = [lang for lang in available if lang.partition("-")[0] == base]
    candidates = (wanted, *fallbacks.get(wanted, ()), base, *relatives, *fallbacks.get(base, ()))
    return next((lang for lang in candidates if lang in available), None)


def vary_by_language(response: Response) -> Response:
    """Return *response* with `Vary: Accept-Language` when the browser's languages decided, and only then."""
    if g.get("language_negotiated"):
        response.vary.add("Accept-Language")
    return response


def languages_or_default() -> list[str]:
    """Return the site's languages, or those of the interface when the database does not answer."""
    return site_or_default().languages


def site_or_default() -> Site:
    """An error page must also work when the database does not answer."""
    try:
        return current_site()
    except Exception:
        log.exception("site_unknown")
        return Site(languages=messages.interface_languages())


def switcher(urls: Mapping[str, str] | None = None) -> list[dict]:
    """Return the languages of the site for the language switcher; *urls* holds the same page in others."""
    urls = urls or {}
    return [
        {
            "lang": lang,
            "name": messages.language_name(lang),
            "url": urls.get(lang) or url_for("pages.home", lang=lang),
            "current": lang == interface_language(),
        }
        for lang in current_site().languages
    ]


def template_values() -> dict:
    """Return the values that every template has; they are looked up only when used."""
    lang = interface_language()
    return {
        "lang": lang,
        "direction": messages.text_direction(lang),
        "site": g.get("site"),
        "switcher": lambda: switcher(g.get("switcher")),
        "language_name": messages.language_name,
        "format_date": lambda day: messages.format_date(lang, day),
        "format_moment": lambda moment: messages.format_moment(lang, moment, _timezone()),
        "format_number": lambda number: messages.format_number(lang, number),
        "request_id": g.get("request_id", ""),
    }


def _timezone() -> str:
    site = g.get("site")
    return site.timezone if site else "UTC"


