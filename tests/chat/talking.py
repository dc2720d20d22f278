"""A conversation for tests: rules from text, a small library, and everything the bot said."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from helpcenter.chat.dialogue import begin, reply
from helpcenter.chat.rules import Rules, load_rules
from helpcenter.chat.turns import ArticleCard, Context, Message, State, Turn

NOW = datetime(2026, 1, 14, 10, 0, tzinfo=UTC)

BOT = r"""
rules:
  - intent: invoice.copy
    title: A copy of an invoice
    examples: [I need a copy of my invoice, where can I find last month's bill, download my invoice, send me the bill again, print an invoice]
    answer:
      - You find it under **My pages**.
      - article: payments/find-an-invoice
    choices:
      - {label: It is not there, flow: invoice.missing}
      - {label: Something else, fallback: true}
  - intent: returns.how
    title: Return an item
    examples: [how do returns work, I want to send something back, return an item, it does not fit, give back a product]
    answer: [You have 14 days., {article: returns/return-an-item}]
  - intent: router.down
    examples: [my router is broken, internet does not work, no connection at home, the red light is on, broadband is down]
    answer: Let us look at the lights.
    flow: router.repair
  - intent: complaint
    examples: [I want to complain, your service is bad, I am not satisfied, file a complaint, this is a complaint]
    patterns: ['\bcomplain']
    anywhere: true
    answer: I am sorry. A person reads it within 4 hours.
  - intent: hello
    small_talk: true
    examples: [hello, hi, good morning]
    answer: [{text: [Hello!, Hi there!, Good day!]}]

flows:
  - flow: invoice.missing
    form:
      - {slot: month, type: month, ask: "Which month is missing?"}
      - {slot: customer_no, type: pattern, pattern: "[0-9]{6}", ask: "What is your customer number?", hint: "Six digits, top right on any invoice"}
      - {slot: email, type: email, ask: "Where may we answer?"}
    confirm: "Missing invoice for {month}, customer {customer_no}. Shall I send this?"
    then: {request: {kind: problem, section: payments, subject: "Missing invoice {month}"}}
  - flow: router.repair
    steps:
      lights:
        answer: Which colour is the light?
        choices:
          - {label: Green, step: fine}
          - {label: Red, flow: invoice.missing}
      fine: {answer: All is well.}
"""


@dataclass(frozen=True)
class Piece:
    """A passage of an article, as a search finds it."""

    key: str
    text: str
    confidence: float
    lang: str = "en"
    heading: str | None = "Section"
    fragment: str | None = "section"

    @property
    def slug(self) -> str:
        """Return the article's slug."""
        return self.key.rpartition("/")[2]

    @property
    def title(self) -> str:
        """Return the article's title."""
        return self.slug.capitalize()


def write_bot(folder: Path, text: str, name: str = "en/bot.yaml") -> Path:
    """Write a bot file, and return the bot folder."""
    path = folder / "bot" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder / "bot"


def rules_of(folder: Path, text: str = BOT) -> Rules:
    """Return the rules of a bot file that has no errors."""
    rules, problems = load_rules(write_bot(folder, text), ["en"])
    assert [one for one in problems if one.severity == "error"] == []
    return rules


def find_article(key: str, lang: str) -> ArticleCard | None:
    """Return the card of an article; those under gone/ do not exist."""
    if key.startswith("gone/"):
        return None
    slug = key.rpartition("/")[2]
    return ArticleCard(key, lang, slug, slug.capitalize(), f"/{lang}/articles/{slug}", "About it")


@dataclass
class Talker:
    """Ann, talking with the bot."""

    rules: Rules
    lang: str = "en"
    pieces: Sequence[Piece] = ()
    context: Context = Context(NOW)
    seed: str = "ann"
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turns.append(begin(self.rules, State(self.lang, self.seed), **self.told))

    @property
    def told(self) -> dict:
        """Return what the engine is told besides the message."""
        return {
            "search": lambda text, lang, limit: list(self.pieces)[:limit],
            "find_article": find_article,
            "context": self.context,
        }

    @property
    def turn(self) -> Turn:
        """Return the last turn."""
        return self.turns[-1]

    @property
    def text(self) -> str:
        """Return everything the bot said in its last turn."""
        return "\n".join(one.text for one in self.turn.replies)

    @property
    def labels(self) -> list[str]:
        """Return the buttons of the last turn."""
        return [choice.label for one in self.turn.replies for choice in one.choices]

    def say(self, text: str) -> Turn:
        """Say something, and return the bot's turn."""
        self.turns.append(reply(Message(text), self.rules, self.turn.state, **self.told))
        return self.turn

    def choose(self, label: str) -> Turn:
        """Press a button that the last turn offered."""
        value = next(one["value"] for one in self.turn.state.offered if one["label"] == label)
        self.turns.append(reply(Message(choice=value), self.rules, self.turn.state, **self.told))
        return self.turn

    def at(self, **changed: object) -> "Talker":
        """Return Ann in other circumstances."""
        self.context = replace(self.context, **changed)
        return self
