"""Whether the mailbox can be read: written down by whoever looks into it, shown by the staff pages and `helpcenter doctor`."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpcenter.mail.models import MailboxTrouble
from helpcenter.storage.upsert import upsert

THE_MAILBOX = 1


def trouble(session: Session) -> MailboxTrouble | None:
    """Return why the mailbox cannot be read and since when; None when it can, as far as anybody looked."""
    return session.get(MailboxTrouble, THE_MAILBOX)


def note_failure(session: Session, reason: str, *, now: datetime) -> None:
    """Keep that the mailbox could not be read, and since when that has been so."""
    row = {"id": THE_MAILBOX, "since": now, "tries": 1, "reason": reason}
    upsert(session, MailboxTrouble, row, unique=["id"], changes={"tries": MailboxTrouble.tries + 1, "reason": reason})


def note_success(session: Session) -> None:
    """Keep that the mailbox can be read."""
    session.execute(delete(MailboxTrouble))
