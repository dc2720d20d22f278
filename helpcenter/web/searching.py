"""The page of search results."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.content import library
from helpcenter.language.cleaning import cut_text
from helpcenter.search.engine import Results
from helpcenter.storage import db
from helpcenter.web.locale import current_site, known_language
from helpcenter.web.services import services

bp = Blueprint("searching", __name__)

LONGEST_QUERY = 200
HITS_A_PAGE = 10
MOST_PAGES = 100
MOST_POPULAR = 5


@bp.get("/<lang:lang>/search")
def results(lang: str) -> ResponseReturnValue:
    """Show the articles that answer `q`, or what to do when none does."""
    site = current_site()
    known_language(lang)
    query, page = asked_query(), asked_page()
    g.switcher = {other: url_for("searching.results", lang=other, q=query or None) for other in site.languages}
    found = search(query, lang, page)
    if page > 1 and not found.hits:
        return redirect(url_for("searching.results", lang=lang, q=query))
    popular = [] if found.hits else library.featured(db.session, site, lang)[:MOST_POPULAR]
    return render_template(
        "searching/results.html",
        query=query,
        results=found,
        section_title=lambda key: site.title_of(key, lang) if key else "",
        popular=popular,
        page=page,
        pages=min(-(-found.total // HITS_A_PAGE), MOST_PAGES),
    )


def search(query: str, lang: str, page: int) -> Results:
    """Return one page of results; nothing was asked, nothing is found."""
    if not query:
        return Results("", lang)
    offset = (page - 1) * HITS_A_PAGE
    return services().engine.search(query, lang, limit=HITS_A_PAGE, offset=offset, languages=current_site().chain(lang))


def asked_query() -> str:
    """Return `q`, cleaned; what is too long is cut, so that a pasted letter still finds something."""
    return cut_text(request.args.get("q", ""), limit=LONGEST_QUERY)


def asked_page() -> int:
    """Return `page`, 1 for anything that is none."""
    given = request.args.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 1
    return min(max(number, 1), MOST_PAGES)
