"""The second factor: six digits from an app on the phone (TOTP, RFC 6238), and recovery codes for a lost one."""

import hashlib
import secrets
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import HalfSignIn, RecoveryCode, StaffUser
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import count_up
from helpcenter.storage.tokens import digest, new_token

STEP_SECONDS = 30
# A phone's clock may be half a minute off, and a code is typed for a while.
STEPS_ASIDE = 1
HALF_LASTS = timedelta(minutes=10)
MOST_TRIES = 10
TRIES_WINDOW_SECONDS = 3600
CODES = 10
# Without letters and digits that look alike; 10 of 31 characters are 49 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 10


def new_secret() -> str:
    """Return a fresh secret for an app."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, *, account: str, issuer: str) -> str:
    """Return the `otpauth:` address that apps read from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of_code(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """Return the step of time that *code* is right for, None when it is wrong or not later than the step *after*."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in range(present - STEPS_ASIDE, present + STEPS_ASIDE + 1):
        if step > after and secrets.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def enable(session: Session, user: StaffUser, secret: str, code: str, *, now: datetime | None = None) -> list[str] | None:
    """Give *user* the second factor *secret* and return their recovery codes, or None when *code* is not of it."""
    step = step_of_code(secret, code, after=0, now=now or utcnow())
    if step is None:
        return None
    user.totp_secret, user.totp_step = secret, step
    return renew_codes(session, user)


def disable(session: Session, user: StaffUser) -> None:
    """Take the second factor and its recovery codes from *user*."""
    user.totp_secret, user.totp_step = None, 0
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.execute(delete(HalfSignIn).where(HalfSignIn.user_id == user.id))


def renew_codes(session: Session, user: StaffUser) -> list[str]:
    """Return new recovery codes of *user*, shown this once; the earlier ones open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_digest=_code_digest(user, code)) for code in codes)
    session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(session: Session, user: StaffUser) -> int:
    """Return how many recovery codes *user* has not used yet."""
    return session.scalar(select(func.count()).where(RecoveryCode.user_id == user.id))


def prove(session: Session, user: StaffUser, code: str, *, now: datetime | None = None) -> bool:
    """Return whether *code*, of the app or for recovery, is right; either is taken once.

    Wrong and right ones are counted alike, ten an hour for each account: six digits must not be tried out.
    """
    if user.totp_secret is None or count_up(session, f"factor:{user.id}", window_seconds=TRIES_WINDOW_SECONDS).count > MOST_TRIES:
        return False
    step = step_of_code(user.totp_secret, code, after=user.totp_step, now=now or utcnow())
    if step is not None:
        user.totp_step = step
        return True
    return _use_recovery_code(session, user, code)


def _use_recovery_code(session: Session, user: StaffUser, code: str) -> bool:
    written = "".join(code.replace("-", "").split()).casefold()
    if len(written) != CODE_LENGTH:
        return False
    mine = (RecoveryCode.user_id == user.id, RecoveryCode.code_digest == _code_digest(user, written))
    return session.execute(delete(RecoveryCode).where(*mine)).rowcount == 1


def _code_digest(user: StaffUser, code: str) -> str:
    return hashlib.sha256(f"{user.id}:{code}".encode("utf-8", "ignore")).hexdigest()


def start_half(session: Session, user: StaffUser, *, now: datetime | None = None) -> str:
    """Note that *user* gave the right password, and return the token with which the second factor is asked for."""
    now = now or utcnow()
    token, token_digest = new_token()
    session.execute(delete(HalfSignIn).where(HalfSignIn.created_at < now - HALF_LASTS))
    session.add(HalfSignIn(token_digest=token_digest, user_id=user.id, created_at=now))
    session.flush()
    return token


def find_half(session: Session, token: object, *, now: datetime | None = None) -> HalfSignIn | None:
    """Return the half sign-in of *token*, for ten minutes."""
    if not isinstance(token, str):
        return None
    half = session.get(HalfSignIn, digest(token))
    if half is None or half.user.disabled or (now or utcnow()) >= half.created_at + HALF_LASTS:
        return None
    return half
