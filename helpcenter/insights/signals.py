"""What people said when the help center had no answer: searches, messages, votes and requests, as they were kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session, aliased

from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.content.models import Article
from helpcenter.feedback.models import Vote
from helpcenter.language.masking import mask_private
from helpcenter.search.records import PICKED, SearchRecord
from helpcenter.support.models import Message, SupportRequest

NO_HITS, NO_CLICK, MISS, VOTE, REQUEST = SOURCES = ("no-hits", "no-click", "miss", "vote", "request")
SEARCHES = frozenset({NO_HITS, NO_CLICK})
# What the bot says when it has understood nothing that it could answer.
MISSED = ("fallback.rephrase", "fallback.person", "fallback.near")
LONGEST_SHOWN = 200
LONGEST_BODY_READ = 200
# A query that was opened at least so often, of the times it found something, has its answer.
CLICKED_ENOUGH = 1 / 3
# Nobody knows who searched: one person who repeats a query all day counts for no more than this.
MOST_A_DAY = 20


class Signal(NamedTuple):
    """Something somebody wrote: *text* is shown, *topic* is what it is grouped by; *visit* tells people apart where that is known."""

    source: str
    lang: str
    text: str
    topic: str
    day: date
    times: int = 1
    visit: str | None = None
    place: str | None = None


def read_signals(session: Session, since: date, until: date) -> list[Signal]:
    """Return what was left without an answer from *since* to *until*, both included, in a stable order."""
    return [*searches(session, since, until), *misses(session, since, until), *votes(session, since, until), *requests(session, since, until)]


def moments(since: date, until: date) -> tuple[datetime, datetime]:
    """Return the first moment of *since* and the last one of *until*."""
    return datetime.combine(since, time(), UTC), datetime.combine(until, time.max, UTC)


def searches(session: Session, since: date, until: date) -> Iterator[Signal]:
    """Yield the searches that found nothing, and those of queries of which hardly any hit was opened."""
    # Written out: PostgreSQL takes two parameters for two different expressions.
    is_empty = SearchRecord.hits == literal_column("0")
    name = (SearchRecord.lang, SearchRecord.query, SearchRecord.day, is_empty)
    rows = (
        select(*name, func.count(), func.count(SearchRecord.clicked))
        .where(SearchRecord.day.between(since, until), SearchRecord.hits != PICKED)
        .group_by(*name)
        .order_by(*name)
    )
    found = session.execute(rows).all()
    answered = answered_queries(found)
    for lang, query, day, is_empty, times, clicked in found:
        if is_empty:
            yield Signal(NO_HITS, lang, query, query, day, min(times, MOST_A_DAY))
        elif times > clicked and (lang, query) not in answered:
            yield Signal(NO_CLICK, lang, query, query, day, min(times - clicked, MOST_A_DAY))


def answered_queries(found: Iterable) -> set[tuple[str, str]]:
    """Return the queries of which enough hits were opened."""
    total: dict[tuple[str, str], int] = defaultdict(int)
    opened: dict[tuple[str, str], int] = defaultdict(int)
    for lang, query, _, is_empty, times, clicked in found:
        if not is_empty:
            total[lang, query] += times
            opened[lang, query] += clicked
    return {name for name, times in total.items() if opened[name] >= times * CLICKED_ENOUGH}


def misses(session: Session, since: date, until: date) -> Iterator[Signal]:
    """Yield the messages that the bot could not answer, each once."""
    first, last = moments(since, until)
    talk, bot, said = aliased(Conversation), aliased(ChatMessage), aliased(ChatMessage)
    # The last words before the bot's: not those of a button.
    before = (
        select(func.max(said.id))
        .where(said.conversation_id == bot.conversation_id, said.id < bot.id, said.author == "visitor")
        .correlate(bot)
        .scalar_subquery()
    )
    missed = (
        select(before)
        .select_from(bot)
        .join(talk, talk.id == bot.conversation_id)
        .where(talk.last_at >= first, bot.author == "bot", bot.rule.in_(MISSED))
    )
    rows = (
        select(Conversation.id, Conversation.journey_id, Conversation.lang, ChatMessage.text, ChatMessage.created_at)
        .where(Conversation.id == ChatMessage.conversation_id, ChatMessage.id.in_(missed))
        .where(ChatMessage.created_at.between(first, last), ChatMessage.pressed.is_(None))
        .order_by(ChatMessage.id)
    )
    for number, journey, lang, text, at in session.execute(rows):
        shown = masked(text)
        yield Signal(MISS, lang, shown, shown, at.date(), visit=visit_of(journey, f"chat-{number}"))


def votes(session: Session, since: date, until: date) -> Iterator[Signal]:
    """Yield the votes that say No and why: grouped by what was searched before, else by the article that did not help."""
    first, last = moments(since, until)
    rows = (
        select(Vote, Article.title)
        .outerjoin(Article, (Article.lang == Vote.lang) & (Article.key == Vote.key))
        .where(Vote.changed_at.between(first, last), Vote.helpful.is_(False), func.coalesce(Vote.comment, "") != "")
        .order_by(Vote.id)
    )
    for vote, title in session.execute(rows):
        topic = f"{vote.query or title or ''} {vote.comment}"
        visit = visit_of(vote.journey_id, f"visitor-{vote.visitor}")
        yield Signal(VOTE, vote.lang, masked(vote.comment), masked(topic), vote.changed_at.date(), visit=visit, place=str(vote.id))


def requests(session: Session, since: date, until: date) -> Iterator[Signal]:
    """Yield how requests to people began: the first words of the chat, else the subject, with the first words below one of a single word."""
    first, last = moments(since, until)
    opening = select(func.min(Message.id)).where(Message.author == "customer").group_by(Message.request_id)
    rows = (
        select(SupportRequest, Message.text)
        .outerjoin(Message, (Message.request_id == SupportRequest.id) & Message.id.in_(opening))
        .where(SupportRequest.created_at.between(first, last), SupportRequest.spam.is_(False), SupportRequest.merged_into_id.is_(None))
        .order_by(SupportRequest.id)
    )
    for request, body in session.execute(rows):
        said = next((line["text"] for line in request.transcript or [] if line.get("from") == "visitor" and line.get("text")), None)
        shown = without_name(masked(said or request.subject), request.name)
        # The words below a subject are greetings as often as not.
        is_enough = said or len(request.subject.split()) > 1
        topic = shown if is_enough else without_name(masked(f"{request.subject} {(body or '')[:LONGEST_BODY_READ]}"), request.name)
        visit = visit_of(request.journey_id, f"request-{request.reference}")
        yield Signal(REQUEST, request.lang, shown, topic, request.created_at.date(), visit=visit, place=request.reference)


def visit_of(journey_id: int | None, otherwise: str) -> str:
    """Return the name of a visit, by which one person's search, chat and request are one."""
    return f"visit-{journey_id}" if journey_id else otherwise


def masked(text: str) -> str:
    """Return the beginning of *text* on one line, without addresses and long numbers."""
    return mask_private(" ".join((text or "").split()))[: 2 * LONGEST_SHOWN]


def without_name(text: str, name: str | None) -> str:
    """Return *text* without the words of the customer's *name*.

    >>> without_name("This is Ann Berg, my parcel is late", "Ann Berg")
    'This is […] […], my parcel is late'
    """
    names = {part.casefold() for part in (name or "").split() if len(part) > 1}
    return " ".join(_hidden(word, names) for word in text.split()) if names else text


def _hidden(word: str, names: set[str]) -> str:
    bare = word.strip(".,;:!?()\"'“”«»")
    return word.replace(bare, "[…]") if bare and bare.casefold() in names else word
