"""The inbox: which requests an agent sees in which view, what they search for, and who else is looking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select
from sqlalchemy.orm import Session

from helpcenter.language.cleaning import clean_text, cut_text
from helpcenter.storage.columns import utcnow
from helpcenter.storage.upsert import upsert
from helpcenter.support.kinds import KINDS, PRIORITIES
from helpcenter.support.models import Message, ReplyDraft, RequestTag, RequestViewer, SavedFilter, SupportEvent, SupportRequest
from helpcenter.support.references import tidy_reference
from helpcenter.support.requests import DONE, LONGEST_BODY, PAGE_SIZE, STATES, Agent, RequestRefused

VIEWS = ("open", "mine", "unassigned", "due", "waiting", "all", "spam")
LONGEST_QUERY, MOST_WORDS = 100, 5
LONGEST_FILTER_NAME, MOST_FILTERS = 60, 20
# What an agent who has the list open wants to hear of.
NEWS = ("created", "customer_replied", "reopened")
DUE_WITHIN = timedelta(hours=24)
LOOKING = timedelta(minutes=2)
LOOK_EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class Wanted:
    """What a list shows: a view, and what narrows it. Read only from what is allowed, anything else is left out."""

    view: str = "open"
    state: str | None = None
    team: str | None = None
    tag: str | None = None
    kind: str | None = None
    priority: str | None = None
    query: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Wanted":
        """Return what the query string *given* asks for."""
        state, view = one_of(given.get("state"), STATES), one_of(given.get("view"), VIEWS)
        return cls(
            view=view or ("all" if state else "open"),
            state=state,
            team=cut_text(given.get("team", ""), limit=60) or None,
            tag=cut_text(given.get("tag", ""), limit=40) or None,
            kind=one_of(given.get("kind"), KINDS),
            priority=one_of(given.get("priority"), PRIORITIES),
            query=cut_text(given.get("q", ""), limit=LONGEST_QUERY),
        )

    def as_query(self) -> dict[str, str]:
        """Return what stands in an address for this list."""
        values = {"view": self.view, "state": self.state, "team": self.team, "tag": self.tag, "kind": self.kind, "priority": self.priority, "q": self.query}
        return {name: value for name, value in values.items() if value}


def one_of(value: str | None, allowed: tuple[str, ...]) -> str | None:
    """Return *value* when it is *allowed*, else None."""
    return value if value in allowed else None


def find(session: Session, wanted: Wanted, *, staff_id: int, now: datetime | None = None, limit: int = PAGE_SIZE, offset: int = 0) -> list[SupportRequest]:
    """Return the requests that *wanted* names: urgent ones that are not done first, then the soonest due, then the latest."""
    is_urgent = and_(SupportRequest.priority == "high", SupportRequest.state.not_in(DONE))
    due = case((SupportRequest.state.in_(("new", "open")), _next_due()), else_=None)
    order = (case((is_urgent, 0), else_=1), due.is_(None), due, SupportRequest.changed_at.desc(), SupportRequest.id.desc())
    return list(session.scalars(_selected(wanted, staff_id, now or utcnow()).order_by(*order).limit(limit).offset(offset)))


def count_views(session: Session, *, staff_id: int, now: datetime | None = None) -> dict[str, int]:
    """Return how many requests are in each view."""
    now = now or utcnow()
    counted = [func.count(case((and_(*_in_view(view, staff_id, now)), 1))) for view in VIEWS]
    return dict(zip(VIEWS, session.execute(select(*counted)).one(), strict=True))


def _selected(wanted: Wanted, staff_id: int, now: datetime) -> Select:
    columns = {"state": SupportRequest.state, "team": SupportRequest.team, "kind": SupportRequest.kind, "priority": SupportRequest.priority}
    narrowed = [column == getattr(wanted, name) for name, column in columns.items() if getattr(wanted, name)]
    if wanted.tag:
        narrowed.append(SupportRequest.id.in_(select(RequestTag.request_id).where(RequestTag.tag == wanted.tag)))
    words = wanted.query.split()[:MOST_WORDS]
    return select(SupportRequest).where(*_in_view(wanted.view, staff_id, now), *narrowed, *map(_has_word, words))


def _in_view(view: str, staff_id: int, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of a view. Spam is only in its own; what was merged is in none."""
    shown = [SupportRequest.spam.is_(view == "spam"), SupportRequest.merged_into_id.is_(None)]
    is_running = SupportRequest.state.in_(("new", "open"))
    conditions = {
        "open": [is_running],
        "mine": [SupportRequest.assignee_id == staff_id, SupportRequest.state.not_in(DONE)],
        "unassigned": [SupportRequest.assignee_id.is_(None), SupportRequest.state.not_in(DONE)],
        "due": [is_running, _next_due() <= now + DUE_WITHIN],
        "waiting": [SupportRequest.state == "waiting"],
    }
    return [*shown, *conditions.get(view, [])]


