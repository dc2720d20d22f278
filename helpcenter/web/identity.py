"""Who a visitor is, as the site around the widget vouches for it: a short token, signed with a key that both have.

`payload.signature`, both base64url: the payload is a JSON object with `sub`, `aud`, `iat` and `exp`, the signature HMAC-SHA256 over the
payload's text. Unlike a bare hash of a customer's number it ends by itself, and two keys at once let a key be changed.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from datetime import datetime

from helpcenter.language.cleaning import cut_text
from helpcenter.mail.addresses import AddressRefused, checked_address

LONGEST_TOKEN = 4_000
LONGEST_LIFE_SECONDS = 3_600
# Clocks of two machines differ.
SKEW_SECONDS = 60
MOST_ATTRIBUTES = 20
LONGEST_ATTRIBUTE = 200
# What a conversation knows its visitor by; a name is as long as a form takes one.
LIMITS = {"sub": LONGEST_ATTRIBUTE, "name": 100, "email": 320}
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NOT_ATTRIBUTES = ("aud", "iat", "exp")


class IdentityRefused(Exception):
    """The token says nothing that can be believed; the text says why, for whoever builds the site around."""


def read_identity(token: str, keys: Iterable[str], *, audience: str, now: datetime) -> dict[str, str]:
    """Return what *token* says of the visitor: `sub`, perhaps `name` and `email`, and attributes. Raises IdentityRefused."""
    text, _, signature = token.partition(".")
    if not any(is_signed(text, signature, key) for key in keys):
        raise IdentityRefused("the signature does not fit any key of HELPCENTER_IDENTITY_KEYS")
    try:
        payload = json.loads(decoded(text))
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise IdentityRefused("the payload is not a JSON object")
    check_claims(payload, audience=audience, now=now.timestamp())
    return attributes(payload)


def is_signed(text: str, signature: str, key: str) -> bool:
    """Return whether *signature* was made over *text* with *key*."""
    if not key or not text.isascii() or len(text) > LONGEST_TOKEN:
        return False
    wanted = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    try:
        return hmac.compare_digest(wanted, decoded(signature))
    except ValueError:
        return False


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without its `=`. Raises ValueError for anything else."""
    if not text.isascii() or "=" in text:
        raise ValueError("not base64url")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def check_claims(payload: dict, *, audience: str, now: float) -> None:
    """Raise IdentityRefused unless the token is meant for us, and for now."""
    issued, ends = payload.get("iat"), payload.get("exp")
    if not is_number(issued) or not is_number(ends):
        raise IdentityRefused("iat and exp must be numbers of seconds since 1970")
    if payload.get("aud") != audience:
        raise IdentityRefused(f"aud must be {audience}")
    if not 0 < ends - issued <= LONGEST_LIFE_SECONDS:
        raise IdentityRefused(f"exp must be at most {LONGEST_LIFE_SECONDS} seconds after iat")
    if now > ends + SKEW_SECONDS:
        raise IdentityRefused("the token has expired")
    if now < issued - SKEW_SECONDS:
        raise IdentityRefused("iat lies in the future")
    if not isinstance(payload.get("sub"), str) or not cut_text(payload["sub"], limit=LONGEST_ATTRIBUTE):
        raise IdentityRefused("sub must name the customer")


def is_number(value: object) -> bool:
    """Return whether *value* is a finite number, and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def attributes(payload: dict) -> dict[str, str]:
    """Return the short texts, numbers and flags of *payload* as texts; others are left out."""
    found = {}
    # Who it is comes first, whatever else the token says.
    for name, value in sorted(payload.items(), key=lambda claim: claim[0] not in LIMITS):
        if name in NOT_ATTRIBUTES or not NAME.fullmatch(name) or not isinstance(value, str | int | float):
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if name == "email":
            cleaned = address_in(text)
        else:
            cleaned = cut_text(text, limit=LIMITS.get(name, LONGEST_ATTRIBUTE))
        if cleaned:
            found[name] = cleaned
        if len(found) == MOST_ATTRIBUTES:
            break
    return found


def address_in(text: str) -> str:
    """Return *text* when mail can go there, else nothing: then the address is asked for as from anybody."""
    try:
        return checked_address(text)
    except AddressRefused:
        return ""
