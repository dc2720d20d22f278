"""A request sent to somebody outside the help center: a colleague elsewhere, another tool's mailbox."""

from sqlalchemy.orm import Session

from helpcenter.language.cleaning import clean_text
from helpcenter.mail import outbox
from helpcenter.mail.addresses import checked_address
from helpcenter.mail.letters import write_letter
from helpcenter.mail.message import sender_address
from helpcenter.support import requests as support
from helpcenter.support.fields import in_words
from helpcenter.support.models import SupportRequest
from helpcenter.support.terms import Terms


def forward(session: Session, terms: Terms, request: SupportRequest, *, to: str, comment: str, staff: support.Agent) -> str:
    """Queue a mail with what customer and agents wrote to each other, note that in the request, and return the address.

    Internal notes, the status link and the answer address stay here: whoever gets the mail can do nothing in the
    customer's name. Raises AddressRefused, and TextRefused for a comment that is too long.
    """
    address = checked_address(to)
    messages = [message for message in support.messages_of(session, request, public_only=True) if message.author != "event"]
    letter = write_letter(
        terms, "forward", recipient=address, lang=request.lang, automatic=False, reference=request.reference, subject=request.subject,
        name=request.name or request.email, email=request.email, agent=staff.name, comment=clean_text(comment, limit=support.LONGEST_BODY), messages=messages,
        answers=in_words(terms.site, request.slots, request.lang),
    )  # fmt: skip
    outbox.queue(session, thread=f"forward-{request.reference}", envelope_sender=sender_address(terms.mail_from), **letter._asdict())
    support.add_note(session, request, f"→ {address}", staff=staff)
    return address
