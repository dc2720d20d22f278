"""Service levels: when a person should have answered and solved a request, in the working time of its team."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from helpcenter.content.opening_hours import OpeningHours
from helpcenter.content.site import Site
from helpcenter.content.working_time import add_working_minutes, working_minutes_between
from helpcenter.storage.columns import utcnow
from helpcenter.support.events import record_event
from helpcenter.support.models import SupportRequest

DONE = ("solved", "closed")
# The hours of the people who answer, when the team has none of its own, are those of the first channel of this kind.
PEOPLE_CHANNELS = ("chat", "phone", "email")
WARN_BEFORE = timedelta(minutes=60)
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Calendar:
    """The working time of those who answer a request."""

    hours: OpeningHours | None
    zone: ZoneInfo

    def after(self, start: datetime, minutes: float) -> datetime | None:
        """Return when *minutes* of working time after *start* are over."""
        return add_working_minutes(self.hours, self.zone, start, minutes)

    def between(self, start: datetime, end: datetime) -> int:
        """Return the working minutes between two moments."""
        return working_minutes_between(self.hours, self.zone, start, end)


@dataclass(frozen=True)
class Targets:
    """What is promised, in working hours; None: nothing."""

    first_answer: float | None
    solution: float | None


def targets(site: Site, kind: str, priority: str) -> Targets:
    """Return what *site* promises to a request of *kind* and *priority*: the first service level that fits."""
    for level in site.requests.service_levels:
        if level.kind in (None, kind) and level.priority in (None, priority):
            return Targets(level.first_answer, level.solution)
    times = site.answer_within_hours
    return Targets(times.complaint if kind == "complaint" else times.question, None)


def answer_within(site: Site, request: SupportRequest) -> int | None:
    """Return the whole working hours within which a person first answers *request*, part of one counted as one; None: nothing is promised."""
    promised = targets(site, request.kind, request.priority).first_answer
    return math.ceil(promised) if promised else None


def calendar_of(site: Site, team: str | None) -> Calendar:
    """Return the working time of *team*; without hours of its own, that of the people who answer."""
    named = site.requests.teams[team].hours if team in site.requests.teams else None
    return Calendar(site.opening_hours.get(named or people_hours(site) or ""), site.zone)


def people_hours(site: Site) -> str | None:
    """Return the name of the hours in which people answer."""
    named = {channel.kind: channel.hours for channel in reversed(site.channels) if channel.hours}
    return next((named[kind] for kind in PEOPLE_CHANNELS if kind in named), None)


def team_for(site: Site, kind: str, section: str | None) -> str | None:
    """Return the team that requests of *kind* about *section* come to by themselves, or None."""
    of_section = (name for name, team in site.requests.teams.items() if section and section.partition("/")[0] in team.sections)
    of_kind = (name for name, team in site.requests.teams.items() if kind in team.kinds)
    return next(of_section, None) or next(of_kind, None)


def set_due_times(site: Site, request: SupportRequest) -> None:
    """Set when *request* is due, from its kind, priority, team and the time it has waited for its customer."""
    promised, calendar = targets(site, request.kind, request.priority), calendar_of(site, request.team)
    answer = calendar.after(request.created_at, promised.first_answer * 60) if promised.first_answer else None
    solution = calendar.after(request.created_at, promised.solution * 60 + request.paused_minutes) if promised.solution else None
    request.answer_due_at, request.solution_due_at = answer, solution


def follow_state(site: Site, request: SupportRequest, before: str, *, now: datetime) -> None:
    """Stop or start the clock of the solution when *request* came from the state *before* to the one it is in.

    It stands still while the customer is to write, and while the request is done.
    """
    stopped = ("waiting", *DONE)
    if request.state in stopped and before not in stopped:
        request.paused_at = now
    elif request.state not in stopped and before in stopped and request.paused_at is not None:
        request.paused_minutes += calendar_of(site, request.team).between(request.paused_at, now)
        request.paused_at, request.solution_told = None, None
        set_due_times(site, request)
    request.solved_at = (request.solved_at or now) if request.state in DONE else None


def note_due(session: Session, *, now: datetime | None = None) -> int:
    """Record which requests are due soon and which are too late, each once for each of its two times; return how many."""
    now, told = now or utcnow(), 0
    for due, name, done in CLOCKS:
        running = [SupportRequest.spam.is_(False), SupportRequest.merged_into_id.is_(None), *done]
        for kind, until, before in (("breached", now, ("breached",)), ("due_soon", now + WARN_BEFORE, ("due_soon", "breached"))):
            mark = getattr(SupportRequest, name)
            untold = or_(mark.is_(None), mark.not_in(before))
            # Of several workers each request is one's, so that nothing is told twice.
            found = session.scalars(select(SupportRequest).where(due <= until, untold, *running).limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all()
            for request in found:
                setattr(request, name, kind)
                record_event(session, request, kind, details={"time": name.removesuffix("_told"), "due": _due_text(request, name)}, now=now)
            told += len(found)
    return told


def _due_text(request: SupportRequest, name: str) -> str:
    due = request.answer_due_at if name == "answer_told" else request.solution_due_at
    return due.isoformat(timespec="seconds") if due else ""


# The column of a due time, the column that keeps what was told of it, and when its clock runs.
CLOCKS: tuple[tuple[ColumnElement, str, tuple[ColumnElement, ...]], ...] = (
    (SupportRequest.answer_due_at, "answer_told", (SupportRequest.answered_at.is_(None), SupportRequest.state.not_in(DONE))),
    (SupportRequest.solution_due_at, "solution_told", (SupportRequest.state.in_(("new", "open")),)),
)