def _next_due() -> ColumnElement[datetime]:
    """Return the due time that runs: that of the first answer until there is one, else of the solution."""
    return case((SupportRequest.answered_at.is_(None), SupportRequest.answer_due_at), else_=SupportRequest.solution_due_at)


def next_due(request: SupportRequest) -> datetime | None:
    """Return when *request* is due next; None when nothing is promised or its clock stands still."""
    if request.state not in ("new", "open"):
        return None
    return request.answer_due_at if request.answered_at is None else request.solution_due_at


def _has_word(word: str) -> ColumnElement[bool]:
    """Return whether a request has *word* in its subject, people, reference or messages; % and _ are letters like others."""
    # SQLite folds the case of ASCII only, so other alphabets are asked for in the ways that people write.
    ways = {word, word.lower(), word.capitalize(), word.upper()}
    columns = (SupportRequest.subject, SupportRequest.email, SupportRequest.name)
    said = select(Message.request_id).where(or_(*(Message.text.icontains(way, autoescape=True) for way in ways)))
    found = [column.icontains(way, autoescape=True) for column in columns for way in ways]
    return or_(*found, SupportRequest.reference == tidy_reference(word), SupportRequest.id.in_(said))


def latest_news(session: Session) -> int:
    """Return the number of the latest event in which a customer did something; 0 before the first. Spam counts too: nobody has judged it yet."""
    return session.scalar(select(func.max(SupportEvent.id)).where(SupportEvent.kind.in_(NEWS))) or 0


def save_filter(session: Session, wanted: Wanted, name: str, *, staff: Agent) -> None:
    """Keep *wanted* under *name* for this agent; the same name again replaces it. Raises RequestRefused."""
    name = clean_text(name, limit=LONGEST_FILTER_NAME, lines=False)
    saved = filters_of(session, staff.id)
    if not name or (len(saved) >= MOST_FILTERS and name not in {one.name for one in saved}):
        raise RequestRefused("filter", f"Name the filter; there can be {MOST_FILTERS}.")
    row = next((one for one in saved if one.name == name), None) or SavedFilter(staff_id=staff.id, name=name)
    row.query = urlencode(wanted.as_query())
    session.add(row)


def remove_filter(session: Session, filter_id: int, *, staff: Agent) -> None:
    """Forget a filter of this agent; those of others stay."""
    row = session.get(SavedFilter, filter_id)
    if row is not None and row.staff_id == staff.id:
        session.delete(row)


def filters_of(session: Session, staff_id: int) -> list[SavedFilter]:
    """Return the filters that this agent has saved, by name."""
    return list(session.scalars(select(SavedFilter).where(SavedFilter.staff_id == staff_id).order_by(SavedFilter.name)))


def save_draft(session: Session, request: SupportRequest, text: str, *, staff: Agent) -> None:
    """Keep what this agent has typed; an empty text forgets the draft."""
    text = cut_text(text, limit=LONGEST_BODY, lines=True)
    if text:
        row = {"request_id": request.id, "staff_id": staff.id, "text": text, "changed_at": utcnow()}
        upsert(session, ReplyDraft, row, unique=["request_id", "staff_id"])
    else:
        session.execute(delete(ReplyDraft).where(ReplyDraft.request_id == request.id, ReplyDraft.staff_id == staff.id))


def draft_of(session: Session, request: SupportRequest, *, staff: Agent) -> str:
    """Return what this agent has typed and not sent."""
    mine = (ReplyDraft.request_id == request.id, ReplyDraft.staff_id == staff.id)
    return session.scalar(select(ReplyDraft.text).where(*mine)) or ""


def others_looking(session: Session, request: SupportRequest, *, staff: Agent, now: datetime | None = None) -> list[str]:
    """Return the names of other agents who opened *request* within two minutes."""
    recent = (RequestViewer.request_id == request.id, RequestViewer.seen_at > (now or utcnow()) - LOOKING)
    return list(session.scalars(select(RequestViewer.name).where(*recent, RequestViewer.staff_id != staff.id).order_by(RequestViewer.name)))


def is_look_due(session: Session, request: SupportRequest, *, staff: Agent, now: datetime | None = None) -> bool:
    """Return whether `note_look` has anything new to say."""
    row = session.get(RequestViewer, (request.id, staff.id))
    return row is None or row.seen_at < (now or utcnow()) - LOOK_EVERY


def note_look(session: Session, request: SupportRequest, *, staff: Agent, now: datetime | None = None) -> None:
    """Note that this agent has *request* open."""
    row = {"request_id": request.id, "staff_id": staff.id, "name": staff.name, "seen_at": now or utcnow()}
    upsert(session, RequestViewer, row, unique=["request_id", "staff_id"])


def news_since(session: Session, request: SupportRequest, last_id: int, *, staff: Agent) -> list[Message]:
    """Return the letters that others added to *request* after the message *last_id*."""
    newer = (Message.request_id == request.id, Message.id > last_id, Message.author.in_(("customer", "agent")))
    mine = and_(Message.staff_id.is_not(None), Message.staff_id == staff.id)
    return list(session.scalars(select(Message).where(*newer, ~mine).order_by(Message.id)))
