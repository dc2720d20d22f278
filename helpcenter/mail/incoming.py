"""One mail that came in, read as a person would: who wrote it, to whom, what it says, which files it brings.

Nothing in a mail is trusted to be well-formed. Python's strict policy raises on many broken headers, so the lenient one
reads them, and every value is decoded here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import NamedTuple

from helpcenter.language.cleaning import cut_text
from helpcenter.mail.addresses import AddressRefused, checked_address
from helpcenter.mail.hypertext import html_text

LARGEST_MAIL_BYTES = 25 * 1024 * 1024
MOST_PARTS = 200
LONGEST_TEXT = 200_000
LONGEST_HEADER = 500
MOST_RECIPIENTS = 50
MOST_REFERENCES = 20
MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]]+")
# Where servers write whom a mail was delivered to; what is written at delivery is better than what the author wrote.
RECIPIENT_HEADERS = ("X-Original-To", "Delivered-To", "Envelope-To", "To", "Cc")


class IncomingFile(NamedTuple):
    """A file that came with a mail, not yet checked."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class IncomingMail:
    """A mail as it was understood. *message* is the parsed original, for its headers."""

    message: Message
    message_id: str | None
    references: tuple[str, ...]
    sender: str | None
    """The one address in From, None when there is none, several, or one that cannot be."""
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str | None
    files: tuple[IncomingFile, ...]

    def header(self, name: str) -> str:
        """Return the decoded header *name*, empty when there is none."""
        return header_of(self.message, name)


def read_mail(content: bytes) -> IncomingMail:
    """Return the mail in *content*.

    Whatever is broken inside is read as far as it goes; a defect of the parser may still raise anything, so callers
    keep the bytes first.
    """
    message = message_from_bytes(content[:LARGEST_MAIL_BYTES], policy=policy.compat32)
    parts = tuple(leaves(message))
    texts, htmls, files = sorted_parts(parts)
    html = next(iter(htmls), None)
    text = "\n".join(texts).strip() or (html_text(html) if html else "")
    name, sender = author_of(message)
    return IncomingMail(
        message=message,
        message_id=next(iter(MESSAGE_ID.findall(header_of(message, "Message-ID"))), None),
        references=tuple(MESSAGE_ID.findall(f"{header_of(message, 'In-Reply-To')} {header_of(message, 'References', 10_000)}")[:MOST_REFERENCES]),
        sender=sender,
        sender_name=name,
        recipients=recipients_of(message),
        subject=cut_text(header_of(message, "Subject"), limit=LONGEST_HEADER),
        text=text[:LONGEST_TEXT],
        html=html[:LONGEST_TEXT] if html else None,
        files=files,
    )


def header_of(message: Message, name: str, limit: int = LONGEST_HEADER) -> str:
    """Return the first header *name* of *message*, decoded, in one line."""
    value = message.get(name)
    return " ".join(decoded(str(value)).split())[:limit] if value is not None else ""


def decoded(value: str) -> str:
    """Return a header without encoded words; what cannot be decoded stays as it came.

    >>> decoded("=?utf-8?q?R=C4=93=C4=B7ins?=")
    'Rēķins'
    """
    # Bytes that are no ASCII arrive as halves of surrogate pairs.
    value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(piece if isinstance(piece, str) else as_text(piece, charset) for piece, charset in pieces)


def as_text(content: bytes, charset: str | None) -> str:
    """Return *content* as text, in *charset* when that exists and fits."""
    for name in (charset, "utf-8"):
        try:
            return content.decode(name or "ascii")
        except (LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")


def author_of(message: Message) -> tuple[str, str | None]:
    """Return the name and the address in From.

    `parseaddr` reads `alice@a.org)bob@evil.org` as alice (CVE-2023-27043); here such a line has no address.
    """
    values = message.get_all("From") or []
    line = " ".join(decoded(str(values[0])).split())[:LONGEST_HEADER] if len(values) == 1 else ""
    name, opened, rest = line.rpartition("<")
    address = rest.rstrip("> ") if opened else line
    try:
        sender = checked_address(address)
    except AddressRefused:
        return "", None
    # A second address beside the one in brackets: nobody knows who wrote.
    if "," in name and ADDRESS.search(name):
        return "", None
    return cut_text(name.strip().strip("\"'").strip(), limit=100), sender


def recipients_of(message: Message) -> tuple[str, ...]:
    """Return every address the mail was sent to, as far as its headers tell."""
    found = [
        address.casefold()
        for name in RECIPIENT_HEADERS
        for value in (message.get_all(name) or [])[:MOST_RECIPIENTS]
        for address in ADDRESS.findall(decoded(str(value))[:10_000])
    ]
    return tuple(dict.fromkeys(found))[:MOST_RECIPIENTS]


def leaves(message: Message) -> Iterator[Message]:
    """Give the parts that hold something, in order, at most 200. A mail inside the mail is one part."""
    waiting, given = [message], 0
    while waiting and given < MOST_PARTS:
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = part.get_payload()
            continue
        given += 1
        yield part


def sorted_parts(parts: tuple[Message, ...]) -> tuple[list[str], list[str], tuple[IncomingFile, ...]]:
    """Return the plain texts, the HTML texts and the files among *parts*."""
    texts, htmls, files = [], [], []
    for number, part in enumerate(parts, 1):
        kind, name = part.get_content_type(), file_name_of(part)
        is_file = name or part.get_content_disposition() == "attachment"
        if kind == "text/plain" and not is_file:
            texts.append(text_of(part))
        elif kind == "text/html" and not is_file:
            htmls.append(text_of(part))
        elif content := content_of(part):
            ending = ".eml" if part.is_multipart() else ""
            files.append(IncomingFile(name or f"file-{number}{ending}", kind, content))
    return texts, htmls, tuple(files)


def file_name_of(part: Message) -> str:
    """Return the file name of *part*, cleaned, empty when it has none."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        # A parameter that RFC 2231 does not allow.
        name = ""
    return cut_text(decoded(str(name)).replace("\\", "/").rpartition("/")[2], limit=150)


def content_of(part: Message) -> bytes:
    """Return the bytes of *part*; of a mail inside the mail, that mail."""
    if part.is_multipart():
        return b"".join(inner.as_bytes() for inner in part.get_payload())
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def text_of(part: Message) -> str:
    """Return the text of *part*, its soft line breaks (RFC 3676) joined."""
    text = as_text(content_of(part), charset_of(part)).replace("\r\n", "\n").replace("\r", "\n")
    return unwrapped(text) if parameter_of(part, "format") == "flowed" else text


def parameter_of(part: Message, name: str) -> str:
    """Return the parameter *name* of the Content-Type, in small letters; empty when there is none that can be read."""
    try:
        return str(part.get_param(name, "")).casefold()
    except (ValueError, LookupError, TypeError):
        # RFC 2231 allows no such pieces, and Python's reader adds up what is missing.
        return ""


def charset_of(part: Message) -> str | None:
    """Return the charset that *part* names."""
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        return None


def unwrapped(text: str) -> str:
    r"""Return format=flowed text with its soft breaks joined; quotes and signatures keep their lines.

    >>> unwrapped("It blinks \nred.\n> and \n> on\n-- \nAnn")
    'It blinks red.\n> and \n> on\n-- \nAnn'
    """
    lines: list[str] = []
    for line in text.split("\n"):
        joins = lines and lines[-1].endswith(" ") and lines[-1] != "-- " and not lines[-1].startswith(">")
        if joins and line and not line.startswith((">", "-- ")):
            lines[-1] += line.removeprefix(" ")
        else:
            lines.append(line)
    return "\n".join(lines)
