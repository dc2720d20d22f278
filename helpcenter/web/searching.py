"""The page of search results, the same as a feed, and what browsers need to search here from their address bar."""

from dataclasses import dataclass, replace

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.content.outline import SectionCount
from helpcenter.language.cleaning import cut_text
from helpcenter.search.engine import Hit, Results
from helpcenter.search.nearness import nearest_texts
from helpcenter.storage.columns import utcnow
from helpcenter.web.carrying import carry, carry_from_article
from helpcenter.web.locale import current_outline, current_site, known_language
from helpcenter.web.promoting import PromotedAnswer, promoted_answers, target_of
from helpcenter.web.recording import record_pick, record_search
from helpcenter.web.search_feeds import ATOM_TYPE, OPENSEARCH_TYPE, atom_feed, search_description
from helpcenter.web.services import services

bp = Blueprint("searching", __name__)

LONGEST_QUERY = 200
LONGEST_FILTER = 80
HITS_A_PAGE = 10
MOST_PAGES = 100
MOST_POPULAR = 5
MOST_SECTIONS = 3
HITS_A_LANGUAGE = 3
ALL = "all"


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a query in the language of the page, and filters.

    `within` is the language to search, when it is not the page's, or "all".
    """

    query: str
    lang: str
    page: int = 1
    section: str | None = None
    tag: str | None = None
    within: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether not every article may be found."""
        return bool(self.section or self.tag or self.within)

    @property
    def searched(self) -> str:
        """The language that is searched first."""
        return self.lang if self.within in (None, ALL) else self.within

    def address(self, endpoint: str = "searching.results", **changes: object) -> str:
        """Return the address of these results with *changes*."""
        kept = {"q": self.query or None, "section": self.section, "tag": self.tag, "in": self.within}
        return url_for(endpoint, **{"lang": self.lang, **kept, **changes})


@bp.get("/<lang:lang>/search")
def results(lang: str) -> ResponseReturnValue:
    """Show the articles that answer `q`, or what to do when none does."""
    asked = read_asked(lang)
    g.switcher = {other: replace(asked, tag=None).address(lang=other) for other in current_site().languages}
    target = None if asked.is_filtered or asked.page > 1 else target_of(asked.query, lang)
    if target and target.startswith("/"):
        return redirect(target)
    found, promoted = search_filtered(asked), [] if asked.is_filtered or asked.page > 1 else promoted_answers(asked.query, lang)
    if asked.page > 1 and not found.hits:
        return redirect(asked.address())
    carry(carry_from_article().after_search(asked.query, found.total))
    answer = unlisted(make_response(render(asked, without(found, promoted), promoted, target)))
    if asked.page == 1 and not asked.is_filtered:
        record_search(asked.query, lang, hits=found.total, corrected=found.corrected)
        record_pick(asked.query, lang)
    return answer


