"""Support requests: opened with everything that was said and done before, then answered until they are solved."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import and_, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpcenter.content import library
from helpcenter.journeys import trail
from helpcenter.journeys.models import Journey
from helpcenter.language.cleaning import clean_text
from helpcenter.mail.addresses import checked_address
from helpcenter.storage.columns import utcnow
from helpcenter.storage.tokens import new_token
from helpcenter.support import attachments, letters, links, service_levels
from helpcenter.support.attachments import CheckedFile
from helpcenter.support.events import record_event
from helpcenter.support.kinds import KINDS, PRIORITIES
from helpcenter.support.models import Message, RequestTie, SupportRequest
from helpcenter.support.references import new_reference, tidy_reference
from helpcenter.support.terms import Terms

__all__ = [
    "KINDS", "STATES", "KeyReused", "RequestRefused", "Terms", "add_note", "count_by_state", "customer_reply",
    "find_by_reference", "is_repeated", "list_requests", "messages_of", "open_request", "others_of", "reply", "set_state",
]  # fmt: skip

STATES = ("new", "open", "waiting", "solved", "closed")
DONE = service_levels.DONE
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_NAME = 200, 20_000, 100
MOST_TRIES = 5
PAGE_SIZE = 50


class RequestRefused(ValueError):
    """A request or reply cannot be stored as it is; *field* is what to change, the message says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class KeyReused(RequestRefused):
    """An idempotency key came again with another request."""


class Agent(Protocol):
    """Who answers: any account of the staff."""

    id: int
    name: str


@dataclass(frozen=True)
class Asked:
    """What was asked, cleaned."""

    subject: str
    body: str
    email: str
    name: str | None
    lang: str
    kind: str
    section: str | None = None
    priority: str = "normal"


def open_request(
    session: Session,
    terms: Terms,
    *,
    subject: str,
    body: str,
    email: str,
    lang: str,
    name: str | None = None,
    kind: str = "question",
    section: str | None = None,
    priority: str = "normal",
    slots: Mapping | None = None,
    journey_id: int | None = None,
    transcript: Sequence[Mapping] = (),
    idempotency_key: str | None = None,
    via: str = "web",
    files: Sequence[CheckedFile] = (),
    folder: Path | None = None,
) -> SupportRequest:
    """Store a request with its transcript, trail, first message, *files* (under the data *folder*), status link and acknowledgement.

    All of it belongs to the caller's transaction: everything is there or nothing is. The same *idempotency_key* with
    the same content gives the request that is already there. Raises KeyReused when the content differs, RequestRefused
    for a wrong kind or priority or an empty text, AddressRefused, AttachmentRefused and TextRefused for what they say.
    """
    asked = replace(_cleaned(subject, body, email, lang, name, kind, section), priority=_checked_priority(priority))
    key = _key_digest(idempotency_key) if idempotency_key else None
    extras = {"slots": dict(slots or {}), "transcript": [dict(line) for line in transcript], "journey_id": journey_id}
    request, repeated = _insert(session, asked, key, extras, files)
    if repeated:
        return request
    message = _add_message(session, request, "customer", asked.body, via=via, author_name=asked.name)
    for file in files:
        attachments.keep(session, request, file, folder=folder, message=message)
    _end_journey(session, request)
    request.team = service_levels.team_for(terms.site, request.kind, request.section)
    service_levels.set_due_times(terms.site, request)
    links.renew(session, terms.secret_key, request)
    request.acknowledged = letters.queue_acknowledgement(session, terms, request)
    record_event(session, request, "created", details={"via": via, "kind": request.kind, "priority": request.priority})
    return request


def is_repeated_key(session: Session, idempotency_key: str) -> bool:
    """Return whether a request was already opened with *idempotency_key*."""
    return _find_by_key(session, _key_digest(idempotency_key)) is not None


def _key_digest(idempotency_key: str) -> str:
    return hashlib.sha256(idempotency_key.encode()).hexdigest()


def _find_by_key(session: Session, key: str) -> SupportRequest | None:
    return session.scalar(select(SupportRequest).where(SupportRequest.idempotency_key == key))


def _cleaned(subject: str, body: str, email: str, lang: str, name: str | None, kind: str, section: str | None) -> Asked:
    if kind not in KINDS:
        raise RequestRefused("kind", f"A request is one of {', '.join(KINDS)}, not {str(kind)[:40]!r}.")
    body = clean_text(body, limit=LONGEST_BODY)
    if not body:
        raise RequestRefused("body", "The request is empty. Describe in a few words what it is about.")
    subject = clean_text(subject or "", limit=LONGEST_SUBJECT, lines=False) or subject_from(body)
    name = clean_text(name or "", limit=LONGEST_NAME, lines=False) or None
    return Asked(subject, body, checked_address(email), name, lang, kind, section)


def _checked_priority(priority: str) -> str:
    if priority not in PRIORITIES:
        raise RequestRefused("priority", f"A priority is {' or '.join(PRIORITIES)}, not {str(priority)[:40]!r}.")
    return priority


