"""The library's pages: home, section, article, and the vote on an article."""

from collections.abc import Mapping

from flask import Blueprint, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.content.site import Site
from helpcenter.feedback import votes
from helpcenter.language.cleaning import clean_text, cut_text
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.channels import channels
from helpcenter.web.freshness import keep, tag_of, unchanged
from helpcenter.web.guards import same_site_only
from helpcenter.web.locale import current_site, interface_language, known_language, preferred_language
from helpcenter.web.recording import record_click
from helpcenter.web.services import services
from helpcenter.web.theme import icon_names, logo_url, theme_url
from helpcenter.web.visitor import with_visitor
from helpcenter.web.voting import record_vote

bp = Blueprint("pages", __name__)

LONGEST_QUERY = 256
FEWEST_HEADINGS = 3
MOST_RELATED = 4
MOST_POPULAR = 6
# The answers to a vote, as the address of the page after it tells them.
VOTED = ("yes", "no", "noted")


@bp.app_context_processor
def page_values() -> dict:
    """Return what every page shows around its own content."""
    site: Site | None = g.get("site")
    return {
        "site_name": site.name_in(interface_language()) if site else "Help center",
        "channels": channels,
        "logo_url": logo_url,
        "theme_url": theme_url,
    }


@bp.get("/")
def negotiate() -> ResponseReturnValue:
    """Lead to the home page in the visitor's language."""
    answer = redirect(url_for("pages.home", lang=preferred_language(current_site().languages)))
    answer.vary.add("Accept-Language")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.get("/<lang:lang>/")
def home(lang: str) -> ResponseReturnValue:
    """Show the search box, the topics, what is read often and the ways to a person."""
    site = current_site()
    known_language(lang)
    tag = tag_of("home", lang, library.revision(db.session), channels())
    if fresh := unchanged(tag):
        return fresh
    name_other_languages(lambda other: url_for("pages.home", lang=other))
    page = render_template(
        "pages/home.html",
        sections=shown_sections(site, lang),
        popular=library.featured(db.session, site, lang)[:MOST_POPULAR],
        description=None,
        canonical=absolute("pages.home", lang=lang),
        alternates=alternates({other: url_for("pages.home", lang=other) for other in site.languages}),
    )
    return keep(make_response(page), tag)


@bp.get("/<lang:lang>/sections/<path:key>")
def section(lang: str, key: str) -> ResponseReturnValue:
    """Show the articles of one topic."""
    site = current_site()
    known_language(lang)
    sections = shown_sections(site, lang)
    shown = next((one for one in sections if one.key == key), None)
    if shown is None:
        abort(404)
    tag = tag_of("section", lang, key, library.revision(db.session), channels())
    if fresh := unchanged(tag):
        return fresh
    urls = {other: url_for("pages.section", lang=other, key=key) for other in site.languages}
    g.switcher = urls
    page = render_template(
        "pages/section.html",
        title=shown.title,
        description=shown.description,
        section_icon=shown.icon,
        articles=library.articles_in(db.session, site, lang, key),
        others=[one for one in sections if one.key != key],
        canonical=absolute("pages.section", lang=lang, key=key),
        alternates=alternates(urls),
    )
    return keep(make_response(page), tag)


@bp.get("/<lang:lang>/articles/<slug>")
def article(lang: str, slug: str) -> ResponseReturnValue:
    """Show an article: 304 from the versions of article and library before anything is rendered."""
    found, is_fallback = get_article(lang, slug)
    voted, query = request.args.get("voted"), asked_query()
    record_click(query, lang)
    if found.slug != slug:
        # An old name, or the name in another language.
        return redirect(url_for("pages.article", lang=lang, slug=found.slug, q=query or None), 301)
    tag = tag_of(lang, found.id, found.version, library.revision(db.session), channels(), query)
    if voted not in VOTED:
        if fresh := unchanged(tag):
            return fresh
        return keep(make_response(render_article(found, lang, is_fallback=is_fallback, query=query)), tag)
    page = render_article(found, lang, is_fallback=is_fallback, query=query, voted=voted)
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def get_article(lang: str, slug: str) -> library.Found:
    """Return the article that *slug* names for readers of *lang*; 404 without one, 410 for one that has expired."""
    known_language(lang)
    site = current_site()
    found = library.resolve(db.session, site, lang, slug) or library.find_redirect(db.session, site, lang, slug)
    if found is None:
        abort(404)
    if found.article.expire_at and found.article.expire_at <= utcnow():
        abort(410)
    return found


