"""Letters that a question and an article share: runs of four, as written, whatever the words' stems are.

An article keeps the numbers of its runs, sorted; a number is 16 bits of a
checksum, so that one in forty runs is met by chance.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

__all__ = ["letters_of", "numbers_of", "runs_of", "shared_letters"]

RUN = 4


def runs_of(word: str) -> set[str]:
    """Return the runs of four letters of *word* between its edges.

    >>> sorted(runs_of("pay"))
    ['^pay', 'pay$']
    """
    edged = f"^{word}$"
    return {edged[at : at + RUN] for at in range(len(edged) - RUN + 1)} or {edged}


@lru_cache(maxsize=50_000)
def numbers_of(word: str) -> dict[int, str]:
    """Return the runs of *word* by their numbers."""
    return {crc32(run.encode()) & 0xFFFF: run for run in runs_of(word)}


def letters_of(words: Iterable[str]) -> bytes:
    """Return the numbers of the runs of all *words*, sorted, as an article keeps them."""
    numbers: set[int] = set()
    for word in set(words):
        numbers.update(numbers_of(word))
    return array("H", sorted(numbers)).tobytes()


def shared_letters(kept: bytes, asked: Sequence[tuple[int, float]]) -> float:
    """Return the worth of the runs of *asked*, each a number and its worth, that an article *kept*."""
    if not asked:
        return 0.0
    numbers = array("H")
    numbers.frombytes(kept)
    last = len(numbers)
    worth = 0.0
    for number, value in asked:
        at = bisect_left(numbers, number)
        if at < last and numbers[at] == number:
            worth += value
    return worth
