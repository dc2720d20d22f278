"""A mailbox on an IMAP server that is emptied: each mail is taken in, and then moved aside."""

import contextlib
import imaplib
from collections.abc import Callable, Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailboxLoginError, MailBoxUnencrypted

TIMEOUT_SECONDS = 30
PROCESSED = "Processed"
MOST_AT_ONCE = 200
FAILURES = (ImapToolsError, imaplib.IMAP4.error, OSError)


class MailboxError(Exception):
    """A mailbox cannot be read; the message says what the server answered, and never the password."""


def empty(url: str, take: Callable[[bytes], object], *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Hand every mail in the folder of *url* to *take*, then move it to the folder `Processed`; return how many.

    A mail is moved only after *take* has come back: what stops in between is handed over again, so *take* must know a
    mail it has seen. What *take* raises ends the round. Raises MailboxError when the server does not do its part.
    """
    parts = urlsplit(url)
    taken = 0
    with _signed_in(parts) as mailbox:
        with _answering(parts):
            waiting = mailbox.uids("ALL")[:MOST_AT_ONCE]
        for uid in waiting:
            if stopping():
                break
            with _answering(parts):
                content = _content(mailbox, uid)
            if content is not None:
                take(content)
                with _answering(parts):
                    mailbox.move(uid, PROCESSED)
                taken += 1
    return taken


@contextlib.contextmanager
def _answering(parts: SplitResult) -> Iterator[None]:
    """Say what the server of *parts* did not do as a MailboxError."""
    try:
        yield
    except MailboxLoginError:
        raise MailboxError(f"{parts.hostname}: user or password is wrong") from None
    except FAILURES as error:
        raise MailboxError(f"{parts.hostname}: {type(error).__name__}: {error}"[:300]) from error


@contextlib.contextmanager
def _signed_in(parts: SplitResult) -> Iterator[BaseMailBox]:
    """Give the mailbox of *parts* with its folder open, and leave it afterwards whatever happened."""
    folder = unquote(parts.path.strip("/")) or "INBOX"
    with _answering(parts):
        mailbox = _open(parts.scheme, parts.hostname or "", parts.port)
    try:
        with _answering(parts):
            mailbox.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=folder)
            if not mailbox.folder.exists(PROCESSED):
                mailbox.folder.create(PROCESSED)
        yield mailbox
    finally:
        with contextlib.suppress(*FAILURES):
            mailbox.logout()
        # A connection that broke is not closed by logging out.
        with contextlib.suppress(*FAILURES):
            mailbox.client.shutdown()


def _open(scheme: str, host: str, port: int | None) -> BaseMailBox:
    if scheme == "imaps":
        return MailBox(host, port or 993, timeout=TIMEOUT_SECONDS)
    return MailBoxUnencrypted(host, port or 143, timeout=TIMEOUT_SECONDS)


def _content(mailbox: BaseMailBox, uid: str) -> bytes | None:
    """Return the bytes of a mail as they are on the server, None when it is gone."""
    _state, answer = mailbox.client.uid("FETCH", uid, "(BODY.PEEK[])")
    return next((part[1] for part in answer or [] if isinstance(part, tuple) and len(part) > 1), None)
