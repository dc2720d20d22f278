"""Staff accounts: made on the command line, checked at sign-in."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import StaffSession, StaffUser
from helpcenter.accounts.passwords import hash_password, is_password, needs_new_hash
from helpcenter.language.cleaning import clean_text
from helpcenter.mail.addresses import checked_address

# What each role may do is decided in `web`; a later one may do what the earlier ones may.
ROLES = ("agent", "editor", "admin")
LONGEST_NAME = 100


class StaffError(ValueError):
    """An account cannot be made or changed; the message says why."""


def add_staff(session: Session, *, email: str, name: str, role: str, password: str) -> StaffUser:
    """Make an account and return it.

    Raises StaffError when the role is unknown or the address has an account, AddressRefused and PasswordRefused for
    what they say.
    """
    if role not in ROLES:
        raise StaffError(f"There is no role {role!r}. Roles are {', '.join(ROLES)}.")
    email = checked_address(email).casefold()
    if find_by_email(session, email):
        raise StaffError(f"{email} has an account already.")
    name = clean_text(name, limit=LONGEST_NAME, lines=False) or email.partition("@")[0]
    user = StaffUser(email=email, name=name, role=role, password_hash=hash_password(password))
    session.add(user)
    session.flush()
    return user


def find_by_email(session: Session, email: str) -> StaffUser | None:
    """Return the account of *email*, whatever its case."""
    return session.scalar(select(StaffUser).where(StaffUser.email == email.strip().casefold()))


def count_staff(session: Session) -> int:
    """Return how many accounts may sign in."""
    return session.scalar(select(func.count()).where(StaffUser.disabled.is_(False)))


def verify(session: Session, email: str, password: str) -> StaffUser | None:
    """Return the account that *email* and *password* open, None for every reason why not.

    An unknown address, a wrong password and a disabled account take the same time and give the same answer. Reads
    only, so that nobody waits for a hash inside a write transaction.
    """
    user = find_by_email(session, email) if _can_be_stored(email) else None
    usable = user is not None and not user.disabled
    right = is_password(password, user.password_hash if usable else None)
    return user if usable and right else None


def _can_be_stored(email: str) -> bool:
    # PostgreSQL refuses NUL in a query, and no driver takes half a surrogate pair.
    return "\x00" not in email and email.encode("utf-8", "ignore").decode() == email


def refresh_hash(user: StaffUser, password: str) -> None:
    """Store *password*, just verified, with today's parameters if it was stored with others."""
    if needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)


def change_password(session: Session, user: StaffUser, password: str) -> None:
    """Give *user* another password and end all of their sessions. Raises PasswordRefused."""
    user.password_hash = hash_password(password)
    _end_sessions(session, user)


def disable(session: Session, user: StaffUser) -> None:
    """Keep *user* out from this moment on."""
    user.disabled = True
    _end_sessions(session, user)


def _end_sessions(session: Session, user: StaffUser) -> None:
    for row in session.scalars(select(StaffSession).where(StaffSession.user_id == user.id)):
        session.delete(row)
    session.flush()
