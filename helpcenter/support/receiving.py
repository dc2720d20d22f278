"""Mail that comes in: kept, told apart, and joined to a request only by whoever holds the right to.

An answer joins a request when its address carries a valid token (see `mail/reply_address.py`): never by its subject, by a
reference or by its author alone. What it changes is written in one transaction with the row that says so; the same mail
again finds that row and changes nothing. So a crash between fetching and storing loses nothing and doubles nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from helpcenter.language.cleaning import cut_text
from helpcenter.language.detect import detect
from helpcenter.mail import sorting
from helpcenter.mail.addresses import mailbox_of
from helpcenter.mail.authenticity import dmarc_result
from helpcenter.mail.bounces import mark_bounced, read_bounce
from helpcenter.mail.incoming import IncomingMail, read_mail
from helpcenter.mail.message import sender_address
from helpcenter.mail.models import InboundMail
from helpcenter.mail.originals import find_original, keep_original
from helpcenter.mail.quoting import reply_text
from helpcenter.mail.reply_address import thread_of
from helpcenter.storage import writing
from helpcenter.storage.counters import count_up
from helpcenter.storage.upsert import insert_for
from helpcenter.support import requests as support
from helpcenter.support.attachments import MOST_FILES, AttachmentRefused, CheckedFile, checked, keep
from helpcenter.support.models import Message, SupportRequest
from helpcenter.support.terms import Terms

# What became of a mail. The first three are in a request; "screened" waits for a person to let it in.
REPLY, STRANGER, ACCEPTED, SCREENED = "reply", "stranger", "accepted", "screened"
BOUNCED, AUTOMATIC, NEWSLETTER, LOOPED = "bounce", "auto", "list", "loop"
FLOOD, NOBODY, DISCARDED, UNREADABLE = "flood", "nobody", "discarded", "unreadable"
VERDICTS = (
    SCREENED, UNREADABLE, REPLY, STRANGER, ACCEPTED, BOUNCED, AUTOMATIC, NEWSLETTER, LOOPED, FLOOD, NOBODY, DISCARDED,
)  # fmt: skip
UNREQUESTED = {sorting.BOUNCE: BOUNCED, sorting.AUTO: AUTOMATIC, sorting.LIST: NEWSLETTER, sorting.LOOP: LOOPED}

HOUR_SECONDS, DAY_SECONDS = 3600, 24 * 3600
REPLIES_PER_HOUR = 30
NEW_PER_DAY = 20
LONGEST_STORED = 50_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ByMail:
    """Who writes a note about a mail: nobody of the staff."""

    name: str
    id: None = None


@dataclass
class Arrival:
    """A mail on its way in: what it says, and the files of it that may be kept."""

    mail: IncomingMail
    kind: str
    thread: str | None
    files: list[CheckedFile]
    refused: list[str]


def receive(terms: Terms, content: bytes, *, data: Path, door: str, recipient: str = "") -> InboundMail:
    """Take in one mail, and return the row that says what became of it. *recipient* is whom the envelope names.

    Opens its own transaction. Raises OSError or OperationalError when the mail cannot be kept now: then whoever brought
    it must bring it again. Whatever else is wrong with it, it is kept, and its row says so.
    """
    original = keep_original(data, content)
    try:
        arrival = _read(terms, content, recipient)
        with writing() as session:
            return _file(session, terms, arrival, data=data, door=door, original=original, content=content)
    except (OSError, OperationalError):
        raise
    except Exception as error:  # The edge: no mail may stop the ones behind it, and none may be lost.
        log.exception("mail_not_understood", original=original)
        with writing() as session:
            return _row(session, _digest(content), door=door, original=original, verdict=UNREADABLE, reason=repr(error)[:300])[0]


def _read(terms: Terms, content: bytes, recipient: str) -> Arrival:
    mail = read_mail(content)
    own = frozenset(address.casefold() for address in (terms.mail_reply, sender_address(terms.mail_from)) if address)
    kind = sorting.kind_of(mail, own_addresses=own)
    addresses = (recipient, *mail.recipients) if recipient else mail.recipients
    thread = thread_of(addresses, terms.mail_reply, (terms.secret_key, *terms.older_keys)) if terms.mail_reply else None
    files, refused = checked_files(mail) if kind == sorting.PERSON else ([], [])
    return Arrival(mail, kind, thread, files, refused)


def checked_files(mail: IncomingMail) -> tuple[list[CheckedFile], list[str]]:
    """Return the files of *mail* that may be kept, and why others may not. Pictures are drawn anew, which takes a moment."""
    kept, refused = [], [f"{file.name}: only the first {MOST_FILES} files are taken" for file in mail.files[MOST_FILES:]]
    for file in mail.files[:MOST_FILES]:
        try:
            kept.append(checked(file.name, file.content_type, file.content))
        except AttachmentRefused as error:
            refused.append(str(error))
    return kept, refused


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def fingerprint(mail: IncomingMail, content: bytes) -> str:
    """Return what is the same for one mail however often and by whichever door it comes.

    The body counts too, so that nobody hides a mail by sending another one with its Message-ID first.
    """
    if mail.message_id is None:
        return _digest(content)
    body = content.replace(b"\r\n", b"\n").partition(b"\n\n")[2].strip()
    return _digest(mail.message_id.encode("utf-8", "replace"), (mail.sender or "").encode(), body)


def _row(session: Session, mark: str, **values: object) -> tuple[InboundMail, bool]:
    """Return the row of the mail with this fingerprint, and whether it is new. Of two at once, the second waits."""
    insert = insert_for(session, InboundMail).values(fingerprint=mark, **values).on_conflict_do_nothing().returning(InboundMail.id)
    # Not the number of rows: PostgreSQL's driver does not always know it.
    is_new = session.scalar(insert) is not None
    return session.scalars(select(InboundMail).where(InboundMail.fingerprint == mark)).one(), is_new


def _file(session: Session, terms: Terms, arrival: Arrival, *, data: Path, door: str, original: str, content: bytes) -> InboundMail:
    mail = arrival.mail
    said = {
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "subject": mail.subject,
        "text": cut_text(mail.text, limit=LONGEST_STORED, lines=True),
        "html": mail.html.replace("\0", "").encode("utf-8", "ignore").decode() if mail.html else None,
        "files": [file.name for file in mail.files],
    }
    row, is_new = _row(session, fingerprint(mail, content), door=door, original=original, verdict=SCREENED, **said)
    if is_new:
        _settle(session, terms, row, arrival, data)
        session.flush()
        log.info("mail_received", mail=row.id, door=door, verdict=row.verdict, thread=row.thread)
    return row


def _settle(session: Session, terms: Terms, row: InboundMail, arrival: Arrival, data: Path) -> None:
    """Do what *arrival* asks for, and write into *row* what that was."""
    request = find_request(session, arrival.thread) if arrival.thread else None
    if arrival.kind in UNREQUESTED:
        _note_machine(session, row, arrival, request)
    elif arrival.mail.sender is None:
        row.verdict, row.reason = NOBODY, "From holds no address, or several"
    elif request is None:
        _screen(session, terms, row, arrival, data)
    elif terms.rate_limits and count_up(session, f"mail-reply:{request.id}", window_seconds=HOUR_SECONDS).count > REPLIES_PER_HOUR:
        row.verdict, row.thread, row.reason = FLOOD, request.reference, f"more than {REPLIES_PER_HOUR} answers in an hour"
    else:
        _join(session, terms, row, arrival, request, data)


def find_request(session: Session, reference: str) -> SupportRequest | None:
    """Return the request with *reference*, or the one that took it over."""
    found, seen = support.find_by_reference(session, reference), set()
    while found is not None and found.merged_into_id and found.id not in seen:
        seen.add(found.id)
        found = session.get(SupportRequest, found.merged_into_id)
    return found


def _note_machine(session: Session, row: InboundMail, arrival: Arrival, request: SupportRequest | None) -> None:
    row.verdict = UNREQUESTED[arrival.kind]
    row.thread = request.reference if request else None
    if arrival.kind == sorting.BOUNCE:
        bounce = read_bounce(arrival.mail)
        returned = mark_bounced(session, bounce)
        row.reason = bounce.reason
        row.thread = returned.thread if returned else row.thread


def _join(session: Session, terms: Terms, row: InboundMail, arrival: Arrival, request: SupportRequest, data: Path) -> None:
    mail = arrival.mail
    row.thread = request.reference
    doubt = _doubt(terms, mail, request)
    if doubt:
        row.verdict, row.reason = STRANGER, doubt
        message = support.add_note(session, request, _as_note(mail, doubt), staff=ByMail(mail.sender or "?"))
    else:
        row.verdict = REPLY
        message = support.customer_reply(session, request, _words(mail), via="mail", terms=terms)
        # Words to a closed request are a new one, and what came with them belongs there.
        reached = session.get_one(SupportRequest, message.request_id)
        row.thread = reached.reference
        _keep_files(session, reached, message, arrival, data)
    message.via = "mail"
    row.support_message_id = message.id


def _doubt(terms: Terms, mail: IncomingMail, request: SupportRequest) -> str:
    """Return why *mail* may not be the customer's, empty when nothing speaks against it.

    Addresses are compared to refuse, never to allow: the token alone allows.
    """
    if mailbox_of(mail.sender or "") != mailbox_of(request.email):
        return f"It came from {mail.sender}, not from the customer's address."
    if dmarc_result(mail, terms.mail_authserv_id) == "fail":
        return "The mail server says that somebody else wrote it in the customer's name (DMARC)."
    return ""


def _as_note(mail: IncomingMail, doubt: str) -> str:
    files = f"\n\n[{', '.join(file.name for file in mail.files)}]" if mail.files else ""
    return cut_text(f"{doubt} The customer does not see this.\n\n{_words(mail)}{files}", limit=support.LONGEST_BODY, lines=True)


def _words(mail: IncomingMail) -> str:
    """Return what *mail* says that is new; of a mail that only brings files, its subject."""
    said = cut_text(reply_text(mail.text), limit=support.LONGEST_BODY, lines=True)
    return said or cut_text(mail.subject, limit=support.LONGEST_SUBJECT) or "–"


def _keep_files(session: Session, request: SupportRequest, message: Message, arrival: Arrival, data: Path) -> None:
    refused = list(arrival.refused)
    for file in arrival.files:
        try:
            keep(session, request, file, folder=data, message=message)
        except AttachmentRefused as error:
            refused.append(str(error))
    if refused:
        support.add_note(session, request, "Not taken over from the mail:\n" + "\n".join(refused), staff=ByMail(arrival.mail.sender or "?"))


def _screen(session: Session, terms: Terms, row: InboundMail, arrival: Arrival, data: Path) -> None:
    """Let a person decide; only whom our own server vouches for and whom we answered before comes in at once."""
    sender = arrival.mail.sender or ""
    if terms.rate_limits:
        mailbox = hashlib.sha256(mailbox_of(sender).encode()).hexdigest()
        if count_up(session, f"mail-new:{mailbox}", window_seconds=DAY_SECONDS).count > NEW_PER_DAY:
            row.verdict, row.reason = FLOOD, f"more than {NEW_PER_DAY} mails of this sender in a day"
            return
    if dmarc_result(arrival.mail, terms.mail_authserv_id) == "pass" and _was_answered(session, sender):
        _open(session, terms, row, arrival, data)


def _was_answered(session: Session, sender: str) -> bool:
    answered = (SupportRequest.email == sender, SupportRequest.answered_at.is_not(None), SupportRequest.spam.is_(False))
    return session.scalar(select(SupportRequest.id).where(*answered).limit(1)) is not None


def _open(session: Session, terms: Terms, row: InboundMail, arrival: Arrival, data: Path) -> SupportRequest:
    mail, site = arrival.mail, terms.site
    request = support.open_request(
        session, terms, subject=cut_text(mail.subject, limit=support.LONGEST_SUBJECT), body=_words(mail), email=mail.sender,
        name=mail.sender_name or None, lang=detect(f"{mail.subject} {mail.text}", site.languages, site.default_language),
        idempotency_key=f"mail:{row.fingerprint}", via="mail",
    )  # fmt: skip
    message = session.scalars(select(Message).where(Message.request_id == request.id).order_by(Message.id).limit(1)).one()
    _keep_files(session, request, message, arrival, data)
    row.verdict, row.thread, row.support_message_id = ACCEPTED, request.reference, message.id
    session.flush()
    return request


def accept(session: Session, terms: Terms, row: InboundMail, *, data: Path) -> SupportRequest | None:
    """Make a request of a mail that waits, in the caller's transaction, and return it; None when it does not wait any more."""
    path = find_original(data, row.original)
    if row.verdict not in (SCREENED, AUTOMATIC, NEWSLETTER, FLOOD) or row.sender is None or path is None:
        return None
    mail = read_mail(path.read_bytes())
    return _open(session, terms, row, Arrival(mail, sorting.PERSON, None, *checked_files(mail)), data)


def discard(row: InboundMail) -> None:
    """Put a mail aside for good; its original stays as long as all others do."""
    if row.verdict in (SCREENED, UNREADABLE):
        row.verdict = DISCARDED


def list_inbound(session: Session, *, verdict: str | None, limit: int, offset: int = 0) -> Sequence[InboundMail]:
    """Return mails that came in, the latest first, only those with *verdict* when it is given."""
    mails = select(InboundMail).order_by(InboundMail.id.desc()).limit(limit).offset(offset)
    return session.scalars(mails.where(InboundMail.verdict == verdict) if verdict else mails).all()


def count_by_verdict(session: Session) -> dict[str, int]:
    """Return how many mails came to each end."""
    return dict(session.execute(select(InboundMail.verdict, func.count()).group_by(InboundMail.verdict)).all())
