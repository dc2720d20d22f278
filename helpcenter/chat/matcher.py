"""Which intent a message means: deterministic, learned from a few examples, and able to say why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpcenter.chat import weights
from helpcenter.chat.concepts import concepts
from helpcenter.chat.features import NUMBER, Vector, calendar_words, features, read_words, weigh
from helpcenter.chat.learning import IntentSource, fingerprint, learn
from helpcenter.chat.repair import Speller

SHOWN_WORDS = 6
# Of one feature: the places of the intents it speaks for, and how much for each.
Posting = tuple[list[int], list[float]]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence the bot answers, and from which it asks back."""

    answer_at: float = weights.ANSWER_AT
    ask_at: float = weights.ASK_AT


@dataclass(frozen=True, slots=True)
class Match:
    """How the intents fit a message, and why the best one does."""

    ranked: tuple[tuple[str, float], ...]
    confidence: float
    decision: str
    answer_at: float
    ask_at: float
    coverage: float = 0.0
    words: tuple[tuple[str, float], ...] = ()
    repairs: tuple[tuple[str, str], ...] = ()
    example: str = ""

    @property
    def intent(self) -> str | None:
        """Return the best intent."""
        return self.ranked[0][0] if self.ranked else None


class Matcher:
    """The intents of one language, learned.

    Each intent is a direction in the space of features: the sum of its examples, corrected where another intent came too close.
    """

    def __init__(
        self,
        sources: Sequence[IntentSource],
        lang: str,
        thresholds: Thresholds,
        idf: dict[str, float],
        directions: list[Vector],
        known_words: dict[str, str],
    ) -> None:
        self.sources = {source.name: source for source in sources}
        self.names = [source.name for source in sources]
        self.lang = lang
        self.thresholds = thresholds
        self.idf = idf
        self.directions = directions
        self.known_words = known_words
        self.unseen = max(idf.values(), default=1.0)
        self.speller = Speller(known_words)
        self.calendar = calendar_words(lang)
        self.concepts = concepts(lang)
        self.postings = invert(directions)
        self.places = {name: place for place, name in enumerate(self.names)}
        conditions = ((place, conditions_of(source, lang)) for place, source in enumerate(sources))
        self.conditions = {place: each for place, each in conditions if any(each)}
        self.examples_read: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self.said_so = examples_said(sources, lang)

    @classmethod
    def learn(cls, sources: Sequence[IntentSource], lang: str, thresholds: Thresholds = Thresholds()) -> Matcher:
        """Return a matcher that has learned the sources."""
        idf, directions, known_words = learn(sources, lang)
        return cls(sources, lang, thresholds, idf, directions, known_words)

    def to_payload(self) -> dict[str, Any]:
        """Return what was learned, as JSON values."""
        return {
            "learned_by": fingerprint(),
            "idf": self.idf,
            "directions": self.directions,
            "known_words": self.known_words,
        }

    @classmethod
    def from_payload(
        cls, stored: dict[str, Any], sources: Sequence[IntentSource], lang: str, thresholds: Thresholds
    ) -> Matcher:
        """Return the matcher that *to_payload* wrote; one that another version learned is learned anew."""
        if stored.get("learned_by") != fingerprint():
            return cls.learn(sources, lang, thresholds)
        return cls(sources, lang, thresholds, stored["idf"], stored["directions"], stored["known_words"])

    def rank(self, text: str, *, excluded: Collection[str] = (), raised: Collection[str] = ()) -> Match:
        """Return how the intents fit a message; never raises, whatever the text."""
        words, repairs, known = self.read(text)
        if not words or not self.names:
            return Match((), 0.0, "decline", self.thresholds.answer_at, self.thresholds.ask_at)
        blocks = features(words, self.lang)
        vector = weigh(blocks, self.idf, self.unseen)
        scores = self.score(vector)
        keys = frozenset(key for key, _ in words)
        said = self.said_so.get(tuple(key for key, _ in words if key != NUMBER))
        if said is not None:
            scores[said] = scores.get(said, 0.0) + weights.EXAMPLE_BONUS
        self.apply_conditions(scores, keys, excluded, raised)
        order = sorted((place for place in scores if scores[place] > 0), key=lambda place: (-scores[place], place))
        coverage = share_known(known)
        confidence = self.confidence(scores, order, coverage)
        if not order or not confidence:
            return Match((), 0.0, "decline", self.thresholds.answer_at, self.thresholds.ask_at, coverage)
        return Match(
            ranked=tuple((self.names[place], round(scores[place], 4)) for place in order[:10]),
            confidence=round(confidence, 4),
            decision=self.decide(confidence),
            answer_at=self.thresholds.answer_at,
            ask_at=self.thresholds.ask_at,
            coverage=round(coverage, 4),
            words=self.explain(text, blocks, vector, order[0]),
            repairs=tuple(repairs),
            example=self.nearest_example(self.names[order[0]], keys),
        )

    def read(self, text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[float, float]]]:
        """Return the words as (key, folded), the repairs made, and of each word its weight and how far it is known (0 to 1)."""
        words, repairs, known = [], [], []
        for token in read_words(text, self.lang):
            key, folded, share = token.key, token.folded, 1.0
            if f"={key}" not in self.idf:
                repaired = None if key in self.concepts else self.speller.repair(folded)
                share = weights.RELATED if self.is_related(key) else 0.0
                if repaired is not None:
                    repairs.append((token.surface, repaired))
                    key, folded, share = self.known_words[repaired], repaired, weights.REPAIRED
            weight = self.idf.get(f"={key}", self.unseen) * (weights.STOP_WORD if token.stop else 1.0)
            words.append((key, folded))
            known.append((0.0 if not share and (key == NUMBER or key in self.calendar) else weight, share))
        return words, repairs, known

    def is_related(self, key: str) -> bool:
        """Tell whether an unknown word means nearly the same as a known one."""
        return any(f"~{concept}" in self.idf for concept in self.concepts.get(key, ()))

    def score(self, vector: Vector) -> dict[int, float]:
        """Return the scores of the intents that may be meant, by their place.

        Of very many intents only those are scored in full that the rarest features of the message speak for most, so
        that the time grows with the words of the message and not with the number of rules.
        """
        found = [(name, self.postings[name]) for name in vector if name in self.postings]
        few = len(self.names) <= weights.SCORED_IN_FULL
        if not few:
            found.sort(key=lambda each: (len(each[1][0]), each[0]))
        counted = found if few else within(found, weights.ROUGH_STEPS)
        scores = [0.0] * len(self.names)
        for name, (places, shares) in counted:
            value = vector[name]
            for place, share in zip(places, shares):
                scores[place] += value * share
        rough = {place: score for place, score in enumerate(scores) if score}
        if few:
            return rough
        nearest = sorted(rough, key=lambda place: (-rough[place], place))[: weights.CANDIDATES]
        parts = [(name, vector[name]) for name, _ in found]
        return {place: product(parts, self.directions[place]) for place in nearest}

    def apply_conditions(
        self, scores: dict[int, float], keys: frozenset[str], excluded: Collection[str], raised: Collection[str]
    ) -> None:
        """Raise and bar intents by their keywords, by the page and by what the moment excludes."""
        for place, (all_of, any_of, none_of) in self.conditions.items():
            if none_of and not none_of.isdisjoint(keys):
                scores.pop(place, None)
            elif (all_of or any_of) and all_of <= keys and (not any_of or not any_of.isdisjoint(keys)):
                scores[place] = scores.get(place, 0.0) + weights.KEYWORD_BONUS
        for name in raised:
            if scores.get(self.places.get(name, -1), 0.0) > 0:
                scores[self.places[name]] += weights.PAGE_BONUS
        for name in excluded:
            scores.pop(self.places.get(name, -1), None)

    def confidence(self, scores: Mapping[int, float], order: Sequence[int], coverage: float) -> float:
        """Return how sure the best intent is: its score and its lead, as far as the message is understood."""
        if not order:
            return 0.0
        best = scores[order[0]]
        second = scores[order[1]] if len(order) > 1 else 0.0
        return (best + (best - second)) / 2 * coverage

    def decide(self, confidence: float) -> str:
        """Return answer, ask or decline."""
        if confidence >= self.thresholds.answer_at:
            return "answer"
        return "ask" if confidence >= self.thresholds.ask_at else "decline"

    def explain(self, text: str, blocks: Sequence[Sequence[tuple[str, int]]], vector: Vector, place: int) -> tuple[tuple[str, float], ...]:
        """Return the words of the message that speak most for an intent, and how much."""
        direction = self.directions[place]
        shares: dict[int, float] = {}
        counted: set[str] = set()
        for block in blocks:
            for name, word in block:
                if name in direction and name not in counted:
                    counted.add(name)
                    shares[word] = shares.get(word, 0.0) + vector.get(name, 0.0) * direction[name]
        surfaces = [token.surface for token in read_words(text, self.lang)]
        ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
        return tuple((surfaces[min(word, len(surfaces) - 1)], round(share, 3)) for word, share in ordered[:SHOWN_WORDS] if share > 0.005)

    def nearest_example(self, name: str, keys: frozenset[str]) -> str:
        """Return the intent's example that shares most with the message."""
        if name not in self.examples_read:
            self.examples_read[name] = [
                (text, frozenset(token.key for token in read_words(text, self.lang))) for text in self.sources[name].examples
            ]
        best, best_share = "", 0.0
        for text, example_keys in self.examples_read[name]:
            union = sum(sorted(self.idf.get(f"={key}", self.unseen) for key in keys | example_keys))
            share = sum(sorted(self.idf.get(f"={key}", self.unseen) for key in keys & example_keys)) / union if union else 0.0
            if share > best_share:
                best, best_share = text, share
        return best


