"""An Atom feed (RFC 4287) of articles, newest first."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree import ElementTree as xml

from helpcenter.content.models import Article
from helpcenter.web.search_feeds import ATOM, ATOM_TYPE, XML_LANG, add, written

__all__ = ["ATOM_TYPE", "Entry", "absolute_links", "articles_feed", "entry_id"]

# An opening tag of sanitised HTML: attributes stand in double quotes, and no text has a "<".
TAG = re.compile(r'<[a-z][a-z0-9]*(?:\s+[a-z][a-z0-9:-]*(?:="[^"]*")?)*\s*/?>')
ADDRESS = re.compile(r'(\s(?:href|src|poster)=")(/(?!/)|#)')
# What XML 1.0 cannot hold, however it is written.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One article of a feed: its row, address, lasting name, and when it changed."""

    article: Article
    url: str
    id: str
    changed: date | datetime


def entry_id(first_address: str) -> str:
    """Return the name by which feed readers know an article for ever: made from the first address it had."""
    return uuid.uuid5(uuid.NAMESPACE_URL, first_address).urn


def articles_feed(entries: Iterable[Entry], *, title: str, author: str, lang: str, address: str, page: str, changed: datetime) -> bytes:
    """Return *entries* as a feed that is at *address*, and as a page for people at *page*; *changed* when it is empty."""
    entries = list(entries)
    feed = xml.Element("feed", {"xmlns": ATOM, XML_LANG: lang})
    add(feed, "id", address)
    add(feed, "title", clean(title))
    add(feed, "updated", moment(max((as_moment(entry.changed) for entry in entries), default=changed)))
    add(add(feed, "author"), "name", clean(author))
    add(feed, "link", rel="self", type=ATOM_TYPE, href=address)
    add(feed, "link", rel="alternate", type="text/html", hreflang=lang, href=page)
    for entry in entries:
        add_entry(feed, entry)
    return written(feed)


def add_entry(feed: xml.Element, entry: Entry) -> None:
    """Add an article to *feed*, with its whole text."""
    article = entry.article
    element = add(feed, "entry")
    add(element, "id", entry.id)
    add(element, "title", clean(article.title))
    add(element, "published", moment(min(article.first_published_at, as_moment(entry.changed))))
    add(element, "updated", moment(entry.changed))
    add(element, "link", rel="alternate", type="text/html", hreflang=article.lang, href=entry.url)
    for tag in article.tags:
        add(element, "category", term=clean(tag))
    if article.description:
        add(element, "summary", clean(article.description))
    add(element, "content", clean(absolute_links(article.html, entry.url)), type="html")


def absolute_links(html: str, page: str) -> str:
    """Return the sanitised *html* of the article at *page* with absolute addresses.

    >>> absolute_links('<a href="/en/chat">"href="/x</a> <a href="#b">', "https://h.example/en/articles/a")
    '<a href="https://h.example/en/chat">"href="/x</a> <a href="https://h.example/en/articles/a#b">'
    """
    base = "/".join(page.split("/")[:3])

    def complete(address: re.Match) -> str:
        return address.group(1) + (f"{base}/" if address.group(2) == "/" else f"{page}#")

    return TAG.sub(lambda tag: ADDRESS.sub(complete, tag.group()), html)


def clean(text: str) -> str:
    """Return *text* without characters that no XML document may have."""
    return NOT_XML.sub("", text)


def moment(changed: date | datetime) -> str:
    """Return a moment as Atom writes it."""
    return as_moment(changed).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_moment(changed: date | datetime) -> datetime:
    """Return *changed* as a moment in UTC; a day begins at midnight."""
    if isinstance(changed, datetime):
        return changed.astimezone(UTC)
    return datetime(changed.year, changed.month, changed.day, tzinfo=UTC)
