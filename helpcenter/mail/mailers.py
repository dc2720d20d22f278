"""Ways a finished mail leaves: a mail server, a folder of files, or the memory of a test."""

import contextlib
import hashlib
import ipaddress
import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
# How long a server may think about a whole mail, scanners included. RFC 5321 asks for ten minutes, but the lease of a mail ends then.
ANSWER_SECONDS = 5 * 60
END_OF_MAIL = b"\r\n.\r\n"
# The answer to MAIL FROM that is about the mail and not about us: it is too large.
TOO_LARGE = 552


class MailError(Exception):
    """A mail did not leave; the message says what the other side answered."""


class MailDeferred(MailError):
    """The other side asks to try this mail again later."""


class MailerDown(MailDeferred):
    """The mail server is not there, or refuses us: no mail would leave now."""


class MailUncertain(MailerDown):
    """The server got the whole mail, and no answer came: it may have taken the mail or not."""


class MailRefused(MailError):
    """The other side will never take this mail."""


class Mailer(Protocol):
    """Hands finished mails over to whoever carries them on."""

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Hand *content* over, or raise a MailError. An empty *sender* asks that nobody be told of failures."""


class SentMail(NamedTuple):
    """What a MemoryMailer was given."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        """The plain text of the mail."""
        return self.message.get_body(("plain",)).get_content().replace("\r\n", "\n")


@dataclass
class MemoryMailer:
    """Remembers what it was given, for tests."""

    sent: list[SentMail] = field(default_factory=list)

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Remember the mail."""
        self.sent.append(SentMail(sender, recipient, content))


@dataclass
class FolderMailer:
    """Writes every mail to a file, until a mail server is configured."""

    folder: Path

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Write the mail to `<date>-<digest>.eml`; the same mail sent again is the same file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        day = parsedate_to_datetime(str(message_from_bytes(content, policy=policy.compat32)["Date"]))
        name = f"{day:%Y%m%dT%H%M%S}-{hashlib.sha256(content).hexdigest()[:12]}.eml"
        unfinished = self.folder / f".{name}.{os.getpid()}"
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / name)


class HandingOver:
    """What `smtplib` lacks: it knows when a whole mail has left, and is patient from then on."""

    handed_over = False

    def send(self, s: bytes | str) -> None:
        """Send *s* to the server."""
        super().send(s)
        if isinstance(s, bytes) and s.endswith(END_OF_MAIL):
            self.handed_over = True
            self.sock.settimeout(ANSWER_SECONDS)


class Connection(HandingOver, smtplib.SMTP):
    """A connection that is encrypted when the server offers it."""


class EncryptedConnection(HandingOver, smtplib.SMTP_SSL):
    """A connection that is encrypted from the start."""


class SmtpMailer:
    """Hands mails to the server of an address such as `smtp://user:password@mail.example.org:587`.

    `smtps://` is encrypted from the start; `smtp://` as soon as the server offers it. A password never travels
    unencrypted, except to this machine itself.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.encrypted = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.encrypted else 25)
        self.user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")

    def __repr__(self) -> str:
        return f"SmtpMailer({self.host}:{self.port})"

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Hand the mail to the server. A 5xx answer to recipient or content is final, everything else is not."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise MailerDown(f"{self!r}: {_said(error)}") from error
        # Once the server took the mail, nothing that happens afterwards may send it again: no `with`, whose QUIT can fail.
        try:
            self._transmit(server, sender, recipient, content)
        finally:
            _hang_up(server)

    def probe(self) -> None:
        """Greet the server, sign in and hang up. Raises MailerDown when no mail would leave now."""
        try:
            server = self._connect()
            server.noop()
        except (OSError, smtplib.SMTPException) as error:
            raise MailerDown(f"{self!r}: {_said(error)}") from error
        _hang_up(server)

    def _connect(self) -> Connection | EncryptedConnection:
        if self.encrypted:
            server = EncryptedConnection(self.host, self.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        else:
            server = Connection(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            self._greet(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        encrypted = self.encrypted
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            encrypted = True
        if self.user:
            if not encrypted and not _is_this_machine(server):
                raise MailerDown("the server offers no encryption, and a password is not sent without it")
            server.login(self.user, self._password)

    def _transmit(self, server: Connection | EncryptedConnection, sender: str, recipient: str, content: bytes) -> None:
        try:
            server.sendmail(sender, [recipient], content)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = error.recipients[recipient]
            raise _kind(code)(f"{code} {_decoded(answer)}") from error
        except smtplib.SMTPSenderRefused as error:
            if not sender:
                # Some relays, Amazon SES among them, take no empty sender.
                return self._transmit(server, _author(content), recipient, content)
            # About our address or our rights, so about all mail: it waits until an operator has mended that.
            kind = MailRefused if error.smtp_code == TOO_LARGE else MailerDown
            raise kind(_said(error)) from error
        except smtplib.SMTPResponseException as error:
            raise _kind(error.smtp_code)(_said(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            # A server that keeps us waiting or hangs up has other mails' time too: the next pass begins with another mail.
            kind = MailUncertain if server.handed_over else MailerDown
            raise kind(f"{self!r}: {_said(error)}") from error


def _author(content: bytes) -> str:
    return message_from_bytes(content, policy=policy.default)["From"].addresses[0].addr_spec


def _kind(code: int) -> type[MailError]:
    return MailRefused if 500 <= code < 600 else MailDeferred


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decoded(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _is_this_machine(server: smtplib.SMTP) -> bool:
    return ipaddress.ip_address(server.sock.getpeername()[0]).is_loopback


def _hang_up(server: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()
