"""The outbox: mail that was written in the same transaction as what it announces; and mail that came in."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow


class OutboxMail(db.Model):
    """One mail, rendered to its final bytes and Message-ID before the first try."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index(None, "state", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # Mails of one thread leave in the order they were written; here: the reference of the request.
    thread: Mapped[str] = mapped_column(String(64), index=True)
    # Where the receiving server reports failures; empty for automatic mail, so that two machines never answer each other.
    envelope_sender: Mapped[str] = mapped_column(String(320), default="")
    recipient: Mapped[str] = mapped_column(String(320))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    # queued, transmitting, sent, failed or discarded.
    state: Mapped[str] = mapped_column(String(12), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    # How often no answer came to the whole mail, or the worker died before it was noted: such a mail may have arrived already.
    interruptions: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class InboundMail(db.Model):
    """One mail that came in, and what became of it. Its bytes are kept as a file, see `mail/originals.py`."""

    __tablename__ = "inbound_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The same mail fetched twice, or by two doors, has the same; see `support/receiving.py`.
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    # pipe, imap or hook.
    door: Mapped[str] = mapped_column(String(10))
    # What became of it, see `support/receiving.py`.
    verdict: Mapped[str] = mapped_column(String(12), index=True)
    # Why, in English, for the operator.
    reason: Mapped[str] = mapped_column(String(300), default="")
    sender: Mapped[str | None] = mapped_column(String(320))
    sender_name: Mapped[str] = mapped_column(String(100), default="")
    subject: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str | None] = mapped_column(Text)
    files: Mapped[list] = mapped_column(Json, default=list)
    # The reference of the request it belongs to, and the message it became.
    thread: Mapped[str | None] = mapped_column(String(64), index=True)
    support_message_id: Mapped[int | None] = mapped_column(index=True)
    original: Mapped[str] = mapped_column(String(80))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)


class MailboxTrouble(db.Model):
    """Why the mailbox cannot be read, since when, and after how many tries; there is a row only while that is so."""

    __tablename__ = "mailbox_trouble"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
