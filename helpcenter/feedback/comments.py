"""The comments inbox: what readers wrote or chose after a vote, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from helpcenter.content.models import Article
from helpcenter.feedback.comment_models import CommentState
from helpcenter.feedback.models import Vote
from helpcenter.language.cleaning import clean_text
from helpcenter.storage.upsert import upsert

PAGE_SIZE = 50
LONGEST_NOTE = 2000
LONGEST_ANSWER = 5000
OPEN, DONE = "open", "done"
STATES = (OPEN, DONE)


@dataclass(frozen=True)
class Filter:
    """Which comments are asked for; what is None or empty does not matter."""

    key: str = ""
    section: str = ""
    lang: str = ""
    reason: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Comment:
    """A vote with a comment or a reason, the article as it is now, and what the staff did about it."""

    vote: Vote
    article: Article | None
    kept: CommentState | None

    @property
    def id(self) -> int:
        """The number of the comment: that of its vote."""
        return self.vote.id

    @property
    def is_done(self) -> bool:
        """Whether somebody took care of it, and the reader has not written anew since."""
        return bool(self.kept and self.kept.done_at and self.kept.done_at >= self.vote.changed_at)

    @property
    def title(self) -> str:
        """The article's title, its key when it left the library."""
        return self.article.title if self.article else self.vote.key

    @property
    def section(self) -> str:
        """The article's section, by its key when it left the library."""
        return self.article.section if self.article else self.vote.key.rpartition("/")[0]


def _comments() -> Select:
    article = and_(Article.lang == Vote.lang, Article.key == Vote.key)
    # Who only left an address after No waits for an answer as well.
    asked = and_(CommentState.email.is_not(None), not_(Vote.helpful))
    said = or_(Vote.comment.is_not(None), Vote.reason.is_not(None), asked)
    joined = select(Vote, Article, CommentState).outerjoin(Article, article)
    return joined.outerjoin(CommentState, CommentState.vote_id == Vote.id).where(said)


def is_done() -> ColumnElement[bool]:
    """Return the condition that a comment was taken care of after it was written."""
    return and_(CommentState.done_at.is_not(None), CommentState.done_at >= Vote.changed_at)


def is_in_section(section: str) -> ColumnElement[bool]:
    """Return the condition that a vote is about an article of *section* or of one below it."""
    below = Article.section.startswith(f"{section}/", autoescape=True)
    gone = and_(Article.id.is_(None), Vote.key.startswith(f"{section}/", autoescape=True))
    return or_(Article.section == section, below, gone)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found = [
        column == value
        for column, value in ((Vote.key, wanted.key), (Vote.lang, wanted.lang), (Vote.reason, wanted.reason))
        if value
    ]
    if wanted.section:
        found.append(is_in_section(wanted.section))
    if wanted.state:
        # An outer join gives NULL for who has no row; NOT of it would be NULL as well.
        done = func.coalesce(is_done(), false())
        found.append(done if wanted.state == DONE else not_(done))
    if wanted.since:
        found.append(Vote.changed_at >= _midnight(wanted.since))
    if wanted.until:
        found.append(Vote.changed_at < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def list_comments(session: Session, wanted: Filter, *, limit: int | None = PAGE_SIZE, offset: int = 0) -> list[Comment]:
    """Return the comments that are *wanted*, the latest first."""
    rows = _comments().where(*_conditions(wanted)).order_by(Vote.changed_at.desc(), Vote.id.desc()).limit(limit).offset(offset)
    return [Comment(*row) for row in session.execute(rows)]


def count_by_state(session: Session, wanted: Filter) -> dict[str, int]:
    """Return how many of the comments that are *wanted* are open and how many done, whatever state it names."""
    anything = Filter(**{**wanted.__dict__, "state": ""})
    done = func.coalesce(is_done(), false()).label("done")
    rows = _comments().where(*_conditions(anything)).with_only_columns(done, func.count()).group_by("done")
    found = {bool(is_true): number for is_true, number in session.execute(rows)}
    return {OPEN: found.get(False, 0), DONE: found.get(True, 0)}


def find_comment(session: Session, number: int) -> Comment | None:
    """Return the comment with *number*, None when there is none."""
    row = session.execute(_comments().where(Vote.id == number)).first()
    return Comment(*row) if row else None


def leave_address(session: Session, number: int, email: str | None) -> None:
    """Keep where the reader of the comment *number* wants an answer; None takes it back."""
    _keep(session, number, email=email)


def mark_done(session: Session, number: int, *, by: str, fixed_in: int | None, note: str, now: datetime) -> None:
    """Mark the comment *number* as done *by* somebody, with the version that *fixed* it, if one did, and a note.

    Raises TextRefused for a note of more than 2,000 characters.
    """
    note = clean_text(note, limit=LONGEST_NOTE)
    _keep(session, number, done_at=now, done_by=by, fixed_in=fixed_in, note=note or None)


def reopen(session: Session, number: int) -> None:
    """Let the comment *number* be open again; its note stays."""
    _keep(session, number, done_at=None, done_by=None, fixed_in=None)


def note_answer(session: Session, number: int, answer: str, *, now: datetime) -> None:
    """Keep what was answered to the comment *number*."""
    _keep(session, number, answer=answer, answered_at=now)


def note_request(session: Session, number: int, reference: str) -> None:
    """Keep the support request that the comment *number* became."""
    _keep(session, number, request_reference=reference)


def _keep(session: Session, number: int, **values: object) -> None:
    upsert(session, CommentState, {"vote_id": number, **values}, unique=["vote_id"])
