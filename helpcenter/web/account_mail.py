"""Mail to the staff about their own accounts: invitations, links to a new password."""

from flask import g
from sqlalchemy.orm import Session

from helpcenter.accounts import links
from helpcenter.accounts.models import StaffUser
from helpcenter.mail import outbox
from helpcenter.mail.letters import Letter, write_letter
from helpcenter.mail.message import sender_address
from helpcenter.web.asking import terms

NOBODY = "nobody@localhost"


def send_invitation(session: Session, email: str, token: str, lang: str) -> None:
    """Queue the invitation of *email* with its link."""
    _queue(session, email, "staff-invitation", token, lang)


def send_reset(session: Session, user: StaffUser | None) -> None:
    """Queue the link to a new password of *user*. For nobody the same mail is made and dropped, which takes as long."""
    if user is None:
        _write(NOBODY, "staff-reset", "x" * 43, g.lang)
        return
    _queue(session, user.email, "staff-reset", links.offer_reset(session, user), g.lang)


def _queue(session: Session, email: str, template: str, token: str, lang: str) -> None:
    letter = _write(email, template, token, lang)
    outbox.queue(session, thread=f"staff:{email}"[:64], envelope_sender=sender_address(terms().mail_from), **letter._asdict())


def _write(email: str, template: str, token: str, lang: str) -> Letter:
    link = f"{terms().base_url}/staff/join/{token}"
    return write_letter(terms(), template, recipient=email, lang=lang, automatic=True, link=link)
