"""Mail to the team: what is new, due, overdue, and who was mentioned. Collected, so that a flood of requests is one mail.

`collect` follows the events and writes down who is to be told what; `send_digests` makes one mail an address of it, and
the next one no sooner than ten minutes later.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpcenter.mail import outbox
from helpcenter.mail.letters import write_letter
from helpcenter.storage import db
from helpcenter.storage.columns import UTCDateTime, utcnow
from helpcenter.storage.counters import count_up
from helpcenter.storage.upsert import upsert
from helpcenter.support.models import SupportEvent, SupportRequest
from helpcenter.support.streams import next_events
from helpcenter.support.terms import Terms

STREAM = "team-mail"
# What the whole team is told, and what only the person it is about.
TEAM_KINDS = ("created", "customer_replied", "reopened", "due_soon", "breached")
PERSONAL_KINDS = ("mentioned", "assigned", "customer_replied", "due_soon", "breached")
DIGEST_SECONDS = 600
MOST_LINES = 50


class TeamNotice(db.Model):
    """Something that an address is to be told in its next mail."""

    __tablename__ = "team_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(320), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class NoticeChoice(db.Model):
    """Whether somebody of the staff wants mail about what is theirs, and in which language; without a row they do, in the site's."""

    __tablename__ = "notice_choice"

    staff_id: Mapped[int] = mapped_column(primary_key=True)
    wanted: Mapped[bool]
    lang: Mapped[str | None] = mapped_column(String(35))


@dataclass(frozen=True)
class Person:
    """Somebody of the staff who may be told: their account's number and address."""

    id: int
    email: str


def wants_mail(session: Session, staff_id: int) -> bool:
    """Return whether this person wants mail about mentions and their own requests."""
    choice = session.get(NoticeChoice, staff_id)
    return choice is None or choice.wanted


def mail_language(session: Session, staff_id: int) -> str | None:
    """Return the language that this person wants mail in; None when they did not say."""
    choice = session.get(NoticeChoice, staff_id)
    return choice.lang if choice else None


def choose(session: Session, staff_id: int, *, wanted: bool, lang: str | None = None) -> None:
    """Write down what this person wants."""
    upsert(session, NoticeChoice, {"staff_id": staff_id, "wanted": wanted, "lang": lang}, unique=["staff_id"])


def collect(session: Session, team: Sequence[str], people: Iterable[Person], *, now: datetime) -> int:
    """Write down whom the events since the last time are to be told, in the caller's transaction; return how many lines.

    *team* are addresses for everything, or `billing=address` for one team of site.yaml.
    """
    by_id = {person.id: person.email for person in people if wants_mail(session, person.id)}
    count = 0
    for event in next_events(session, STREAM, now=now):
        request = session.get(SupportRequest, event.request_id)
        if request is None or request.spam:
            continue
        for recipient in dict.fromkeys(_recipients(event, request, team, by_id)):
            session.add(TeamNotice(recipient=recipient, kind=event.kind, reference=request.reference, created_at=now))
            count += 1
    return count


def _recipients(event: SupportEvent, request: SupportRequest, team: Sequence[str], by_id: dict[int, str]) -> Iterator[str]:
    if event.kind in TEAM_KINDS:
        for entry in team:
            name, _, address = entry.rpartition("=")
            if not name or name == request.team:
                yield address
    if event.kind in PERSONAL_KINDS:
        for staff_id in _concerned(event, request):
            # Nobody is told what they did themselves.
            if staff_id in by_id and staff_id != event.staff_id:
                yield by_id[staff_id]


def _concerned(event: SupportEvent, request: SupportRequest) -> list[int]:
    person = event.details.get("staff") if event.kind == "mentioned" else request.assignee_id
    return [person] if isinstance(person, int) else []


def send_digests(session: Session, terms: Terms, people: Iterable[Person]) -> int:
    """Queue one mail for every address whose last one is ten minutes ago, and return how many.

    Each of *people* is written to in the language they chose, everybody else in that of the site.
    """
    waiting = session.scalars(select(TeamNotice.recipient).distinct().order_by(TeamNotice.recipient)).all()
    chosen = {person.email.casefold(): mail_language(session, person.id) for person in people}
    default = terms.site.default_language
    return sum(_send_digest(session, terms, recipient, chosen.get(recipient.casefold()) or default) for recipient in waiting)


def _send_digest(session: Session, terms: Terms, recipient: str, lang: str) -> bool:
    mark = hashlib.sha256(recipient.casefold().encode()).hexdigest()
    if count_up(session, f"team-mail:{mark}", window_seconds=DIGEST_SECONDS).count > 1:
        return False
    notices = session.scalars(select(TeamNotice).where(TeamNotice.recipient == recipient).order_by(TeamNotice.id)).all()
    lines = dict.fromkeys((notice.kind, notice.reference) for notice in notices)
    _queue(session, terms, recipient, lang, list(lines))
    session.execute(delete(TeamNotice).where(TeamNotice.id.in_([notice.id for notice in notices])))
    return True


def _queue(session: Session, terms: Terms, recipient: str, lang: str, lines: list[tuple[str, str]]) -> None:
    """Queue the mail. It names requests by reference and address of the staff's page; nothing in it was typed by a customer."""
    shown = [{"kind": kind, "reference": reference, "url": f"{terms.base_url}/staff/requests/{reference}"} for kind, reference in lines[:MOST_LINES]]
    more = max(0, len(lines) - MOST_LINES)
    letter = write_letter(
        terms, "team-notice", recipient=recipient, lang=lang, automatic=True, lines=shown, count=len(lines), more=more, first=shown[0]["reference"]
    )  # fmt: skip
    thread = f"team-{hashlib.sha256(recipient.encode()).hexdigest()[:20]}"
    outbox.queue(session, thread=thread, envelope_sender="", **letter._asdict())
