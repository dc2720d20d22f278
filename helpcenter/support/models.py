"""Support requests, their messages, and the links that open them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow


class SupportRequest(db.Model):
    """What a visitor asked a person, with the whole trail that led there."""

    __tablename__ = "support_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Random; what status links are derived from. Never shown.
    public_id: Mapped[str] = mapped_column(String(43), unique=True)
    # What people read out on the phone.
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="question")
    # "high" is answered first: complaints, and whatever the chat's rules call urgent.
    priority: Mapped[str] = mapped_column(String(10), default="normal", server_default="normal")
    section: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20), default="new", index=True)
    lang: Mapped[str] = mapped_column(String(35))
    email: Mapped[str] = mapped_column(String(320), index=True)
    name: Mapped[str | None] = mapped_column(String(100))
    slots: Mapped[dict] = mapped_column(Json, default=dict)
    # What was said in the chat and what was searched, read and voted before, as the agent sees it.
    transcript: Mapped[list] = mapped_column(Json, default=list)
    trail: Mapped[list] = mapped_column(Json, default=list)
    journey_id: Mapped[int | None] = mapped_column(index=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    # Whether an acknowledgement was mailed; the limits on automatic mail may forbid it.
    acknowledged: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    messages: Mapped[list["Message"]] = relationship(order_by="Message.id", back_populates="request")


class Message(db.Model):
    """One message of a request: from the customer, from an agent, or an internal note."""

    __tablename__ = "support_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(20))
    author_name: Mapped[str | None] = mapped_column(String(100))
    staff_id: Mapped[int | None]
    public: Mapped[bool] = mapped_column(default=True)
    via: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    request: Mapped[SupportRequest] = relationship(back_populates="messages")


class StatusLink(db.Model):
    """The right to open one request without an account. Only the token's digest is kept."""

    __tablename__ = "status_link"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
