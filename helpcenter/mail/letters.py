"""Letters: mail written from a template in the language of its reader, and put into the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from helpcenter.mail import outbox
from helpcenter.mail.message import Attachment, compose, new_message_id, sender_address
from helpcenter.mail.templates import render


class Named(Protocol):
    """What has a name in each language."""

    def name_in(self, lang: str) -> str:
        """Return the name in *lang*."""


class Sender(Protocol):
    """Who we are: what every mail says of its sender."""

    @property
    def site(self) -> Named:
        """The help center."""

    @property
    def mail_from(self) -> str:
        """The sender's address."""

    @property
    def templates(self) -> Path:
        """The folder of all templates."""

    @property
    def mail_domain(self) -> str:
        """The domain in our Message-IDs."""


class Letter(NamedTuple):
    """A finished mail, as `outbox.queue` takes it."""

    recipient: str
    message_id: str
    content: bytes


def write_letter(
    sender: Sender,
    template: str,
    *,
    recipient: str,
    lang: str,
    automatic: bool,
    reply_to: str = "",
    references: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
    **values: object,
) -> Letter:
    """Return the mail *template* in *lang* for *recipient*, filled with *values*."""
    site_name = sender.site.name_in(lang)
    texts = render(sender.templates, template, lang, site_name=site_name, **values)
    message_id = new_message_id(sender.mail_domain)
    content = compose(
        mail_from=sender.mail_from,
        sender_name=site_name,
        recipient=recipient,
        subject=texts.subject,
        text=texts.text,
        html=texts.html,
        lang=lang,
        message_id=message_id,
        automatic=automatic,
        reply_to=reply_to,
        references=references,
        attachments=attachments,
    )
    return Letter(recipient, message_id, content)


def queue_letter(
    session: Session, sender: Sender, template: str, *, recipient: str, lang: str, thread: str, automatic: bool, reply_to: str = "", **more: object
) -> None:
    """Queue the mail *template*, as `write_letter` makes it, as the next of its *thread*, in the caller's transaction."""
    references = outbox.message_ids(session, thread)
    letter = write_letter(
        sender, template, recipient=recipient, lang=lang, automatic=automatic, reply_to=reply_to, references=references, **more
    )  # fmt: skip
    # Nobody is told when automatic mail cannot be delivered: its address may have been typed by a stranger.
    envelope_sender = "" if automatic else reply_to or sender_address(sender.mail_from)
    outbox.queue(session, thread=thread, envelope_sender=envelope_sender, **letter._asdict())
