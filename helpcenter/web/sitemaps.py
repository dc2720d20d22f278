"""Sitemaps (sitemaps.org 0.9) with the languages of each page, as search engines read them, written piece by piece."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar
from xml.sax.saxutils import escape, quoteattr

XML_TYPE = "application/xml"
# A file may have 50,000 addresses and 50 MB. With an alternate in each of 50 languages an address takes 9 KB.
MOST_ADDRESSES = 5_000

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


T = TypeVar("T")


class Place(NamedTuple):
    """One page: its absolute address, when it last changed, and the same page by hreflang."""

    url: str
    changed: date | datetime | None
    alternates: Mapping[str, str]


def parts_of(pages: Sequence[T], *, most: int = MOST_ADDRESSES) -> list[Sequence[T]]:
    """Return *pages* as the files that they are spread over.

    >>> parts_of("abcde", most=2)
    ['ab', 'cd', 'e']
    """
    return [pages[start : start + most] for start in range(0, len(pages), most)]


def index_of(addresses: Iterable[tuple[str, date | datetime | None]]) -> str:
    """Return the list of all sitemaps, each with the last change of a page in it."""
    maps = "".join(f"<sitemap><loc>{escape(url)}</loc>{lastmod(changed)}</sitemap>\n" for url, changed in addresses)
    return f'{HEAD}<sitemapindex xmlns="{SITEMAPS}">\n{maps}</sitemapindex>\n'


def sitemap_of(places: Iterable[Place]) -> Iterator[str]:
    """Give the sitemap of *places*, in pieces."""
    yield f'{HEAD}<urlset xmlns="{SITEMAPS}" xmlns:xhtml="{XHTML}">\n'
    for place in places:
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(lang)} href={quoteattr(url)}/>' for lang, url in place.alternates.items()
        )
        yield f"<url><loc>{escape(place.url)}</loc>{lastmod(place.changed)}{links}</url>\n"
    yield "</urlset>\n"


def lastmod(changed: date | datetime | None) -> str:
    """Return the element that says when a page last changed, nothing when nobody knows."""
    if changed is None:
        return ""
    written = changed.isoformat(timespec="seconds") if isinstance(changed, datetime) else changed.isoformat()
    return f"<lastmod>{written}</lastmod>"
