"""Tokens for programs: each is made by a person, may do what its scopes name, and never more than that person."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from helpcenter.accounts.models import ApiToken, StaffUser
from helpcenter.language.cleaning import clean_text
from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import digest, new_token

# Scope -> the roles whose members may have it.
SCOPES = {
    "requests:read": ("agent", "admin"),
    "requests:write": ("agent", "admin"),
}
PREFIX = "hc_"
LIFETIMES_DAYS = (30, 90, 365)
USED_EVERY = timedelta(minutes=5)
LONGEST_NAME = 100


class TokenRefused(ValueError):
    """A token cannot be made; the message says why."""


def scopes_for(role: str) -> list[str]:
    """Return the scopes that members of *role* may give away."""
    return [scope for scope, roles in SCOPES.items() if role in roles]


def make_token(
    session: Session, user: StaffUser, *, name: str, scopes: list[str], days: int, now: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token of *user* and return its row and the text that is shown this once.

    Raises TokenRefused for a missing name, no scopes, scopes the person has not, or another lifetime.
    """
    now = now or utcnow()
    name = clean_text(name, limit=LONGEST_NAME, lines=False)
    if not name:
        raise TokenRefused("Give the token a name that says which program uses it.")
    allowed = scopes_for(user.role)
    scopes = list(dict.fromkeys(scopes))
    if not scopes or any(scope not in allowed for scope in scopes):
        raise TokenRefused("Choose at least one of the rights you have yourself.")
    if days not in LIFETIMES_DAYS:
        raise TokenRefused("Choose one of the lifetimes offered.")
    text, token_digest = new_token()
    row = ApiToken(
        token_digest=token_digest, user_id=user.id, name=name, scopes=scopes, created_at=now, expires_at=now + timedelta(days=days)
    )
    session.add(row)
    session.flush()
    return row, f"{PREFIX}{text}"


def find_token(session: Session, text: str, *, now: datetime | None = None) -> ApiToken | None:
    """Return the token written as *text*, None when it is none, over, or its person may not sign in."""
    if not text.startswith(PREFIX):
        return None
    mine = ApiToken.token_digest == digest(text.removeprefix(PREFIX))
    row = session.scalar(select(ApiToken).where(mine).options(joinedload(ApiToken.user)))
    if row is None or row.user.disabled or (now or utcnow()) >= row.expires_at:
        return None
    return row


def may(row: ApiToken, scope: str) -> bool:
    """Return whether *row* allows *scope*, and whether its person still does."""
    return scope in row.scopes and row.user.role in SCOPES[scope]


def is_used_long_ago(row: ApiToken, *, now: datetime | None = None) -> bool:
    """Return whether `touch` is due."""
    return row.last_used_at is None or (now or utcnow()) - row.last_used_at >= USED_EVERY


def touch(session: Session, row: ApiToken, *, now: datetime | None = None) -> None:
    """Note that *row* was used."""
    session.execute(update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=now or utcnow()))


def tokens_of(session: Session, user: StaffUser) -> list[ApiToken]:
    """Return the tokens of *user*, the newest first."""
    return list(session.scalars(select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.id.desc())))


def revoke(session: Session, user: StaffUser, token_id: int) -> str | None:
    """End the token *token_id* of *user*, and return its name; None when they have no such token."""
    row = session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user.id))
    if row is None:
        return None
    session.execute(delete(ApiToken).where(ApiToken.id == row.id))
    return row.name
