"""The outbox: mail that was written in the same transaction as what it announces."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import UTCDateTime, utcnow


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
    # queued, transmitting, sent or failed.
    state: Mapped[str] = mapped_column(String(12), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    # How often a worker died between "transmitting" and "sent": such a mail may have arrived already.
    interruptions: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
