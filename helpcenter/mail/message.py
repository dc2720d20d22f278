"""One mail as bytes: headers that nobody can add to, a text part and an HTML part."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import new_token

# 7 bit, because not every server on the way takes 8.
POLICY = SMTP.clone(cte_type="7bit")
LONGEST_FILE_NAME = 150

# What tells other machines not to answer (RFC 3834, and Microsoft's own header).
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-replied",
    "Precedence": "auto_reply",
    "X-Auto-Response-Suppress": "All",
}


class Attachment(NamedTuple):
    """A file that travels with a mail; always sent as bytes to download."""

    file_name: str
    content: bytes


def header_text(value: str, limit: int = 200) -> str:
    """Return *value* as it may stand in a header: one line, no control characters, no encoded words.

    Python's own e-mail package decodes `=?utf-8?q?=0D=0ABcc:…?=` inside a subject and makes a header of it
    (CVE-2024-6923), so the opening of an encoded word is broken here, whatever Python runs.

    >>> header_text("Hi\\r\\nBcc: victim@example.org =?utf-8?q?x?=")
    'Hi Bcc: victim@example.org = ?utf-8?q?x?='
    """
    value = unicodedata.normalize("NFC", value.encode("utf-8", "ignore").decode())
    value = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value)
    return " ".join(value.replace("=?", "= ?").split())[:limit].strip()


def new_message_id(domain: str) -> str:
    """Return a Message-ID that nobody can guess. It is fixed when the mail is written, not when it is sent."""
    return f"<{new_token()[0]}@{domain}>"


def sender_address(mail_from: str) -> str:
    """Return the bare address of the setting `mail_from`, which may be `Name <address>`."""
    return parseaddr(mail_from)[1]


def compose(
    *,
    mail_from: str,
    sender_name: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    lang: str,
    message_id: str,
    automatic: bool,
    reply_to: str = "",
    references: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
    now: datetime | None = None,
) -> bytes:
    """Return the finished mail as it will travel: these bytes are stored, and sent again if need be.

    *automatic* mail tells other machines that no person wrote it. *reply_to* is where answers arrive; a mail that comes
    back there with its own `X-Loop` was sent on by a machine.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address(header_text(sender_name, 100), addr_spec=sender_address(mail_from))
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = header_text(subject)
    mail["Date"] = format_datetime(now or utcnow())
    mail["Message-ID"] = message_id
    if reply_to:
        mail["Reply-To"] = Address(addr_spec=reply_to)
        mail["X-Loop"] = reply_to
    if references:
        mail["In-Reply-To"] = references[-1]
        mail["References"] = " ".join(references)
    for name, value in AUTOMATIC_HEADERS.items() if automatic else ():
        mail[name] = value
    mail.set_content(_encodable(text))
    mail.add_alternative(_encodable(html), subtype="html")
    for attachment in attachments:
        _attach(mail, attachment)
    # Last, because adding a part moves every Content header into the first one.
    mail["Content-Language"] = header_text(lang, 35)
    return mail.as_bytes()


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    name = header_text(attachment.file_name, LONGEST_FILE_NAME) or "file"
    mail.add_attachment(attachment.content, maintype="application", subtype="octet-stream", filename=name)


def _encodable(text: str) -> str:
    # Half of a surrogate pair would stop the worker that encodes it.
    return text.encode("utf-8", "ignore").decode()
