"""Support requests, their messages, and the links that open them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, false
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
    # Who works on it: an account of the staff, and a team of site.yaml.
    assignee_id: Mapped[int | None] = mapped_column(index=True)
    team: Mapped[str | None] = mapped_column(String(60))
    # Spam is hidden, not deleted: somebody may have been wrong.
    spam: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The request that took over the messages of this one.
    merged_into_id: Mapped[int | None]
    # When a person should have answered and solved it; the clock of the second stands still since *paused_at*.
    answer_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    solution_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    solved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Working minutes during which it waited for the customer, up to *paused_at*.
    paused_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # The last that was told of each time: "due_soon" or "breached".
    answer_told: Mapped[str | None] = mapped_column(String(10))
    solution_told: Mapped[str | None] = mapped_column(String(10))

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
    # Until then the customer does not see it and its agent may take it back.
    held_until: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)

    request: Mapped[SupportRequest] = relationship(back_populates="messages")


class StatusLink(db.Model):
    """The right to open one request without an account. Only the token's digest is kept."""

    __tablename__ = "status_link"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SupportEvent(db.Model):
    """Something that happened to a request. Rows are only ever added; whoever follows them keeps the last id."""

    __tablename__ = "support_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    staff_id: Mapped[int | None]
    details: Mapped[dict] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class Attachment(db.Model):
    """A file that came with a request, or with a conversation that is none yet.

    *stored_name* is random: nothing a stranger typed becomes a path.
    """

    __tablename__ = "support_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), index=True)
    # Only until the conversation becomes a request; from then on the file belongs to that, and lives as long.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("support_message.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    stored_name: Mapped[str] = mapped_column(String(43), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class RequestTag(db.Model):
    """A word that agents put on a request."""

    __tablename__ = "support_tag"
    __table_args__ = (Index(None, "tag"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True)


class RequestTie(db.Model):
    """Two requests that belong together; kept once, the smaller id first."""

    __tablename__ = "support_tie"

    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True)


class ReplyDraft(db.Model):
    """What an agent has typed and not sent, one draft for each agent and request."""

    __tablename__ = "support_draft"

    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class RequestViewer(db.Model):
    """Who of the staff looked at a request last, and when."""

    __tablename__ = "support_viewer"

    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class SavedFilter(db.Model):
    """A search over requests that one agent gave a name; *query* is the query string of the list."""

    __tablename__ = "support_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))


class SolvedBy(db.Model):
    """An article that solved a request, as an agent said: evidence for the search and the bot."""

    __tablename__ = "support_solved_by"

    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id", ondelete="CASCADE"), primary_key=True)
    article: Mapped[str] = mapped_column(String(255), primary_key=True)
    lang: Mapped[str] = mapped_column(String(35), primary_key=True)
    staff_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