def subject_from(body: str, limit: int = 80) -> str:
    """Return the beginning of *body* as a subject, cut between words.

    >>> subject_from("My router blinks red since yesterday", 20)
    'My router blinks…'
    """
    line = " ".join(body.split())
    return line if len(line) <= limit else (line[: limit - 1].rsplit(" ", 1)[0] or line[: limit - 1]).rstrip() + "…"


def _insert(
    session: Session, asked: Asked, key: str | None, extras: dict, files: Sequence[CheckedFile]
) -> tuple[SupportRequest, bool]:
    """Return the stored request and whether it was there before. Two at once with one *key* make one."""
    columns = {column: value for column, value in asdict(asked).items() if column != "body"}
    for _ in range(MOST_TRIES):
        if key and (found := _find_by_key(session, key)):
            return _same(session, found, asked, extras["slots"], files), True
        names = {"public_id": new_token()[0], "reference": new_reference(), "idempotency_key": key}
        request = SupportRequest(**names, **columns, **extras)
        try:
            with session.begin_nested():
                session.add(request)
        except IntegrityError:
            # The reference is taken, or somebody else stored this key just now: look again.
            continue
        return request, False
    raise RequestRefused("reference", "No free reference was found. Try again.")


def _same(session: Session, found: SupportRequest, asked: Asked, slots: dict, files: Sequence[CheckedFile]) -> SupportRequest:
    """Return *found* when it holds what is *asked* now, with the same answers and files."""
    if found.merged_into_id:
        # Its messages are another request's by now: there is nothing left to compare words and files with.
        first = None
    else:
        first = session.scalars(select(Message).where(Message.request_id == found.id).order_by(Message.id).limit(1)).one()
    stored = Asked(found.subject, first.text if first else asked.body, found.email, found.name, found.lang, found.kind, found.section, found.priority)
    if (stored, found.slots) != (asked, slots) or (first and not attachments.are_kept(session, first, files)):
        raise KeyReused("idempotency_key", "This Idempotency-Key was already used for a request with other content. Use a new one.")
    return found


def _end_journey(session: Session, request: SupportRequest) -> None:
    """Close the journey as escalated and keep its steps with *request*, as the agent will read them."""
    journey = session.get(Journey, request.journey_id) if request.journey_id else None
    if journey is None:
        return
    trail.record(session, journey, "request", reference=request.reference, request_kind=request.kind)
    trail.close(session, journey, "escalated")
    request.trail = [step.as_json() for step in trail.trail(session, journey.id)]


def reply(
    session: Session, terms: Terms, request: SupportRequest, text: str, *, staff: Agent, state: str = "waiting",
    held_until: datetime | None = None,
) -> Message:  # fmt: skip
    """Answer the customer: store the message, queue its mail, renew the status link, and move *request* to *state*.

    The same words twice in a row, as `is_repeated` says, are one message. With *held_until* nobody but the staff sees it
    before then, and no mail is queued: `handling.release_held` sends it, `handling.take_back` removes it.
    """
    text, state = _cleaned_text(text), checked_state(state)
    if is_repeated(session, request, text, staff=staff):
        return _last_message(session, request)
    message = _add_message(session, request, "agent", text, via="staff", author_name=staff.name, staff_id=staff.id, held_until=held_until)
    if held_until is None:
        send_reply(session, terms, request, message)
    _move(session, request, state, staff_id=staff.id)
    return message


def send_reply(session: Session, terms: Terms, request: SupportRequest, message: Message) -> None:
    """Queue the mail that brings an agent's *message*, and renew the status link."""
    request.answered_at = request.answered_at or message.created_at
    links.renew(session, terms.secret_key, request)
    letters.queue_reply(session, terms, request, message)
    record_event(session, request, "agent_replied", staff_id=message.staff_id, details={"message": message.id})


def is_repeated(session: Session, request: SupportRequest, text: str, *, staff: Agent) -> bool:
    """Return whether the last message is already this reply of this agent: a form was sent twice."""
    last = _last_message(session, request)
    return last is not None and (last.staff_id, last.text, last.public) == (staff.id, _cleaned_text(text), True)


def add_note(session: Session, request: SupportRequest, text: str, *, staff: Agent) -> Message:
    """Add a note that only the staff sees."""
    message = _add_message(
        session, request, "note", _cleaned_text(text), via="staff", author_name=staff.name, staff_id=staff.id, public=False
    )
    record_event(session, request, "noted", staff_id=staff.id, details={"message": message.id})
    return message


def customer_reply(session: Session, request: SupportRequest, text: str, *, via: str, terms: Terms | None = None) -> Message:
    """Add what the customer wrote. A request that waited for them, or was solved, is open again.

    What is written to a merged request goes to the one that it became. With *terms*, what is written to a closed request
    opens a new one that is tied to it; without them it opens again.
    """
    request = merged_into(session, request)
    if terms is not None and request.state == "closed":
        return _follow_up(session, terms, request, _cleaned_text(text), via=via)
    message = _add_message(session, request, "customer", _cleaned_text(text), via=via, author_name=request.name)
    record_event(session, request, "customer_replied", details={"message": message.id, "via": via})
    _move(session, request, "new" if request.state == "new" else "open")
    return message


