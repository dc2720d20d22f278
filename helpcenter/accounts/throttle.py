"""How often a sign-in may fail.

Attempts are counted before the password is looked at, so that many at once do not slip through, and forgotten when
the sign-in succeeds. An attempt that is refused is not counted: the hour runs from the real ones.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import SignInAttempt
from helpcenter.storage.columns import utcnow

WINDOW = timedelta(hours=1)
MOST_PER_ACCOUNT = 10
MOST_PER_ADDRESS = 20


def admit(session: Session, email: str, address: str | None, *, now: datetime | None = None) -> bool:
    """Count an attempt to sign in as *email* from the network *address*, and return whether it may go on."""
    now = now or utcnow()
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - WINDOW))
    limits = {_account(email): MOST_PER_ACCOUNT, _network(address): MOST_PER_ADDRESS}
    if any(_attempts(session, subject, now) >= most for subject, most in limits.items()):
        return False
    session.add_all(SignInAttempt(subject=subject, at=now) for subject in limits)
    session.flush()
    return True


def forget(session: Session, email: str, address: str | None) -> None:
    """Forget the failures of *email* after it signed in, and one attempt of *address*.

    Only one: whoever knows one password must not wipe out their failures with other accounts.
    """
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject == _account(email)))
    last = select(func.max(SignInAttempt.id)).where(SignInAttempt.subject == _network(address)).scalar_subquery()
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == last))


def _attempts(session: Session, subject: str, now: datetime) -> int:
    recent = (SignInAttempt.subject == subject, SignInAttempt.at >= now - WINDOW)
    return session.scalar(select(func.count()).where(*recent))


def _account(email: str) -> str:
    return _digest("account", email.strip().casefold())


def _network(address: str | None) -> str:
    """Return the digest of the IP address, of the /64 for IPv6, where one customer has that many."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return _digest("address", "unknown")
    if parsed.version == 6:
        parsed = parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False)
    return _digest("address", str(parsed))


def _digest(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name}".encode("utf-8", "ignore")).hexdigest()
