"""What visits, searches and the bot come to, week by week: counts of rows, without anybody's name."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.insights.falling import monday_of
from helpcenter.insights.grouping import keys_of
from helpcenter.insights.periods import Period, week_number
from helpcenter.insights.signals import MISSED
from helpcenter.journeys.models import ArticleViews, Journey
from helpcenter.language.analysis import analyse
from helpcenter.search.records import PICKED, SearchRecord

# What fewer people typed is not listed: it may say who they are.
FEWEST = 3
MOST_ROWS = 200
MOST_QUERIES = 5_000
MOST_ASKED = 2_000
NEW_WEEKS, KNOWN_WEEKS = 4, 12
ASKED_BACK = "fallback.ask"


class VisitWeek(NamedTuple):
    """The visits of one week by how they ended, beside what was read and searched by everybody."""

    week: date
    visits: int
    resolved: int
    escalated: int
    left: int
    going_on: int
    views: int
    searches: int


class SearchWeek(NamedTuple):
    """The searches of one week."""

    week: date
    searches: int
    opened: int
    no_click: int
    no_hits: int
    respelled: int


class QueryRow(NamedTuple):
    """A query and how it went."""

    query: str
    lang: str
    searches: int
    no_hits: int
    opened: int
    respelled: int


class WordRow(NamedTuple):
    """A word that people have begun to search for."""

    word: str
    lang: str
    searches: int


class BotWeek(NamedTuple):
    """The conversations of one week, and the bot's turns in them."""

    week: date
    conversations: int
    messages: int
    asked_back: int
    missed: int


class PairRow(NamedTuple):
    """Two rules between which the bot could not decide."""

    rule: str
    other: str
    lang: str
    times: int


def visits(session: Session, period: Period) -> list[VisitWeek]:
    """Return the visits of each week. A visit is known when somebody voted, chatted or wrote; views and searches are everybody's."""
    number = week_number(Journey.started_at, period.weeks)
    counted = (
        select(number, Journey.outcome, func.count())
        .where(*period.within(Journey.started_at), *period.of_language(Journey.lang))
        .group_by(literal_column("week"), Journey.outcome)
    )
    by_week: dict[int, Counter] = defaultdict(Counter)
    for week, outcome, times in session.execute(counted):
        by_week[week][outcome or "going_on"] += times
    views, searched = views_by_week(session, period), {row.week: row.searches for row in searches(session, period)}
    rows = []
    for place, week in enumerate(period.weeks):
        ends = by_week[place]
        rows.append(VisitWeek(week, ends.total(), ends["resolved"], ends["escalated"], ends["left"], ends["going_on"], views[week], searched[week]))
    return rows


def views_by_week(session: Session, period: Period) -> Counter[date]:
    """Return how often articles were read in each week."""
    rows = (
        select(ArticleViews.day, func.sum(ArticleViews.views))
        .where(ArticleViews.day.between(period.since, period.until), *period.of_language(ArticleViews.lang), *of_topic(period))
        .group_by(ArticleViews.day)
    )
    found: Counter[date] = Counter()
    for day, views in session.execute(rows):
        found[monday_of(day)] += int(views)
    return found


def of_topic(period: Period) -> list:
    """Return that an article's key lies in the topic that is asked for."""
    return [ArticleViews.key.startswith(f"{period.section}/", autoescape=True)] if period.section else []


def searched(period: Period) -> list:
    """Return which searches are meant."""
    return [SearchRecord.day.between(period.since, period.until), SearchRecord.hits != PICKED, *period.of_language(SearchRecord.lang)]


def counts_of_searches() -> list:
    """Return all searches, those without a hit, those of which a hit was opened, and those that were respelled."""
    is_empty = SearchRecord.hits == literal_column("0")
    return [
        func.count(), func.count().filter(is_empty), func.count(SearchRecord.clicked), func.count().filter(SearchRecord.corrected.is_(True)),
    ]  # fmt: skip


def searches(session: Session, period: Period) -> list[SearchWeek]:
    """Return the searches of each week by how they went."""
    rows = select(SearchRecord.day, *counts_of_searches()).where(*searched(period)).group_by(SearchRecord.day)
    found: dict[date, list[int]] = {week: [0, 0, 0, 0] for week in period.weeks}
    for day, *numbers in session.execute(rows):
        found[monday_of(day)] = [one + more for one, more in zip(found[monday_of(day)], numbers, strict=True)]
    return [
        SearchWeek(week, total, opened, total - opened - empty, empty, respelled) for week, (total, empty, opened, respelled) in found.items()
    ]


