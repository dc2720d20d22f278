"""What visitors say about articles."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpcenter.storage import db
from helpcenter.storage.columns import UTCDateTime, utcnow


class Vote(db.Model):
    """One visitor's answer to "Did this article help you?", bound to the version that was read.

    The article is named by language and key, not by row: a vote outlives a withdrawn and restored article.
    """

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("lang", "key", "visitor"),
        Index(None, "lang", "key", "helpful"),
        Index(None, "visitor", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(String(35))
    key: Mapped[str] = mapped_column(String(400))
    version: Mapped[int]
    visitor: Mapped[str] = mapped_column(String(64))
    helpful: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(40))
    comment: Mapped[str | None] = mapped_column(Text)
    query: Mapped[str | None] = mapped_column(String(256))
    journey_id: Mapped[int | None] = mapped_column(index=True)
    # How long the page had been open, as the browser says; None without JavaScript.
    read_seconds: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class CarriedVote(db.Model):
    """How many votes an article brought from an earlier help center: a copy of `imported-votes.tsv`, never counted up.

    Kept apart from our own votes, so that whoever asks what readers say today can leave them out.
    """

    __tablename__ = "carried_vote"

    lang: Mapped[str] = mapped_column(String(35), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    helpful: Mapped[int]
    not_helpful: Mapped[int]
