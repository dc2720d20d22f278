"""The words of one language in the index: what a typed word may stand for."""

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
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
NONE = array("I")


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
    def folded(self) -> dict[str, tuple[str, ...]]:
        """Return the forms of each word as it is typed without diacritics, the most frequent first.

        A word that is written so and in no other way is left out, which most are: use forms_of.
        """
        forms: dict[str, list[str]] = defaultdict(list)
        for form in self.forms:
            if (plain := fold(form, self.lang)) != form:
                forms[plain].append(form)
        for plain, written in forms.items():
            if plain in self.forms:
                written.append(plain)
        return {plain: tuple(sorted(written, key=self.forms.__getitem__, reverse=True)) for plain, written in forms.items()}

    def forms_of(self, folded: str) -> tuple[str, ...]:
        """Return the forms of a word as it is typed without diacritics, the most frequent first."""
        return self.folded.get(folded) or ((folded,) if folded in self.forms else ())

    @cached_property
    def in_order(self) -> list[str]:
        """Return the folded forms in alphabetical order."""
        bent = {form for plain, written in self.folded.items() for form in written if form != plain}
        return sorted({*self.folded, *(form for form in self.forms if form not in bent)})

    def keys_of(self, word_key: str, folded: str) -> list[str]:
        """Return the keys a typed word may stand for: its own, and those of the forms it may mean.

        The stem of ``klientow`` is not that of ``klientów``, which it stands for.
        """
        keys = [word_key] if word_key in self.keys else []
        for form in self.forms_of(folded):
            meant = key(form, self.lang)
            if meant in self.keys and meant not in keys:
                keys.append(meant)
        return keys

    def is_known(self, word_key: str, folded: str) -> bool:
        """Return whether some article has this word in any form."""
        return word_key in self.keys or bool(self.forms_of(folded))

    def starting_with(self, folded: str, limit: int) -> list[str]:
        """Return the keys of the most frequent words that begin with *folded*."""
        found: Counter[str] = Counter()
        start = bisect_left(self.in_order, folded)
        for word in self.in_order[start : start + MOST_PREFIXED]:
            if not word.startswith(folded):
                break
            for form in self.forms_of(word):
                found[key(form, self.lang)] += self.forms[form]
        return [word for word, _ in found.most_common(limit)]

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        """Return the folded forms by their number of letters."""
        words: dict[int, list[str]] = defaultdict(list)
        for word in self.in_order:
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
                form = self.forms_of(word)[0]
                found.append((int(distance), word[0] != folded[0], -self.forms[form], form))
        return [(form, distance) for distance, _, _, form in sorted(found)[:MOST_CORRECTIONS]]

    @cached_property
    def grams(self) -> "Grams":
        """Return the 4-grams of the keys."""
        return Grams(list(self.keys))

    def count_documents(self, run: str) -> int:
        """Return in about how many articles a run of letters is: those of each key that has it. Use frequency_of, which remembers."""
        return sum(self.keys[self.grams.words[number]] for number in self.grams.having(run))

    def measure_likeness(self, word: str, limit: int, least: float) -> list[tuple[str, float]]:
        """Return the keys most like *word* by their 4-grams, with the cosine. Use likeness_of, which remembers."""
        likes = [(like, other) for like, other in self.grams.likes(word) if like >= least and other != word]
        return [(other, like) for like, other in sorted(likes, key=lambda pair: (-pair[0], pair[1]))[:limit]]


class Grams:
    """Which of some words have each 4-gram: one array of word numbers, in it a stretch for each gram; hundreds of thousands are no objects."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        found: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(words):
            for gram in runs_of(word):
                found[gram].append(number)
        self.numbers, self.ends, self.places = array("I"), array("I", [0]), {gram: place for place, gram in enumerate(found)}
        for numbers in found.values():
            self.numbers.extend(numbers)
            self.ends.append(len(self.numbers))
        # The length of each word's vector.
        self.norms = array("d", (math.sqrt(sum(self.weight(gram) ** 2 for gram in runs_of(word))) for word in words))

    def having(self, gram: str) -> array:
        """Return the numbers of the words that have *gram*."""
        place = self.places.get(gram)
        return NONE if place is None else self.numbers[self.ends[place] : self.ends[place + 1]]

    def weight(self, gram: str) -> float:
        """Return what *gram* weighs: rare ones more."""
        place = self.places.get(gram)
        return math.log(1 + len(self.words) / (self.ends[place + 1] - self.ends[place] if place is not None else 1))

    def likes(self, word: str) -> Iterator[tuple[float, str]]:
        """Yield each word that shares a gram with *word*, with the cosine before it."""
        shared: dict[int, float] = defaultdict(float)
        own = 0.0
        for gram in runs_of(word):
            squared = self.weight(gram) ** 2
            own += squared
            for number in self.having(gram):
                shared[number] += squared
        norm = math.sqrt(own)
        for number, total in shared.items():
            yield total / (norm * self.norms[number]), self.words[number]
