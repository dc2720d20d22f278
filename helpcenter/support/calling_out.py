"""One POST to an address outside, such that it cannot be turned against the network this server stands in.

The name is resolved once, every address it has is checked, and the connection goes to the checked address: what a name
server says later changes nothing. No redirect is followed, no proxy asked, and only the beginning of an answer is read.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5
LONGEST_ANSWER = 1024
PORTS = {"http": 80, "https": 443}
# Networks that `is_global` counts as public and that lead back inside: 6to4, NAT64 and Teredo carry IPv4 addresses.
TUNNELS = tuple(map(ipaddress.ip_network, ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32")))


class CallRefused(ValueError):
    """An address is not called; the message says why."""


class Answer(NamedTuple):
    """What the other side answered."""

    status: int
    text: str


Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of *host*. Raises OSError."""
    return [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked_target(url: str, *, inside: Collection[str] = (), resolve: Resolve = resolve) -> tuple[str, int, str]:
    """Return host, port and the address to connect to. Raises CallRefused, and OSError when there is no such name.

    Hosts in *inside* may be anywhere; all others must have public addresses only.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise CallRefused(f"{parts.scheme or 'nothing'}: is not called, only http: and https: without a user")
    host = parts.hostname
    port = parts.port or PORTS[parts.scheme]
    addresses = resolve(host, port)
    if not addresses:
        raise CallRefused(f"{host} has no address")
    if host not in inside:
        for address in addresses:
            if not is_public(address):
                raise CallRefused(f"{host} leads to {address}, which is not public; HELPCENTER_WEBHOOK_HOSTS may allow it")
    return host, port, addresses[0]


def is_public(address: str) -> bool:
    """Return whether *address* belongs to the internet at large.

    >>> [is_public(text) for text in ("93.184.215.14", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254", "100.64.0.1", "fd00::1")]
    [True, False, False, False, False, False]
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    in_tunnel = parsed.version == 6 and any(parsed in network for network in TUNNELS)
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved and not in_tunnel


def post(url: str, body: bytes, headers: Mapping[str, str], *, inside: Collection[str] = (), resolve: Resolve = resolve) -> Answer:
    """Send *body* to *url* and return what was answered. Raises CallRefused, OSError or http.client.HTTPException."""
    host, port, address = checked_target(url, inside=inside, resolve=resolve)
    parts = urlsplit(url)
    connection = _connection(parts.scheme, host, port, address)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(LONGEST_ANSWER).decode("utf-8", "replace"))
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """Return a connection for *host* whose socket goes to *address*; certificates are checked for *host*."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    plain = socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)
    try:
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
    except OSError:
        plain.close()
        raise
    return connection