def examples_said(sources: Sequence[IntentSource], lang: str) -> dict[tuple[str, ...], int]:
    """Return which intent each example belongs to, by the keys of its words; examples of two intents are left out."""
    owners: dict[tuple[str, ...], int | None] = {}
    for place, source in enumerate(sources):
        for text in source.examples:
            keys = tuple(token.key for token in read_words(text, lang) if token.key != NUMBER)
            owners[keys] = place if owners.get(keys, place) == place else None
    return {keys: place for keys, place in owners.items() if place is not None and keys}


def share_known(known: Sequence[tuple[float, float]]) -> float:
    """Return which share of a message is known, rare words counting more and words such as "for" less."""
    total = sum(weight for weight, _ in known)
    return sum(weight * share for weight, share in known) / total if total else 0.0


def invert(directions: Sequence[Vector]) -> dict[str, Posting]:
    """Return for each feature the intents it speaks for and how much."""
    postings: dict[str, tuple[list[int], list[float]]] = {}
    for place, direction in enumerate(directions):
        for name, weight in direction.items():
            places, shares = postings.setdefault(name, ([], []))
            places.append(place)
            shares.append(weight)
    return postings


def within(found: Sequence[tuple[str, Posting]], steps: int) -> Iterator[tuple[str, Posting]]:
    """Yield the first of *found*, until their postings have *steps* entries."""
    for name, posting in found:
        yield name, posting
        steps -= len(posting[0])
        if steps < 0:
            return


def product(parts: Sequence[tuple[str, float]], direction: Vector) -> float:
    """Return how far a message goes in a direction."""
    return sum(value * direction.get(name, 0.0) for name, value in parts)


def conditions_of(source: IntentSource, lang: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return an intent's keyword conditions as keys of words."""
    return tuple(
        frozenset(token.key for word in words for token in read_words(word, lang))
        for words in (source.all_of, source.any_of, source.none_of)
    )
