"""What is read: how often an article on one day, and which article was opened straight from which. Nothing tells by whom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpcenter.journeys import versions
from helpcenter.journeys.models import ArticleViews, ReadTogether, VersionReads
from helpcenter.storage.upsert import upsert

KEPT_DAYS = 400
POPULAR_DAYS = 30
# Fewer readings in 30 days say nothing about what others look for.
FEWEST_VIEWS = 5
MOST_READ = 20
MOST_READ_NEXT = 20


@dataclass(frozen=True, order=True)
class View:
    """The article *key* was read; *before* is the article that its reader came from."""

    day: date
    lang: str
    key: str
    before: str | None = None
    version: int = 0
    """0 where nobody asks which version it was."""


def store(session: Session, views: Sequence[View]) -> None:
    """Count *views*. Rows are taken in one order everywhere, so that two writers never wait for each other in a circle."""
    counted = Counter((view.lang, view.key, view.day) for view in views)
    for (lang, key, day), times in sorted(counted.items()):
        row = {"lang": lang, "key": key, "day": day, "views": times}
        upsert(session, ArticleViews, row, unique=["lang", "key", "day"], changes={"views": ArticleViews.views + times})
    days = {(view.lang, view.key, view.version): view.day for view in views if view.version}
    for (lang, key, version), times in sorted(Counter((view.lang, view.key, view.version) for view in views if view.version).items()):
        versions.count(session, lang, key, version, days[lang, key, version], views=times)
    steps = Counter((view.lang, view.before, view.key) for view in views if view.before and view.before != view.key)
    last_day = {(view.lang, view.before, view.key): view.day for view in views}
    for step, times in sorted(steps.items()):
        lang, key, other_key = step
        row = {"lang": lang, "key": key, "other_key": other_key, "times": times, "last_day": last_day[step]}
        changes = {"times": ReadTogether.times + times, "last_day": last_day[step]}
        upsert(session, ReadTogether, row, unique=["lang", "key", "other_key"], changes=changes)


def most_read(session: Session, lang: str, today: date) -> list[str]:
    """Return the keys of the articles that were read most in *lang* in the last 30 days, at least five times each."""
    total = func.sum(ArticleViews.views)
    rows = (
        select(ArticleViews.key, total)
        .where(ArticleViews.lang == lang, ArticleViews.day > today - timedelta(days=POPULAR_DAYS))
        .group_by(ArticleViews.key)
        .having(total >= FEWEST_VIEWS)
        .order_by(total.desc(), ArticleViews.key)
        .limit(MOST_READ)
    )
    return [key for key, _ in session.execute(rows)]


def read_next(session: Session, lang: str, key: str) -> dict[str, int]:
    """Return how often readers of the article *key* went straight on to which other articles, the most frequent ones."""
    rows = (
        select(ReadTogether.other_key, ReadTogether.times)
        .where(ReadTogether.lang == lang, ReadTogether.key == key)
        .order_by(ReadTogether.times.desc(), ReadTogether.other_key)
        .limit(MOST_READ_NEXT)
    )
    return dict(session.execute(rows).all())


def remove_old(session: Session, today: date) -> None:
    """Forget what was read more than 400 days ago."""
    first = today - timedelta(days=KEPT_DAYS)
    session.execute(delete(ArticleViews).where(ArticleViews.day < first))
    session.execute(delete(ReadTogether).where(ReadTogether.last_day < first))
    session.execute(delete(VersionReads).where(VersionReads.last_day < first))
