"""What goes into one turn of a conversation and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What the visitor sent: words, or the value of a choice."""

    text: str = ""
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says, and the opaque value it sends back."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """An article as the chat shows it: title, address and the passage that fits."""

    key: str
    lang: str
    slug: str
    title: str
    url: str
    excerpt: str = ""
    version: int = 0
    """Of the article as it is published; 0 where that is not known."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the bot. *html* is safe: escaped, with bold, links and line breaks only."""

    text: str
    html: str
    rule: str
    article: ArticleCard | None = None
    choices: tuple[Choice, ...] = ()


class Passage(Protocol):
    """A piece of an article that the search found; confidence is 0 to 1."""

    key: str
    lang: str
    slug: str
    title: str
    heading: str | None
    fragment: str | None
    text: str
    confidence: float


# (text, lang, limit) -> the best passages, best first.
Search = Callable[[str, str, int], Sequence[Passage]]
# (key, lang) -> the card of a published article, or None.
FindArticle = Callable[[str, str], ArticleCard | None]


@dataclass(frozen=True, slots=True)
class Context:
    """What the engine may know about the moment: it has no clock and no request of its own.

    *article* is the key of the article that the visitor is reading, *section* the section they are in.
    *open_now* is None where the site tells no opening hours. *visitor* is what a signed identity says of the visitor.
    """

    now: datetime
    page: str = ""
    article: str = ""
    section: str = ""
    open_now: bool | None = None
    next_opening: datetime | None = None
    visitor: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Escalate:
    """Open a support request from the filled form."""

    slots: dict[str, str]
    kind: str = "question"
    subject: str = ""
    section: str | None = None
    body: str = ""
    urgent: bool = False

    @property
    def email(self) -> str:
        """Return the address to answer to."""
        return self.slots["email"]

    @property
    def name(self) -> str:
        """Return the visitor's name, or nothing."""
        return self.slots.get("name", "")


@dataclass(frozen=True, slots=True)
class AddToRequest:
    """Add these words to the request that this conversation has become."""

    text: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """The visitor said that the answer solved it."""

    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """The visitor said good-bye."""


Action = Escalate | AddToRequest | Resolve | Leave


@dataclass(slots=True)
class State:
    """Everything the engine remembers between turns; JSON in and out.

    *asked* is what a plain yes or no answers ("solved", "person"), *pending* the question that "none of these" is about.
    *said* holds the visitor's own questions, so that nobody tells a story twice; *known* the answers already given to forms;
    *form* the form being filled, *step* the place in a branching flow, *offered* the last buttons;
    *waiting* the rules that answer questions which were asked together with another one.
    """

    lang: str
    seed: str = ""
    turn: int = 0
    misses: int = 0
    status: str = "open"
    said: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] | None = None
    step: dict[str, str] | None = None
    offered: list[dict[str, str]] = field(default_factory=list)
    pending: str = ""
    asked: str = ""
    last_rule: str | None = None
    shown: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> State:
        """Return the state that *to_json* wrote; unknown keys of another version are dropped."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Turn:
    """The bot's answer to one message: replies, the next state, why, and what to do."""

    replies: tuple[Reply, ...]
    state: State
    trace: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    rule: str | None = None
    confidence: float = 0.0
