"""Random tokens that stand for a right. Only their digest is stored, so a stolen database opens nothing."""

import base64
import hashlib
import hmac
import secrets

TOKEN_BYTES = 32
# 43 characters of base64url hold 32 bytes.
TOKEN_LENGTH = 43


def new_token() -> tuple[str, str]:
    """Return a fresh 256-bit token for its owner, and the digest to store."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, digest(token)


def digest(token: str) -> str:
    """Return the SHA-256 of *token* in hexadecimal.

    Anything that is not shaped like a token gets a digest that no row holds: an empty or cut token must never match.
    """
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return f"malformed:{len(token)}"
    return hashlib.sha256(token.encode()).hexdigest()


def derived_token(secret: str, purpose: str, name: str) -> str:
    """Return the token for *name* that *secret* always gives again, so that a link can be repeated without storing it."""
    mac = hmac.new(secret.encode(), f"{purpose}\x00{name}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
