"""Sessions of the staff: a row for every sign-in. Deleting the row ends it at once, on every server."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from helpcenter.accounts.models import StaffSession, StaffUser
from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import digest, new_token

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
# How exact "last seen" is: finer would write with every click.
SEEN_EVERY = timedelta(minutes=1)


def start(session: Session, user: StaffUser, *, now: datetime | None = None) -> str:
    """Begin a session of *user* and return its token, which only the browser keeps."""
    now = now or utcnow()
    token, token_digest = new_token()
    session.execute(delete(StaffSession).where(StaffSession.created_at < now - LONGEST))
    session.add(
        StaffSession(token_digest=token_digest, user_id=user.id, csrf_token=new_token()[0], created_at=now, last_seen_at=now)
    )
    session.flush()
    return token


def find(session: Session, token: object, *, now: datetime | None = None) -> StaffSession | None:
    """Return the session of *token* while it lasts: an hour without a click, twelve hours in all."""
    if not isinstance(token, str):
        return None
    found = session.scalar(
        select(StaffSession).where(StaffSession.token_digest == digest(token)).options(joinedload(StaffSession.user))
    )
    now = now or utcnow()
    if found is None or found.user.disabled:
        return None
    return found if now < found.last_seen_at + IDLE and now < found.created_at + LONGEST else None


def is_seen_long_ago(found: StaffSession, *, now: datetime | None = None) -> bool:
    """Return whether `touch` is due."""
    return (now or utcnow()) - found.last_seen_at >= SEEN_EVERY


def touch(session: Session, found: StaffSession, *, now: datetime | None = None) -> None:
    """Note that *found* is in use. A session that ended meanwhile stays ended."""
    mine = StaffSession.token_digest == found.token_digest
    session.execute(update(StaffSession).where(mine).values(last_seen_at=now or utcnow()))


def end(session: Session, found: StaffSession) -> None:
    """End one session."""
    session.execute(delete(StaffSession).where(StaffSession.token_digest == found.token_digest))
