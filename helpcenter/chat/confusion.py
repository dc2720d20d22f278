"""Which rules are mistaken for which, how often, and which words would tell them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from time import monotonic
from typing import Any

from helpcenter.chat.evaluation import Prediction
from helpcenter.chat.features import NUMBER, read_words
from helpcenter.chat.overlaps import confusions
from helpcenter.chat.rules import LanguageRules
from helpcenter.chat.words import POLITE

# A pair's list names so many of its examples.
EXAMPLES_SHOWN = 5
SHORTEST_KEYWORD = 3
# What predictions call a message that belongs to no rule.
OUT_OF_SCOPE = "–"


@dataclass(frozen=True, slots=True)
class Confusion:
    """Examples of *intent* that *taken_by* answers; *keywords* are words that only *intent* has, if there are any."""

    intent: str
    taken_by: str
    examples: tuple[str, ...]
    keywords: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return how many examples are mistaken."""
        return len(self.examples)

    @property
    def advice(self) -> str:
        """Return the keywords as a bot file has them, "" where no word sets the rules apart."""
        if not self.keywords:
            return ""
        return f"keywords: {{{'any' if len(self.keywords) == 1 else 'all'}: [{', '.join(self.keywords)}]}}"

    def as_json(self) -> dict[str, Any]:
        """Return the pair as JSON values, with its first examples."""
        return {
            "intent": self.intent,
            "taken_by": self.taken_by,
            "count": self.count,
            "examples": list(self.examples[:EXAMPLES_SHOWN]),
            "keywords": list(self.keywords),
        }


@dataclass(frozen=True, slots=True)
class ConfusionReport:
    """The pairs of one language, those with most mistaken examples first, of how many; *is_whole* unless time ran out."""

    lang: str
    pairs: tuple[Confusion, ...]
    examples: int
    is_whole: bool = True

    @property
    def mistaken(self) -> int:
        """Return how many examples are mistaken in all."""
        return sum(pair.count for pair in self.pairs)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        pairs = [pair.as_json() for pair in self.pairs]
        return {"lang": self.lang, "examples": self.examples, "mistaken": self.mistaken, "is_whole": self.is_whole, "pairs": pairs}


def report_confusion(rules: LanguageRules, *, until: float = float("inf"), clock: Callable[[], float] = monotonic) -> ConfusionReport:
    """Return which examples other rules would answer if they were not listed; what is not known at *until* of the *clock* is missing."""
    result = confusions(rules, until=until, clock=clock)
    found = ((one.intent, one.taken_by, one.example) for one in result.found)
    return ConfusionReport(rules.lang, paired(found, rules), result.examples, result.is_whole)


def report_mistaken(rules: LanguageRules, predictions: Sequence[Prediction]) -> ConfusionReport:
    """Return which questions with known intents the rules of one language answer by another rule."""
    answered = [one for one in predictions if one.decision == "answer" and one.intent != one.utterance.intent]
    found = ((one.utterance.intent or OUT_OF_SCOPE, one.intent or "", one.utterance.text) for one in answered)
    return ConfusionReport(rules.lang, paired(found, rules), len(predictions))


def paired(found: Iterable[tuple[str, str, str]], rules: LanguageRules) -> tuple[Confusion, ...]:
    """Return the mistaken texts by pair of rules, the pair with most first, each with the words that set it apart."""
    groups: dict[tuple[str, str], list[str]] = {}
    for intent, taken_by, text in found:
        groups.setdefault((intent, taken_by), []).append(text)
    vocabulary = Vocabulary(rules)
    pairs = [
        Confusion(intent, taken_by, tuple(sorted(texts)), vocabulary.keywords(intent, texts)) for (intent, taken_by), texts in groups.items()
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.count, pair.intent, pair.taken_by)))


class Vocabulary:
    """The words of a language's examples, and whose they are."""

    def __init__(self, rules: LanguageRules) -> None:
        self.lang = rules.lang
        self.rules = rules.rules
        self.examples = [(rule.intent, set(self.keys(text))) for rule in self.rules.values() for text in rule.examples]

    def keys(self, text: str) -> dict[str, str]:
        """Return the words of a text that say something, by their keys."""
        return {
            token.key: token.surface.lower()
            for token in read_words(text, self.lang)
            if not token.stop and token.key != NUMBER and token.folded not in POLITE and len(token.folded) >= SHORTEST_KEYWORD
        }

    def keywords(self, intent: str, texts: Sequence[str]) -> tuple[str, ...]:
        """Return the word, else the two words, that most of the mistaken *texts* share and no other rule has in its examples.

        As `keywords` they raise their rule in every message that has them, so words that others use too would do harm.
        """
        rule = self.rules.get(intent)
        if rule is None:
            return ()
        named = [*rule.keywords.all, *rule.keywords.any] if rule.keywords else []
        taken = {key for word in named for key in self.keys(word)}
        surfaces: dict[str, str] = {}
        seen: Counter[tuple[str, ...]] = Counter()
        for text in sorted(texts):
            words = {key: surface for key, surface in self.keys(text).items() if key not in taken}
            surfaces = words | surfaces
            seen.update((key,) for key in words)
            seen.update(combinations(sorted(words), 2))
        free = [keys for keys in seen if not self.others(intent, keys)]
        best = min(free, key=lambda keys: (-seen[keys], len(keys), keys), default=())
        return tuple(surfaces[key] for key in best)

    def others(self, intent: str, keys: Sequence[str]) -> bool:
        """Tell whether an example of another rule has all of *keys*."""
        return any(owner != intent and found.issuperset(keys) for owner, found in self.examples)
