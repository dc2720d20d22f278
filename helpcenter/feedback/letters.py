"""The mails that feedback sends: an answer to a comment, the digest of a section, an invitation to a survey."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from helpcenter.content.site import Site
from helpcenter.mail import outbox
from helpcenter.mail.message import compose, new_message_id, sender_address
from helpcenter.mail.templates import render


class Sender(Protocol):
    """Who we are: what every mail says of its sender."""

    site: Site
    mail_from: str
    templates: Path
    mail_domain: str


def queue_letter(
    session: Session, sender: Sender, template: str, *, recipient: str, lang: str, thread: str, automatic: bool, **values: object
) -> None:
    """Queue the mail *template* in *lang* for *recipient*, in the caller's transaction."""
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
        references=outbox.message_ids(session, thread),
    )
    envelope_sender = "" if automatic else sender_address(sender.mail_from)
    outbox.queue(session, thread=thread, envelope_sender=envelope_sender, recipient=recipient, message_id=message_id, content=content)
