"""Addresses that say which request an answer belongs to: `help+7k3m9q-<signature>@example.org`.

The signature is the right to add to one request. Neither a subject nor a reference nor a Message-ID gives it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

PURPOSE = b"reply-address\x00"
SIGNATURE_BYTES = 15
# 15 bytes are 24 letters of base32, in small letters, because servers may change the case of an address.
TOKEN = re.compile(r"([a-z0-9]{1,12})-([a-z2-7]{24})\Z")


def reply_address(mail_reply: str, secret: str, thread: str) -> str:
    """Return the address at which answers in *thread* (a reference such as `R-7K3M9Q`) arrive.

    >>> reply_address("help@nordlys.example", "secret", "R-7K3M9Q")
    'help+7k3m9q-fxcinz2r3uiawrg6dwxyxnxm@nordlys.example'
    """
    local, _, domain = mail_reply.rpartition("@")
    name = thread.removeprefix("R-").casefold()
    return f"{local}+{name}-{_signature(secret, name)}@{domain}"


def thread_of(addresses: Iterable[str], mail_reply: str, secrets: Sequence[str]) -> str | None:
    """Return the thread that one of *addresses* gives the right to answer in, signed with any of *secrets*, else None."""
    local, _, domain = mail_reply.casefold().rpartition("@")
    for address in addresses:
        name, _, host = address.casefold().rpartition("@")
        start, plus, token = name.partition("+")
        found = TOKEN.match(token) if plus and (start, host) == (local, domain) else None
        if found and any(hmac.compare_digest(_signature(secret, found[1]), found[2]) for secret in secrets if secret):
            return f"R-{found[1].upper()}"
    return None


def is_ours(addresses: Iterable[str], mail_reply: str) -> bool:
    """Return whether one of *addresses* is *mail_reply*, with or without a token."""
    local, _, domain = mail_reply.casefold().rpartition("@")
    return any(address.casefold().rpartition("@")[2] == domain and address.casefold().split("@")[0].split("+")[0] == local for address in addresses)


def _signature(secret: str, name: str) -> str:
    mac = hmac.new(secret.encode(), PURPOSE + name.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:SIGNATURE_BYTES]).decode().casefold()
