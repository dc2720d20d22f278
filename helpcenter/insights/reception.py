"""How articles and people's answers are received: helpfulness by version, requests by topic, service levels kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, literal_column, select
from sqlalchemy.orm import Session

from helpcenter.content.models import Article
from helpcenter.feedback.models import Vote
from helpcenter.feedback.statistics import Share
from helpcenter.insights.figures import MOST_ROWS, of_topic
from helpcenter.insights.periods import Period, week_number
from helpcenter.journeys.models import ArticleViews
from helpcenter.support.models import SupportRequest

IN_TIME, LATE, WAITING = "in_time", "late", "waiting"


class HelpRow(NamedTuple):
    """What readers said of one version of an article."""

    key: str
    title: str
    lang: str
    version: int
    helpful: int
    not_helpful: int

    @property
    def share(self) -> Share:
        """Return how many found it helpful."""
        return Share(self.helpful, self.helpful + self.not_helpful)


class SectionRow(NamedTuple):
    """How often people asked a person about a topic, beside how often its articles were read."""

    section: str
    requests: int
    complaints: int
    views: int


class LevelWeek(NamedTuple):
    """The requests of one week by whether a person answered, and solved them, in the time that was promised."""

    week: date
    requests: int
    answered_in_time: int
    answered_late: int
    answer_waiting: int
    solved_in_time: int
    solved_late: int
    solution_waiting: int


def helpfulness(session: Session, period: Period) -> list[HelpRow]:
    """Return what readers said of each version, those first of which most said No."""
    helpful, not_helpful = func.count().filter(Vote.helpful.is_(True)), func.count().filter(Vote.helpful.is_(False))
    topic = [Vote.key.startswith(f"{period.section}/", autoescape=True)] if period.section else []
    rows = (
        select(Vote.key, func.max(Article.title), Vote.lang, Vote.version, helpful, not_helpful)
        .outerjoin(Article, and_(Article.lang == Vote.lang, Article.key == Vote.key))
        .where(*period.within(Vote.changed_at), *period.of_language(Vote.lang), *topic)
        .group_by(Vote.key, Vote.lang, Vote.version)
        .order_by(not_helpful.desc(), helpful, Vote.key, Vote.lang, Vote.version.desc())
        .limit(MOST_ROWS)
    )
    return [HelpRow(key, title or key, *numbers) for key, title, *numbers in session.execute(rows)]


def escalations(session: Session, period: Period) -> list[SectionRow]:
    """Return the requests of each topic, beside the readings of its articles."""
    asked = (
        select(SupportRequest.section, func.count(), func.count().filter(SupportRequest.kind == "complaint"))
        .where(*counted(period))
        .group_by(SupportRequest.section)
    )
    found: dict[str, Counter] = defaultdict(Counter)
    for section, requests, complaints in session.execute(asked):
        found[section or ""].update(requests=requests, complaints=complaints)
    views = views_by_section(session, period)
    rows = [SectionRow(section, found[section]["requests"], found[section]["complaints"], views[section]) for section in {*found, *views}]
    return sorted(rows, key=lambda row: (-row.requests, -row.views, row.section))[:MOST_ROWS]


def views_by_section(session: Session, period: Period) -> Counter[str]:
    """Return how often the articles of each topic were read."""
    rows = (
        select(ArticleViews.key, func.sum(ArticleViews.views))
        .where(ArticleViews.day.between(period.since, period.until), *period.of_language(ArticleViews.lang), *of_topic(period))
        .group_by(ArticleViews.key)
    )
    found: Counter[str] = Counter()
    for key, views in session.execute(rows):
        found[key.rpartition("/")[0]] += int(views)
    return found


def counted(period: Period) -> list:
    """Return which requests are meant: not spam, and what was merged counts once."""
    meant = [SupportRequest.spam.is_(False), SupportRequest.merged_into_id.is_(None)]
    return [*meant, *period.within(SupportRequest.created_at), *period.of_language(SupportRequest.lang), *period.of_section(SupportRequest.section)]


def service_levels(session: Session, period: Period, now: datetime) -> list[LevelWeek]:
    """Return for each week how many requests were answered and solved in time, too late, or still may be; without a promise none."""
    number = week_number(SupportRequest.created_at, period.weeks)
    answer = kept(SupportRequest.answer_due_at, SupportRequest.answered_at, now)
    solution = kept(SupportRequest.solution_due_at, SupportRequest.solved_at, now)
    rows = (
        select(number, answer.label("answer"), solution.label("solution"), func.count())
        .where(*counted(period))
        .group_by(literal_column("week"), literal_column("answer"), literal_column("solution"))
    )
    totals: Counter = Counter()
    for week, answered, solved, times in session.execute(rows):
        totals[week] += times
        totals[week, "answer", answered] += times
        totals[week, "solution", solved] += times
    names = [(what, how) for what in ("answer", "solution") for how in (IN_TIME, LATE, WAITING)]
    return [LevelWeek(week, totals[place], *(totals[place, *name] for name in names)) for place, week in enumerate(period.weeks)]


def kept(due, done, now: datetime) -> case:
    """Return whether what was *due* was *done* in time, late, or waits; None where nothing was promised."""
    return case((due.is_(None), None), (done <= due, IN_TIME), (done > due, LATE), (due < now, LATE), else_=WAITING)
