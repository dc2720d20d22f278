"""What agents do with requests beside answering: share them out, sort them, join them, set spam aside."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from helpcenter.content import library
from helpcenter.content.site import Site
from helpcenter.language.cleaning import clean_text
from helpcenter.storage.columns import utcnow
from helpcenter.support import requests as support
from helpcenter.support import service_levels
from helpcenter.support.events import record_event
from helpcenter.support.kinds import PRIORITIES
from helpcenter.support.models import Attachment, Message, RequestTag, RequestTie, SolvedBy, SupportRequest
from helpcenter.support.requests import Agent, RequestRefused, Terms

LONGEST_TAG, MOST_TAGS = 40, 10
MOST_AT_ONCE = 200


def lock(session: Session, request: SupportRequest) -> None:
    """Let nobody else change *request* until the transaction ends, and read it as it is then. SQLite has one writer anyway."""
    session.refresh(request, with_for_update=True)


def assign(session: Session, request: SupportRequest, assignee_id: int | None, *, staff: Agent) -> None:
    """Give *request* to an account of the staff, or to nobody."""
    if request.assignee_id != assignee_id:
        details = {"from": request.assignee_id, "to": assignee_id}
        request.assignee_id = assignee_id
        record_event(session, request, "assigned", staff_id=staff.id, details=details)


def set_team(session: Session, request: SupportRequest, team: str | None, *, staff: Agent) -> None:
    """Give *request* to a team of site.yaml, or to none, and measure it by that team's hours. Raises RequestRefused."""
    site, team = library.site(session), team or None
    if team is not None and team not in site.requests.teams:
        raise RequestRefused("team", "There is no such team.")
    if request.team != team:
        details = {"from": request.team, "to": team}
        request.team = team
        service_levels.set_due_times(site, request)
        record_event(session, request, "team_changed", staff_id=staff.id, details=details)


def set_priority(session: Session, request: SupportRequest, priority: str, *, staff: Agent) -> None:
    """Make *request* urgent or ordinary, and measure it so. Raises RequestRefused for another priority."""
    if priority not in PRIORITIES:
        raise RequestRefused("priority", "There is no such priority.")
    if request.priority != priority:
        details = {"from": request.priority, "to": priority}
        request.priority = priority
        service_levels.set_due_times(library.site(session), request)
        record_event(session, request, "priority_changed", staff_id=staff.id, details=details)


def set_tags(session: Session, request: SupportRequest, typed: str, *, staff: Agent) -> list[str]:
    """Replace the tags of *request* by those *typed* with commas between, and return them. Raises RequestRefused for too many."""
    wanted, present = tidy_tags(typed), tags_of(session, request)
    if wanted != present:
        session.execute(delete(RequestTag).where(RequestTag.request_id == request.id))
        session.add_all(RequestTag(request_id=request.id, tag=tag) for tag in wanted)
        record_event(session, request, "tagged", staff_id=staff.id, details={"from": present, "to": wanted})
    return wanted


def tidy_tags(typed: str) -> list[str]:
    """Return the tags in *typed*, sorted, each once. Raises RequestRefused, and TextRefused for one that is too long.

    >>> tidy_tags("Router,  red light, router,")
    ['red light', 'router']
    """
    tags = sorted({clean_text(part, limit=LONGEST_TAG, lines=False).lower() for part in typed.split(",")} - {""})
    if len(tags) > MOST_TAGS:
        raise RequestRefused("tags", f"A request has at most {MOST_TAGS} tags.")
    return tags


def tags_of(session: Session, request: SupportRequest) -> list[str]:
    """Return the tags of *request*, sorted."""
    return sorted(session.scalars(select(RequestTag.tag).where(RequestTag.request_id == request.id)))


def mark_spam(session: Session, request: SupportRequest, *, spam: bool, staff: Agent) -> None:
    """Hide *request* as spam, or show it again; it is never deleted, since somebody may have been wrong."""
    if request.spam != spam:
        request.spam = spam
        record_event(session, request, "marked_spam", staff_id=staff.id, details={"spam": spam})


def tie(session: Session, request: SupportRequest, other: SupportRequest, *, staff_id: int | None) -> None:
    """Note that two requests belong together. Raises RequestRefused for one with itself."""
    if request.id == other.id:
        raise RequestRefused("other", "A request cannot be joined with itself.")
    first, second = sorted((request.id, other.id))
    if session.get(RequestTie, (first, second)) is None:
        session.add(RequestTie(request_id=first, other_id=second))
        record_event(session, request, "linked", staff_id=staff_id, details={"other": other.reference})
        record_event(session, other, "linked", staff_id=staff_id, details={"other": request.reference})


def tied_to(session: Session, request: SupportRequest) -> list[SupportRequest]:
    """Return the requests that belong to *request*."""
    after = select(RequestTie.other_id).where(RequestTie.request_id == request.id)
    before = select(RequestTie.request_id).where(RequestTie.other_id == request.id)
    return list(session.scalars(select(SupportRequest).where(SupportRequest.id.in_(after.union(before))).order_by(SupportRequest.id)))


def merge(session: Session, request: SupportRequest, into: SupportRequest, *, staff: Agent) -> None:
    """Move messages and files of *request* into another one of the same customer, and close it.

    Raises RequestRefused for requests of two customers, whose words must not reach each other; those can be tied.
    """
    if request.id == into.id or into.merged_into_id is not None or request.merged_into_id is not None:
        raise RequestRefused("other", "A request cannot be joined with itself.")
    if request.email.casefold() != into.email.casefold():
        raise RequestRefused("email", "These requests are of two customers.")
    for model in (Message, Attachment):
        session.execute(update(model).where(model.request_id == request.id).values(request_id=into.id))
    request.merged_into_id, request.state, request.changed_at = into.id, "closed", utcnow()
    into.changed_at = utcnow()
    record_event(session, request, "merged", staff_id=staff.id, details={"into": into.reference})
    record_event(session, into, "merged", staff_id=staff.id, details={"from": request.reference})


