"""The visitor's trail: a journey and its events."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow


class Journey(db.Model):
    """One visit. It becomes a row at the visitor's first deliberate act, never before."""

    __tablename__ = "journey"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(43), unique=True)
    lang: Mapped[str] = mapped_column(String(35))
    visitor: Mapped[str | None] = mapped_column(String(64), index=True)
    # None while the visit goes on; then resolved, escalated or left.
    outcome: Mapped[str | None] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class Event(db.Model):
    """One step of a journey: search, view, vote, chat, form or request."""

    __tablename__ = "journey_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(ForeignKey("journey.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    details: Mapped[dict] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
