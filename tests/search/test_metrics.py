"""The measures are those of trec_eval."""

import random

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from helpcenter.search import metrics


def rankings(seed: int) -> tuple[dict[str, dict[str, int]], dict[str, list[str]]]:
    """Return judgements and rankings made up from *seed*."""
    chance = random.Random(seed)
    names = [f"d{number}" for number in range(30)]
    judged = {f"q{number}": {name: chance.choice([0, 1, 1, 2, 3]) for name in chance.sample(names, chance.randint(1, 14))} for number in range(40)}
    for answers in judged.values():
        answers[chance.choice(list(answers))] = 1
    return judged, {query: chance.sample(names, chance.randint(1, 20)) for query in judged}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("measure", "ours"),
    [
        (RR @ 10, metrics.reciprocal_rank),
        (nDCG @ 10, metrics.ndcg),
        (R @ 1, lambda ranked, judged: metrics.recall(ranked, judged, 1)),
        (R @ 5, lambda ranked, judged: metrics.recall(ranked, judged, 5)),
        (R @ 10, lambda ranked, judged: metrics.recall(ranked, judged, 10)),
    ],
)
def test_each_measure_is_that_of_ir_measures(seed: int, measure: object, ours: object) -> None:
    judged, ranked = rankings(seed)
    run = {query: {name: 100.0 - place for place, name in enumerate(names)} for query, names in ranked.items()}

    expected = ir_measures.calc_aggregate([measure], judged, run)[measure]

    assert metrics.mean([ours(ranked[query], judged[query]) for query in judged]) == pytest.approx(expected)


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert metrics.percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert metrics.percentile(list(range(1, 101)), 0.95) == 95
    assert metrics.percentile([], 0.95) == 0
