"""Play a stored conversation again: the same rules give the same answers and traces, others show what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from helpcenter.chat.dialogue import begin, first_state, reply
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.chat.rules import Rules
from helpcenter.chat.turns import Context, FindArticle, Message, Search, Turn

# What the house adds after a turn; the engine knows nothing of it.
ADDED = frozenset({"builtin.escalated", "builtin.files"})


@dataclass
class Exchange:
    """What the visitor said, and what the bot answered then; the welcome answers nothing."""

    said: ChatMessage | None
    answers: list[ChatMessage] = field(default_factory=list)

    @property
    def trace(self) -> list[str]:
        """Return why the bot answered so."""
        return next((list(answer.trace) for answer in reversed(self.answers) if answer.trace), [])

    @property
    def message(self) -> Message:
        """Return what the engine was given."""
        said = self.said
        if said is None:
            return Message()
        return Message(choice=said.pressed) if said.pressed else Message(said.text)


@dataclass(frozen=True)
class Replayed:
    """One exchange as it was, and the turn that the rules give now."""

    then: Exchange
    now: Turn

    @property
    def same_answer(self) -> bool:
        """Whether the visitor would read the same."""
        return [answer.text for answer in self.then.answers] == [one.text for one in self.now.replies]

    @property
    def same_trace(self) -> bool:
        """Whether the bot would answer for the same reasons, by the same rules and articles."""
        return self.then.trace == list(self.now.trace)


def exchanges(messages: Iterable[ChatMessage]) -> Iterator[Exchange]:
    """Yield the exchanges of a conversation, up to where a person took it over."""
    present = Exchange(None)
    for message in messages:
        if message.author == "agent":
            break
        if message.files:
            # Files are nothing that a rule answers.
            continue
        if message.author == "visitor":
            yield present
            present = Exchange(message)
        elif message.rule not in ADDED:
            present.answers.append(message)
    yield present


def replay(
    conversation: Conversation,
    messages: Sequence[ChatMessage],
    rules: Rules,
    *,
    search: Search,
    find_article: FindArticle,
    context_at: Callable[[datetime], Context],
) -> Iterator[Replayed]:
    """Yield each exchange of *conversation* beside the turn that *rules* give; *context_at* tells the circumstances of a moment."""
    state = first_state(conversation.lang, conversation.public_id, context_at(conversation.created_at))
    services = {"search": search, "find_article": find_article}
    for exchange in exchanges(messages):
        if exchange.said is None:
            turn = begin(rules, state, context=context_at(conversation.created_at), **services)
        elif not exchange.answers:
            # A person had answered already, so the bot was silent.
            continue
        else:
            turn = reply(exchange.message, rules, state, context=context_at(exchange.said.created_at), **services)
        state = turn.state
        yield Replayed(exchange, turn)
