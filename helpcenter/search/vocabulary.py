"""The words of one language in the index: what a typed word may stand for."""

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from helpcenter.language.analysis import fold, key
from helpcenter.search.letters import runs_of

__all__ = ["Vocabulary"]

# One slip in a word of four letters or more, two in a word of eight or more.
ONE_SLIP, TWO_SLIPS = 4, 8
MOST_CORRECTIONS = 5
MOST_PREFIXED = 400


class Vocabulary:
    """The keys and written forms of one language; built once an index generation."""

    def __init__(self, lang: str, keys: Iterable[tuple[str, int]], forms: Iterable[tuple[str, int]]) -> None:
        self.lang = lang
        self.keys = dict(keys)
        self.forms = dict(forms)
        self.likeness_of = lru_cache(maxsize=4096)(self.measure_likeness)
        self.corrections_of = lru_cache(maxsize=4096)(self.find_corrections)
        self.frequency_of = lru_cache(maxsize=16_384)(self.count_documents)

    @cached_property
    def folded(self) -> dict[str, list[str]]:
        """Return the forms of each word as it is typed without diacritics, the most frequent first."""
        forms: dict[str, list[str]] = defaultdict(list)
        for form in sorted(self.forms, key=self.forms.__getitem__, reverse=True):
            forms[fold(form, self.lang)].append(form)
        return dict(forms)

    @cached_property
    def in_order(self) -> list[str]:
        """Return the folded forms in alphabetical order."""
        return sorted(self.folded)

    def keys_of(self, word_key: str, folded: str) -> list[str]:
        """Return the keys a typed word may stand for: its own, and those of the forms it may mean.

        The stem of ``klientow`` is not that of ``klientów``, which it stands for.
        """
        keys = [word_key] if word_key in self.keys else []
        for form in self.folded.get(folded, ()):
            meant = key(form, self.lang)
            if meant in self.keys and meant not in keys:
                keys.append(meant)
        return keys

    def is_known(self, word_key: str, folded: str) -> bool:
        """Return whether some article has this word in any form."""
        return word_key in self.keys or folded in self.folded

    def starting_with(self, folded: str, limit: int) -> list[str]:
        """Return the keys of the most frequent words that begin with *folded*."""
        found: Counter[str] = Counter()
        start = bisect_left(self.in_order, folded)
        for word in self.in_order[start : start + MOST_PREFIXED]:
            if not word.startswith(folded):
                break
            for form in self.folded[word]:
                found[key(form, self.lang)] += self.forms[form]
        return [word for word, _ in found.most_common(limit)]

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        """Return the folded forms by their number of letters."""
        words: dict[int, list[str]] = defaultdict(list)
        for word in self.folded:
            words[len(word)].append(word)
        return dict(words)

    def find_corrections(self, folded: str) -> list[tuple[str, int]]:
        """Return forms that *folded* may be a slip of, with the number of slips, best first.

        Use corrections_of, which remembers. Digits are never corrected.
        """
        slips = 2 if len(folded) >= TWO_SLIPS else 1
        if len(folded) < ONE_SLIP or any(letter.isdigit() for letter in folded):
            return []
        found: list[tuple[int, bool, int, str]] = []
        for length in range(len(folded) - slips, len(folded) + slips + 1):
            words = self.by_length.get(length, ())
            for word, distance, _ in extract(
                folded, words, scorer=OSA.distance, processor=None, score_cutoff=slips, limit=20
            ):
                form = self.folded[word][0]
                found.append((int(distance), word[0] != folded[0], -self.forms[form], form))
        return [(form, distance) for distance, _, _, form in sorted(found)[:MOST_CORRECTIONS]]

    @cached_property
    def grams(self) -> tuple[list[str], dict[str, array], dict[str, float], list[float]]:
        """Return the keys, which of them has each 4-gram, what a 4-gram weighs, and the length of each key's vector."""
        words = list(self.keys)
        having: dict[str, array] = {}
        for number, word in enumerate(words):
            for gram in runs_of(word):
                having.setdefault(gram, array("I")).append(number)
        weights = {gram: math.log(1 + len(words) / len(numbers)) for gram, numbers in having.items()}
        norms = [math.sqrt(sum(weights[gram] ** 2 for gram in runs_of(word))) for word in words]
        return words, having, weights, norms

    def count_documents(self, run: str) -> int:
        """Return in about how many articles a run of letters is: those of each key that has it. Use frequency_of, which remembers."""
        words, having, _, _ = self.grams
        return sum(self.keys[words[number]] for number in having.get(run, ()))

    def measure_likeness(self, word: str, limit: int, least: float) -> list[tuple[str, float]]:
        """Return the keys most like *word* by their 4-grams, with the cosine. Use likeness_of, which remembers."""
        words, having, weights, norms = self.grams
        rarest = math.log(1 + len(words)) if words else 1.0
        shared: dict[int, float] = defaultdict(float)
        own = 0.0
        for gram in runs_of(word):
            weight = weights.get(gram, rarest)
            own += weight * weight
            for number in having.get(gram, ()):
                shared[number] += weight * weight
        norm = math.sqrt(own)
        likes = [(total / (norm * norms[number]), words[number]) for number, total in shared.items()]
        likes = [(like, other) for like, other in likes if like >= least and other != word]
        return [(other, like) for like, other in sorted(likes, key=lambda pair: (-pair[0], pair[1]))[:limit]]
