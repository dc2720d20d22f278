"""Votes: one answer of one visitor to "Did this article help you?"."""

from collections.abc import Collection
from functools import cache
from typing import NamedTuple, Protocol

from sqlalchemy import Executable, Row, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from helpcenter.feedback.models import CarriedVote, Vote
from helpcenter.language.cleaning import clean_text
from helpcenter.language.masking import mask_private
from helpcenter.storage.columns import utcnow
from helpcenter.storage.upsert import INSERTS

LONGEST_COMMENT = 1000
LONGEST_QUERY = 256
FEWEST_SECONDS = 1
# Never more than a request's body; what is longer than a comment may be is cut, not refused.
LONGEST_INPUT = 1_000_000


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


# The reasons a visitor may pick after a vote.
REASONS_AFTER_NO = {
    "unclear": _("It is hard to understand"),
    "incomplete": _("Something is missing"),
    "wrong": _("It is not correct or out of date"),
    "other-problem": _("It is about another problem"),
    "not-solved": _("I did it, but it did not help"),
    "dislike": _("I understand it, but I do not like the answer"),
}
REASONS_AFTER_YES = {
    "clear": _("It is easy to understand"),
    "complete": _("Everything I needed is there"),
    "found-fast": _("I found it quickly"),
}
REASONS = {**REASONS_AFTER_NO, **REASONS_AFTER_YES}


VOTES, CARRIED_VOTES = Vote.__table__.c, CarriedVote.__table__.c
OF_VISITOR = select(VOTES.id).where(VOTES.lang == bindparam("lang"), VOTES.key == bindparam("key"), VOTES.visitor == bindparam("visitor"))
# Counted from the rows each time: there is no number beside them that could be wrong.
OWN = select(
    func.coalesce(func.sum(case((VOTES.helpful, 1), else_=0)), 0), func.coalesce(func.sum(case((VOTES.helpful, 0), else_=1)), 0)
).where(VOTES.lang == bindparam("lang"), VOTES.key == bindparam("key"))
CARRIED = select(CARRIED_VOTES.helpful, CARRIED_VOTES.not_helpful).where(
    CARRIED_VOTES.lang == bindparam("lang"), CARRIED_VOTES.key == bindparam("key")
)
COUNTED = OWN.union_all(CARRIED)


class VoteRefused(ValueError):
    """A vote names a reason that does not exist."""


class Voted(Protocol):
    """What a vote is about: an article of the library."""

    lang: str
    key: str
    version: int


class Counts(NamedTuple):
    """How many visitors said yes and how many said no."""

    helpful: int
    not_helpful: int


def cast(
    session: Session,
    article: Voted,
    visitor: str,
    *,
    helpful: bool,
    reason: str | None = None,
    comment: str | None = None,
    query: str | None = None,
    journey_id: int | None = None,
    read_seconds: int | None = None,
) -> Row:
    """Record whether *article* helped *visitor*, and return the row of the vote as it stands now.

    Voting again changes the visitor's mind; it never adds a second vote. A second vote that says the same keeps the
    reason and the comment of the first unless it brings new ones. Addresses and numbers in what was typed are masked.
    """
    now = utcnow()
    row = {"lang": article.lang, "key": article.key, "version": article.version, "visitor": visitor, "helpful": helpful}
    row |= {"reason": reason or None, "comment": _cut(comment, LONGEST_COMMENT), "query": _cut(query, LONGEST_QUERY, lines=False)}
    row |= {"journey_id": journey_id, "read_seconds": read_seconds, "created_at": now, "changed_at": now}
    given = {f"new_{name}": value for name, value in row.items()}
    statement = _replacing(session.get_bind().dialect.name)
    return session.execute(statement, given).one()


@cache
def _replacing(dialect: str) -> Executable:
    """Return the statement that inserts a vote or changes it; to build it takes longer than to run it."""
    columns = ("lang", "key", "version", "visitor", "helpful", "reason", "comment", "query", "journey_id", "read_seconds", "created_at", "changed_at")
    table = Vote.__table__
    insert = INSERTS[dialect](table).values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns})
    replaced = insert.on_conflict_do_update(index_elements=["lang", "key", "visitor"], set_=_changed(insert.excluded))
    return replaced.returning(table)


def _changed(new) -> dict:
    """Return what a repeated vote sets: a reason belongs to the answer it was given for."""
    same_answer = VOTES.helpful == new.helpful
    kept = {name: case((same_answer, func.coalesce(new[name], VOTES[name])), else_=new[name]) for name in ("reason", "comment")}
    way = {name: func.coalesce(new[name], VOTES[name]) for name in ("query", "journey_id", "read_seconds")}
    return {"helpful": new.helpful, "version": new.version, "changed_at": new.changed_at, **kept, **way}


def known_reason(reason: str | None, known: Collection[str]) -> str | None:
    """Return *reason*, or None when it is empty. Raises VoteRefused when it is not *known*."""
    if not reason:
        return None
    if reason not in known:
        raise VoteRefused(f"The reason {str(reason)[:40]!r} is not known. Known are: {', '.join(sorted(known))}.")
    return reason


def _cut(text: str | None, limit: int, *, lines: bool = True) -> str | None:
    if text is None:
        return None
    return mask_private(clean_text(text, limit=LONGEST_INPUT, lines=lines))[:limit].strip() or None


def has_voted(session: Session, lang: str, key: str, visitor: str) -> bool:
    """Return whether *visitor* has voted on an article."""
    return session.execute(OF_VISITOR, {"lang": lang, "key": key, "visitor": visitor}).first() is not None


def counts(session: Session, lang: str, key: str) -> Counts:
    """Return how many readers an article helped and how many it did not, with those of an earlier help center."""
    rows = session.execute(COUNTED, {"lang": lang, "key": key}).all()
    return Counts(sum(yes for yes, _ in rows), sum(no for _, no in rows))


def carried_counts(session: Session, lang: str, key: str) -> Counts:
    """Return the votes that an article brought from an earlier help center."""
    row = session.execute(CARRIED, {"lang": lang, "key": key}).first()
    return Counts(*row) if row else Counts(0, 0)


def own_counts(session: Session, lang: str, key: str) -> Counts:
    """Return how many of our visitors an article helped and how many it did not, counted from the rows."""
    return Counts(*session.execute(OWN, {"lang": lang, "key": key}).one())


def all_counts(session: Session) -> dict[str, dict[str, Counts]]:
    """Return the counts of every article that has votes, by language and key, with those of an earlier help center.

    They decide what search shows first, so votes of whoever cannot have read the article are left out.
    """
    yes = func.sum(case((Vote.helpful, 1), else_=0))
    may_have_read = or_(Vote.read_seconds.is_(None), Vote.read_seconds >= FEWEST_SECONDS)
    own = session.execute(select(Vote.lang, Vote.key, yes, func.count() - yes).where(may_have_read).group_by(Vote.lang, Vote.key))
    carried = session.execute(select(CarriedVote.lang, CarriedVote.key, CarriedVote.helpful, CarriedVote.not_helpful))
    found: dict[str, dict[str, Counts]] = {}
    for lang, key, helpful, not_helpful in [*own, *carried]:
        before = found.setdefault(lang, {}).get(key, Counts(0, 0))
        found[lang][key] = Counts(before.helpful + int(helpful), before.not_helpful + int(not_helpful))
    return found
