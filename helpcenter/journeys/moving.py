"""What was read goes along when its article gets another key."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from helpcenter.journeys import versions
from helpcenter.journeys.models import ArticleViews, ReadTogether, VersionReads
from helpcenter.storage.upsert import upsert

Moves = Mapping[tuple[str, str], str]


def move_readings(session: Session, moves: Moves) -> None:
    """Count what was read of articles, by language and old key, for the new key; all at once, so that two may swap theirs."""
    move_views(session, moves)
    move_versions(session, moves)
    move_steps(session, moves)


def move_views(session: Session, moves: Moves) -> None:
    """Move the readings of a day; what the new key has already is added."""
    columns = (ArticleViews.lang, ArticleViews.key, ArticleViews.day, ArticleViews.views)
    found = []
    for lang, key in moves:
        mine = ArticleViews.lang == lang, ArticleViews.key == key
        found += session.execute(select(*columns).where(*mine)).all()
        session.execute(delete(ArticleViews).where(*mine))
    for lang, key, day, views in found:
        row = {"lang": lang, "key": moves[lang, key], "day": day, "views": views}
        upsert(session, ArticleViews, row, unique=["lang", "key", "day"], changes={"views": ArticleViews.views + views})


def move_versions(session: Session, moves: Moves) -> None:
    """Move what became of each version; what the new key has already is added."""
    found = []
    for lang, key in moves:
        mine = VersionReads.lang == lang, VersionReads.key == key
        found += session.execute(select(*VersionReads.__table__.c).where(*mine)).all()
        session.execute(delete(VersionReads).where(*mine))
    for one in found:
        versions.count(session, one.lang, moves[one.lang, one.key], one.version, one.last_day, views=one.views, escalated=one.escalated)


def move_steps(session: Session, moves: Moves) -> None:
    """Move what was read after another, on both sides."""
    columns = (ReadTogether.lang, ReadTogether.key, ReadTogether.other_key, ReadTogether.times, ReadTogether.last_day)
    found = []
    for lang, key in moves:
        mine = ReadTogether.lang == lang, or_(ReadTogether.key == key, ReadTogether.other_key == key)
        found += session.execute(select(*columns).where(*mine)).all()
        session.execute(delete(ReadTogether).where(*mine))
    for lang, key, other, times, last_day in found:
        names = {"lang": lang, "key": moves.get((lang, key), key), "other_key": moves.get((lang, other), other)}
        if names["key"] != names["other_key"]:
            changes = {"times": ReadTogether.times + times}
            upsert(session, ReadTogether, names | {"times": times, "last_day": last_day}, unique=list(names), changes=changes)
