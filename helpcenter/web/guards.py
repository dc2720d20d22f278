"""What is answered at all: addresses that can name something, and forms of this site or of programs that are no browser."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from flask import abort, request

from helpcenter.web.services import services


def refuse_nul() -> None:
    """Answer 404 for an address with a NUL: nothing has such a name, and PostgreSQL does not even take the question."""
    if "\0" in request.path:
        abort(404)


def is_cross_site() -> bool:
    """Return whether a browser sent this request from another site's page.

    Every browser in use sends `Sec-Fetch-Site`, or at least `Origin`, with a form post; a program that sends neither
    carries nobody's cookies.
    """
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and _host(origin) not in (request.host, _host(services().base_url))


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def same_site_only(view: Callable) -> Callable:
    """Refuse with 403 what another site's page sends to *view*."""

    @wraps(view)
    def guarded(*args, **kwargs):
        if is_cross_site():
            abort(403)
        return view(*args, **kwargs)

    return guarded
