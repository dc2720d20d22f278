"""Accounts that are opened by signing in at an identity provider."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpcenter.accounts import audit, links
from helpcenter.accounts.models import StaffIdentity, StaffLink, StaffUser
from helpcenter.accounts.provider import Person
from helpcenter.accounts.staff import can_be_stored, find_by_email
from helpcenter.storage.columns import utcnow


@dataclass(frozen=True)
class Refusal:
    """Why somebody whom the provider knows opens no account here: *code* is `unknown`, `kept-out` or `other`."""

    code: str


def admit(session: Session, person: Person, *, now: datetime | None = None) -> StaffUser | Refusal:
    """Return the account that *person* opens, or why there is none.

    Somebody who has been here is known by the provider's own name for them. At the first time their verified address
    must be that of an account, or of an invitation, which is accepted. Nobody gets an account without one of these.
    """
    known = session.scalar(select(StaffIdentity).where(StaffIdentity.issuer == person.issuer, StaffIdentity.subject == person.subject))
    if known is not None:
        return Refusal("kept-out") if known.user.disabled else known.user
    user = _by_address(session, person, now or utcnow())
    if user is None:
        return Refusal("unknown")
    if user.disabled:
        return Refusal("kept-out")
    if identity_of(session, user, person.issuer) is not None:
        # The address has changed hands at the provider, or somebody else claims it.
        return Refusal("other")
    session.add(StaffIdentity(user_id=user.id, issuer=person.issuer, subject=person.subject))
    audit.record(session, user, "account.identity-linked", user.email, {"issuer": person.issuer})
    return user


def _by_address(session: Session, person: Person, now: datetime) -> StaffUser | None:
    if not person.email or not can_be_stored(person.email):
        return None
    if user := find_by_email(session, person.email):
        return user
    invited = (StaffLink.purpose == "invite", StaffLink.email == person.email.strip().casefold(), StaffLink.expires_at > now)
    invitation = session.scalar(select(StaffLink).where(*invited))
    if invitation is None:
        return None
    # A password nobody knows; who wants one asks for a new one by mail.
    user = links.accept(session, invitation, name=person.name, password=secrets.token_urlsafe(32))
    audit.record(session, user, "account.invite", user.email)
    return user


def identity_of(session: Session, user: StaffUser, issuer: str) -> StaffIdentity | None:
    """Return who *user* is at *issuer*, if they ever signed in there."""
    return session.scalar(select(StaffIdentity).where(StaffIdentity.user_id == user.id, StaffIdentity.issuer == issuer))


def is_the_same(session: Session, user: StaffUser, person: Person) -> bool:
    """Return whether *person* is who opened the account of *user* before."""
    known = identity_of(session, user, person.issuer)
    return known is not None and known.subject == person.subject


def unlink(session: Session, user: StaffUser, issuer: str) -> bool:
    """Forget who *user* is at *issuer*; return whether there was something to forget."""
    mine = (StaffIdentity.user_id == user.id, StaffIdentity.issuer == issuer)
    return session.execute(delete(StaffIdentity).where(*mine)).rowcount > 0
