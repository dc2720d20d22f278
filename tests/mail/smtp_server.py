"""A real mail server on loopback that answers as a test tells it."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

ACCEPTED = "250 OK"
# What a server does instead of answering: after DATA it has kept the mail then.
SILENCE, HANG_UP = "silence", "hang up"


@dataclass
class MailServer:
    """What arrived, and the answers to give: by address for MAIL and RCPT, one after the other for DATA."""

    refusals: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    arrived: list = field(default_factory=list)
    signed_in: list = field(default_factory=list)
    after_data: Callable[[], None] = lambda: None
    port: int = 0

    @property
    def url(self) -> str:
        """The value of the setting that names this server."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        """Answer MAIL FROM."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.mail_from = address
        return ACCEPTED

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """Answer RCPT TO."""
        if self.refusals.get(address) == SILENCE:
            await asyncio.Event().wait()
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Answer DATA; keep the mail when it is accepted."""
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if answer in (ACCEPTED, SILENCE, HANG_UP):
            self.arrived.append(envelope)
            self.after_data()
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer == HANG_UP:
            server.transport.abort()
        return answer

    def authenticate(self, server, session, envelope, mechanism, credentials):
        """Remember who signed in, and let them."""
        self.signed_in.append((credentials.login.decode(), credentials.password.decode(), session.ssl is not None))
        return AuthResult(success=True)

    def message_ids(self) -> list[str]:
        """Return the Message-IDs of what arrived, in order."""
        return [message_from_bytes(mail.content, policy=policy.default)["Message-ID"] for mail in self.arrived]

    def recipients(self) -> list[str]:
        """Return who got something, in order."""
        return [recipient for mail in self.arrived for recipient in mail.rcpt_tos]


@contextmanager
def running(server: MailServer, *, tls: ssl.SSLContext | None = None, port: int | None = None) -> Iterator[MailServer]:
    """Run *server* on loopback, on a free port unless *port* is given."""
    server.port = port or free_port()
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, tls_context=tls, authenticator=server.authenticate, auth_require_tls=False
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