def render_article(
    shown: Article, lang: str, *, is_fallback: bool, query: str, voted: str | None = None
) -> str:
    """Return the page of an article; *voted* puts the thanks in the place of the question."""
    site = current_site()
    urls = translation_urls(shown)
    g.switcher = {other: urls.get(other) or url_for("pages.article", lang=other, slug=shown.slug) for other in site.languages}
    headings = [heading for heading in shown.headings if heading["level"] in (2, 3)]
    return render_template(
        "pages/article.html",
        article=shown,
        fallback=is_fallback,
        section_title=site.title_of(shown.section, lang),
        headings=headings if shown.toc and len(headings) >= FEWEST_HEADINGS else [],
        related=related_to(shown, lang),
        next=next_in_section(shown, lang),
        description=shown.description,
        canonical=absolute("pages.article", lang=shown.lang, slug=shown.slug),
        alternates={} if is_fallback else alternates(urls),
        **vote_values(shown, query=query, voted=voted),
    )


def translation_urls(shown: Article) -> dict[str, str]:
    """Return the addresses of the article's real translations, by language."""
    return {
        lang: url_for("pages.article", lang=lang, slug=slug)
        for lang, slug, _title in library.translations(db.session, shown.key)
    }


def related_to(shown: Article, lang: str) -> list[Article]:
    """Return the articles that the editor named as related, in *lang* or standing in for it."""
    found = [library.in_chain(db.session, current_site(), lang, key) for key in shown.related[:MOST_RELATED]]
    return [one.article for one in found if one is not None]


def next_in_section(shown: Article, lang: str) -> library.Summary | None:
    """Return the article that follows in the same topic."""
    articles = library.articles_in(db.session, current_site(), lang, shown.section)
    place = next((index for index, one in enumerate(articles) if one.key == shown.key), len(articles))
    return articles[place + 1] if place + 1 < len(articles) else None


def vote_values(shown: Article, *, query: str, voted: str | None) -> dict:
    """Return what the vote box shows; what costs a look-up only after a vote."""
    values = {"voted": voted, "query": query, "reasons": (), "nearest": [], "counts": None}
    if voted is None:
        return values
    values["counts"] = votes.counts(db.session, shown.lang, shown.key)
    if voted == "no":
        values["reasons"] = tuple(votes.REASONS_AFTER_NO.items())
        values["nearest"] = nearest_to(shown, query)
    return values


def nearest_to(shown: Article, query: str) -> list:
    """Return other articles that answer the query, or that speak of the same."""
    results = services().engine.search(query or shown.title, shown.lang, limit=MOST_RELATED)
    return [hit for hit in results.hits if hit.key != shown.key][: MOST_RELATED - 1]


@bp.post("/<lang:lang>/articles/<slug>/vote")
@same_site_only
def vote(lang: str, slug: str) -> ResponseReturnValue:
    """Record the vote, then show the article with thanks; a script gets the vote box alone."""
    shown = get_article(lang, slug).article
    given = request.form.get("helpful")
    if given not in ("yes", "no"):
        abort(400)
    reason = request.form.get("reason") or None
    if reason is not None and reason not in votes.REASONS:
        abort(400)
    comment = clean_text(request.form.get("comment", ""), limit=votes.LONGEST_COMMENT) or None
    query = asked_query()
    record_vote(shown, helpful=given == "yes", reason=reason, comment=comment, query=query or None)
    voted = "noted" if reason or comment else given
    if request.headers.get("X-Fragment"):
        box = render_template("pages/_vote.html", article=shown, **vote_values(shown, query=query, voted=voted))
        return with_visitor(make_response(box))
    page = url_for("pages.article", lang=lang, slug=slug, voted=voted, q=query or None, _anchor="vote")
    return with_visitor(redirect(page, 303))


def asked_query() -> str:
    """Return the search that led here, from the address or the form; one that is too long is cut, not refused."""
    return cut_text(request.values.get("q", ""), limit=LONGEST_QUERY)


def shown_sections(site: Site, lang: str) -> list[library.SectionCount]:
    """Return the topics with icons that the sprite has."""
    return [one._replace(icon=icon_of(one.icon)) for one in library.sections(db.session, site, lang)]


def icon_of(name: str) -> str:
    """Return *name* when the sprite has such an icon, else the book."""
    return name if name in icon_names(current_app.config["STATIC_FOLDER"]) else "book"


def name_other_languages(address_in) -> None:
    """Point the language switcher at *address_in(lang)*, this page in every other language."""
    g.switcher = {lang: address_in(lang) for lang in current_site().languages}


def absolute(endpoint: str, **values: object) -> str:
    """Return a public address: built from the configured one, never from the request."""
    return services().base_url + url_for(endpoint, **values)


def alternates(urls: Mapping[str, str]) -> dict[str, str]:
    """Return the hreflang links of a page that exists at *urls*, with x-default; none for a page in one language."""
    if len(urls) < 2:
        return {}
    default = urls.get(current_site().default_language)
    links = {lang: services().base_url + url for lang, url in urls.items()}
    return links | ({"x-default": services().base_url + default} if default else {})
