"""Mailed links: an invitation makes an account, a reset makes a new password. Each works once, and not for long."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import StaffLink, StaffUser
from helpcenter.accounts.staff import ROLES, StaffError, add_staff, change_password, find_by_email
from helpcenter.mail.addresses import checked_address
from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import digest, new_token

INVITE_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=1)


def invite(
    session: Session,
    *,
    email: str,
    role: str,
    sections: list[str] = (),
    languages: list[str] = (),
    now: datetime | None = None,
) -> str:
    """Return the token of an invitation for *email*; an earlier one to the same address opens nothing any more.

    Raises StaffError when the role is unknown or the address has an account, AddressRefused for what is no address.
    """
    now = now or utcnow()
    if role not in ROLES:
        raise StaffError("role", f"There is no role {role!r}. Roles are {', '.join(ROLES)}.")
    email = checked_address(email).casefold()
    if find_by_email(session, email):
        raise StaffError("taken", f"{email} has an account already.")
    session.execute(delete(StaffLink).where(StaffLink.email == email, StaffLink.purpose == "invite"))
    return _add(session, "invite", email, now=now, lasts=INVITE_LASTS, role=role, sections=list(sections), languages=list(languages))


def offer_reset(session: Session, user: StaffUser, *, now: datetime | None = None) -> str:
    """Return the token with which *user* may choose a new password; earlier ones open nothing any more."""
    session.execute(delete(StaffLink).where(StaffLink.email == user.email, StaffLink.purpose == "reset"))
    return _add(session, "reset", user.email, now=now or utcnow(), lasts=RESET_LASTS)


def _add(session: Session, purpose: str, email: str, *, now: datetime, lasts: timedelta, **rights: object) -> str:
    session.execute(delete(StaffLink).where(StaffLink.expires_at <= now))
    token, token_digest = new_token()
    session.add(StaffLink(token_digest=token_digest, purpose=purpose, email=email, created_at=now, expires_at=now + lasts, **rights))
    session.flush()
    return token


def find_link(session: Session, token: object, *, now: datetime | None = None) -> StaffLink | None:
    """Return the link of *token* while it lasts. Reading it uses nothing up: programs that scan mail follow links."""
    link = session.get(StaffLink, digest(token)) if isinstance(token, str) else None
    return link if link is not None and (now or utcnow()) < link.expires_at else None


def accept(session: Session, link: StaffLink, *, name: str, password: str) -> StaffUser:
    """Do what *link* is for, with the *password* the person chose; return their account. The link is used up.

    Raises PasswordRefused, and StaffError when the account has come or gone meanwhile.
    """
    if link.purpose == "invite":
        user = add_staff(session, email=link.email, name=name, role=link.role, password=password)
        user.sections, user.languages = link.sections, link.languages
        session.delete(link)
    else:
        user = find_by_email(session, link.email)
        if user is None or user.disabled:
            raise StaffError("kept-out", "This account can no longer sign in.")
        # Ends every other way in as well, this link among them.
        change_password(session, user, password)
    session.flush()
    return user


def invitations(session: Session, *, now: datetime | None = None) -> list[StaffLink]:
    """Return the invitations that nobody has accepted yet, the newest first."""
    open_ones = (StaffLink.purpose == "invite", StaffLink.expires_at > (now or utcnow()))
    return list(session.scalars(select(StaffLink).where(*open_ones).order_by(StaffLink.created_at.desc())))


def withdraw(session: Session, email: str) -> bool:
    """Take the invitation to *email* back, and return whether there was one."""
    return session.execute(delete(StaffLink).where(StaffLink.email == email, StaffLink.purpose == "invite")).rowcount > 0
