"""Passwords: which are taken, and how they are kept (argon2id with the parameters OWASP names as the minimum)."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from helpcenter.accounts.common_passwords import is_common

SHORTEST, ADVISED, LONGEST = 8, 15, 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Each takes 19 MiB and a core for a tenth of a second: a flood of sign-ins must not take them all.
_at_once = threading.BoundedSemaphore(2)
# What is verified for a name that does not exist, so that the answer takes as long.
_nobodys_hash = _hasher.hash("nobody has this password")


class PasswordRefused(ValueError):
    """A password is not good enough; the message says why, and *code* is `short`, `long` or `common`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def hash_password(password: str) -> str:
    """Return what to store for *password*. Any characters are taken, spaces too. Raises PasswordRefused."""
    password = _written_one_way(password)
    if len(password) < SHORTEST:
        raise PasswordRefused("short", f"The password is too short: at least {SHORTEST} characters, better {ADVISED} or more.")
    if len(password) > LONGEST:
        raise PasswordRefused("long", f"The password is too long: at most {LONGEST} characters.")
    if is_common(password):
        raise PasswordRefused("common", "Everybody tries this password first. Take a few words that do not belong together.")
    with _at_once:
        return _hasher.hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Return whether *password* is the one that *stored* was made from. Nothing stored takes as long as a wrong one."""
    password = _written_one_way(password)
    # What is longer was never stored; hashing megabytes is no service to anybody.
    tried = password if len(password) <= LONGEST else ""
    with _at_once:
        try:
            _hasher.verify(stored or _nobodys_hash, tried)
        except (VerificationError, InvalidHashError):
            return False
    # An empty hash must not let anybody in who knows what nobody's hash was made from.
    return bool(stored) and tried == password


def needs_new_hash(stored: str) -> bool:
    """Return whether *stored* was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _written_one_way(password: str) -> str:
    """Return *password* with every character in one form: keyboards differ in how they write `é`."""
    return unicodedata.normalize("NFC", password.encode("utf-8", "ignore").decode())
