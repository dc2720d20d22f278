"""The visitor's trail: a journey and its events."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow


class Journey(db.Model):
    """One visit. It becomes a row at the visitor's first deliberate act, never before."""

    __tablename__ = "journey"
    __table_args__ = (Index(None, "ended_at", "last_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(43), unique=True)
    lang: Mapped[str] = mapped_column(String(35))
    visitor: Mapped[str | None] = mapped_column(String(64), index=True)
    # None while nothing is known; then resolved, escalated or left. A visit that goes on may be resolved already.
    outcome: Mapped[str | None] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Event(db.Model):
    """One step of a journey: search, view, vote, form, suggestion, chat, solved or request."""

    __tablename__ = "journey_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(ForeignKey("journey.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    details: Mapped[dict] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class AnsweredForm(db.Model):
    """A contact form whose visitor said that an article answered it. Sent after all, the form is found by its name again."""

    __tablename__ = "answered_form"

    name_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    journey_id: Mapped[int] = mapped_column(ForeignKey("journey.id", ondelete="CASCADE"), index=True)


class ArticleViews(db.Model):
    """How often an article was read on one day; nothing tells by whom."""

    __tablename__ = "article_views"

    lang: Mapped[str] = mapped_column(String(35), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    views: Mapped[int] = mapped_column(default=0)


class VersionReads(db.Model):
    """How often one version of an article was read, and in how many of the visits that read it a person was asked."""

    __tablename__ = "version_reads"

    lang: Mapped[str] = mapped_column(String(35), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    views: Mapped[int] = mapped_column(default=0, server_default="0")
    escalated: Mapped[int] = mapped_column(default=0, server_default="0")
    last_day: Mapped[date]


class ReadTogether(db.Model):
    """How often readers went from one article straight to another; nothing tells who."""

    __tablename__ = "read_together"
    __table_args__ = (Index("ix_read_together_lang_key", "lang", "key"),)

    lang: Mapped[str] = mapped_column(String(35), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    other_key: Mapped[str] = mapped_column(String(400), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
    last_day: Mapped[date]


class ActCount(db.Model):
    """How often visitors did something on one day, in one language; nothing tells who."""

    __tablename__ = "act_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(String(35), primary_key=True)
    act: Mapped[str] = mapped_column(String(20), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
