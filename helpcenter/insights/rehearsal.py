"""What people asked lately, put to content and rules that are not published: newly answered, newly lost, answered otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpcenter.chat.dialogue import begin, first_state, reply
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.chat.rules import Rules
from helpcenter.chat.turns import Context, FindArticle, Message, Search, Turn
from helpcenter.insights.periods import start_of
from helpcenter.insights.signals import masked
from helpcenter.language.masking import EMAIL_MASK, NUMBER_MASK
from helpcenter.search.engine import Passage
from helpcenter.search.records import PICKED, SearchRecord

ANSWERED, LOST, OTHERWISE, SAME = VERDICTS = ("answered", "lost", "otherwise", "same")
QUERY, MESSAGE = "query", "message"
# An article answers a query when it speaks of at least this share of what was asked, as the bot demands of a passage.
ANSWERED_AT = 0.5
# Rules by which the bot says that it has no answer.
NO_ANSWER = frozenset({"fallback.rephrase", "fallback.person", "fallback.near", "fallback.ask"})
LONGEST_SHOWN = 160


class Asked(NamedTuple):
    """What somebody asked, masked, and how often."""

    kind: str
    lang: str
    text: str
    times: int


@dataclass(frozen=True)
class Answer:
    """What is answered, and whether that is an answer."""

    name: str
    shown: str
    is_answer: bool


@dataclass(frozen=True)
class Compared:
    """Something that was asked, with its answer as published and as saved."""

    asked: Asked
    before: Answer
    after: Answer

    @property
    def verdict(self) -> str:
        """Return what publishing would change."""
        if self.before.is_answer != self.after.is_answer:
            return ANSWERED if self.after.is_answer else LOST
        return OTHERWISE if self.before.is_answer and (self.before.name, self.before.shown) != (self.after.name, self.after.shown) else SAME


def recent(session: Session, today: date, *, days: int, most: int) -> list[Asked]:
    """Return what was asked most in the last *days*: at most *most* queries and as many messages of the bot's visitors."""
    since = today - timedelta(days=days)
    number = func.count()
    queries = (
        select(SearchRecord.lang, SearchRecord.query, number)
        .where(SearchRecord.day >= since, SearchRecord.hits != PICKED)
        .group_by(SearchRecord.lang, SearchRecord.query)
        .order_by(number.desc(), SearchRecord.lang, SearchRecord.query)
        .limit(most)
    )
    said = (
        select(Conversation.lang, ChatMessage.text, number)
        .join(Conversation)
        .where(Conversation.last_at >= start_of(since), ChatMessage.author == "visitor", ChatMessage.pressed.is_(None), ChatMessage.text != "")
        .group_by(Conversation.lang, ChatMessage.text)
        .order_by(number.desc(), Conversation.lang, ChatMessage.text)
        .limit(most)
    )
    found = [Asked(QUERY, *row) for row in session.execute(queries)]
    found += [Asked(MESSAGE, lang, masked(text), times) for lang, text, times in session.execute(said)]
    # What is only a number or an address asks nothing.
    return [one for one in found if one.text.replace(EMAIL_MASK, "").replace(NUMBER_MASK, "").strip()]


def by_search(search: Search) -> Callable[[Asked], Answer]:
    """Return how *search* answers a query: by the passage that answers it best."""

    def answer(asked: Asked) -> Answer:
        found: Sequence[Passage] = search(asked.text, asked.lang, 1)
        if not found:
            return Answer("", "", False)
        best = found[0]
        return Answer(best.key, best.title[:LONGEST_SHOWN], best.confidence >= ANSWERED_AT)

    return answer


def by_rules(rules: Rules, context: Context, search: Search, find_article: FindArticle) -> Callable[[Asked], Answer]:
    """Return how *rules* answer a message that begins a conversation."""

    def answer(asked: Asked) -> Answer:
        told = {"context": context, "search": search, "find_article": find_article}
        state = begin(rules, first_state(asked.lang, "rehearsal", context), **told).state
        return answer_of(reply(Message(asked.text), rules, state, **told))

    return answer


def answer_of(turn: Turn) -> Answer:
    """Return what a turn of the bot comes to."""
    shown = " / ".join(one.text or (one.article.title if one.article else "") for one in turn.replies)
    return Answer(turn.rule or "", shown[:LONGEST_SHOWN], bool(turn.replies) and turn.rule not in NO_ANSWER)


Answering = Callable[[Asked], Answer]


def compare(
    asked: Iterable[Asked], before: dict[str, Answering], after: dict[str, Answering], *, is_over: Callable[[], bool] = lambda: False
) -> list[Compared]:
    """Return each of *asked* with its answers *before* and *after* (by kind), until time *is_over*; what is left then is not there."""
    found = []
    for one in asked:
        if is_over():
            break
        found.append(Compared(one, before[one.kind](one), after[one.kind](one)))
    return found
