"""Shares, differences and scores, each with the interval that says how far few answers can be trusted.

All intervals are of 95 %. Nothing here knows votes or surveys; it is arithmetic with a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

# The standard normal quantile of 97.5 %.
Z = 1.959963984540054
# With fewer answers on either side nothing is said of a difference: one more answer could turn it.
FEWEST = 20

FEW, BETTER, WORSE, OPEN = "few", "better", "worse", "open"


class Interval(NamedTuple):
    """Where the true value lies, in 95 of 100 such samples."""

    low: float
    high: float


class Share(NamedTuple):
    """How many of *total* are *hits*."""

    hits: int
    total: int

    @property
    def rate(self) -> float | None:
        """The share from 0 to 1, None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        """Where the true share lies, None of nothing."""
        return wilson(self.hits, self.total) if self.total else None


class Score(NamedTuple):
    """A net promoter score from -100 to 100 with its interval, and how many answers it is made of."""

    value: float
    interval: Interval
    total: int


@dataclass(frozen=True)
class Change:
    """What changed from *before* to *after*: the difference of the shares, its interval, and what may be said of it."""

    before: Share
    after: Share
    difference: float | None
    interval: Interval | None
    verdict: str
    """`few` (too few answers to say), `better`, `worse`, or `open` (the interval holds zero)."""


def wilson(hits: int, total: int) -> Interval:
    """Return the score interval of the share *hits* / *total*.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", J. Am. Stat. Assoc. 22 (1927)
    209–212; without continuity correction. Raises ValueError when *hits* are not among *total*.

    >>> [round(edge, 4) for edge in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    if not 0 <= hits <= total or not total:
        raise ValueError(f"{hits} of {total} is no share")
    share, square = hits / total, Z * Z
    middle = share + square / (2 * total)
    half = Z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    size = 1 + square / total
    # Rounding may leave the edge of a sure share a hair beside 0 or 1.
    low = 0.0 if hits == 0 else (middle - half) / size
    high = 1.0 if hits == total else (middle + half) / size
    return Interval(low, high)


def newcombe(first: Share, second: Share) -> Interval:
    """Return the interval of the difference *first* - *second* of two independent shares.

    Method 10 (hybrid score) of R. G. Newcombe, "Interval estimation for the difference between independent
    proportions: comparison of eleven methods", Statistics in Medicine 17 (1998) 873–890. Raises ValueError of nothing.

    >>> [round(edge, 4) for edge in newcombe(Share(56, 70), Share(48, 80))]
    [0.0524, 0.3339]
    """
    (low_1, high_1), (low_2, high_2) = wilson(*first), wilson(*second)
    difference = first.rate - second.rate
    below = sqrt((first.rate - low_1) ** 2 + (high_2 - second.rate) ** 2)
    above = sqrt((high_1 - first.rate) ** 2 + (second.rate - low_2) ** 2)
    return Interval(difference - below, difference + above)


def compare(before: Share, after: Share, *, fewest: int = FEWEST, more_is_better: bool = True) -> Change:
    """Return what may be said of the step from *before* to *after*: nothing with fewer than *fewest* on a side."""
    if not before.total or not after.total:
        return Change(before, after, None, None, FEW)
    difference, interval = after.rate - before.rate, newcombe(after, before)
    return Change(before, after, difference, interval, _verdict(before, after, interval, fewest, more_is_better))


def _verdict(before: Share, after: Share, interval: Interval, fewest: int, more_is_better: bool) -> str:
    if min(before.total, after.total) < fewest:
        return FEW
    if interval.low <= 0 <= interval.high:
        return OPEN
    return BETTER if (interval.low > 0) == more_is_better else WORSE


def net_promoter(promoters: int, detractors: int, total: int) -> Score | None:
    """Return the percentage of *promoters* less that of *detractors* with its interval, None of nothing.

    The interval is the adjusted Wald one of B. Rocks, "Interval estimation for the Net Promoter Score", The American
    Statistician 70 (2016) 365–372: three answers are added, of which 3/4 promote and 3/4 detract; cut at -100 and 100.
    """
    if not total:
        return None
    size = total + 3
    promoting, detracting = (promoters + 0.75) / size, (detractors + 0.75) / size
    middle = promoting - detracting
    half = Z * sqrt((promoting + detracting - middle * middle) / size)
    interval = Interval(max(-100.0, 100 * (middle - half)), min(100.0, 100 * (middle + half)))
    return Score(100 * (promoters - detractors) / total, interval, total)
