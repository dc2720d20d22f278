"""Security and caching headers, by one table of routes. A route that is not in the table gets the strictest."""

from dataclasses import dataclass
from functools import lru_cache

from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from helpcenter.web.locale import current_site

NOBODY, SELF = "'none'", "'self'"


@dataclass(frozen=True)
class Policy:
    """Which pages may frame an answer, whether it may be kept by others, and whether search engines may list it."""

    frame_ancestors: str = NOBODY
    private: bool = True
    indexed: bool = False


PRIVATE = Policy()
PAGE = Policy(frame_ancestors=SELF, private=False, indexed=True)
UNLISTED = Policy(frame_ancestors=SELF, private=False)
WIDGET = Policy(frame_ancestors="widget", private=False)

# Endpoint, or the blueprint it belongs to -> policy.
POLICIES = {
    "pages": PAGE,
    "pages.vote": PRIVATE,
    "searching": UNLISTED,
    "chatting": Policy(frame_ancestors=SELF),
    "chat_elsewhere": PRIVATE,
    "contact": Policy(frame_ancestors=SELF),
    "status": PRIVATE,
    "privacy": PAGE,
    "staff": PRIVATE,
    "staff_account": PRIVATE,
    "staff_entering": PRIVATE,
    "staff_people": PRIVATE,
    "staff_gaps": PRIVATE,
    "staff_insights": PRIVATE,
    "staff_provider": PRIVATE,
    "staff_replay": PRIVATE,
    "staff_articles": PRIVATE,
    "staff_bot": PRIVATE,
    "staff_editor": PRIVATE,
    "staff_writing": PRIVATE,
    "staff_rules": PRIVATE,
    "staff_translating": PRIVATE,
    "staff_reviews": PRIVATE,
    "staff_reviews.preview": Policy(frame_ancestors=SELF),
    "staff_editor.preview": Policy(frame_ancestors=SELF),
    "staff_inbox": PRIVATE,
    "staff_requests": PRIVATE,
    "staff_feedback": PRIVATE,
    "staff_surveys": PRIVATE,
    "surveys": PRIVATE,
    "surveys.block": Policy(frame_ancestors="widget"),
    "surveys.answer_block": Policy(frame_ancestors="widget"),
    "staff_mail": PRIVATE,
    "staff_mail.html": Policy(frame_ancestors=SELF),
    "mail_hook": PRIVATE,
    "staff_demo": PRIVATE,
    "staff_demo.page": Policy(frame_ancestors=SELF),
    "staff_style": PRIVATE,
    "widget": WIDGET,
    "widget_contact": Policy(frame_ancestors="widget"),
    "assets": UNLISTED,
    "feeds": UNLISTED,
    "static": UNLISTED,
    "health": PRIVATE,
    "api": PRIVATE,
    "api.search": UNLISTED,
    "api.suggest": UNLISTED,
}

ARTICLES = frozenset({"pages.article", "widget.article"})
PLAYERS = {"youtube.com": "https://www.youtube-nocookie.com", "vimeo.com": "https://player.vimeo.com"}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self';"
    " frame-src {frames}; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors {ancestors}"
)


def policy_of(endpoint: str | None) -> Policy:
    """Return the policy of *endpoint*: its own, else its blueprint's, else the strictest."""
    endpoint = endpoint or ""
    return POLICIES.get(endpoint) or POLICIES.get(endpoint.split(".")[0], PRIVATE)


def add_headers(response: Response) -> Response:
    """Return *response* with the headers of its route; what a view has set on purpose stays, and a 304 leaves all as it was."""
    if response.status_code == 304 or "answered_at_once" in g:
        return response
    policy, is_error = policy_of(request.endpoint), response.status_code >= 400
    headers = response.headers
    wanted = route_headers(policy, _ancestors(policy), _frames(), is_error=is_error)
    headers.extend([(name, value) for name, value in wanted if name not in headers])
    if policy.private or is_error:
        headers["Cache-Control"] = "private, no-store"
    return response


@lru_cache(maxsize=256)
def route_headers(policy: Policy, ancestors: str, frames: str, *, is_error: bool) -> tuple[tuple[str, str], ...]:
    """Return the headers of a route with *policy*, framed by *ancestors* and framing *frames*."""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.format(ancestors=ancestors, frames=frames),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer" if policy.private else "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    }
    if policy.frame_ancestors == NOBODY:
        headers["X-Frame-Options"] = "DENY"
    if not policy.indexed or is_error:
        headers["X-Robots-Tag"] = "noindex"
    return tuple(headers.items())


def _frames() -> str:
    """Return what a page may frame: an article also the video players that site.yaml allows."""
    if request.endpoint not in ARTICLES:
        return SELF
    try:
        return " ".join([SELF, *(PLAYERS[host] for host in current_site().video_hosts)])
    except SQLAlchemyError:
        return SELF


def _ancestors(policy: Policy) -> str:
    if policy.frame_ancestors != "widget":
        return policy.frame_ancestors
    try:
        return " ".join([SELF, *current_site().widget_origins])
    except SQLAlchemyError:
        # Without a database the answer is an error already; it must not lose its headers and its number as well.
        return SELF