def split(session: Session, terms: Terms, request: SupportRequest, message: Message, *, staff: Agent) -> SupportRequest:
    """Open a request of its own for one *message* of the customer, tied to *request*, and return it; twice makes one.

    Raises RequestRefused for a message of another request or of the staff.
    """
    if message.request_id != request.id or message.author != "customer":
        raise RequestRefused("message", "Only a message of the customer becomes a request.")
    key = f"split-{message.id}"
    if support.is_repeated_key(session, key):
        return next(other for other in tied_to(session, request) if other.id > request.id)
    opened = support.open_request(
        session, terms, subject="", body=message.text, email=request.email, lang=request.lang, name=request.name,
        kind=request.kind, section=request.section, idempotency_key=key, via=message.via,
    )  # fmt: skip
    tie(session, request, opened, staff_id=staff.id)
    record_event(session, request, "split", staff_id=staff.id, details={"into": opened.reference})
    return opened


def close_old(session: Session, site: Site, *, now: datetime) -> int:
    """Close what was solved longer ago than a request may open again; return how many."""
    before = now - timedelta(days=site.requests.reopen_days)
    old = select(SupportRequest).where(SupportRequest.state == "solved", SupportRequest.solved_at < before).limit(MOST_AT_ONCE)
    # Of several workers each request is one's.
    found = session.scalars(old.with_for_update(skip_locked=True)).all()
    for request in found:
        request.state = "closed"
        record_event(session, request, "state_changed", details={"from": "solved", "to": "closed"}, now=now)
    return len(found)


def mentioned(text: str, people: Mapping[int, str]) -> list[int]:
    """Return who of *people* (id to name) stands in *text* with an @ before their name or its first word.

    >>> mentioned("@gus please look, @Ann Lee knows; mail ann@example.org", {7: "Gus Answers", 8: "Ann Lee", 9: "Example"})
    [7, 8]
    """
    words = [word.strip(".,;:!?()").casefold() for word in text.split()]
    named = {word[1:] for word in words if word.startswith("@")}
    return [person for person, name in people.items() if name.split() and name.casefold().split()[0] in named]


def note_mentions(session: Session, request: SupportRequest, message: Message, people: Iterable[int], *, staff: Agent) -> None:
    """Record whom a note calls; the writer is not called by their own name."""
    for person in people:
        if person != staff.id:
            record_event(session, request, "mentioned", staff_id=staff.id, details={"staff": person, "message": message.id})


def note_solved_by(session: Session, request: SupportRequest, article: str, lang: str, *, staff: Agent) -> None:
    """Keep that the *article* (its key) in *lang* solved *request*: evidence for search and bot."""
    if session.get(SolvedBy, (request.id, article, lang)) is None:
        session.add(SolvedBy(request_id=request.id, article=article, lang=lang, staff_id=staff.id))


def note_draft(session: Session, request: SupportRequest, path: str, article: str, *, staff: Agent) -> None:
    """Keep that a draft at *path* was made of an answer to *request*: once published, that *article* (its key) solved it."""
    record_event(session, request, "drafted", staff_id=staff.id, details={"to": path})
    note_solved_by(session, request, article, request.lang, staff=staff)


def solved_by(session: Session, request: SupportRequest) -> list[SolvedBy]:
    """Return the articles that solved *request*."""
    return list(session.scalars(select(SolvedBy).where(SolvedBy.request_id == request.id).order_by(SolvedBy.article)))


def solved_counts(session: Session) -> list[tuple[str, str, int]]:
    """Return how many solved requests each article solved: language, key, number."""
    done = (SupportRequest.state.in_(("solved", "closed")), SupportRequest.spam.is_(False))
    rows = select(SolvedBy.lang, SolvedBy.article, func.count()).join(SupportRequest, SupportRequest.id == SolvedBy.request_id).where(*done)
    return [tuple(row) for row in session.execute(rows.group_by(SolvedBy.lang, SolvedBy.article))]


def take_back(session: Session, request: SupportRequest, message_id: int, *, staff: Agent, now: datetime | None = None) -> str | None:
    """Remove a held reply of this agent and return its text; None when it is too late. The request is open again."""
    mine = (Message.id == message_id, Message.request_id == request.id, Message.staff_id == staff.id, Message.held_until > (now or utcnow()))
    # Who releases it at this moment comes first or last, never between.
    message = session.scalar(select(Message).where(*mine).with_for_update())
    if message is None:
        return None
    session.delete(message)
    support.set_state(session, request, "open", staff=staff)
    return message.text


def has_held(session: Session, *, now: datetime) -> bool:
    """Return whether there are replies whose time to be taken back is over."""
    return session.scalar(select(Message.id).where(Message.held_until <= now).limit(1)) is not None


def release_held(session: Session, terms: Terms, *, now: datetime) -> list[tuple[SupportRequest, Message]]:
    """Let replies go that can no longer be taken back, and return each with its request."""
    due = select(Message).where(Message.held_until <= now).order_by(Message.id).limit(MOST_AT_ONCE)
    # Of several workers each reply is one's.
    held = session.scalars(due.with_for_update(skip_locked=True)).all()
    released = []
    for message in held:
        request = session.get_one(SupportRequest, message.request_id)
        release(session, terms, request, message)
        released.append((request, message))
    return released


def release(session: Session, terms: Terms, request: SupportRequest, message: Message) -> None:
    """Let one held *message* go, with the files that were added to it meanwhile."""
    message.held_until = None
    support.send_reply(session, terms, request, message)
