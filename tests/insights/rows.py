"""Visits that found nothing, as rows."""

from datetime import UTC, date, datetime, time

from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.feedback.models import Vote
from helpcenter.search.records import SearchRecord
from helpcenter.support.models import Message, SupportRequest

TODAY = date(2026, 11, 22)


def noon(day: date) -> datetime:
    """Return the middle of *day*."""
    return datetime.combine(day, time(12), UTC)


def a_search(query: str, *, lang: str = "en", day: date = TODAY, hits: int = 0, clicked: int | None = None) -> SearchRecord:
    """Return a search as it is kept."""
    return SearchRecord(day=day, lang=lang, query=query, hits=hits, corrected=False, clicked=clicked)


def a_talk(name: str, *said: tuple[str, str], lang: str = "en", day: date = TODAY, journey_id: int | None = None) -> Conversation:
    """Return a conversation of what was *said*, each with the rule by which the bot answered."""
    talk = Conversation(public_id=name, token_hash=name, lang=lang, created_at=noon(day), last_at=noon(day), journey_id=journey_id)
    for text, rule in said:
        talk.messages += [
            ChatMessage(author="visitor", text=text, created_at=noon(day)),
            ChatMessage(author="bot", text="…", rule=rule, created_at=noon(day)),
        ]
    return talk


def a_vote(visitor: str, comment: str, *, query: str | None = None, key: str = "payments/find-an-invoice", day: date = TODAY, helpful: bool = False,
           version: int = 1, journey_id: int | None = None) -> Vote:  # fmt: skip
    """Return a vote as it is kept."""
    vote = Vote(lang="en", key=key, version=version, visitor=visitor, helpful=helpful, comment=comment, query=query, journey_id=journey_id)
    vote.created_at = vote.changed_at = noon(day)
    return vote


def a_request(number: int, subject: str, *, name: str | None = None, day: date = TODAY, **values) -> SupportRequest:
    """Return a request by form as it is kept."""
    request = SupportRequest(public_id=f"r{number}", reference=f"HC-{number:04}-AAAA", subject=subject, lang="en", email="ann@example.org", name=name)
    request.created_at = request.changed_at = noon(day)
    request.messages = [Message(author="customer", via="form", text="Please help", created_at=noon(day))]
    for field, value in values.items():
        setattr(request, field, value)
    return request