def merged_into(session: Session, request: SupportRequest) -> SupportRequest:
    """Return the request that *request* was merged into, itself when it was not."""
    while request.merged_into_id:
        request = session.get_one(SupportRequest, request.merged_into_id)
    return request


def _follow_up(session: Session, terms: Terms, request: SupportRequest, text: str, *, via: str) -> Message:
    """Open a request that goes on where the closed *request* ended, and return its first message."""
    opened = open_request(
        session, terms, subject=request.subject, body=text, email=request.email, lang=request.lang, name=request.name,
        kind=request.kind, section=request.section, via=via,
    )  # fmt: skip
    session.add(RequestTie(request_id=request.id, other_id=opened.id))
    for one, other in ((request, opened), (opened, request)):
        record_event(session, one, "linked", details={"other": other.reference})
    return _last_message(session, opened)


def solved_by_customer(session: Session, request: SupportRequest) -> None:
    """Take *request* as solved because its customer says so; twice is once."""
    if request.state not in DONE:
        _move(session, request, "solved")


def set_state(session: Session, request: SupportRequest, state: str, *, staff: Agent) -> None:
    """Move *request* to *state* and keep in its history who did so."""
    if request.state == checked_state(state):
        return
    _add_message(
        session, request, "event", f"{request.state} > {state}", via="staff", author_name=staff.name, staff_id=staff.id, public=False
    )
    _move(session, request, state, staff_id=staff.id)


def checked_state(state: str) -> str:
    """Return *state*. Raises RequestRefused when there is no such state."""
    if state not in STATES:
        raise RequestRefused("state", f"A request is {', '.join(STATES)}, not {str(state)[:40]!r}.")
    return state


def _cleaned_text(text: str) -> str:
    text = clean_text(text, limit=LONGEST_BODY)
    if not text:
        raise RequestRefused("text", "The message is empty.")
    return text


def _add_message(session: Session, request: SupportRequest, author: str, text: str, *, via: str, **columns: object) -> Message:
    message = Message(request_id=request.id, author=author, text=text, via=via, **columns)
    session.add(message)
    request.changed_at = utcnow()
    session.flush()
    return message


def _last_message(session: Session, request: SupportRequest) -> Message | None:
    return session.scalar(select(Message).where(Message.request_id == request.id).order_by(Message.id.desc()).limit(1))


def _move(session: Session, request: SupportRequest, state: str, *, staff_id: int | None = None, now: datetime | None = None) -> None:
    now = now or utcnow()
    before, request.state, request.changed_at = request.state, state, now
    if before != state:
        service_levels.follow_state(library.site(session), request, before, now=now)
        kind = "solved" if state == "solved" else "reopened" if before in DONE and state not in DONE else "state_changed"
        record_event(session, request, kind, staff_id=staff_id, details={"from": before, "to": state})
    session.flush()


def find_by_reference(session: Session, reference: str) -> SupportRequest | None:
    """Return the request with *reference*, however it was typed."""
    return session.scalar(select(SupportRequest).where(SupportRequest.reference == tidy_reference(reference)))


def list_requests(session: Session, *, state: str | None = None, limit: int | None = PAGE_SIZE, offset: int = 0) -> list[SupportRequest]:
    """Return requests: urgent ones that are not done first, then those that changed last; only those in *state* when it is given."""
    is_urgent = and_(SupportRequest.priority == "high", SupportRequest.state.not_in(DONE))
    requests = select(SupportRequest).order_by(
        case((is_urgent, 0), else_=1), SupportRequest.changed_at.desc(), SupportRequest.id.desc()
    )
    if state:
        requests = requests.where(SupportRequest.state == checked_state(state))
    return list(session.scalars(requests.limit(limit).offset(offset)))


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many requests are in each state; every state is there."""
    counted = dict(session.execute(select(SupportRequest.state, func.count()).group_by(SupportRequest.state)).all())
    return {state: counted.get(state, 0) for state in STATES}


def messages_of(session: Session, request: SupportRequest, *, public_only: bool) -> list[Message]:
    """Return the messages of *request* in order; for the customer, *public_only*, without replies that are still held."""
    messages = select(Message).where(Message.request_id == request.id).order_by(Message.id)
    shown = messages.where(Message.public, Message.held_until.is_(None))
    return list(session.scalars(shown if public_only else messages))


def others_of(session: Session, request: SupportRequest, limit: int = 10) -> list[SupportRequest]:
    """Return other requests from the same address, however its capitals were typed, the latest first."""
    same = (func.lower(SupportRequest.email) == request.email.lower(), SupportRequest.id != request.id)
    return list(session.scalars(select(SupportRequest).where(*same).order_by(SupportRequest.id.desc()).limit(limit)))
