"""What speaks for an article before anything is asked: editors feature it, readers found it helpful, it is up to date.

Shares of what its words score, so that they decide between articles that fit nearly alike, and nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from math import sqrt
from typing import Any

from helpcenter.search.weights import Weights

__all__ = ["Votes", "newest", "prior_parts", "standings"]

# language -> key -> how many visitors said that it helped, and that it did not.
Votes = Mapping[str, Mapping[str, tuple[int, int]]]

# Two-sided 99 %: six votes that all say the same say nothing, fifty of them three quarters of all that votes can say.
CERTAINTY = 2.576
# What is usual in a language begins as one half, believed like so many articles; no article counts for more than one.
BELIEVED_ARTICLES = 2
ONE_ARTICLE = 50
# Beyond these, three votes would say something.
LEAST_USUAL, MOST_USUAL = 1 / 3, 2 / 3
DAYS_OF_A_YEAR = 365.25
# So many years behind the newest article, half of what freshness gives is left.
HALF_FRESH_YEARS = 3


def standings(counts: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """Return how much better (to 1) or worse (to -1) than usual the articles of a language helped; none that votes do not make certain.

    >>> standings({"good": (60, 2), "bad": (5, 55), "new": (2, 0)})
    {'good': 0.69, 'bad': -0.57}
    """
    known = {key: votes for key, votes in counts.items() if sum(votes) > 0}
    usual = usual_share(known.values())
    found = {key: round(standing(*votes, usual), 2) for key, votes in known.items()}
    return {key: value for key, value in found.items() if value}


def usual_share(counts: Iterable[tuple[int, int]]) -> float:
    """Return the share of helpful votes of an article as they are here: in many help centers it is mostly the unhappy who vote."""
    good, every = BELIEVED_ARTICLES / 2, float(BELIEVED_ARTICLES)
    for helpful, not_helpful in counts:
        voters = helpful + not_helpful
        part = min(voters, ONE_ARTICLE) / ONE_ARTICLE
        good += part * helpful / voters
        every += part
    return min(max(good / every, LEAST_USUAL), MOST_USUAL)


def standing(helpful: int, not_helpful: int, usual: float) -> float:
    """Return how far the share of helpful votes is certainly above *usual* (to 1) or below it (to -1), 0 when it may be either.

    By Wilson's interval (1927), "Probable inference, the law of succession, and statistical inference".
    """
    voters = helpful + not_helpful
    share, square = helpful / voters, CERTAINTY * CERTAINTY
    middle = share + square / (2 * voters)
    width = CERTAINTY * sqrt((share * (1 - share) + square / (4 * voters)) / voters)
    least, most = ((middle + side) / (1 + square / voters) for side in (-width, width))
    if least > usual:
        return (least - usual) / (1 - usual)
    return min(0.0, (most - usual) / usual)


def newest(articles: Iterable[Mapping[str, Any]]) -> date | None:
    """Return the day on which the newest of *articles* was updated, None when no day is known."""
    day = max((article["updated"] for article in articles if article["updated"]), default=None)
    return date.fromisoformat(day) if day else None


def prior_parts(article: Mapping[str, Any], standing: float, newest: date | None, score: float, weights: Weights) -> dict[str, float]:
    """Return what is added to the *score* of an article for what is known of it before anything is asked.

    Fresh is measured against the *newest* of the articles it competes with, never against today: the same index
    gives the same order tomorrow.
    """
    fresh = freshness(article["updated"], newest) if newest and article["updated"] else 0.0
    return {
        "prior.featured": score * weights.featured * bool(article["featured"]),
        "prior.votes": score * weights.votes * standing,
        "prior.fresh": score * weights.freshness * fresh,
    }


def freshness(updated: str, newest: date) -> float:
    """Return 1 for an article as new as the *newest*, half of it three years before, and never 0."""
    years = (newest - date.fromisoformat(updated)).days / DAYS_OF_A_YEAR
    return HALF_FRESH_YEARS / (HALF_FRESH_YEARS + years)
