"""Learn the direction of each intent from its examples."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from helpcenter.chat import weights
from helpcenter.chat.concepts import LISTS
from helpcenter.chat.features import Vector, features, read_words, weigh

Words = list[tuple[str, str]]
# Count this up when features or learning change in another way than by numbers.
WAY = 1


@dataclass(frozen=True, slots=True)
class IntentSource:
    """What an intent is learned from."""

    name: str
    examples: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


def learn(sources: Sequence[IntentSource], lang: str) -> tuple[dict[str, float], list[Vector], dict[str, str]]:
    """Return the weight of each feature, the direction of each intent, and the known words with their keys."""
    examples: list[tuple[int, float, Words]] = []
    known_words: dict[str, str] = {}
    for place, source in enumerate(sources):
        for text in source.examples:
            examples.append((place, 1.0, read(text, lang, known_words)))
        for word in (*source.all_of, *source.any_of):
            examples.append((place, weights.KEYWORD, read(word, lang, known_words)))
    examples = [example for example in examples if example[2]]
    idf = count(examples, len(sources), lang)
    vectors = [(place, weight, weigh(features(words, lang), idf, 0.0)) for place, weight, words in examples]
    sums = add_up(vectors, len(sources))
    corrections = correct(vectors, sums)
    directions = [combine(normalise(total), correction) for total, correction in zip(sums, corrections)]
    return {name: round(value, 6) for name, value in idf.items()}, directions, known_words


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return a name for this way of learning: what another version learned must be learned anew."""
    numbers = sorted((name, value) for name, value in vars(weights).items() if name.isupper())
    return hashlib.sha256(repr((WAY, numbers, sorted(LISTS.items()))).encode()).hexdigest()[:12]


def read(text: str, lang: str, known_words: dict[str, str]) -> Words:
    """Return the words of an example, and note them as known."""
    tokens = read_words(text, lang)
    for token in tokens:
        known_words.setdefault(token.folded, token.key)
    return [(token.key, token.folded) for token in tokens]


def count(examples: Sequence[tuple[int, float, Words]], intents: int, lang: str) -> dict[str, float]:
    """Return how much each feature says: the fewer intents have it, the more."""
    seen: dict[str, dict[int, None]] = {}
    for place, _, words in examples:
        for block in features(words, lang):
            for name, _ in block:
                seen.setdefault(name, {})[place] = None
    return {name: (1.0 + log((intents + 1) / (len(places) + 1))) ** weights.IDF_POWER for name, places in seen.items()}


def add_up(vectors: Sequence[tuple[int, float, Vector]], intents: int) -> list[Vector]:
    """Return for each intent the sum of its examples."""
    sums: list[Vector] = [{} for _ in range(intents)]
    for place, weight, vector in vectors:
        add(sums[place], vector, weight)
    return sums


def add(total: Vector, vector: Vector, weight: float) -> None:
    """Add a weighted vector to a sum."""
    for name, value in vector.items():
        total[name] = total.get(name, 0.0) + weight * value


def length(vector: Vector) -> float:
    """Return the length of a vector."""
    return sqrt(sum(value * value for value in vector.values()))


def normalise(vector: Vector) -> Vector:
    """Return a vector of length one."""
    size = length(vector) or 1.0
    return {name: value / size for name, value in vector.items()}


def combine(direction: Vector, correction: Vector) -> Vector:
    """Return the sum of both, rounded, without what is next to nothing."""
    total = dict(direction)
    add(total, correction, 1.0)
    return {name: round(value, 5) for name, value in total.items() if abs(value) >= weights.SMALLEST}


def correct(vectors: Sequence[tuple[int, float, Vector]], sums: Sequence[Vector]) -> list[Vector]:
    """Return what must be added to the directions so that no example lies too near another intent.

    Each example is scored with its own part left out, as if it were new; where another intent comes within the margin, both directions
    move a little (a passive-aggressive step: Crammer et al., JMLR 7, 2006). The order is fixed, so the result is too.
    """
    corrections: list[Vector] = [{} for _ in sums]
    sizes = [length(total) or 1.0 for total in sums]
    postings: dict[str, dict[int, float]] = {}
    for place, total in enumerate(sums):
        for name, value in total.items():
            postings.setdefault(name, {})[place] = value / sizes[place]
    # Very many examples need fewer passes, and publishing must not take minutes.
    for _ in range(max(1, min(weights.EPOCHS, weights.STEPS_AT_MOST // max(1, len(vectors))))):
        for place, weight, vector in vectors:
            step(place, weight, vector, sums, sizes, postings, corrections)
    return corrections


def step(
    place: int,
    weight: float,
    vector: Vector,
    sums: Sequence[Vector],
    sizes: Sequence[float],
    postings: dict[str, dict[int, float]],
    corrections: list[Vector],
) -> None:
    """Move the example's intent and its nearest rival apart, when they are too near for this example."""
    scores = score(vector, postings, place, len(sums))
    own = without(place, weight, vector, sums, sizes, scores.pop(place), corrections)
    rival = max(scores, key=lambda other: (scores[other], -other), default=None)
    if rival is None:
        return
    missing = weights.MARGIN - (own - scores[rival])
    if missing <= 0:
        return
    size = sum(value * value for value in vector.values())
    amount = min(weights.STEP * weight, missing / (2 * size))
    for name, value in vector.items():
        corrections[place][name] = corrections[place].get(name, 0.0) + amount * value
        corrections[rival][name] = corrections[rival].get(name, 0.0) - amount * value
        its = postings[name]
        its[place] = its.get(place, 0.0) + amount * value
        its[rival] = its.get(rival, 0.0) - amount * value


def score(vector: Vector, postings: dict[str, dict[int, float]], place: int, intents: int) -> dict[int, float]:
    """Return the scores of the intents that may be an example's rivals, and of its own, which is at *place*.

    Of very many intents only those count that the rarest features of the example speak for most, as when a message is read.
    """
    if intents <= weights.SCORED_IN_FULL:
        return dict(enumerate(rough_scores(vector, list(vector), postings, intents, steps=None)))
    rarest = sorted(vector, key=lambda name: (len(postings[name]), name))
    rough = rough_scores(vector, rarest, postings, intents, steps=weights.ROUGH_STEPS)
    likely = heapq.nlargest(weights.RIVALS, range(intents), key=lambda other: (rough[other], -other))
    its = [(value, postings[name]) for name, value in vector.items()]
    return {other: sum(value * posting.get(other, 0.0) for value, posting in its) for other in dict.fromkeys((*likely, place))}


def rough_scores(
    vector: Vector, names: Sequence[str], postings: dict[str, dict[int, float]], intents: int, *, steps: int | None
) -> list[float]:
    """Return the scores that the features *names* give to every intent, until *steps* are made."""
    scores = [0.0] * intents
    for name in names:
        value = vector[name]
        for other, its in postings[name].items():
            scores[other] += value * its
        if steps is not None:
            steps -= len(postings[name])
            if steps < 0:
                break
    return scores


def without(
    place: int,
    weight: float,
    vector: Vector,
    sums: Sequence[Vector],
    sizes: Sequence[float],
    score: float,
    corrections: Sequence[Vector],
) -> float:
    """Return an example's score with its own intent as if the example were not part of it."""
    total = sums[place]
    product = sum(value * total[name] for name, value in vector.items())
    own = weight * sum(value * value for value in vector.values())
    rest = sqrt(max(0.0, sizes[place] ** 2 - 2 * weight * product + weight * weight * own / weight))
    corrected = score - product / sizes[place]
    return (product - own) / rest + corrected if rest > 1e-9 else corrected
