"""Conversations and their messages, as stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow

STATUSES = ("open", "form", "escalated", "resolved")
AUTHORS = ("visitor", "bot", "agent")


class Conversation(db.Model):
    """One visitor's talk with the bot, and with a person once it is escalated.

    *token_hash* is the digest of the bearer token that the visitor holds; the token itself is never stored.
    *journey_id* and *request_id* are plain integers: this package does not know those tables.
    """

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    lang: Mapped[str] = mapped_column(String(16))
    page: Mapped[str] = mapped_column(String(500), default="")
    query: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    status: Mapped[str] = mapped_column(String(16), default="open")
    visitor: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    """What a signed identity says of the visitor; empty for everybody else."""
    journey_id: Mapped[int | None] = mapped_column(Integer, index=True)
    request_id: Mapped[int | None] = mapped_column(Integer, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)

    messages: Mapped[list[ChatMessage]] = relationship(
        back_populates="conversation", cascade="all, delete-orphan", order_by="ChatMessage.id", passive_deletes=True
    )


class ChatMessage(db.Model):
    """One message of a conversation.

    *client_id* is the sender's own name for the message, so that sending it twice stores it once.
    *card*, *choices*, *rule* and *trace* are the bot's; a visitor's message has none of them. *pressed* is the value of the
    button that a visitor pressed, so that the conversation can be played again. *files* are the names and sizes of files they sent.
    """

    __tablename__ = "chat_message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_chat_message_conversation_id_id", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    client_id: Mapped[str | None] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    card: Mapped[dict[str, Any] | None] = mapped_column(Json)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    rule: Mapped[str | None] = mapped_column(String(120))
    pressed: Mapped[str | None] = mapped_column(String(200))
    files: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    trace: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    conversation: Mapped[Conversation] = relationship(back_populates="messages")
