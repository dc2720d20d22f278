"""The log of every change that the staff make. Entries are written in the transaction of what they tell, and never changed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import AuditEntry, StaffUser
from helpcenter.storage.columns import utcnow

LONGEST_SUBJECT = 400
LONGEST_VALUE = 200
OPERATOR = "command line"


def record(
    session: Session,
    who: StaffUser | None,
    action: str,
    subject: str = "",
    details: Mapping[str, object] | None = None,
    *,
    now: datetime | None = None,
) -> None:
    """Note that *who* (None: an operator at the command line) did *action* to *subject*.

    *details* are few and short, and never a password, a code, a token or what a customer wrote.
    """
    kept = {str(name): str(value)[:LONGEST_VALUE] for name, value in (details or {}).items()}
    session.add(
        AuditEntry(
            at=now or utcnow(),
            staff_id=who.id if who else None,
            who=who.email if who else OPERATOR,
            action=action,
            subject=subject[:LONGEST_SUBJECT],
            details=kept,
        )
    )
    session.flush()


def entries(
    session: Session, *, who: str = "", action: str = "", limit: int, before: int | None = None
) -> list[AuditEntry]:
    """Return the newest *limit* entries with an id below *before*, of the person *who*, whose action begins with *action*."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if who:
        wanted = wanted.where(AuditEntry.who == who)
    if action:
        wanted = wanted.where(AuditEntry.action.startswith(action, autoescape=True))
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    return list(session.scalars(wanted))


def actions(session: Session) -> list[str]:
    """Return every action that was ever noted, in order."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))
