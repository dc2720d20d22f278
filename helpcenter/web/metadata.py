"""What programs read of a page: structured data (schema.org as JSON-LD), and the card that a shared link becomes."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from babel.core import get_global
from flask import url_for
from markupsafe import Markup

from helpcenter.content.models import Article
from helpcenter.content.site import Site
from helpcenter.web.addresses import absolute
from helpcenter.web.services import services
from helpcenter.web.theme import logo_url

CONTEXT = "https://schema.org"
LONGEST_HEADLINE = 110
LONGEST_ANSWER = 2_000
# A page of one question is an article; so many make it a list of questions and answers.
FEWEST_QUESTIONS = 2
QUESTION_MARKS = ("?", "？", "؟", "\u037e")
IMAGE = re.compile(r'<img [^>]*?src="(/[^"]+)"')
# Programs that show cards take pictures of dots, not drawings.
DRAWING = re.compile(r"\.svg(?:\?|\Z)")
# What could end a script element, begin a comment in it, or end a line of it.
ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}

Crumb = tuple[str, str]  # name, absolute address


@dataclass(frozen=True)
class Card:
    """A page as Open Graph and Twitter tell it."""

    kind: str
    title: str
    description: str
    url: str
    image: str
    published: str = ""
    modified: str = ""
    section: str = ""
    tags: Sequence[str] = ()


def json_block(nodes: Iterable[dict]) -> Markup:
    """Return *nodes* as the text of a JSON-LD script element, which nothing in them can end.

    >>> json_block([{"name": "</script>"}])
    Markup('{"@context":"https://schema.org","@graph":[{"name":"\\\\u003c/script\\\\u003e"}]}')
    """
    document = {"@context": CONTEXT, "@graph": list(nodes)}
    return Markup(json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES))


def breadcrumbs(crumbs: Sequence[Crumb]) -> dict:
    """Return the way to a page, the page itself last."""
    items = [{"@type": "ListItem", "position": place, "name": name, "item": url} for place, (name, url) in enumerate(crumbs, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def organization(site: Site, lang: str) -> dict:
    """Return who publishes the library."""
    base = services().base_url
    return {"@type": "Organization", "@id": f"{base}/#organization", "name": site.name_in(lang), "url": f"{base}/", "logo": base + logo_url()}


def website(site: Site, lang: str) -> dict:
    """Return the site, and how it is searched."""
    template = services().base_url + url_for("searching.results", lang=lang) + "?q={search_term_string}"
    return {
        "@type": "WebSite",
        "name": site.name_in(lang),
        "url": absolute("pages.home", lang=lang),
        "inLanguage": lang,
        "publisher": {"@id": f"{services().base_url}/#organization"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": template},
            "query-input": "required name=search_term_string",
        },
    }


def article_nodes(shown: Article, site: Site, *, url: str, crumbs: Sequence[Crumb], changed: date | datetime) -> list[dict]:
    """Return the nodes of an article's page: the article, the way to it, and its questions where it has some."""
    publisher = organization(site, shown.lang)
    node = {
        "@type": "Article",
        "headline": shown.title[:LONGEST_HEADLINE],
        "description": shown.description or None,
        "url": url,
        "mainEntityOfPage": url,
        "inLanguage": shown.lang,
        "image": first_image(shown.html),
        "datePublished": moment(min(as_moment(changed), shown.first_published_at)),
        "dateModified": moment(changed),
        "author": publisher,
        "publisher": {"@id": publisher["@id"]},
        "articleSection": [name for name, _ in crumbs[1:-1]] or None,
        "keywords": list(shown.tags) or None,
    }
    nodes = [{name: value for name, value in node.items() if value is not None}, breadcrumbs(crumbs)]
    questions = questions_of(shown)
    if len(questions) >= FEWEST_QUESTIONS:
        nodes.append({"@type": "FAQPage", "inLanguage": shown.lang, "mainEntity": [question(*pair) for pair in questions]})
    return nodes


def question(name: str, answer: str) -> dict:
    """Return a question and its answer."""
    return {"@type": "Question", "name": name, "acceptedAnswer": {"@type": "Answer", "text": answer}}


def questions_of(shown: Article) -> list[tuple[str, str]]:
    """Return the second-level headings that are questions, each with the text below it; those without text are left out."""
    tops = [heading for heading in shown.headings if heading["level"] <= 2]
    ends = [*(heading["start"] for heading in tops[1:]), len(shown.body_text)] if tops else []
    found = []
    for heading, end in zip(tops, ends, strict=True):
        name = str(heading["text"]).strip()
        if heading["level"] == 2 and name.endswith(QUESTION_MARKS):
            answer = " ".join(shown.body_text[heading["start"] : end].split()).removeprefix(" ".join(name.split())).strip()
            if answer:
                found.append((name, answer[:LONGEST_ANSWER]))
    return found


def first_image(html: str) -> str | None:
    """Return the absolute address of the first picture that programs can show, else of the first drawing."""
    images = IMAGE.findall(html)
    best = next((image for image in images if not DRAWING.search(image)), images[0] if images else None)
    return services().base_url + Markup(best).unescape() if best else None


def article_card(shown: Article, *, url: str, section: str, changed: date | datetime) -> Card:
    """Return the card of an article."""
    return Card(
        kind="article",
        title=shown.title,
        description=shown.description,
        url=url,
        image=first_image(shown.html) or services().base_url + logo_url(),
        published=moment(min(as_moment(changed), shown.first_published_at)),
        modified=moment(changed),
        section=section,
        tags=tuple(shown.tags),
    )


def website_card(title: str, description: str, url: str) -> Card:
    """Return the card of a page that is no article."""
    return Card("website", title, description, url, services().base_url + logo_url())


def moment(changed: date | datetime) -> str:
    """Return a day, or a moment to the second, as ISO 8601 writes it."""
    return changed.isoformat(timespec="seconds") if isinstance(changed, datetime) else changed.isoformat()


def as_moment(changed: date | datetime) -> datetime:
    """Return *changed* as a moment; a day begins at midnight in UTC."""
    return changed if isinstance(changed, datetime) else datetime(changed.year, changed.month, changed.day, tzinfo=UTC)


def territory_locale(lang: str) -> str:
    """Return *lang* as Open Graph names it, with the country where most of its readers are.

    >>> territory_locale("lv"), territory_locale("kk"), territory_locale("pt-br")
    ('lv_LV', 'kk_KZ', 'pt_BR')
    """
    language, _, rest = lang.partition("-")
    if len(rest) == 2:
        return f"{language}_{rest.upper()}"
    likely = get_global("likely_subtags").get(language, "").split("_")
    return f"{language}_{likely[-1]}" if len(likely) > 1 else language
