"""The rule language: what a bot file may say, as pydantic models.

docs/chat.md shows an example of each key; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import re2
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from helpcenter.support.kinds import KINDS

ID = r"^[a-z0-9][a-z0-9_.-]{0,79}$"
SLOT = r"^[a-z][a-z0-9_]{0,39}$"
SLOT_TYPES = ("text", "email", "phone", "pattern", "date", "month", "number", "choice", "yes_no")
TARGETS = ("rule", "flow", "step", "article", "fallback", "person", "restart", "end")
LONGEST_TEXT = 2000

Identifier = Annotated[str, Field(pattern=ID)]
# The name of a rule: ours are like `invoice.copy`; imported ones may be anything that fits on a line.
IntentName = Annotated[str, Field(pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f\x7f]{0,98}[^\s\x00-\x1f])?$")]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
ArticleKey = Annotated[str, Field(pattern=r"^[^\s:]{1,200}$")]


def as_list(value: Any) -> Any:
    """Return a single value as a list of one."""
    return [value] if isinstance(value, (str, dict)) else value


def compile_pattern(pattern: str) -> Any:
    """Return the compiled pattern; raise ValueError that says what is wrong.

    RE2 runs in linear time whatever the pattern, and has no back-references and no look-around.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        reason = reason.decode() if isinstance(reason, bytes) else reason
        raise ValueError(f"the pattern does not compile: {reason} (back-references and look-around do not exist here)") from None


