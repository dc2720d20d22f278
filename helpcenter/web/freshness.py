"""Answering before any work is done: a page's ETag names the versions it is made from, not its bytes.

So a browser that holds the page gets a 304, and a process that has made the page sends it again, without rendering it.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from flask import Response, current_app, g, request

from helpcenter.web.static import takes_gzip

KEPT_PAGES = "kept_pages"
HTML_TYPE = "text/html; charset=utf-8"
MOST_KEPT_BYTES = 8 * 1024 * 1024
GZIP_LEVEL = 6


class Page(NamedTuple):
    """A rendered page, plain and compressed."""

    body: bytes
    compressed: bytes

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.body) + len(self.compressed)


class KeptPages:
    """The pages that were asked for last, by tag, as many as fit into *most* bytes."""

    def __init__(self, most: int = MOST_KEPT_BYTES) -> None:
        self.most = most
        self.size = 0
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> Page | None:
        """Return the page of *tag*, when it is kept."""
        with self._lock:
            if tag in self._pages:
                self._pages.move_to_end(tag)
            return self._pages.get(tag)

    def put(self, tag: str, page: Page) -> Page:
        """Keep *page* as that of *tag*, and return it."""
        with self._lock:
            before = self._pages.pop(tag, None)
            self._pages[tag] = page
            self.size += page.size - (before.size if before else 0)
            while self.size > self.most:
                self.size -= self._pages.popitem(last=False)[1].size
        return page


def tag_of(*parts: object) -> str:
    """Return the ETag of a page that is made from *parts* (versions, language) by this version of the program."""
    whole = repr((current_app.config.get("STATIC_VERSION"), *parts))
    return hashlib.blake2s(whole.encode(), digest_size=9).hexdigest()


def unchanged(tag: str) -> Response | None:
    """Return the 304 when the browser holds the page of *tag* already, else None."""
    if not request.if_none_match.contains_weak(tag):
        return None
    response = keep(Response(status=304), tag)
    response.vary.add("Accept-Encoding")
    return response


def keep(response: Response, tag: str) -> Response:
    """Return *response* so that anyone may keep it, and asks again whether *tag* still holds."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def kept_page(tag: str, make: Callable[[], str], content_type: str = HTML_TYPE) -> Response:
    """Return the page of *tag*, compressed for who takes it; *make* renders it when this process has not kept it.

    The page holds no secret, so that its length tells nobody anything.
    """
    if g.get("carried_on"):
        # Its links lead one visit on, and nobody else's.
        return Response(make(), content_type=content_type, headers={"Cache-Control": "private, no-cache"})
    pages: KeptPages = current_app.extensions.setdefault(KEPT_PAGES, KeptPages())
    page = None if "preview" in current_app.extensions else pages.get(tag)
    if page is None:
        body = make().encode()
        page = pages.put(tag, Page(body, gzip.compress(body, GZIP_LEVEL, mtime=0)))
    compressed = takes_gzip()
    response = Response(page.compressed if compressed else page.body, content_type=content_type)
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return keep(response, tag)
