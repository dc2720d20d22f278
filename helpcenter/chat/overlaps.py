"""Find rules that stand in each other's way: examples another rule takes for certain, and examples another rule would take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from helpcenter.chat import persons, words
from helpcenter.chat.learning import IntentSource
from helpcenter.chat.matcher import Matcher
from helpcenter.chat.rules import LanguageRules, intent_sources

# Each example is left out once, together with every fifth other one: that takes five times learning, not one time for each example.
FOLDS = 5
WISH_FOR_PERSON, START_OVER = "builtin.person", "builtin.restart"


@dataclass(frozen=True, slots=True)
class Overlap:
    """An example of *intent* that *taken_by* answers; *why* says for what reason."""

    intent: str
    example: str
    taken_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Confusions:
    """What leaving examples out has shown: which were answered by another rule, of how many; *is_whole* unless time ran out."""

    found: tuple[Overlap, ...]
    examples: int
    is_whole: bool = True


def shadowed(rules: LanguageRules) -> Iterator[Overlap]:
    """Yield the examples that never reach their own rule: something is heard before it."""
    for rule in rules.rules.values():
        for example in rule.examples:
            if persons.wants_person(example):
                yield Overlap(rule.intent, example, WISH_FOR_PERSON, "is heard as a wish for a person before any rule")
            elif words.is_exactly(example, words.RESTART):
                yield Overlap(rule.intent, example, START_OVER, "starts the conversation over before any rule")
            elif (owner := owner_by_pattern(rules, example)) and owner[0] != rule.intent:
                yield Overlap(rule.intent, example, owner[0], f"is answered by {owner[0]}: its pattern `{owner[1]}` is heard before any example")


def owner_by_pattern(rules: LanguageRules, text: str) -> tuple[str, str] | None:
    """Return the rule whose pattern a text hits first, and the pattern."""
    return next(((rule.intent, pattern.pattern) for rule, pattern in rules.patterns if pattern.search(text)), None)


def confusions(rules: LanguageRules, *, until: float, clock: Callable[[], float] = monotonic) -> Confusions:
    """Return the examples that another rule would answer if they were not listed: a visitor with such words is answered wrongly.

    Stops at *until* of the *clock*; folds that were not tried are missing then.
    """
    sources = intent_sources(rules.rules.values())
    examples = sum(len(source.examples) for source in sources)
    found: list[Overlap] = []
    for fold in range(min(FOLDS, examples)):
        if clock() >= until:
            return Confusions(tuple(found), examples, is_whole=False)
        found.extend(confused_in(fold, sources, rules))
    return Confusions(tuple(found), examples)


def confused_in(fold: int, sources: Sequence[IntentSource], rules: LanguageRules) -> Iterator[Overlap]:
    """Yield the examples of one fold that a matcher which does not know them answers by another rule."""
    number = 0
    kept, held = [], []
    for source in sources:
        places = range(number, number + len(source.examples))
        number += len(source.examples)
        kept.append(replace(source, examples=tuple(text for place, text in zip(places, source.examples) if place % FOLDS != fold)))
        held += [(source.name, text) for place, text in zip(places, source.examples) if place % FOLDS == fold]
    matcher = Matcher.learn(kept, rules.lang, rules.thresholds)
    for intent, text in held:
        match = matcher.rank(text)
        if match.decision == "answer" and match.intent != intent and owner_by_pattern(rules, text) is None:
            yield Overlap(intent, text, match.intent or "", "")
