"""Signed webhooks: other programs are told what happens to requests, in the form of standardwebhooks.com.

`collect` follows the events and writes one delivery for each address into a table; `deliver_due` sends what is due. A
delivery names reference, kind and state, never what was written: who may read that asks the API with a token.
"""

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Index, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpcenter.mail.outbox import wait_before
from helpcenter.storage import db, writing
from helpcenter.storage.columns import UTCDateTime, utcnow
from helpcenter.storage.tokens import new_token
from helpcenter.support import calling_out
from helpcenter.support.calling_out import Answer, CallRefused
from helpcenter.support.models import SupportEvent, SupportRequest
from helpcenter.support.streams import next_events

STREAM = "webhooks"
PREFIX = "whsec_"
MOST_ATTEMPTS = 10
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)
MOST_AT_ONCE = 100

log = structlog.get_logger(__name__)


class WebhookDelivery(db.Model):
    """One event on its way to one address."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index(None, "state", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # The same for every try, so that the receiver can tell a repetition.
    webhook_id: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(500), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    # queued, delivered or failed.
    state: Mapped[str] = mapped_column(String(12), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    answer: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


Post = Callable[..., Answer]


def collect(session: Session, urls: Sequence[str], *, now: datetime) -> int:
    """Write down what each of *urls* is to be told of the events since the last time; return how many deliveries."""
    count = 0
    for event in next_events(session, STREAM, now=now):
        request = session.get(SupportRequest, event.request_id)
        if request is None or request.spam:
            continue
        for url in urls:
            session.add(_delivery(event, request, url, now))
            count += 1
    return count


def _delivery(event: SupportEvent, request: SupportRequest, url: str, now: datetime) -> WebhookDelivery:
    body = {
        "type": f"request.{event.kind}",
        "timestamp": event.at.isoformat(),
        "data": {
            "event": event.id,
            "reference": request.reference,
            "state": request.state,
            "kind": request.kind,
            "priority": request.priority,
            "team": request.team,
            "lang": request.lang,
        },
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return WebhookDelivery(
        webhook_id=f"evt_{new_token()[0]}", url=url, kind=f"request.{event.kind}", body=text, created_at=now, next_try_at=now
    )


def signature(secret: str, webhook_id: str, timestamp: int, body: str) -> str:
    """Return the header `webhook-signature`: HMAC-SHA256 over id, time and body, so that no delivery can be replayed later.

    >>> signature("s" * 32, "evt_1", 1767225600, "{}")
    'v1,Qr/W28w7yfHvZ+MKxIML14b0l4xSgshq7zUEnpx1DOo='
    """
    mac = hmac.new(key_of(secret), f"{webhook_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def key_of(secret: str) -> bytes:
    """Return the key that *secret* stands for: the bytes behind `whsec_`, as other tools write them, else its letters."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        return secret.encode()


def deliver_due(secret: str, *, now: datetime, inside: Collection[str] = (), post: Post = calling_out.post) -> int:
    """Send every delivery that is due, each at most once, and return how many arrived. Opens its own transactions."""
    due = (WebhookDelivery.state == "queued", WebhookDelivery.next_try_at <= now)
    ids = db.session.scalars(select(WebhookDelivery.id).where(*due).order_by(WebhookDelivery.id).limit(MOST_AT_ONCE)).all()
    db.session.rollback()
    return sum(_deliver(delivery_id, secret, now=now, inside=inside, post=post) for delivery_id in ids)


def _deliver(delivery_id: int, secret: str, *, now: datetime, inside: Collection[str], post: Post) -> bool:
    """Claim one delivery by moving its next try, so that of several workers one sends it; send it; write what came of it."""
    mine = (WebhookDelivery.id == delivery_id, WebhookDelivery.state == "queued", WebhookDelivery.next_try_at <= now)
    with writing() as session:
        claim = update(WebhookDelivery).where(*mine).values(next_try_at=now + LEASE, attempts=WebhookDelivery.attempts + 1)
        if session.execute(claim.execution_options(synchronize_session=False)).rowcount != 1:
            return False
        delivery = session.get_one(WebhookDelivery, delivery_id)
    said, arrived = _send(delivery, secret, now=now, inside=inside, post=post)
    state = "delivered" if arrived else "failed" if delivery.attempts >= MOST_ATTEMPTS else "queued"
    values = {"state": state, "answer": said[:300], "delivered_at": now if arrived else None, "next_try_at": now + wait_before(delivery.attempts + 1)}
    with writing() as session:
        session.execute(update(WebhookDelivery).where(WebhookDelivery.id == delivery_id).values(**values))
    log.info("webhook", delivery=delivery_id, state=state, attempts=delivery.attempts)
    return arrived


def _send(delivery: WebhookDelivery, secret: str, *, now: datetime, inside: Collection[str], post: Post) -> tuple[str, bool]:
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "helpcenter",
        "webhook-id": delivery.webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, delivery.webhook_id, timestamp, delivery.body),
    }
    try:
        answer = post(delivery.url, delivery.body.encode(), headers, inside=inside)
    except (CallRefused, OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}", False
    return str(answer.status), 200 <= answer.status < 300


def retry(session: Session, delivery_id: int, *, now: datetime) -> None:
    """Try a delivery that was given up again, from the beginning."""
    given_up = (WebhookDelivery.id == delivery_id, WebhookDelivery.state == "failed")
    session.execute(update(WebhookDelivery).where(*given_up).values(state="queued", attempts=0, next_try_at=now))


def list_deliveries(session: Session, *, limit: int) -> Sequence[WebhookDelivery]:
    """Return the latest deliveries."""
    return session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def remove_old(session: Session, now: datetime) -> None:
    """Forget deliveries of more than thirty days ago."""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.state != "queued", WebhookDelivery.created_at < now - KEPT))
