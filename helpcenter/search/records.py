"""What people search for, kept without anything that says who they are.

A record has the query with e-mail addresses and long numbers masked, its language and day, how many hits it had, and
the place of the hit that was opened. There is no address, no visitor and no time of day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpcenter.language.masking import EMAIL_MASK, NUMBER_MASK, mask_private
from helpcenter.storage import db

__all__ = ["PICKED", "Click", "Pick", "Search", "SearchRecord", "mask", "popular_queries", "remove_old", "store"]

LONGEST_QUERY = 200
LAST_PLACE = 1_000
KEPT_DAYS = 400
POPULAR_DAYS = 90
FEWEST_CLICKS = 3
# In place of the number of hits, in the record of a suggestion that was chosen: nothing was searched.
PICKED = -1
MOST_POPULAR = 500


class SearchRecord(db.Model):
    """One search of somebody on one day."""

    __tablename__ = "search_record"
    __table_args__ = (Index("ix_search_record_lang_query_day", "lang", "query", "day"), Index("ix_search_record_day", "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    lang: Mapped[str] = mapped_column(String(35))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    hits: Mapped[int]
    """How many articles were found; PICKED when the query is a suggestion that was chosen."""
    corrected: Mapped[bool] = mapped_column(default=False)
    """Whether words had to be respelled to find these hits."""
    clicked: Mapped[int | None]
    """The place of the first hit that was opened, or of the suggestion, from 1."""


@dataclass(frozen=True)
class Search:
    """A search that was answered."""

    day: date
    lang: str
    query: str
    hits: int
    corrected: bool


@dataclass(frozen=True)
class Click:
    """The hit at *place* was opened from the results of *query*."""

    day: date
    lang: str
    query: str
    place: int


@dataclass(frozen=True)
class Pick:
    """The suggestion at *place* was chosen: *text* is the article's title or the query that was offered."""

    day: date
    lang: str
    text: str
    place: int


def mask(text: str) -> str:
    """Return *text* as it is kept: one line in small letters, without e-mail addresses and numbers of five digits or more.

    >>> mask("Where is order 48-113-207? ann@example.org")
    'where is order [number]? [e-mail]'
    """
    return mask_private(" ".join(text.split()).lower())[:LONGEST_QUERY].strip()


def store(session: Session, acts: Sequence[Search | Click | Pick]) -> None:
    """Write *acts* in the order they happened."""
    for act in acts:
        if isinstance(act, Click):
            session.flush()
            note_click(session, act)
        elif isinstance(act, Pick):
            place = min(act.place, LAST_PLACE)
            session.add(SearchRecord(day=act.day, lang=act.lang, query=mask(act.text), hits=PICKED, corrected=False, clicked=place))
        else:
            session.add(SearchRecord(day=act.day, lang=act.lang, query=mask(act.query), hits=act.hits, corrected=act.corrected))


def note_click(session: Session, click: Click) -> None:
    """Note *click* with the last search of that day that it can belong to; one that belongs to none is no click."""
    own = select(func.max(SearchRecord.id)).where(
        SearchRecord.lang == click.lang,
        SearchRecord.query == mask(click.query),
        SearchRecord.day.between(click.day - timedelta(days=1), click.day),
        SearchRecord.clicked.is_(None),
        SearchRecord.hits > 0,
    )
    number = session.scalar(own)
    if number is not None:
        session.execute(update(SearchRecord).where(SearchRecord.id == number).values(clicked=min(click.place, LAST_PLACE)))


def popular_queries(session: Session, lang: str, today: date) -> list[str]:
    """Return the queries of the last 90 days that were clicked at least three times, the most clicked first.

    Queries that were masked, respelled, or without a hit are no help to anybody else.
    """
    clicks = func.count()
    rows = (
        select(SearchRecord.query, clicks)
        .where(
            SearchRecord.lang == lang,
            SearchRecord.day >= today - timedelta(days=POPULAR_DAYS),
            SearchRecord.clicked.is_not(None),
            SearchRecord.hits > 0,
            SearchRecord.corrected.is_(False),
            SearchRecord.query.not_like(f"%{EMAIL_MASK}%"),
            SearchRecord.query.not_like(f"%{NUMBER_MASK}%"),
        )
        .group_by(SearchRecord.query)
        .having(clicks >= FEWEST_CLICKS)
        .order_by(clicks.desc(), SearchRecord.query)
        .limit(MOST_POPULAR)
    )
    return [query for query, _ in session.execute(rows)]


def remove_old(session: Session, today: date) -> None:
    """Forget the searches of more than 400 days ago."""
    session.execute(delete(SearchRecord).where(SearchRecord.day < today - timedelta(days=KEPT_DAYS)))
