"""The arithmetic of feedback against worked examples, each with its source."""

import pytest

from helpcenter.feedback.statistics import BETTER, FEW, FEWEST, OPEN, WORSE, Share, compare, net_promoter, newcombe, wilson

# R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
# Statistics in Medicine 17 (1998) 857–872, table I, method 3 (score, without continuity correction).
SINGLE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
# R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
# methods", Statistics in Medicine 17 (1998) 873–890, table II, method 10, examples (a) to (h).
DIFFERENCES = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
    ((10, 10), (0, 10), 0.6075, 1.0),
]


@pytest.mark.parametrize(("hits", "total", "low", "high"), SINGLE)
def test_the_interval_of_a_share_is_the_published_one(hits, total, low, high):
    assert wilson(hits, total) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("first", "second", "low", "high"), DIFFERENCES)
def test_the_interval_of_a_difference_is_the_published_one(first, second, low, high):
    assert newcombe(Share(*first), Share(*second)) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("hits", "total"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(hits, total):
    with pytest.raises(ValueError, match="is no share"):
        wilson(hits, total)


def test_a_share_of_nothing_has_no_rate_and_no_interval():
    assert (Share(0, 0).rate, Share(0, 0).interval) == (None, None)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (Share(0, FEWEST - 1), Share(100, 100), FEW),
        (Share(0, 100), Share(FEWEST - 1, FEWEST - 1), FEW),
        (Share(0, 0), Share(50, 100), FEW),
        (Share(48, 80), Share(56, 70), BETTER),
        (Share(56, 70), Share(48, 80), WORSE),
        (Share(50, 100), Share(52, 100), OPEN),
        (Share(50, 100), Share(50, 100), OPEN),
    ],
)
def test_a_verdict_needs_enough_answers_and_an_interval_without_zero(before, after, verdict):
    assert compare(before, after).verdict == verdict


def test_fewer_escalations_are_better():
    assert compare(Share(56, 70), Share(48, 80), more_is_better=False).verdict == BETTER


def test_the_net_promoter_score_is_promoters_less_detractors():
    # By hand, with the formula of Rocks (2016): (5.75 - 2.75) / 13 = 0.2308; (8.5 / 13 - 0.2308²) / 13 = 0.04620;
    # 1.95996 * sqrt(0.04620) = 0.4213.
    score = net_promoter(5, 2, 10)

    assert (score.value, score.total) == (pytest.approx(30), 10)
    assert score.interval == (pytest.approx(-19.05, abs=0.01), pytest.approx(65.20, abs=0.01))


def test_a_net_promoter_score_stays_between_its_ends():
    assert net_promoter(0, 0, 0) is None
    assert net_promoter(2, 0, 2).interval.high <= 100
    assert net_promoter(0, 2, 2).interval.low >= -100
