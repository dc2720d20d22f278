"""Read a misspelt word as the nearest word the rules know."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

SHORTEST = 4
# From this many letters two slips are forgiven.
TWO_SLIPS_FROM = 8
# Repairs are remembered up to this many words; then all are forgotten.
REMEMBERED = 20_000


class Speller:
    """The known words, ready to be compared with.

    Only words with the same first letter are compared (or with the first two swapped), otherwise "bake" would be read as "make".
    """

    def __init__(self, known: Iterable[str]) -> None:
        self.by_start: dict[str, list[str]] = {}
        for word in sorted(set(known)):
            if len(word) >= SHORTEST - 1:
                self.by_start.setdefault(word[0], []).append(word)
        self.remembered: dict[str, str | None] = {}

    def repair(self, word: str) -> str | None:
        """Return the nearest known word, or None when none is near enough."""
        if len(word) < SHORTEST or any(character.isdigit() for character in word):
            # A short word is only given back a doubled letter: "bil" is "bill", but "car" is no "card".
            doubled = word + word[-1:]
            return doubled if len(word) == SHORTEST - 1 and doubled in self.by_start.get(word[0], ()) else None
        if word not in self.remembered:
            if len(self.remembered) >= REMEMBERED:
                self.remembered.clear()
            self.remembered[word] = self.find(word)
        return self.remembered[word]

    def find(self, word: str) -> str | None:
        """Return the nearest known word; among equally near ones the first of the alphabet."""
        slips = 2 if len(word) >= TWO_SLIPS_FROM else 1
        best, best_slips = None, slips + 1
        for start in dict.fromkeys((word[0], word[1])):
            for known in self.by_start.get(start, ()):
                if abs(len(known) - len(word)) >= best_slips or (start != word[0] and known[1] != word[0]):
                    continue
                distance = OSA.distance(word, known, score_cutoff=best_slips - 1)
                if distance < best_slips:
                    best, best_slips = known, distance
        return best
