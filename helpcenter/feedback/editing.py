"""Did the edit help? What readers said of each version of an article, and whether they asked a person afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from helpcenter.feedback.models import Vote
from helpcenter.feedback.statistics import Change, Share, compare
from helpcenter.journeys import versions
from helpcenter.journeys.models import Journey
from helpcenter.journeys.versions import Reads

PAGE_SIZE = 50


@dataclass(frozen=True)
class VersionVotes:
    """One version of an article: how many found it helpful, and how many visits with a vote ended with a person.

    *reads* are all readings of it, voters or not, and those after which a person was asked; None when they cannot be told.
    The changes are those from the version before that has votes; the first has none.
    """

    version: int
    first_at: datetime
    last_at: datetime
    helpful: Share
    escalated: Share
    reads: Share | None = None
    helpful_change: Change | None = None
    escalated_change: Change | None = None
    reads_change: Change | None = None


@dataclass(frozen=True)
class EditedArticle:
    """An article that readers voted on in more than one version."""

    lang: str
    key: str
    versions: int
    votes: int
    last_at: datetime


def _was_escalated():
    return func.sum(case((Journey.outcome == "escalated", 1), else_=0))


def versions_of(session: Session, lang: str, key: str) -> list[VersionVotes]:
    """Return every version of an article that has votes, the oldest first, each compared with the one before.

    A vote counts for the version that its visitor read last; votes of an earlier help center have no version and are
    left out. A visit counts as escalated only when its journey says so; one that was left counts among all visits.
    """
    rows = session.execute(
        select(
            Vote.version,
            func.min(Vote.created_at),
            func.max(Vote.changed_at),
            func.sum(case((Vote.helpful, 1), else_=0)),
            func.count(),
            _was_escalated(),
            func.count(Journey.id),
        )
        .outerjoin(Journey, Journey.id == Vote.journey_id)
        .where(Vote.lang == lang, Vote.key == key)
        .group_by(Vote.version)
        .order_by(Vote.version)
    )
    found: list[VersionVotes] = []
    read = versions.of_article(session, lang, key)
    for version, first_at, last_at, helpful, total, escalated, visits in rows:
        one = VersionVotes(version, first_at, last_at, Share(int(helpful), total), Share(int(escalated), visits), reads_of(read.get(version)))
        found.append(_compared(found[-1], one) if found else one)
    return found


def reads_of(one: Reads | None) -> Share | None:
    """Return after how many of all readings a person was asked, None without any.

    Whoever asks not to be tracked is not counted as a reader, but is when they ask a person; when that leaves more who ask than
    readings, no share can be told.
    """
    return Share(one.escalated, one.views) if one and 0 < one.views >= one.escalated else None


def _compared(before: VersionVotes, one: VersionVotes) -> VersionVotes:
    has_reads = before.reads and one.reads
    return replace(
        one,
        helpful_change=compare(before.helpful, one.helpful),
        escalated_change=compare(before.escalated, one.escalated, more_is_better=False),
        reads_change=compare(before.reads, one.reads, more_is_better=False) if has_reads else None,
    )


def edited_articles(session: Session, *, lang: str = "", limit: int = PAGE_SIZE, offset: int = 0) -> list[EditedArticle]:
    """Return the articles with votes on more than one version, those with the latest vote first."""
    last_at = func.max(Vote.changed_at)
    rows = (
        select(Vote.lang, Vote.key, func.count(Vote.version.distinct()), func.count(), last_at)
        .group_by(Vote.lang, Vote.key)
        .having(func.count(Vote.version.distinct()) > 1)
        .order_by(last_at.desc(), Vote.lang, Vote.key)
    )
    if lang:
        rows = rows.where(Vote.lang == lang)
    return [EditedArticle(*row) for row in session.execute(rows.limit(limit).offset(offset))]
