"""Limits on what one address may do without an account. The table is the documentation."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import count_up
from helpcenter.web.services import services

HOUR, DAY = 3600, 24 * 3600


@dataclass(frozen=True)
class Limit:
    """At most *count* in *window_seconds*."""

    count: int
    window_seconds: int


LIMITS = {
    "chat-start": Limit(20, HOUR),
    "chat-message": Limit(30, 60),
    "request": Limit(10, DAY),
    "status-link": Limit(10, HOUR),
    # Every 5 MB of files that are begun count as one.
    "files": Limit(30, HOUR),
    "transcript": Limit(5, DAY),
    "answered": Limit(30, HOUR),
    "vote": Limit(60, HOUR),
    "survey": Limit(30, HOUR),
    "staff-reset": Limit(10, HOUR),
    "staff-join": Limit(30, HOUR),
    "staff-provider": Limit(60, HOUR),
    # These two are not told: the visitor is thanked, and the vote does not count.
    "vote-visitor": Limit(10, DAY),
    "vote-article": Limit(20, DAY),
}


def limited(name: str, subject: str | None = None) -> None:
    """Count one more *name* for *subject* (the sender's address by default); answer 429 when that is too many."""
    if services().rate_limits:
        with writing() as session:
            limited_in(session, name, subject)


def limited_in(session: Session, name: str, subject: str | None = None) -> None:
    """Do what `limited` does in the transaction of *session*, where something else is written as well.

    What is refused is rolled back with its count: at the limit, everything is refused until the window is over.
    """
    if not services().rate_limits:
        return
    limit = LIMITS[name]
    counter = count_up(session, f"{name}:{subject or address_digest()}", window_seconds=limit.window_seconds)
    if counter.count > limit.count:
        wait = max(1, int((counter.ends_at - utcnow()).total_seconds()))
        raise TooManyRequests(retry_after=wait)


def is_over(session: Session, name: str, subject: str) -> bool:
    """Count one more *name* for *subject* in the transaction of *session*; return whether that is too many."""
    if not services().rate_limits:
        return False
    limit = LIMITS[name]
    return count_up(session, f"{name}:{subject}", window_seconds=limit.window_seconds).count > limit.count


def address_digest() -> str:
    """Return a keyed digest of the sender's network: the address cut to /24 or /48, so that it names no person."""
    network = cut_address(request.remote_addr or "")
    return hmac.new(services().secret_key.encode(), network.encode(), hashlib.sha256).hexdigest()[:32]


def cut_address(address: str) -> str:
    """Return the network of *address*, nothing when it is none.

    >>> cut_address("203.0.113.77")
    '203.0.113.0/24'
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    # What a socket for both versions says of an IPv4 address; cut to /48, all of them would be one network.
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))
