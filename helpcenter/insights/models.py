"""Gaps and what became of them, and who hears of them by mail."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow

STATES = ("open", "acted", "closed", "dismissed")


class Gap(db.Model):
    """Something people look for in one language and do not find: many texts that share their words."""

    __tablename__ = "gap"

    id: Mapped[int] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(String(35), index=True)
    # What most people wrote, as they wrote it, masked.
    name: Mapped[str] = mapped_column(String(200))
    # The words that its texts share, the heaviest first: [[stem, as most people write it, weight], …].
    words: Mapped[list] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    # In the period that was looked at last: visits that are known apart, and searches, which nobody can tell apart.
    visits: Mapped[int] = mapped_column(default=0)
    searches: Mapped[int] = mapped_column(default=0)
    first_day: Mapped[date]
    last_day: Mapped[date]
    assignee_id: Mapped[int | None] = mapped_column(index=True)
    # Why it was dismissed.
    reason: Mapped[str | None] = mapped_column(Text)
    # What was done about it, and when; whether it helped, the weeks after it say.
    acted_as: Mapped[str | None] = mapped_column(String(20))
    acted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    @property
    def people(self) -> int:
        """Return how many people it may concern: known visits, and searches that may be of the same person."""
        return self.visits + self.searches


class GapWeek(db.Model):
    """How often a gap was met in one week, from one source; the source `all` counts nobody twice who is known."""

    __tablename__ = "gap_week"

    gap_id: Mapped[int] = mapped_column(ForeignKey("gap.id", ondelete="CASCADE"), primary_key=True)
    # A Monday.
    week: Mapped[date] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(12), primary_key=True)
    visits: Mapped[int] = mapped_column(default=0)
    searches: Mapped[int] = mapped_column(default=0)


class GapExample(db.Model):
    """Words that people used, masked. They are copies: each pass takes them anew from what is still kept."""

    __tablename__ = "gap_example"

    id: Mapped[int] = mapped_column(primary_key=True)
    gap_id: Mapped[int] = mapped_column(ForeignKey("gap.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(200))
    times: Mapped[int]
    last_day: Mapped[date]
    # Where it was said: the number of a comment, the reference of a request, the key of an article.
    place: Mapped[str | None] = mapped_column(String(400))


class GapPass(db.Model):
    """The last time everything was grouped; there is one row."""

    __tablename__ = "gap_pass"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    finished_at: Mapped[datetime] = mapped_column(UTCDateTime)
    texts: Mapped[int]
    left_out: Mapped[int]


class InsightLetter(db.Model):
    """Whether somebody of the staff wants the weekly letter, and of which week they had the last one."""

    __tablename__ = "insight_letter"

    staff_id: Mapped[int] = mapped_column(primary_key=True)
    is_wanted: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The first day of that week, as 2026-11-16.
    last_week: Mapped[str] = mapped_column(String(10), default="", server_default="")
