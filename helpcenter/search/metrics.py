"""Measures of a ranking against known answers, as trec_eval defines them.

tests/search/test_metrics.py compares them with ir-measures.
"""

import math
from collections.abc import Mapping, Sequence

__all__ = ["mean", "ndcg", "percentile", "recall", "reciprocal_rank"]

Judged = Mapping[str, int]


def reciprocal_rank(ranked: Sequence[str], judged: Judged, depth: int = 10) -> float:
    """Return 1 / the place of the first right answer among the first *depth*, 0 without one."""
    for place, name in enumerate(ranked[:depth], 1):
        if judged.get(name, 0) > 0:
            return 1.0 / place
    return 0.0


def recall(ranked: Sequence[str], judged: Judged, depth: int) -> float:
    """Return the share of right answers that are among the first *depth*."""
    right = {name for name, score in judged.items() if score > 0}
    return len(right.intersection(ranked[:depth])) / len(right) if right else 0.0


def ndcg(ranked: Sequence[str], judged: Judged, depth: int = 10) -> float:
    """Return the discounted gain of the first *depth* against that of the best order (linear gains)."""
    gains = [max(judged.get(name, 0), 0) for name in ranked[:depth]]
    ideal = sorted((score for score in judged.values() if score > 0), reverse=True)[:depth]
    best = discounted(ideal)
    return discounted(gains) / best if best else 0.0


def discounted(gains: Sequence[int]) -> float:
    """Return the sum of *gains*, each divided by the logarithm of its place."""
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean, 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* of *values* do not exceed (nearest rank), 0 of nothing."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
