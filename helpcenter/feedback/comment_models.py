"""What became of the comments that readers left with their votes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import UTCDateTime, utcnow


class CommentState(db.Model):
    """What the staff did about one comment. It goes with its vote; a comment that nobody touched has no row."""

    __tablename__ = "feedback_comment_state"

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id", ondelete="CASCADE"), primary_key=True)
    # Where the reader wants the answer, if they left an address.
    email: Mapped[str | None] = mapped_column(String(320))
    # None while it is open. A vote that was changed afterwards is open again.
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by: Mapped[str | None] = mapped_column(String(100))
    # The version of the article that took care of it.
    fixed_in: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    request_reference: Mapped[str | None] = mapped_column(String(16))


class FeedbackDigest(db.Model):
    """A digest that was mailed: for one address, once a week."""

    __tablename__ = "feedback_digest"

    address: Mapped[str] = mapped_column(String(320), primary_key=True)
    # The first day of the week that it tells of, as 2026-11-16.
    week: Mapped[str] = mapped_column(String(10), primary_key=True)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
