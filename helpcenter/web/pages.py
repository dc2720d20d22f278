"""The library's pages: home, section, tag, article, and the vote on an article."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.content.outline import Outline, Summary
from helpcenter.content.site import Site
from helpcenter.content.tags import tag_slug
from helpcenter.content.translations import find_original
from helpcenter.feedback.votes import LONGEST_COMMENT, VoteRefused
from helpcenter.language.cleaning import cut_text
from helpcenter.storage import db
from helpcenter.web import metadata
from helpcenter.web.addresses import absolute, alternates
from helpcenter.web.carrying import carried, carry, token_on
from helpcenter.web.channels import channels, openness
from helpcenter.web.finding import address_of, get_article, moved_to
from helpcenter.web.freshness import answered_at_once, kept_page, tag_of, unchanged
from helpcenter.web.guards import same_site_only
from helpcenter.web.locale import current_outline, current_site, current_state, interface_language, known_language, preferred_language
from helpcenter.web.recording import place_in, record_click, record_pick, record_view
from helpcenter.web.related import shown_related
from helpcenter.web.services import services
from helpcenter.web.surroundings import Surroundings, surroundings_of
from helpcenter.web.theme import icon_of, logo_url, stylesheet_url, with_icons
from helpcenter.web.visitor import with_visitor
from helpcenter.web.voting import form_address, form_seconds, record_vote, vote_values

bp = Blueprint("pages", __name__)

LONGEST_QUERY = 256
FEWEST_HEADINGS = 3
# Under the search box of the home page.
MOST_CHOSEN = 3
# The answers to a vote, as the address of the page after it tells them.
VOTED = ("yes", "no", "noted", "noted-no", "address")


@bp.app_context_processor
def page_values() -> dict:
    """Return what every page shows around its own content."""
    site: Site | None = g.get("site")
    return {
        "site_name": site.name_in(interface_language()) if site else "Help center",
        "channels": channels,
        "logo_url": logo_url,
        "og_locale": metadata.territory_locale,
        "stylesheet_url": stylesheet_url,
    }


@bp.get("/")
def negotiate() -> ResponseReturnValue:
    """Lead to the home page in the visitor's language."""
    site = current_site()
    answer = redirect(url_for("pages.home", lang=preferred_language(site.languages, site.fallbacks)))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.get("/<lang:lang>/")
def home(lang: str) -> ResponseReturnValue:
    """Show the search box, the topics, what is read often and the ways to a person."""
    site = current_site()
    known_language(lang)
    outline = current_outline(lang)
    popular = services().popular_articles.of(outline)
    tag = tag_of("home", lang, state_of(outline), openness(), [article.key for article in popular])
    if fresh := unchanged(tag):
        return fresh
    urls = {other: url_for("pages.home", lang=other) for other in site.languages}
    g.switcher = urls
    title, here = site.name_in(lang), absolute("pages.home", lang=lang)
    return kept_page(
        tag,
        lambda: render_template(
            "pages/home.html",
            sections=with_icons(outline.sections_below()),
            popular=popular,
            chosen=(outline.featured or popular)[:MOST_CHOSEN],
            description=", ".join([title, *(one.title for one in outline.sections_below())]),
            canonical=here,
            alternates=alternates(urls),
            feed_url=url_for("feeds.articles", lang=lang),
            card=metadata.website_card(title, "", here),
            structured=metadata.json_block([metadata.organization(site, lang), metadata.website(site, lang)]),
        ),
    )


