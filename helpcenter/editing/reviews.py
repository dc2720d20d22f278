"""Reviews: an editor asks, somebody else comments, and approves or sends back. Who asked never approves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpcenter.editing.models import Review, ReviewNote
from helpcenter.language.cleaning import clean_text

OPEN, APPROVED, RETURNED, WITHDRAWN = "open", "approved", "returned", "withdrawn"
ASKED, COMMENT = "asked", "comment"
LONGEST_NOTE = 4_000
MOST_LISTED = 200


class ReviewRefused(Exception):
    """Why nothing was noted; `code` is what the staff pages put into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Text:
    """The text that is to be reviewed: a file of the content folder as it would be saved."""

    path: str
    lang: str
    section: str
    title: str
    content: bytes
    base_hash: str


def ask(session: Session, text: Text, author_id: int, who: str, note: str, *, now: datetime) -> Review:
    """Open a review of *text*; one of the same author that is still open is withdrawn."""
    mine = (Review.path == text.path, Review.author_id == author_id, Review.state == OPEN)
    session.execute(update(Review).where(*mine).values(state=WITHDRAWN, decided_at=now))
    asked = Review(
        path=text.path, lang=text.lang, section=text.section, title=text.title, content=text.content.decode("utf-8"),
        base_hash=text.base_hash, author_id=author_id, state=OPEN, created_at=now,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    add_note(session, asked, author_id, who, ASKED, note, now=now)
    return asked


def add_note(session: Session, review: Review, staff_id: int, who: str, kind: str, text: str, *, now: datetime) -> None:
    """Note what somebody said or decided. Raises TextRefused for a text that is too long."""
    text = clean_text(text, limit=LONGEST_NOTE)
    session.add(ReviewNote(review_id=review.id, staff_id=staff_id, who=who[:100], kind=kind, text=text, at=now))


def comment(session: Session, review: Review, staff_id: int, who: str, text: str, *, now: datetime) -> None:
    """Add a comment. Raises ReviewRefused for an empty one, TextRefused for one that is too long."""
    if not text.strip():
        raise ReviewRefused("empty")
    add_note(session, review, staff_id, who, COMMENT, text, now=now)


def decide(session: Session, review: Review, staff_id: int, who: str, state: str, text: str, *, now: datetime) -> None:
    """Close an open review as *state*. Raises ReviewRefused when it is closed, or this person may not decide so."""
    if review.state != OPEN:
        raise ReviewRefused("closed")
    refuse_own(review, staff_id, state)
    if state == RETURNED and not text.strip():
        raise ReviewRefused("why")
    review.state, review.decided_at = state, now
    add_note(session, review, staff_id, who, state, text, now=now)


def refuse_own(review: Review, staff_id: int, state: str) -> None:
    """Raise ReviewRefused when who asked decides, or somebody else withdraws."""
    if (state == WITHDRAWN) != (review.author_id == staff_id):
        raise ReviewRefused("own" if review.author_id == staff_id else "foreign")


def listed(session: Session, *, is_open: bool, concerns: Callable[[Review], bool]) -> list[Review]:
    """Return the reviews that are open, the oldest first, or decided, the latest first, and concern somebody."""
    if is_open:
        rows = select(Review).where(Review.state == OPEN).order_by(Review.id)
    else:
        rows = select(Review).where(Review.state != OPEN).order_by(Review.id.desc())
    return [review for review in session.scalars(rows.limit(MOST_LISTED)) if concerns(review)]
