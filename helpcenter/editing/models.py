"""What editors write before it is in the content folder: drafts of one person each, and texts that wait for a second one."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpcenter.storage import db
from helpcenter.storage.columns import Json, UTCDateTime, utcnow


class EditDraft(db.Model):
    """What one person has typed into the editor of one file, kept until it is saved or thrown away."""

    __tablename__ = "edit_draft"
    __table_args__ = (UniqueConstraint("staff_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(400))
    # The fields as the form sent them, and the text.
    typed: Mapped[dict] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class Review(db.Model):
    """A text for which its author asked a second pair of eyes: open, approved (and saved), returned or withdrawn."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(400), index=True)
    lang: Mapped[str] = mapped_column(String(35))
    section: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    # The whole file as it would be saved, and the hash of the file that it was made from.
    content: Mapped[str] = mapped_column(Text)
    base_hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    notes: Mapped[list["ReviewNote"]] = relationship(order_by="ReviewNote.id", passive_deletes=True)


class ReviewNote(db.Model):
    """What somebody said about a text under review; `kind` is `comment` or what they decided."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"), index=True)
    who: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