@bp.get("/<lang:lang>/sections/<path:key>")
@answered_at_once
def section(lang: str, key: str) -> ResponseReturnValue:
    """Show the topics and the articles of one topic."""
    known_language(lang)
    outline = current_outline(lang)
    shown = outline.sections.get(key)
    if shown is None:
        abort(404)
    tag = tag_of("section", lang, key, state_of(outline), openness())
    if fresh := unchanged(tag):
        return fresh
    languages = library.languages_of_section(db.session, key)
    urls = section_urls(key, languages)
    g.switcher = urls
    # A page of nothing but stand-ins is for readers; search engines have the articles in their own language.
    own = {other: url for other, url in urls.items() if other in languages}
    here = absolute("pages.section", lang=lang, key=key)
    answer = kept_page(
        tag,
        lambda: render_template(
            "pages/section.html",
            title=shown.title,
            description=shown.description,
            section_icon=icon_of(shown.icon),
            way=outline.way_to(key)[:-1],
            sections=with_icons(outline.sections_below(key)),
            articles=outline.articles_in(key),
            others=with_icons([one for one in outline.sections_below(key.rpartition("/")[0]) if one.key != key]),
            canonical=here,
            alternates=alternates(own) if lang in own else {},
            feed_url=url_for("feeds.section", lang=lang, key=key) if lang in own else None,
            card=metadata.website_card(shown.title, shown.description, here),
            structured=metadata.json_block([metadata.breadcrumbs(crumbs_to(outline, key))]),
        ),
    )
    if lang not in own:
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/<lang:lang>/tags/<slug>")
@answered_at_once
def tag(lang: str, slug: str) -> ResponseReturnValue:
    """Show the articles that have a tag."""
    known_language(lang)
    outline = current_outline(lang)
    shown = outline.tag(slug)
    if shown is None:
        abort(404)
    version = tag_of("tag", lang, slug, state_of(outline), openness())
    if fresh := unchanged(version):
        return fresh
    g.switcher = {
        other: url_for("pages.tag", lang=other, slug=slug) for other in current_site().languages if current_outline(other).tag(slug)
    }
    here = absolute("pages.tag", lang=lang, slug=slug)
    answer = kept_page(version, lambda: render_template("pages/tag.html", tag=shown, articles=outline.articles_tagged(slug), canonical=here))
    # Another list of what search engines have already.
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/<lang:lang>/articles/<slug>")
@answered_at_once
def article(lang: str, slug: str) -> ResponseReturnValue:
    """Show an article: 304 from the versions of article and library before anything is rendered."""
    voted, query = request.args.get("voted"), asked_query()
    if lang not in current_site().languages:
        # One that was given up has addresses, but no lists.
        get_article(lang, slug)
    listed = current_outline(known_language(lang)).by_slug.get(slug)
    if listed and listed.lang == lang and voted not in VOTED:
        # What lists know of it is enough, unless it has to be rendered.
        record_click(query, lang)
        record_pick(listed.title, lang)
        return answer_article(listed, lang, query, lambda: render_article(get_article(lang, slug).article, lang, is_fallback=False, query=query))
    answered = get_article(lang, slug)
    found, is_fallback = answered
    record_click(query, lang)
    record_pick(found.title, lang)
    if found.slug != slug:
        # An old name, or the name in another language.
        return moved_to(address_of(answered, lang, query=query))
    if voted not in VOTED:
        answer = answer_article(found, lang, query, lambda: render_article(found, lang, is_fallback=is_fallback, query=query))
        if found.unlisted:
            answer.headers["X-Robots-Tag"] = "noindex"
        return answer
    carry(carried())
    answer = private(render_article(found, lang, is_fallback=is_fallback, query=query, voted=voted))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def private(page: str) -> Response:
    """Return *page* for one visitor alone."""
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def answer_article(shown: Article | Summary, lang: str, query: str, make: Callable[[], str]) -> Response:
    """Return the page of *shown* that *make* renders; a 304 or what this process has kept when nothing in it changed."""
    outline = current_outline(lang)
    if came := carried():
        # This page leads one visit on, and nobody else's.
        record_view(shown, outline)
        carry(came.after_view(shown.lang, shown.key, place_in("n")))
        return private(make())
    # Related articles come from the index, which follows the library a moment later.
    version = tag_of(lang, shown.id, shown.version, state_of(outline), services().index.revision, openness(), query)
    if fresh := unchanged(version):
        return fresh
    # The outline knows when its articles end, but not those that no list shows.
    until = shown.expire_at if isinstance(shown, Article) else None
    return kept_page(version, make, on_read=lambda: record_view(shown, outline), until=until)


