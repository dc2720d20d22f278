"""Status links: the right to open one request without an account.

A link is derived from the secret key and the request's hidden name, so that every mail can repeat it; the database
holds only its digest and how long it lives.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import derived_token, digest
from helpcenter.storage.upsert import upsert
from helpcenter.support.models import StatusLink, SupportRequest
from helpcenter.support.terms import Terms

LIFETIME = timedelta(days=90)


def status_token(secret_key: str, request: SupportRequest) -> str:
    """Return the token that opens *request*."""
    return derived_token(secret_key, "status", request.public_id)


def status_url(terms: Terms, request: SupportRequest) -> str:
    """Return the address of the status page of *request*."""
    return f"{terms.base_url}/requests/{status_token(terms.secret_key, request)}"


def renew(session: Session, secret_key: str, request: SupportRequest, *, now: datetime | None = None) -> str:
    """Let the link of *request* live for another 90 days from now, and return its token."""
    token = status_token(secret_key, request)
    row = {"token_digest": digest(token), "request_id": request.id, "expires_at": (now or utcnow()) + LIFETIME}
    upsert(session, StatusLink, row, unique=["token_digest"])
    return token


def revoke(session: Session, request: SupportRequest) -> None:
    """End every link of *request* at once."""
    session.execute(delete(StatusLink).where(StatusLink.request_id == request.id))


def find_by_token(session: Session, token: object, *, now: datetime | None = None) -> SupportRequest | None:
    """Return the request that *token* opens. A wrong, expired, malformed or empty token opens nothing."""
    return find_by_digest(session, digest(token), now=now) if isinstance(token, str) else None


def find_by_digest(session: Session, token_digest: str, *, now: datetime | None = None) -> SupportRequest | None:
    """Return the request that the token with this digest opens, as long as its link lives."""
    link = select(StatusLink.request_id).where(
        StatusLink.token_digest == token_digest, StatusLink.expires_at > (now or utcnow())
    )
    return session.scalar(select(SupportRequest).where(SupportRequest.id == link.scalar_subquery()))
