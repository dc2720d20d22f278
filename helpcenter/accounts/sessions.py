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
# For how long dangerous acts are believed to be done by the person who proved who they are.
PROVEN_LASTS = timedelta(minutes=15)
HANDLE_LENGTH = 16
LONGEST_DEVICE = 80


def start(session: Session, user: StaffUser, *, device: str = "", proven: bool = True, now: datetime | None = None) -> str:
    """Begin a session of *user* on *device* and return its token, which only the browser keeps.

    *proven* says whether the person has just proved who they are.
    """
    now = now or utcnow()
    token, token_digest = new_token()
    session.execute(delete(StaffSession).where(StaffSession.created_at < now - LONGEST))
    session.add(
        StaffSession(
            token_digest=token_digest,
            user_id=user.id,
            csrf_token=new_token()[0],
            created_at=now,
            last_seen_at=now,
            proven_at=now if proven else None,
            device=device[:LONGEST_DEVICE],
        )
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


def is_proven(found: StaffSession, *, now: datetime | None = None) -> bool:
    """Return whether the person has proved within the last quarter of an hour who they are."""
    return found.proven_at is not None and (now or utcnow()) < found.proven_at + PROVEN_LASTS


def prove(session: Session, found: StaffSession, *, now: datetime | None = None) -> None:
    """Note that the person of *found* has just proved who they are."""
    mine = StaffSession.token_digest == found.token_digest
    session.execute(update(StaffSession).where(mine).values(proven_at=now or utcnow()))


def sessions_of(session: Session, user: StaffUser, *, now: datetime | None = None) -> list[StaffSession]:
    """Return the sessions of *user* that last, the one used last first."""
    now = now or utcnow()
    lasting = (StaffSession.last_seen_at > now - IDLE, StaffSession.created_at > now - LONGEST)
    mine = select(StaffSession).where(StaffSession.user_id == user.id, *lasting)
    return list(session.scalars(mine.order_by(StaffSession.last_seen_at.desc())))


def handle(found: StaffSession) -> str:
    """Return what names *found* on a page; it opens nothing."""
    return found.token_digest[:HANDLE_LENGTH]


def end_others(session: Session, found: StaffSession, *, only: str | None = None) -> int:
    """End the other sessions of the person of *found*, or that with the handle *only*; return how many."""
    others = [StaffSession.user_id == found.user_id, StaffSession.token_digest != found.token_digest]
    if only is not None:
        if len(only) != HANDLE_LENGTH:
            return 0
        others.append(StaffSession.token_digest.startswith(only, autoescape=True))
    return session.execute(delete(StaffSession).where(*others)).rowcount