def render_article(
    shown: Article, lang: str, *, is_fallback: bool, query: str, voted: str | None = None
) -> str:
    """Return the page of an article; *voted* puts the thanks in the place of the question."""
    site, outline, around = current_site(), current_outline(lang), surroundings_of(shown, lang)
    urls = {one.lang: url_for("pages.article", lang=one.lang, slug=one.slug) for one in around.translations}
    g.switcher = {other: urls.get(other) or url_for("pages.article", lang=other, slug=shown.slug) for other in site.languages}
    headings = [heading for heading in shown.headings if heading["level"] in (2, 3) and not heading.get("tab")]
    here = absolute("pages.article", lang=shown.lang, slug=shown.slug)
    return render_template(
        "pages/article.html",
        article=shown,
        fallback=is_fallback,
        original=find_original(db.session, site, shown),
        way=outline.way_to(shown.section),
        section_title=site.title_of(shown.section, lang),
        headings=headings if shown.toc and len(headings) >= FEWEST_HEADINGS else [],
        tags=[(slug, tag) for tag in shown.tags if (slug := tag_slug(tag)) in outline.by_tag],
        related=shown_related(around.related, outline),
        next=outline.next_after(shown.key, shown.section),
        description=shown.description,
        canonical=here,
        alternates={} if is_fallback else listed_alternates(shown, around),
        feed_url=url_for("feeds.section", lang=lang, key=shown.section) if shown.section in outline.sections else None,
        **({} if is_fallback else article_metadata(shown, outline, around, here)),
        **vote_values(shown, lang, query=query, voted=voted),
    )


def listed_alternates(shown: Article, around: Surroundings) -> dict[str, str]:
    """Return the hreflang links of an article: to its listed translations, none from or to what is in no list."""
    listed = [one for one in around.translations if not one.unlisted]
    return {} if shown.unlisted else alternates({one.lang: url_for("pages.article", lang=one.lang, slug=one.slug) for one in listed})


def article_metadata(shown: Article, outline: Outline, around: Surroundings, here: str) -> dict:
    """Return what programs read of an article's page."""
    crumbs = [*crumbs_to(outline, shown.section), (shown.title, here)]
    nodes = metadata.article_nodes(shown, outline.site, url=here, crumbs=crumbs, changed=around.changed)
    section = crumbs[-2][0] if len(crumbs) > 2 else ""
    card = metadata.article_card(shown, url=here, section=section, changed=around.changed)
    return {"card": card, "structured": metadata.json_block(nodes)}


def crumbs_to(outline: Outline, key: str) -> list[metadata.Crumb]:
    """Return the way from the home page to the section *key*, for programs."""
    home = (outline.site.name_in(outline.lang), absolute("pages.home", lang=outline.lang))
    return [home, *((one.title, absolute("pages.section", lang=outline.lang, key=one.key)) for one in outline.way_to(key))]


def section_urls(key: str, languages: set[str]) -> dict[str, str]:
    """Return the addresses of the section *key*, which has articles in *languages*, for all whose readers see one of them."""
    site = current_site()
    return {other: url_for("pages.section", lang=other, key=key) for other in site.languages if languages.intersection(site.chain(other))}


def state_of(outline: Outline) -> tuple:
    """Return what changes whenever lists may: the library's state, also after a backup was restored, and what has expired since."""
    return *current_state().stamp[1:], outline.until


@bp.post("/<lang:lang>/articles/<slug>/vote")
@same_site_only
def vote(lang: str, slug: str) -> ResponseReturnValue:
    """Record the vote, then show the article with thanks; a script gets the vote box alone."""
    shown = get_article(lang, slug).article
    given = request.form.get("helpful")
    if given not in ("yes", "no"):
        abort(400)
    reason, comment, query = request.form.get("reason") or None, cut_text(request.form.get("comment", ""), limit=LONGEST_COMMENT, lines=True), asked_query()
    said = {"helpful": given == "yes", "reason": reason, "comment": comment or None, "query": query or None}
    email, is_wrong = form_address() if given == "no" else (None, False)
    try:
        record_vote(shown, way=carry(carried()), read_seconds=form_seconds(), email=email, **said)
    except VoteRefused:
        abort(400)
    voted = given if not (reason or comment or email) else "noted" if given == "yes" else "noted-no"
    # What was said is kept all the same; only the address is asked for once more.
    voted = "address" if is_wrong else voted
    if request.headers.get("X-Fragment"):
        box = render_template("pages/_vote.html", article=shown, **vote_values(shown, lang, query=query, voted=voted))
        return with_visitor(make_response(box))
    page = url_for("pages.article", lang=lang, slug=slug, voted=voted, q=query or None, trail=token_on(), _anchor="vote")
    return with_visitor(redirect(page, 303))


def asked_query() -> str:
    """Return the search that led here, from the address or the form; one that is too long is cut, not refused."""
    return cut_text(request.values.get("q", ""), limit=LONGEST_QUERY)
