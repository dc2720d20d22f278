"""The trail of a visit: what was searched, read, voted and said before a person was asked.

A journey becomes a row at the visitor's first deliberate act (vote, chat, request), never before. It ends with a request,
with a chat that solved it, or after half an hour of silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from helpcenter.journeys import versions
from helpcenter.journeys.models import Event, Journey
from helpcenter.language.masking import mask_private
from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import new_token

OUTCOMES = ("resolved", "escalated", "left")
# After this silence the visitor's next act belongs to another visit.
SILENCE = timedelta(minutes=30)
LONGEST_DETAIL = 300
# What visitors type, or what stands in the address of another site's page.
TYPED = ("query", "comment", "page")
MOST_AT_ONCE = 500


JOURNEYS, EVENTS = Journey.__table__.c, Event.__table__.c
GOING_ON = (
    select(JOURNEYS.id)
    .where(JOURNEYS.visitor == bindparam("visitor"), JOURNEYS.ended_at.is_(None), JOURNEYS.last_at >= bindparam("since"))
    .order_by(JOURNEYS.id.desc())
    .limit(1)
)
# By id, not by time: a clock may step back.
WITH_STEPS = (
    select(JOURNEYS.id, JOURNEYS.outcome, EVENTS.kind, EVENTS.details)
    .outerjoin_from(Journey.__table__, Event.__table__, EVENTS.journey_id == JOURNEYS.id)
    .where(JOURNEYS.id == GOING_ON.scalar_subquery())
    .order_by(EVENTS.id)
)
BEGIN, ADD = insert(Journey.__table__), insert(Event.__table__)
NOTE = (
    update(Journey.__table__)
    .where(JOURNEYS.id == bindparam("journey"))
    .values(last_at=bindparam("now"), outcome=bindparam("judged"))
)


class JourneyError(ValueError):
    """A journey is not there, or was closed with an outcome that does not exist."""


class Step(NamedTuple):
    """One step of a journey: what was done, with what, and when."""

    kind: str
    details: dict
    at: datetime

    def as_json(self) -> dict:
        """Return the step as it is kept with a support request."""
        return {"kind": self.kind, "details": self.details, "at": self.at.isoformat()}


class Visit(NamedTuple):
    """A journey that goes on, how it stands, and its steps so far, kind and details."""

    id: int
    outcome: str | None = None
    steps: Sequence[tuple[str, Mapping]] = ()


def start(session: Session, lang: str, visitor: str | None = None) -> Journey:
    """Begin a journey in *lang* and return it."""
    journey = Journey(public_id=new_token()[0], lang=lang, visitor=visitor)
    session.add(journey)
    session.flush()
    return journey


def find(session: Session, public_id: str, *, now: datetime | None = None) -> Journey | None:
    """Return the journey that goes on under *public_id*, or None when it ended or fell silent."""
    journey = session.scalar(select(Journey).where(Journey.public_id == public_id))
    if journey is None or journey.ended_at or journey.last_at + SILENCE < (now or utcnow()):
        return None
    return journey


def get(session: Session, journey_id: int) -> Journey:
    """Return the journey with *journey_id*. Raises JourneyError when there is none."""
    journey = session.get(Journey, journey_id) if journey_id else None
    if journey is None:
        raise JourneyError(f"There is no journey {journey_id}.")
    return journey


def of_visitor(session: Session, visitor: str, lang: str, *, now: datetime | None = None) -> Journey:
    """Return the journey that *visitor* is on, a new one in *lang* when the last one ended or fell silent."""
    going_on = (Journey.visitor == visitor, Journey.ended_at.is_(None), Journey.last_at >= (now or utcnow()) - SILENCE)
    journey = session.scalar(select(Journey).where(*going_on).order_by(Journey.id.desc()).limit(1))
    return journey or start(session, lang, visitor)


def visit_of(session: Session, visitor: str, lang: str, *, now: datetime) -> Visit:
    """Return the journey that `of_visitor` returns, with its steps, for who adds to it with `go_on`: two statements in all."""
    rows = session.execute(WITH_STEPS, {"visitor": visitor, "since": now - SILENCE}).all()
    if not rows:
        row = {"public_id": new_token()[0], "lang": lang, "visitor": visitor, "started_at": now, "last_at": now}
        return Visit(session.execute(BEGIN, row).inserted_primary_key[0])
    steps = [(kind, details) for _id, _outcome, kind, details in rows if kind]
    return Visit(rows[0].id, rows[0].outcome, steps)


def go_on(session: Session, visit: Visit, steps: Sequence[tuple[str, Mapping]], *, then: Sequence[tuple[str, Mapping]], now: datetime) -> None:
    """Add to *visit* those of *steps* that it has not yet, and *then* others in any case; judge how it stands."""
    added = [*_fresh(visit.steps, steps), *then]
    session.execute(ADD, [{"journey_id": visit.id, "kind": kind, "details": _kept(details), "at": now} for kind, details in added])
    session.execute(NOTE, {"journey": visit.id, "now": now, "judged": judged(visit.outcome, [*visit.steps, *added])})


def record(session: Session, journey: Journey, kind: str, **details: object) -> Event:
    """Add a step to *journey* and return it. Long texts are cut, addresses and numbers masked; what is None is left out."""
    event = Event(journey_id=journey.id, kind=kind, details=_kept(details))
    session.add(event)
    journey.last_at = event.at = utcnow()
    session.flush()
    return event


def record_steps(session: Session, journey: Journey, steps: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    """Add *steps*, kind and details, to *journey* with one statement, as `record` adds one."""
    now = utcnow()
    rows = [{"journey_id": journey.id, "kind": kind, "details": _kept(details), "at": now} for kind, details in steps]
    if rows:
        session.execute(insert(Event.__table__), rows)
        journey.last_at = now


def record_new(
    session: Session, journey: Journey, steps: Sequence[tuple[str, Mapping]], then: Sequence[tuple[str, Mapping]] = ()
) -> list[tuple[str, Mapping]]:
    """Add those of *steps* to *journey* that it has not yet, and *then* others in any case; return all its steps.

    The same search or article counts once a visit.
    """
    before = [(step.kind, step.details) for step in trail(session, journey.id)]
    added = [*_fresh(before, steps), *then]
    record_steps(session, journey, added)
    return [*before, *added]


def _fresh(before: Iterable[tuple[str, Mapping]], steps: Iterable[tuple[str, Mapping]]) -> list[tuple[str, Mapping]]:
    known = {_name_of(kind, details) for kind, details in before}
    fresh = {}
    for kind, details in steps:
        name = _name_of(kind, _kept(details))
        if name not in known:
            fresh.setdefault(name, (kind, details))
    return list(fresh.values())


def _name_of(kind: str, details: Mapping) -> tuple:
    return kind, details.get("query"), details.get("article") or details.get("page")


def _kept(details: Mapping[str, object]) -> dict:
    return {name: _cut(name, value) for name, value in details.items() if value is not None}


def _cut(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    return (mask_private(value) if name in TYPED else value)[:LONGEST_DETAIL]


def trail(session: Session, journey_id: int | None) -> list[Step]:
    """Return the steps of a journey in the order they were taken; none for an unknown journey."""
    # By id, not by time: a clock may step back.
    events = select(Event.kind, Event.details, Event.at).where(Event.journey_id == journey_id).order_by(Event.id)
    return [Step(*event) for event in session.execute(events)]


def close(session: Session, journey: Journey, outcome: str) -> None:
    """End *journey* as `resolved`, `escalated` or `left`.

    An escalation stays one: who asked a person and then found the answer did ask a person.
    """
    if outcome not in OUTCOMES:
        raise JourneyError(f"A journey ends as {', '.join(OUTCOMES)}, not as {outcome!r}.")
    if journey.outcome != "escalated":
        journey.outcome = outcome
        if outcome == "escalated":
            versions.count_escalated(session, [(step.kind, step.details) for step in trail(session, journey.id)], utcnow().date())
    journey.last_at = journey.ended_at = utcnow()
    session.flush()


def outcome_of(steps: Iterable[tuple[str, Mapping]]) -> str:
    """Return how a visit with *steps*, kind and details in their order, ends.

    `escalated` when a person was asked. `resolved` when the visitor said so in the chat, or said of an article they had read
    that it helped, and did not take it back. Everything else is `left`: unknown, and never a success.

    >>> outcome_of([("view", {"article": "a"}), ("vote", {"article": "a", "helpful": True})])
    'resolved'
    """
    read, helped, solved = set(), {}, False
    for kind, details in steps:
        article = details.get("article")
        if kind == "request":
            return "escalated"
        if kind == "view":
            read.add(article)
        elif kind == "vote":
            helped[article] = bool(details.get("helpful")) and article in read
        solved = solved or kind == "solved"
    return "resolved" if solved or any(helped.values()) else "left"


def judged(outcome: str | None, steps: Iterable[tuple[str, Mapping]]) -> str | None:
    """Return how a visit that goes on, stood at *outcome* and has had *steps* stands now; a later step may say otherwise."""
    if outcome == "escalated":
        return outcome
    found = outcome_of(steps)
    return None if found == "left" else found


def end_silent(session: Session, now: datetime) -> int:
    """End the journeys in which nothing happened for half an hour, and return how many; at most 500 at once."""
    silent = (
        select(Journey)
        .where(Journey.ended_at.is_(None), Journey.last_at < now - SILENCE)
        .order_by(Journey.last_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    journeys = list(session.scalars(silent))
    for journey in journeys:
        if journey.outcome is None:
            journey.outcome = outcome_of((step.kind, step.details) for step in trail(session, journey.id))
        journey.ended_at = journey.last_at + SILENCE
    session.flush()
    return len(journeys)
