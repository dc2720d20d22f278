"""The mails of a request: the acknowledgement, a lost link and the agent's reply, put into the outbox."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from helpcenter.mail.letters import queue_letter
from helpcenter.mail.limits import may_send_automatic
from helpcenter.mail.message import Attachment as MailedFile
from helpcenter.mail.reply_address import reply_address
from helpcenter.support.attachments import attachments_of, path_of
from helpcenter.support.links import status_url
from helpcenter.support.models import Attachment, Message, SupportRequest
from helpcenter.support.service_levels import answer_within
from helpcenter.support.terms import Terms

# Many mail servers refuse mail of more than 10 MB, and files grow by a third on the way.
LARGEST_ATTACHED_BYTES = 7 * 1024 * 1024


def queue_acknowledgement(session: Session, terms: Terms, request: SupportRequest) -> bool:
    """Queue "we have your request", and return whether the limits on automatic mail let it go.

    The mail holds nothing that the sender of the form wrote, neither subject nor name nor text: whoever types a
    stranger's address must not be able to send them words.
    """
    if not may_send_automatic(session, request.email, rate_limits=terms.rate_limits):
        return False
    _queue(session, terms, request, "acknowledgement", automatic=True, hours=answer_within(terms.site, request))
    return True


def queue_link(session: Session, terms: Terms, request: SupportRequest) -> bool:
    """Queue the status link of *request* for its customer who lost it, and return whether the limits on automatic mail let it go."""
    if not may_send_automatic(session, request.email, rate_limits=terms.rate_limits):
        return False
    _queue(session, terms, request, "status-link", automatic=True)
    return True


def queue_reply(session: Session, terms: Terms, request: SupportRequest, message: Message) -> None:
    """Queue the mail that brings an agent's *message* to the customer, with its files when they are small enough for mail."""
    names = {"agent": message.author_name, "name": request.name, "subject": request.subject}
    files = [file for file in attachments_of(session, request) if file.message_id == message.id]
    attached = _read(terms, files) if sum(file.size for file in files) <= LARGEST_ATTACHED_BYTES else ()
    values = {"text": message.text, "files": [file.name for file in files], **names}
    _queue(session, terms, request, "agent-reply", automatic=False, attachments=attached, **values)


def _read(terms: Terms, files: Sequence[Attachment]) -> list[MailedFile]:
    """Return the files as they travel; one that is gone from the data folder is on the status page no longer either."""
    paths = [(file.name, path_of(terms.data, file.stored_name)) for file in files]
    return [MailedFile(name, path.read_bytes()) for name, path in paths if path.is_file()]


def _queue(session: Session, terms: Terms, request: SupportRequest, template: str, *, automatic: bool, **more: object) -> None:
    reply_to = reply_address(terms.mail_reply, terms.secret_key, request.reference) if terms.mail_reply else ""
    queue_letter(
        session, terms, template, recipient=request.email, lang=request.lang, thread=request.reference, automatic=automatic, reply_to=reply_to,
        can_answer=bool(reply_to), reference=request.reference, status_url=status_url(terms, request), **more,
    )  # fmt: skip