def queries(session: Session, period: Period) -> list[QueryRow]:
    """Return the queries that found nothing or of which no hit was opened most often; rare ones are not listed."""
    total, empty, opened, respelled = counts_of_searches()
    lost = total - opened
    rows = (
        select(SearchRecord.query, SearchRecord.lang, total, empty, opened, respelled)
        .where(*searched(period))
        .group_by(SearchRecord.query, SearchRecord.lang)
        .having(lost >= FEWEST)
        .order_by(lost.desc(), SearchRecord.query, SearchRecord.lang)
        .limit(MOST_ROWS)
    )
    return [QueryRow(*row) for row in session.execute(rows)]


def misspelt(session: Session, period: Period) -> list[QueryRow]:
    """Return the queries that found something only after words were respelled."""
    total, empty, opened, respelled = counts_of_searches()
    rows = (
        select(SearchRecord.query, SearchRecord.lang, total, empty, opened, respelled)
        .where(*searched(period))
        .group_by(SearchRecord.query, SearchRecord.lang)
        .having(respelled >= FEWEST)
        .order_by(respelled.desc(), SearchRecord.query, SearchRecord.lang)
        .limit(MOST_ROWS)
    )
    return [QueryRow(*row) for row in session.execute(rows)]


def new_words(session: Session, period: Period) -> list[WordRow]:
    """Return the words of the last four weeks of *period* that nobody searched for in the twelve weeks before them."""
    begin = period.until - timedelta(weeks=NEW_WEEKS)
    late = words_searched(session, Period(begin + timedelta(days=1), period.until, period.lang))
    early = words_searched(session, Period(begin - timedelta(weeks=KNOWN_WEEKS), begin, period.lang))
    known = {(lang, key) for lang, key, _ in early}
    times: Counter[tuple[str, str]] = Counter()
    forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (lang, key, form), number in late.items():
        times[lang, key] += number
        forms[lang, key][form] += number
    new = [name for name, number in times.items() if number >= FEWEST and name not in known]
    rows = [WordRow(min(forms[name], key=lambda form, name=name: (-forms[name][form], form)), name[0], times[name]) for name in new]
    return sorted(rows, key=lambda row: (-row.searches, row.lang, row.word))[:MOST_ROWS]


def words_searched(session: Session, period: Period) -> Counter[tuple[str, str, str]]:
    """Return how often each word was searched for: language, stem and form, in the most frequent queries."""
    number = func.count()
    rows = (
        select(SearchRecord.lang, SearchRecord.query, number)
        .where(*searched(period))
        .group_by(SearchRecord.lang, SearchRecord.query)
        .order_by(number.desc(), SearchRecord.query)
        .limit(MOST_QUERIES)
    )
    found: Counter[tuple[str, str, str]] = Counter()
    for lang, query, times in session.execute(rows):
        said = keys_of(query, lang)
        for token in {token.key: token for token in analyse(query, lang, limit=40) if token.key in said}.values():
            found[lang, token.key, token.surface.lower()] += times
    return found


def bot(session: Session, period: Period) -> list[BotWeek]:
    """Return the conversations of each week, and how often the bot asked back or understood nothing."""
    begun, said = week_number(Conversation.created_at, period.weeks), week_number(ChatMessage.created_at, period.weeks)
    language = period.of_language(Conversation.lang)
    talks = select(begun, func.count()).where(*period.within(Conversation.created_at), *language).group_by(literal_column("week"))
    turns = (
        select(
            said,
            func.count().filter(ChatMessage.author == "visitor"),
            func.count().filter(ChatMessage.rule == ASKED_BACK),
            func.count().filter(ChatMessage.rule.in_(MISSED)),
        )
        .join(Conversation)
        .where(Conversation.last_at >= period.moments[0], *period.within(ChatMessage.created_at), *language)
        .group_by(literal_column("week"))
    )
    conversations = dict(session.execute(talks).all())
    counts = {week: numbers for week, *numbers in session.execute(turns)}
    return [BotWeek(week, conversations.get(place, 0), *counts.get(place, (0, 0, 0))) for place, week in enumerate(period.weeks)]


def confusions(session: Session, period: Period) -> list[PairRow]:
    """Return between which rules the bot asked back most often, of the last times it did."""
    rows = (
        select(ChatMessage.choices, Conversation.lang)
        .join(Conversation)
        .where(ChatMessage.rule == ASKED_BACK, *period.within(ChatMessage.created_at), *period.of_language(Conversation.lang))
        .order_by(ChatMessage.id.desc())
        .limit(MOST_ASKED)
    )
    pairs: Counter[tuple[str, str, str]] = Counter()
    for choices, lang in session.execute(rows):
        offered = [choice["value"].removeprefix("rule:") for choice in choices or [] if choice.get("value", "").startswith("rule:")]
        if len(offered) > 1:
            pairs[offered[0], offered[1], lang] += 1
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return [PairRow(*name, times) for name, times in ordered[:MOST_ROWS]]
