"""Mail to the staff about their own accounts: invitations, links to a new password."""

from flask import g
from sqlalchemy.orm import Session

from helpcenter.accounts import links
from helpcenter.accounts.models import StaffUser
from helpcenter.mail import outbox
from helpcenter.mail.message import compose, new_message_id, sender_address
from helpcenter.mail.templates import render
from helpcenter.web.asking import terms
from helpcenter.web.locale import site_or_default

NOBODY = "nobody@localhost"


def send_invitation(session: Session, email: str, token: str, lang: str) -> None:
    """Queue the invitation of *email* with its link."""
    _queue(session, email, "staff-invitation", token, lang)


def send_reset(session: Session, user: StaffUser | None) -> None:
    """Queue the link to a new password of *user*. For nobody the same mail is made and dropped, which takes as long."""
    if user is None:
        _compose(NOBODY, "staff-reset", "x" * 43, g.lang)
        return
    _queue(session, user.email, "staff-reset", links.offer_reset(session, user), g.lang)


def _queue(session: Session, email: str, template: str, token: str, lang: str) -> None:
    message_id, content = _compose(email, template, token, lang)
    outbox.queue(
        session,
        thread=f"staff:{email}"[:64],
        envelope_sender=sender_address(terms().mail_from),
        recipient=email,
        message_id=message_id,
        content=content,
    )


def _compose(email: str, template: str, token: str, lang: str) -> tuple[str, bytes]:
    given = terms()
    site_name = site_or_default().name_in(lang)
    texts = render(given.templates, template, lang, site_name=site_name, link=f"{given.base_url}/staff/join/{token}")
    message_id = new_message_id(given.mail_domain)
    content = compose(
        mail_from=given.mail_from,
        sender_name=site_name,
        recipient=email,
        subject=texts.subject,
        text=texts.text,
        html=texts.html,
        lang=lang,
        message_id=message_id,
        automatic=True,
    )
    return message_id, content
