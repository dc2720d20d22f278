"""Who a visitor is, once they have done something on purpose: a random name in a signed cookie, never an address."""

import hashlib
import secrets

from flask import Response, g, request
from itsdangerous import BadData

from helpcenter.web.services import services

COOKIE = "hc_visitor"
LIFETIME_SECONDS = 180 * 24 * 3600
PURPOSE = "visitor"


def visitor_id() -> str | None:
    """Return the digest that stands for this visitor in the database, None before their first deliberate act."""
    name = g.get("visitor_name") or _name_in(request.cookies.get(COOKIE, ""))
    return _digest(name) if name else None


def ensure_visitor() -> str:
    """Return the visitor's digest, naming them first if they are new. Call `with_visitor` on the answer."""
    if visitor_id() is None:
        g.visitor_name = secrets.token_urlsafe(16)
    return visitor_id()


def with_visitor(response: Response) -> Response:
    """Return *response* with the visitor's cookie, if they were named in this request."""
    if name := g.get("visitor_name"):
        response.set_cookie(
            COOKIE,
            services().sign(PURPOSE).dumps(name),
            max_age=LIFETIME_SECONDS,
            httponly=True,
            secure=request.is_secure,
            **_place(),
        )
    return response


def _place() -> dict[str, object]:
    """Return where the cookie is sent: to our own pages, or, set in the widget on another site, back from that very site."""
    is_framed = request.is_secure and "X-Framed" in request.headers
    return {"samesite": "None", "partitioned": True} if is_framed else {"samesite": "Lax"}


def _name_in(cookie: str) -> str | None:
    try:
        return services().sign(PURPOSE).loads(cookie, max_age=LIFETIME_SECONDS)
    except BadData:
        return None


def _digest(name: str) -> str:
    return hashlib.sha256(f"visitor:{name}".encode()).hexdigest()
