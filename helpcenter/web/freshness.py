"""Answering 304 before any work is done: a page's ETag names the versions it is made from, not its bytes."""

import hashlib

from flask import Response, current_app, request


def tag_of(*parts: object) -> str:
    """Return the ETag of a page that is made from *parts* (versions, language) by this version of the program."""
    whole = repr((current_app.config.get("STATIC_VERSION"), *parts))
    return hashlib.blake2s(whole.encode(), digest_size=9).hexdigest()


def unchanged(tag: str) -> Response | None:
    """Return the 304 when the browser holds the page of *tag* already, else None."""
    if not request.if_none_match.contains_weak(tag):
        return None
    return keep(Response(status=304), tag)


def keep(response: Response, tag: str) -> Response:
    """Return *response* so that anyone may keep it, and asks again whether *tag* still holds."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    return response
