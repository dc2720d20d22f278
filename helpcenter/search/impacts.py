"""BM25 over remembered postings: which articles have most of a query's words.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond" (2009): one saturated sum a word, for the short parts (title, headings,
keywords) and the body apart; a group of keys counts as one word. The groups
are summed as MaxScore does (Turtle and Flood, "Query evaluation: strategies
and optimizations", 1995): those that can add most come first, and when what
is left cannot bring a new article among the best, only those met are gone on with.
"""

import math
from array import array
from dataclasses import dataclass
from functools import cached_property, reduce
from heapq import nlargest
from operator import or_

from helpcenter.search.query import Group, Query
from helpcenter.search.snapshot import LanguageView, Postings

__all__ = ["Impacts", "highest", "sum_scores"]

# With fewer postings left, finding out what can be left out takes longer than summing them.
FEW = 500
# What is left must be less than the least of the best by this, so that sums in another order change nothing.
CERTAIN = 1.0 + 1e-6
# A group that stands in more than one of so many articles also has its impacts by the number of the article.
SPREAD = 8


@dataclass
class Impacts:
    """The documents of a group of keys, and what it adds to the score of each; their numbers are below *size*."""

    numbers: array
    added: array
    most: float
    size: int

    @cached_property
    def by_number(self) -> array:
        """Return what is added to the score of each document, 0 for those without the group."""
        spread = array("f", bytes(4 * self.size))
        for number, impact in zip(self.numbers, self.added, strict=True):
            spread[number] = impact
        return spread

    @cached_property
    def flags(self) -> int:
        """Return the documents as one number: a byte each, 1 for those of the group."""
        flags = bytearray(self.size)
        for number in self.numbers:
            flags[number] = 1
        return int.from_bytes(flags, "little")

    @property
    def is_spread(self) -> bool:
        """Return whether there are so many documents that looking one up beats walking over all."""
        return len(self.numbers) * SPREAD > self.size

    def __len__(self) -> int:
        return len(self.numbers)


def sum_scores(query: Query, view: LanguageView, only: frozenset[int] | None, wanted: int) -> tuple[dict[int, float], int]:
    """Return the BM25 scores of documents that have words of *query*, at least the *wanted* best; and how many there are.

    *only* leaves these documents.
    """
    groups = sorted((impacts(group, view) for group in query.groups), key=lambda each: -each.most)
    scores: dict[int, float] = {}
    for place, each in enumerate(groups):
        if only is None and (least := least_needed(scores, groups[place:], wanted)) is not None:
            return complete(scores, groups[place:], least), count(groups)
        add(scores, each, only)
    return scores, len(scores)


def add(scores: dict[int, float], each: Impacts, only: frozenset[int] | None) -> None:
    """Add what a group is worth to *scores*."""
    if not scores and only is None:
        scores.update(zip(each.numbers, each.added, strict=True))
        return
    get = scores.get
    for number, impact in zip(each.numbers, each.added, strict=True):
        if only is None or number in only:
            scores[number] = get(number, 0.0) + impact


def least_needed(scores: dict[int, float], left: list[Impacts], wanted: int) -> float | None:
    """Return the score of the last of the *wanted* best when no document of *left* alone can reach it, else None."""
    if len(scores) < wanted or sum(map(len, left)) < FEW:
        return None
    most = sum(each.most for each in left)
    if max(scores.values()) <= most:
        return None
    least = nlargest(wanted, scores.values())[-1]
    return least if least > most * CERTAIN else None


def complete(scores: dict[int, float], left: list[Impacts], least: float) -> dict[int, float]:
    """Return *scores* with what the groups *left* add, without documents that cannot reach *least*."""
    most = sum(each.most for each in left) * CERTAIN
    for each in left:
        needed = least - most
        if each.is_spread:
            added = each.by_number
            scores = {number: score + added[number] for number, score in scores.items() if score >= needed}
        else:
            for number, impact in zip(each.numbers, each.added, strict=True):
                if number in scores:
                    scores[number] += impact
        most -= each.most
    return scores


def count(groups: list[Impacts]) -> int:
    """Return how many documents have any of *groups*."""
    flags = reduce(or_, (each.flags for each in groups if each.is_spread), 0)
    flagged = flags.to_bytes(groups[0].size, "little")
    others = set[int]().union(*(each.numbers for each in groups if not each.is_spread))
    return flags.bit_count() + sum(not flagged[number] for number in others)


def highest(scores: dict[int, float], limit: int) -> list[int]:
    """Return the *limit* documents that score most; of equals the lower number, so that pages keep their order."""
    if len(scores) > limit:
        least = nlargest(limit, scores.values())[-1]
        scores = {number: score for number, score in scores.items() if score >= least}
    return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


def impacts(group: Group, view: LanguageView) -> Impacts:
    """Return the documents of *group* and what it adds to the score of each."""
    name = (group.keys, group.own, round(group.idf, 3))
    found = view.groups.get(name)
    if found is None:
        found = count_impacts(group, view)
        # In postings, which are eight bytes: the documents, and where there are many the two ways to look one up.
        view.groups.put(name, found, len(found) + 1 + found.is_spread * found.size * 5 // 8)
    return found


def count_impacts(group: Group, view: LanguageView) -> Impacts:
    """Return the documents of *group* and what it adds to the score of each, from the postings."""
    weights, k1 = view.weights, view.weights.saturation
    found = [(view.postings(key), weight, math.inf if key in group.own else weights.subword_most) for key, weight in group.keys]
    found.sort(key=lambda each: -len(each[0]))
    gain = group.idf * (k1 + 1)
    total = {number: gain * count / (k1 + count) for number, count in gathered(found, body=True).items()}
    gain *= weights.title
    for number, count in gathered(found, body=False).items():
        total[number] = total.get(number, 0.0) + gain * count / (k1 + count)
    return Impacts(array("I", total.keys()), array("f", total.values()), max(total.values(), default=0.0), view.size)


def gathered(found: list[tuple[Postings, float, float]], *, body: bool) -> dict[int, float]:
    """Return the weighted count of several keys together, by document, in the body or in the short parts.

    With each key goes its weight, and the most that its count may be.
    """
    counts: dict[int, float] = {}
    for postings, weight, most in found:
        numbers, of_key = (postings.body_ids, postings.body) if body else (postings.short_ids, postings.short)
        if not counts and weight == 1.0:
            counts = dict(zip(numbers, of_key, strict=True))
            continue
        for number, count in zip(numbers, of_key, strict=True):
            counts[number] = counts.get(number, 0.0) + weight * (count if count < most else most)
    return counts
