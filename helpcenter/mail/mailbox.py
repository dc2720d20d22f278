"""A mailbox on an IMAP server that is emptied: each mail is taken in, and then moved aside."""

import imaplib
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailboxLoginError, MailBoxUnencrypted

TIMEOUT_SECONDS = 30
PROCESSED = "Processed"
MOST_AT_ONCE = 200


class MailboxError(Exception):
    """A mailbox cannot be read; the message says what the server answered, and never the password."""


def empty(url: str, take: Callable[[bytes], object], *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Hand every mail in the folder of *url* to *take*, then move it to the folder `Processed`; return how many.

    A mail is moved only after *take* has come back: what stops in between is handed over again, so *take* must know a
    mail it has seen. What *take* raises ends the round. Raises MailboxError.
    """
    parts = urlsplit(url)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    taken = 0
    try:
        with _open(parts.scheme, parts.hostname or "", parts.port) as mailbox:
            mailbox.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=folder)
            if not mailbox.folder.exists(PROCESSED):
                mailbox.folder.create(PROCESSED)
            for uid in mailbox.uids("ALL")[:MOST_AT_ONCE]:
                if stopping():
                    break
                content = _content(mailbox, uid)
                if content is not None:
                    take(content)
                    mailbox.move(uid, PROCESSED)
                    taken += 1
    except MailboxLoginError:
        raise MailboxError(f"{parts.hostname}: user or password is wrong") from None
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"{parts.hostname}: {type(error).__name__}: {error}"[:300]) from error
    return taken


def _open(scheme: str, host: str, port: int | None) -> BaseMailBox:
    if scheme == "imaps":
        return MailBox(host, port or 993, timeout=TIMEOUT_SECONDS)
    return MailBoxUnencrypted(host, port or 143, timeout=TIMEOUT_SECONDS)


def _content(mailbox: BaseMailBox, uid: str) -> bytes | None:
    """Return the bytes of a mail as they are on the server, None when it is gone."""
    _state, answer = mailbox.client.uid("FETCH", uid, "(BODY.PEEK[])")
    return next((part[1] for part in answer or [] if isinstance(part, tuple) and len(part) > 1), None)
