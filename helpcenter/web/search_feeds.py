"""Search results for programs: an Atom feed (RFC 4287), and the OpenSearch 1.1 description of our search."""

from collections.abc import Iterable
from datetime import date
from xml.etree import ElementTree as xml

from flask import url_for

from helpcenter.language.messages import gettext
from helpcenter.search.engine import Hit
from helpcenter.web.services import services

ATOM = "http://www.w3.org/2005/Atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
ATOM_TYPE, OPENSEARCH_TYPE = "application/atom+xml", "application/opensearchdescription+xml"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# The specification allows no longer one.
LONGEST_SHORT_NAME = 16


def add(parent: xml.Element, name: str, text: str | None = None, **attributes: str) -> xml.Element:
    """Add the element *name* to *parent*, and return it."""
    element = xml.SubElement(parent, name, attributes)
    element.text = text
    return element


def moment(day: date) -> str:
    """Return the first moment of *day* as Atom writes it."""
    return f"{day.isoformat()}T00:00:00Z"


def atom_feed(hits: Iterable[Hit], *, title: str, lang: str, address: str, page: str, today: date) -> bytes:
    """Return *hits* as a feed that is at *address*, and as a page for people at *page*."""
    hits = list(hits)
    feed = xml.Element("feed", {"xmlns": ATOM, XML_LANG: lang})
    add(feed, "id", address)
    add(feed, "title", title)
    add(feed, "updated", moment(max((hit.updated for hit in hits if hit.updated), default=today)))
    add(add(feed, "author"), "name", title.partition(": ")[0])
    add(feed, "link", rel="self", type=ATOM_TYPE, href=address)
    add(feed, "link", rel="alternate", type="text/html", href=page)
    for hit in hits:
        add_entry(feed, hit, today)
    return written(feed)


def add_entry(feed: xml.Element, hit: Hit, today: date) -> None:
    """Add *hit* to *feed*."""
    address = services().base_url + url_for("pages.article", lang=hit.lang, slug=hit.slug)
    entry = add(feed, "entry")
    add(entry, "id", address)
    add(entry, "title", hit.title)
    add(entry, "updated", moment(hit.updated or today))
    add(entry, "link", rel="alternate", type="text/html", hreflang=hit.lang, href=address)
    for tag in hit.tags:
        add(entry, "category", term=tag)
    if hit.snippet:
        add(entry, "summary", hit.snippet.striptags())


def search_description(name: str, lang: str) -> bytes:
    """Return how to search the site *name* in *lang*."""
    base = services().base_url
    root = xml.Element("OpenSearchDescription", {"xmlns": OPENSEARCH})
    add(root, "ShortName", name[:LONGEST_SHORT_NAME])
    add(root, "Description", f"{name}: {gettext(lang, 'Search the help center')}")
    for kind, endpoint in (("text/html", "searching.results"), (ATOM_TYPE, "searching.feed")):
        add(root, "Url", type=kind, template=f"{base}{url_for(endpoint, lang=lang)}?q={{searchTerms}}")
    add(root, "Url", type=OPENSEARCH_TYPE, rel="self", template=base + url_for("searching.description", lang=lang))
    add(root, "Language", lang)
    add(root, "InputEncoding", "UTF-8")
    return written(root)


def written(root: xml.Element) -> bytes:
    """Return *root* as a document."""
    return xml.tostring(root, encoding="utf-8", xml_declaration=True)
