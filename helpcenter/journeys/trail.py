"""The trail of a visit: what was searched, read, voted and said before a person was asked.

A journey becomes a row at the visitor's first deliberate act (vote, chat, request), never before.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.journeys.models import Event, Journey
from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import new_token

OUTCOMES = ("resolved", "escalated", "left")
# After this silence the visitor's next act belongs to another visit.
SILENCE = timedelta(minutes=30)
LONGEST_DETAIL = 300


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


def start(session: Session, lang: str, visitor: str | None = None) -> Journey:
    """Begin a journey in *lang* and return it."""
    journey = Journey(public_id=new_token()[0], lang=lang, visitor=visitor)
    session.add(journey)
    session.flush()
    return journey


def find(session: Session, public_id: str, *, now: datetime | None = None) -> Journey | None:
    """Return the journey that goes on under *public_id*, or None when it ended or fell silent."""
    journey = session.scalar(select(Journey).where(Journey.public_id == public_id))
    if journey is None or journey.outcome or journey.last_at + SILENCE < (now or utcnow()):
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
    going_on = (Journey.visitor == visitor, Journey.outcome.is_(None), Journey.last_at >= (now or utcnow()) - SILENCE)
    journey = session.scalar(select(Journey).where(*going_on).order_by(Journey.id.desc()).limit(1))
    return journey or start(session, lang, visitor)


def record(session: Session, journey: Journey, kind: str, **details: object) -> Event:
    """Add a step to *journey* and return it. Long texts are cut; what is None is left out."""
    event = Event(journey_id=journey.id, kind=kind, details=_kept(details))
    session.add(event)
    journey.last_at = event.at = utcnow()
    session.flush()
    return event


def _kept(details: Mapping[str, object]) -> dict:
    cut = {name: value[:LONGEST_DETAIL] if isinstance(value, str) else value for name, value in details.items()}
    return {name: value for name, value in cut.items() if value is not None}


def trail(session: Session, journey_id: int | None) -> list[Step]:
    """Return the steps of a journey in the order they were taken; none for an unknown journey."""
    # By id, not by time: a clock may step back.
    events = session.scalars(select(Event).where(Event.journey_id == journey_id).order_by(Event.id))
    return [Step(event.kind, event.details, event.at) for event in events]


def close(session: Session, journey: Journey, outcome: str) -> None:
    """End *journey* as `resolved`, `escalated` or `left`.

    An escalation stays one: who asked a person and then found the answer did ask a person.
    """
    if outcome not in OUTCOMES:
        raise JourneyError(f"A journey ends as {', '.join(OUTCOMES)}, not as {outcome!r}.")
    if journey.outcome != "escalated":
        journey.outcome = outcome
    journey.last_at = utcnow()
    session.flush()
