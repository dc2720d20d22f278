"""What happened to requests, written in the transaction of what it tells. Others follow it by id."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.storage.columns import utcnow
from helpcenter.support.models import SupportEvent, SupportRequest

EVENT_KINDS = (
    "created", "customer_replied", "agent_replied", "noted", "state_changed", "solved", "reopened", "assigned", "team_changed",
    "priority_changed", "tagged", "merged", "split", "linked", "drafted", "marked_spam", "due_soon", "breached", "mentioned",
)  # fmt: skip
MOST_AT_ONCE = 500


def record_event(
    session: Session, request: SupportRequest, kind: str, *, staff_id: int | None = None, details: Mapping | None = None,
    now: datetime | None = None,
) -> SupportEvent:  # fmt: skip
    """Record in the caller's transaction that *kind* happened to *request*, and return the event.

    *staff_id* did it; nobody means the customer or the clock. Raises ValueError for a kind that is not in EVENT_KINDS.
    """
    if kind not in EVENT_KINDS:
        raise ValueError(f"{kind!r} is no kind of event; add it to EVENT_KINDS")
    event = SupportEvent(request_id=request.id, kind=kind, staff_id=staff_id, details=dict(details or {}), at=now or utcnow())
    session.add(event)
    session.flush()
    return event


def events_after(session: Session, last_id: int, *, limit: int = MOST_AT_ONCE) -> list[SupportEvent]:
    """Return the events after *last_id*, the oldest first."""
    return list(session.scalars(select(SupportEvent).where(SupportEvent.id > last_id).order_by(SupportEvent.id).limit(limit)))


def events_of(session: Session, request: SupportRequest) -> list[SupportEvent]:
    """Return what happened to *request*, in order."""
    return list(session.scalars(select(SupportEvent).where(SupportEvent.request_id == request.id).order_by(SupportEvent.id)))
