"""Answering before any work is done: a page's ETag names the versions it is made from, not its bytes.

So a browser that holds the page gets a 304, and a process that has made the page sends it again, without rendering it.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from time import time
from typing import Any, NamedTuple

from flask import Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import Headers

from helpcenter.storage.columns import utcnow
from helpcenter.web.headers import add_headers
from helpcenter.web.locale import current_outline, current_state
from helpcenter.web.services import services
from helpcenter.web.static import takes_gzip

KEPT_PAGES = "kept_pages"
HTML_TYPE = "text/html; charset=utf-8"
MOST_KEPT_BYTES = 8 * 1024 * 1024
GZIP_LEVEL = 6
MOST_ADDRESSES = 4_000
REVALIDATED = "public, no-cache"


class Complete(Response):
    """An answer whose headers need nothing more: no address in them is to be made absolute, and the length is known."""

    def get_wsgi_headers(self, environ: dict) -> Headers:
        """Return the headers as they are."""
        return self.headers


class Page(NamedTuple):
    """A rendered page, plain and compressed."""

    body: bytes
    compressed: bytes

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.body) + len(self.compressed)


class Ready(NamedTuple):
    """All that answers an address as long as its page is made from the same."""

    basis: tuple[Any, ...]
    until: datetime | None
    """When an article expires, so that lists are others."""
    tag: str
    headers: list[tuple[str, str]]
    on_read: Callable[[], None] | None


class KeptPages:
    """The pages that were asked for last, by tag, as many as fit into *most* bytes."""

    def __init__(self, most: int = MOST_KEPT_BYTES) -> None:
        self.most = most
        self.size = 0
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._ready: dict[str, Ready] = {}
        self._lock = threading.Lock()

    def get(self, tag: str) -> Page | None:
        """Return the page of *tag*, when it is kept."""
        with self._lock:
            if tag in self._pages:
                self._pages.move_to_end(tag)
            return self._pages.get(tag)

    def ready(self, address: str) -> "Ready | None":
        """Return what is ready for *address*, which may no longer hold."""
        return self._ready.get(address)

    def make_ready(self, address: str, ready: "Ready") -> None:
        """Have *ready* for *address* from now on."""
        with self._lock:
            if len(self._ready) >= MOST_ADDRESSES:
                self._ready.clear()
            self._ready[address] = ready

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
    if "If-None-Match" not in request.headers or not request.if_none_match.contains_weak(tag):
        return None
    return Complete(status=304, headers=[("ETag", f'W/"{tag}"'), ("Cache-Control", REVALIDATED), ("Vary", "Accept-Encoding")])


def keep(response: Response, tag: str) -> Response:
    """Return *response* so that anyone may keep it, and asks again whether *tag* still holds."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = REVALIDATED
    return response


def kept_page(
    tag: str, make: Callable[[], str], content_type: str = HTML_TYPE, *, on_read: Callable[[], None] | None = None, until: datetime | None = None
) -> Response:  # fmt: skip
    """Return the page of *tag*, compressed for who takes it; *make* renders it when this process has not kept it.

    The page holds no secret, so that its length tells nobody anything. *on_read* is called whenever somebody gets it. *until* is
    when it ends, if that is before anything in the outline does.
    """
    if g.get("carried_on"):
        # Its links lead one visit on, and nobody else's.
        return Response(make(), content_type=content_type, headers={"Cache-Control": "private, no-cache"})
    page = None if "preview" in current_app.extensions else kept_pages().get(tag)
    if page is None:
        body = make().encode()
        page = kept_pages().put(tag, Page(body, gzip.compress(body, GZIP_LEVEL, mtime=0)))
    if on_read:
        on_read()
    g.kept_page = (tag, on_read, until)
    compressed = takes_gzip()
    response = Response(page.compressed if compressed else page.body, content_type=content_type)
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return keep(response, tag)


def kept_pages() -> KeptPages:
    """Return the pages that this process has kept."""
    return current_app.extensions.setdefault(KEPT_PAGES, KeptPages())


def answered_at_once(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Let *view* be asked only when something may have changed since it last answered this very address.

    For pages in one language that are made from nothing but the library, the index, the static files and the minute, and that
    `kept_page` answers. One query tells whether they still hold; an address with a query is always the view's.
    """

    @wraps(view)
    def answered(lang: str, **values: str) -> ResponseReturnValue:
        if request.query_string or "preview" in current_app.extensions:
            return view(lang=lang, **values)
        # Opening hours and the words for them change with a minute.
        basis = (current_state().stamp, services().index.revision, int(time() // 60))
        ready = kept_pages().ready(request.path)
        if ready and ready.basis == basis and (ready.until is None or utcnow() < ready.until) and (answer := answer_ready(ready)):
            return answer
        answer = view(lang=lang, **values)
        if "kept_page" in g:
            tag, on_read, until = g.kept_page
            ends = min((one for one in (until, current_outline(lang).until) if one), default=None)
            held = [*add_headers(answer).headers.items()]
            headers = [(name, value) for name, value in held if name not in ("Content-Encoding", "Content-Length")]
            kept_pages().make_ready(request.path, Ready(basis, ends, tag, headers, on_read))
        return answer

    return answered


def answer_ready(ready: Ready) -> Response | None:
    """Return the answer that is *ready*, None when its page was forgotten."""
    if fresh := unchanged(ready.tag):
        return fresh
    page = kept_pages().get(ready.tag)
    if page is None:
        return None
    if ready.on_read:
        ready.on_read()
    g.answered_at_once = True
    if takes_gzip():
        return Complete(page.compressed, headers=[*ready.headers, ("Content-Encoding", "gzip")])
    return Complete(page.body, headers=ready.headers)