class Part(BaseModel):
    """The base of every part: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Answer(Part):
    """One bubble: a text (or one of several), a text by opening hours, or an article card."""

    text: Annotated[list[Words], BeforeValidator(as_list), Field(max_length=20)] = []
    article: ArticleKey | None = None
    open: Words | None = None
    closed: Words | None = None

    @model_validator(mode="after")
    def says_something(self) -> Answer:
        """Refuse a bubble without content."""
        if not (self.text or self.article or self.open or self.closed):
            raise ValueError("an answer needs a text, an article, or open and closed")
        return self


def as_answer(value: Any) -> Any:
    """Return a plain string as an answer with that text."""
    return {"text": value} if isinstance(value, str) else value


def as_answers(value: Any) -> Any:
    """Return a text, an answer or a list of both as a list of answers."""
    return [as_answer(one) for one in as_list(value)] if isinstance(value, (str, dict, list)) else value


Answers = Annotated[list[Answer], BeforeValidator(as_answers), Field(max_length=10)]


class Target(Part):
    """Where a choice or a finished flow leads; exactly one of these."""

    rule: IntentName | None = None
    flow: Identifier | None = None
    step: Identifier | None = None
    article: ArticleKey | None = None
    fallback: Literal[True] | None = None
    person: Literal[True] | None = None
    restart: Literal[True] | None = None
    end: Literal["solved", "left"] | None = None

    @property
    def leads_on(self) -> bool:
        """Tell whether there is a target at all."""
        return any(getattr(self, kind) is not None for kind in TARGETS)

    @property
    def goes_to(self) -> tuple[str, str]:
        """Return the kind of target and its name."""
        kind = next(kind for kind in TARGETS if getattr(self, kind) is not None)
        value = getattr(self, kind)
        return kind, value if isinstance(value, str) else ""


class ChoiceSource(Target):
    """A button and where it leads; *also* are other words for it, such as "yes"."""

    label: Annotated[str, Field(min_length=1, max_length=80)]
    also: Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]], BeforeValidator(as_list), Field(max_length=20)] = []

    @model_validator(mode="after")
    def leads_somewhere(self) -> ChoiceSource:
        """Refuse a choice without or with two targets."""
        if sum(getattr(self, kind) is not None for kind in TARGETS) != 1:
            raise ValueError(f"a choice needs exactly one of {', '.join(TARGETS)}")
        return self


Choices = Annotated[list[ChoiceSource], Field(max_length=10)]


class Keywords(Part):
    """Words that raise a rule: all of *all* and one of *any*; a word of *none* takes it out."""

    all: Annotated[list[Words], BeforeValidator(as_list)] = []
    any: Annotated[list[Words], BeforeValidator(as_list)] = []
    none: Annotated[list[Words], BeforeValidator(as_list)] = []


SlotName = Annotated[str, Field(pattern=SLOT)]
OneOf = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], BeforeValidator(as_list), Field(min_length=1)]


class When(Part):
    """Conditions: page, article and section raise a rule; language, opening hours, answers and visitor admit it."""

    section: Annotated[list[Words], BeforeValidator(as_list)] = []
    article: Annotated[list[ArticleKey], BeforeValidator(as_list)] = []
    page: Annotated[list[str], BeforeValidator(as_list)] = []
    lang: Annotated[list[str], BeforeValidator(as_list)] = []
    open: bool | None = None
    answers: dict[SlotName, OneOf] = {}
    visitor: dict[SlotName, OneOf] = {}


def check_patterns(patterns: list[str]) -> list[str]:
    """Return the patterns; raise ValueError for the first that does not compile."""
    for pattern in patterns:
        compile_pattern(pattern)
    return patterns


class Rule(Part):
    """An intent: how people ask, and what the bot answers."""

    intent: IntentName
    title: Annotated[str, Field(max_length=80)] = ""
    examples: list[Words] = []
    keywords: Keywords | None = None
    patterns: Annotated[list[str], BeforeValidator(as_list)] = []
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    anywhere: bool = False
    small_talk: bool = False
    when: When = When()
    answer: Answers = []
    choices: Choices = []
    flow: Identifier | None = None
    solved: bool | None = None
    end: Literal["left"] | None = None

    @field_validator("patterns")
    @classmethod
    def patterns_compile(cls, patterns: list[str]) -> list[str]:
        """Refuse a pattern that RE2 does not know."""
        return check_patterns(patterns)

    @model_validator(mode="after")
    def answers(self) -> Rule:
        """Refuse a rule that says nothing."""
        if not (self.answer or self.flow):
            raise ValueError("a rule needs an answer or a flow")
        return self

    @property
    def asks_whether_solved(self) -> bool:
        """Tell whether "Did this solve it?" follows; by default after an article without choices of its own."""
        if self.solved is not None:
            return self.solved
        return any(answer.article for answer in self.answer) and not self.choices and not self.flow


class SlotType(Part):
    """A kind of answer that several forms share, such as an order number."""

    type: Literal[SLOT_TYPES] = "pattern"
    pattern: str | None = None

    @field_validator("pattern")
    @classmethod
    def pattern_compiles(cls, pattern: str | None) -> str | None:
        """Refuse a pattern that RE2 does not know."""
        if pattern is not None:
            compile_pattern(pattern)
        return pattern


class Slot(Part):
    """One question of a form."""

    slot: Annotated[str, Field(pattern=SLOT)]
    type: str = "text"
    label: Annotated[str, Field(max_length=80)] = ""
    ask: Words
    hint: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    retry: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    pattern: str | None = None
    options: list[Annotated[str, Field(min_length=1, max_length=80)]] = []
    optional: bool = False
    reuse: bool = True

    @field_validator("pattern")
    @classmethod
    def pattern_compiles(cls, pattern: str | None) -> str | None:
        """Refuse a pattern that RE2 does not know."""
        if pattern is not None:
            compile_pattern(pattern)
        return pattern

    @model_validator(mode="after")
    def is_complete(self) -> Slot:
        """Refuse a choice without options and a pattern type without pattern."""
        if self.type == "choice" and not self.options:
            raise ValueError("a slot of type choice needs options")
        if self.type == "pattern" and not self.pattern:
            raise ValueError("a slot of type pattern needs a pattern")
        return self


class RequestSource(Part):
    """The support request that a finished form opens."""

    kind: Literal[KINDS] = "question"
    section: Annotated[str, Field(max_length=80)] | None = None
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(max_length=4000)] = ""
    urgent: bool = False


class Then(Target):
    """What happens when a flow is finished."""

    request: RequestSource | None = None
    answer: Answers = []


class Step(Part):
    """One place in a branching flow: what is said, and where each choice leads."""

    answer: Answers
    choices: Choices = []
    solved: bool = False


class Flow(Part):
    """A form to fill, or steps to walk."""

    flow: Identifier
    form: Annotated[list[Slot], Field(max_length=20)] = []
    intro: Answers = []
    confirm: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    steps: dict[Identifier, Step] = {}
    then: Then | None = None

    @model_validator(mode="after")
    def is_one_kind(self) -> Flow:
        """Refuse a flow that is neither a form nor steps, or both."""
        if bool(self.form) == bool(self.steps):
            raise ValueError("a flow needs either a form or steps")
        if self.form and self.then is None:
            raise ValueError("a form needs `then`: what happens with the answers")
        names = [slot.slot for slot in self.form]
        if len(set(names)) != len(names):
            raise ValueError("two slots of the form have the same name")
        return self


class Welcome(Part):
    """What the bot says before the visitor writes."""

    answer: Answers
    choices: Choices = []


class Near(Part):
    """A fallback step: the nearest articles."""

    near: Annotated[int, Field(ge=1, le=6)] = 3


FallbackStep = Literal["passage", "rephrase", "person"] | Near


class Settings(Part):
    """Numbers an editor may change; the defaults are measured (weights.py)."""

    answer_at: Annotated[float, Field(ge=0, le=2)] | None = None
    ask_at: Annotated[float, Field(ge=0, le=2)] | None = None
    passage_at: Annotated[float, Field(ge=0, le=1)] = 0.5
    misses_before_person: Annotated[int, Field(ge=1, le=5)] = 2


class BotFile(Part):
    """A whole file; `include` names files below `bot/` that belong to it."""

    include: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], BeforeValidator(as_list), Field(max_length=50)] = []
    variables: dict[SlotName, Annotated[str, Field(max_length=LONGEST_TEXT)]] = {}
    rules: list[Rule] = []
    flows: list[Flow] = []
    welcome: Welcome | None = None
    fallback: list[FallbackStep] | None = None
    settings: Settings | None = None
    types: dict[Annotated[str, Field(pattern=SLOT)], SlotType] = {}
