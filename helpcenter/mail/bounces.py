"""What a mail server says about a mail that it could not deliver (RFC 3464)."""

from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpcenter.mail.incoming import MESSAGE_ID, IncomingMail, content_of, header_of, leaves
from helpcenter.mail.models import OutboxMail

LONGEST_REASON = 300
LARGEST_COPY = 100_000


class Bounce(NamedTuple):
    """What a report says: whether the mail is lost, why, and which mails it may be about."""

    is_final: bool
    reason: str
    message_ids: tuple[str, ...]


def read_bounce(mail: IncomingMail) -> Bounce:
    """Return what *mail*, a report, says. "It is late, and still being tried" is not final."""
    actions, reasons = [], []
    for fields in _statuses(mail.message):
        actions.append(header_of(fields, "Action").casefold())
        said = header_of(fields, "Diagnostic-Code") or header_of(fields, "Status")
        if said:
            reasons.append(said)
    is_late = bool(actions) and all(action in ("delayed", "delivered", "relayed", "expanded", "") for action in actions)
    return Bounce(not is_late, (reasons[0] if reasons else mail.subject)[:LONGEST_REASON], tuple(_named_mails(mail)))


def _statuses(message: Message) -> Iterator[Message]:
    """Give the groups of fields in the machine's part of a report."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (group for group in part.get_payload() if group.keys())


def _named_mails(mail: IncomingMail) -> Iterator[str]:
    """Give the Message-IDs that the report may be about: of the copy it carries, then of its own threading."""
    for part in leaves(mail.message):
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "text/plain"):
            copy = content_of(part)[:LARGEST_COPY].decode("utf-8", "replace")
            yield from MESSAGE_ID.findall(copy)[:20]
    yield from mail.references


def mark_bounced(session: Session, bounce: Bounce) -> OutboxMail | None:
    """Set the mail that *bounce* is about to failed, and return it; None when it is about none of ours.

    Our Message-IDs hold 256 random bits, so only who got the mail can name it.
    """
    found = session.scalar(select(OutboxMail).where(OutboxMail.message_id.in_(bounce.message_ids[:50])).order_by(OutboxMail.id).limit(1))
    if found is not None and bounce.is_final:
        reason = f"returned: {bounce.reason}"
        session.execute(update(OutboxMail).where(OutboxMail.id == found.id).values(state="failed", last_error=reason, lease_until=None))
        session.refresh(found)
    return found
