"""Staff accounts: made on the command line, checked at sign-in."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import HalfSignIn, StaffLink, StaffSession, StaffUser
from helpcenter.accounts.passwords import hash_password, is_password, needs_new_hash
from helpcenter.language.cleaning import clean_text
from helpcenter.mail.addresses import checked_address

# What each role may do is decided in `web`.
ROLES = ("agent", "editor", "reviewer", "admin")
LONGEST_NAME = 100


class StaffError(ValueError):
    """An account cannot be made or changed; the message says why, and *code* names the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def add_staff(session: Session, *, email: str, name: str, role: str, password: str) -> StaffUser:
    """Make an account and return it.

    Raises StaffError when the role is unknown or the address has an account, AddressRefused and PasswordRefused for
    what they say.
    """
    if role not in ROLES:
        raise StaffError("role", f"There is no role {role!r}. Roles are {', '.join(ROLES)}.")
    email = checked_address(email).casefold()
    if find_by_email(session, email):
        raise StaffError("taken", f"{email} has an account already.")
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
    user = find_by_email(session, email) if can_be_stored(email) else None
    usable = user is not None and not user.disabled
    right = is_password(password, user.password_hash if usable else None)
    return user if usable and right else None


def can_be_stored(email: str) -> bool:
    """Return whether a database can be asked for *email*."""
    # PostgreSQL refuses NUL in a query, and no driver takes half a surrogate pair.
    return "\x00" not in email and email.encode("utf-8", "ignore").decode() == email


def refresh_hash(user: StaffUser, password: str) -> None:
    """Store *password*, just verified, with today's parameters if it was stored with others."""
    if needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)


def change_password(session: Session, user: StaffUser, password: str) -> None:
    """Give *user* another password; their sessions and the links to choose a password end. Raises PasswordRefused."""
    user.password_hash = hash_password(password)
    _end_ways_in(session, user)


def disable(session: Session, user: StaffUser) -> None:
    """Keep *user* out from this moment on."""
    user.disabled = True
    _end_ways_in(session, user)


def enable(session: Session, user: StaffUser) -> None:
    """Let *user* in again."""
    user.disabled = False
    session.flush()


def change_rights(session: Session, user: StaffUser, *, role: str, sections: list[str], languages: list[str]) -> None:
    """Give *user* another role, or other sections and languages (empty: all). Raises StaffError.

    Their sessions go on with the new rights from the next click.
    """
    if role not in ROLES:
        raise StaffError("role", f"There is no role {role!r}. Roles are {', '.join(ROLES)}.")
    user.role, user.sections, user.languages = role, list(sections), list(languages)
    session.flush()


def all_staff(session: Session) -> list[StaffUser]:
    """Return every account by name, those that are kept out last."""
    return list(session.scalars(select(StaffUser).order_by(StaffUser.disabled, StaffUser.name, StaffUser.id)))


def check_that_an_admin_stays(session: Session, user: StaffUser) -> None:
    """Raise StaffError when *user* is the only admin: on the staff pages nobody could let anybody in again."""
    others = (StaffUser.role == "admin", StaffUser.disabled.is_(False), StaffUser.id != user.id)
    if user.role == "admin" and not user.disabled and session.scalar(select(StaffUser.id).where(*others).limit(1)) is None:
        raise StaffError("last-admin", f"{user.email} is the only admin. Make somebody else an admin first.")


def _end_ways_in(session: Session, user: StaffUser) -> None:
    session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))
    session.execute(delete(HalfSignIn).where(HalfSignIn.user_id == user.id))
    session.execute(delete(StaffLink).where(StaffLink.email == user.email))
    session.flush()