def render(asked: Asked, found: Results, promoted: list[PromotedAnswer], target: str | None) -> str:
    """Return the page of results."""
    site, has_none = current_site(), not (found.hits or promoted or found.other_languages)
    sections = list(current_outline(asked.lang).sections.values())
    return render_template(
        "searching/results.html",
        asked=asked,
        query=asked.query,
        results=found,
        promoted=promoted,
        target=target,
        sections=sections,
        tags=offered_tags(asked, found),
        total=counted(asked, found, promoted),
        first=(asked.page - 1) * HITS_A_PAGE + 1,
        section_title=lambda key: site.title_of(key, asked.lang) if key else "",
        nearest=nearest_sections(asked.query, sections) if has_none and asked.query else [],
        popular=services().popular_articles.of(current_outline(asked.lang))[:MOST_POPULAR] if has_none else [],
        page=asked.page,
        pages=min(-(-found.total // HITS_A_PAGE), MOST_PAGES),
    )


def counted(asked: Asked, found: Results, promoted: list[PromotedAnswer]) -> int:
    """Return how many results the page speaks of: those of other languages count where they were asked for, or are all there is."""
    total = found.total or len(promoted)
    return total + len(found.other_languages) if asked.within == ALL or not total else total


def without(found: Results, promoted: list[PromotedAnswer]) -> Results:
    """Return *found* without the hits that stand above it as promoted answers."""
    above = {one.key for one in promoted}
    return replace(found, hits=tuple(hit for hit in found.hits if hit.key not in above)) if above else found


def search(query: str, lang: str, page: int) -> Results:
    """Return one page of results without filters; nothing was asked, nothing is found."""
    return search_filtered(Asked(query, lang, page))


def search_filtered(asked: Asked) -> Results:
    """Return one page of results."""
    if not asked.query:
        return Results("", asked.lang)
    found = services().engine.search(
        asked.query,
        asked.searched,
        limit=HITS_A_PAGE,
        offset=(asked.page - 1) * HITS_A_PAGE,
        section=asked.section,
        tag=asked.tag,
        languages=() if asked.is_filtered else current_site().chain(asked.lang),
    )
    return replace(found, other_languages=in_every_language(asked)) if asked.within == ALL else found


def in_every_language(asked: Asked) -> tuple[Hit, ...]:
    """Return the best hits of every other language of the site."""
    others = [lang for lang in current_site().languages if lang != asked.lang]
    searches = (
        services().engine.search(asked.query, lang, limit=HITS_A_LANGUAGE, section=asked.section, tag=asked.tag) for lang in others
    )
    return tuple(hit for found in searches for hit in found.hits)


def offered_tags(asked: Asked, found: Results) -> list[str]:
    """Return the tags to filter by: those of the hits in sight."""
    tags = [asked.tag] if asked.tag else []
    return list(dict.fromkeys([*tags, *sorted({tag for hit in found.hits for tag in hit.tags})]))


def nearest_sections(query: str, sections: list[SectionCount]) -> list[SectionCount]:
    """Return the topics whose title and description are most like *query*."""
    best = nearest_texts(query, [f"{section.title} {section.description}" for section in sections])
    return [sections[number] for number in best[:MOST_SECTIONS]]


def unlisted(answer: Response) -> Response:
    """Return *answer* closed to search engines: neither listed nor followed."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@bp.get("/<lang:lang>/search.atom")
def feed(lang: str) -> ResponseReturnValue:
    """Return the articles that answer `q` as an Atom feed."""
    asked = replace(read_asked(lang), page=1)
    site_name, base = current_site().name_in(lang), services().base_url
    found = search_filtered(asked)
    document = atom_feed(
        [*found.hits, *(found.other_languages if asked.within == ALL else ())],
        title=f"{site_name}: {asked.query}" if asked.query else site_name,
        lang=lang,
        address=base + asked.address("searching.feed"),
        page=base + asked.address(),
        today=utcnow().date(),
    )
    return unlisted(Response(document, content_type=ATOM_TYPE))


@bp.get("/<lang:lang>/opensearch.xml")
def description(lang: str) -> ResponseReturnValue:
    """Return the OpenSearch description, by which a browser offers this search."""
    known_language(lang)
    return unlisted(Response(search_description(current_site().name_in(lang), lang), content_type=OPENSEARCH_TYPE))


def read_asked(lang: str) -> Asked:
    """Return what the address asks for in *lang*; a filter that cannot be is none."""
    site = current_site()
    known_language(lang)
    within = one_of([*site.languages, ALL], "in")
    return Asked(
        query=asked_query(),
        lang=lang,
        page=asked_page(),
        section=one_of(list(current_outline(lang).sections), "section"),
        tag=cut_text(request.args.get("tag", ""), limit=LONGEST_FILTER) or None,
        within=within if within != lang else None,
    )


def one_of(known: list[str], name: str) -> str | None:
    """Return the parameter *name* when it is *known*."""
    given = request.args.get(name)
    return given if given in known else None


def asked_query() -> str:
    """Return `q`, cleaned; what is too long is cut, so that a pasted letter still finds something."""
    return cut_text(request.args.get("q", ""), limit=LONGEST_QUERY)


def asked_page() -> int:
    """Return `page`, 1 for anything that is none."""
    given = request.args.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 1
    return min(max(number, 1), MOST_PAGES)
