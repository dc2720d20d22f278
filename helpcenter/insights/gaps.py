"""Gaps: what many people look for and do not find, found again each time, and closed only when fewer people look in vain."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from helpcenter.insights.falling import Fall, fall_of, has_risen, monday_of
from helpcenter.insights.grouping import Group, group_signals, people_of
from helpcenter.insights.models import Gap, GapExample, GapPass, GapWeek
from helpcenter.insights.signals import LONGEST_SHOWN, Signal, read_signals
from helpcenter.language.analysis import analyse
from helpcenter.storage.upsert import insert_for

# The present week and the twelve before it.
WEEKS = 13
# Fewer people are chance.
FEWEST_PEOPLE = 3
MOST_EXAMPLES = 12
TOTAL = "all"


@dataclass(frozen=True)
class Found:
    """What one pass over everything that was said has found; nothing is stored yet."""

    since: date
    until: date
    groups: list[Group]
    texts: int
    left_out: int
    number: int
    """Of the pass before; another pass that ended meanwhile makes this one worthless."""


def find_gaps(session: Session, today: date) -> Found:
    """Return the groups of what the last thirteen weeks left without an answer. Reads only."""
    since = monday_of(today) - timedelta(weeks=WEEKS - 1)
    signals = read_signals(session, since, today)
    by_lang: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_lang[signal.lang].append(signal)
    known: dict[str, dict[int, dict[str, float]]] = defaultdict(dict)
    for gap in session.scalars(select(Gap)):
        known[gap.lang][gap.id] = {key: weight for key, _, weight in gap.words}
    groups, left_out = [], 0
    for lang in sorted({*by_lang, *known}):
        some, more = group_signals(lang, by_lang[lang], known[lang])
        groups += some
        left_out += more
    return Found(since, today, groups, len(signals), left_out, pass_number(session))


def pass_number(session: Session) -> int:
    """Return the number of the last pass, 0 before the first."""
    return session.scalar(select(GapPass.number)) or 0


def store_gaps(session: Session, found: Found, now: datetime) -> bool:
    """Keep what a pass has *found*, and return whether it is kept: not when another pass was quicker."""
    # Claiming the row first makes two passes wait for each other.
    session.execute(insert_for(session, GapPass).values(id=1, number=0, finished_at=now, texts=0, left_out=0).on_conflict_do_nothing())
    claimed = update(GapPass).where(GapPass.number == found.number)
    if not session.execute(claimed.values(number=found.number + 1, finished_at=now, texts=found.texts, left_out=found.left_out)).rowcount:
        return False
    session.execute(delete(GapWeek).where(GapWeek.week >= found.since))
    session.execute(delete(GapExample))
    for group in found.groups:
        _store_group(session, group, now)
    session.flush()
    for gap in session.scalars(select(Gap).where(Gap.state.in_(("acted", "closed")))):
        judge(session, gap, now)
    _forget_faded(session)
    return True


def _store_group(session: Session, group: Group, now: datetime) -> None:
    signals = group.signals
    gap = session.get(Gap, group.known) if group.known else None
    visits, searches = people_of(signals)
    if gap is None:
        if group.known or visits + searches < FEWEST_PEOPLE:
            return
        gap = Gap(lang=group.lang, state="open", created_at=now, first_day=min(one.day for one in signals))
        session.add(gap)
    gap.visits, gap.searches = visits, searches
    if signals:
        gap.name, gap.words = name_of(signals), words_of(group)
        gap.last_day = max(one.day for one in signals)
    session.flush()
    rows = [{"gap_id": gap.id, **row} for row in [*week_rows(signals), *example_rows(signals)]]
    for model in (GapWeek, GapExample):
        own = [row for row in rows if ("week" in row) == (model is GapWeek)]
        if own:
            session.execute(insert(model), own)


def name_of(signals: Iterable[Signal]) -> str:
    """Return what most people wrote; of two that are as frequent the shorter one."""
    times: Counter[str] = Counter()
    for signal in signals:
        times[signal.text.casefold()] += signal.times
    best = min(times, key=lambda text: (-times[text], len(text), text))
    return best[:LONGEST_SHOWN]


def words_of(group: Group) -> list[list]:
    """Return the words of a group: each stem, the form of it that was written most, and its weight."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for signal in group.signals:
        for token in analyse(signal.topic, group.lang, limit=40):
            forms[token.key][token.surface.lower()] += signal.times
    return [[key, min(forms[key], key=lambda form: (-forms[key][form], form), default=key), weight] for key, weight in group.words()]


def week_rows(signals: Sequence[Signal]) -> list[dict]:
    """Return how many visits and searches each week has, by source and in all."""
    cells: dict[tuple[date, str], list[Signal]] = defaultdict(list)
    for signal in signals:
        week = monday_of(signal.day)
        cells[week, signal.source].append(signal)
        cells[week, TOTAL].append(signal)
    rows = []
    for (week, source), some in sorted(cells.items()):
        visits, searches = people_of(some)
        rows.append({"week": week, "source": source, "visits": visits, "searches": searches})
    return rows


def example_rows(signals: Iterable[Signal]) -> list[dict]:
    """Return the most frequent texts, the latest of those that are as frequent, each with where it was said last."""
    times: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], Signal] = {}
    for signal in signals:
        name = signal.source, signal.text[:LONGEST_SHOWN]
        times[name] += signal.times
        if name not in last or signal.day >= last[name].day:
            last[name] = signal
    chosen = sorted(times, key=lambda name: (-times[name], -last[name].day.toordinal(), name))[:MOST_EXAMPLES]
    return [
        {"source": name[0], "text": name[1], "times": times[name], "last_day": last[name].day, "place": last[name].place} for name in chosen
    ]


def _forget_faded(session: Session) -> None:
    """Forget the gaps that nobody touched and nobody meets any more."""
    untouched = (Gap.state == "open", Gap.assignee_id.is_(None), Gap.acted_at.is_(None), Gap.visits + Gap.searches == 0)
    session.execute(delete(Gap).where(*untouched))


def weeks_of(session: Session, gap: Gap) -> dict[date, int]:
    """Return how many people met *gap* in each week that has any."""
    rows = select(GapWeek.week, GapWeek.visits + GapWeek.searches).where(GapWeek.gap_id == gap.id, GapWeek.source == TOTAL)
    return dict(session.execute(rows.order_by(GapWeek.week)).all())


def judge(session: Session, gap: Gap, now: datetime) -> Fall | None:
    """Close *gap* when fewer people meet it since something was done, open it again when they are as many as before; return the numbers."""
    if gap.acted_at is None:
        return None
    weeks, today = weeks_of(session, gap), now.date()
    fall = fall_of(weeks, gap.acted_at.date(), today)
    if gap.state == "acted" and fall.has_fallen:
        gap.state, gap.closed_at = "closed", now
    elif gap.state == "closed" and has_risen(weeks, fall, today):
        gap.state, gap.closed_at, gap.acted_at, gap.acted_as = "open", None, None, None
    return fall
