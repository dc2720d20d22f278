"""One generation of the index, read once and shared by all threads."""

import struct
import threading
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress
from operator import mul
from typing import Any

from helpcenter.language.analysis import analyse
from helpcenter.search import whoosh_files, whoosh_postings
from helpcenter.search.preparing import tag_name
from helpcenter.search.vocabulary import Vocabulary
from helpcenter.search.weights import Weights

__all__ = ["LanguageView", "Postings", "Snapshot"]

# Title, headings, keywords and body, in this order, in a posting and among the lengths.
PARTS, BODY = 4, 3

# About 16 bytes each: what a worker may remember of postings.
MOST_POSTINGS = 2_000_000
# What a worker may remember of articles, in characters of text and keys.
MOST_CHARACTERS = 20_000_000


@dataclass(frozen=True)
class Postings:
    """Where one word stands: document numbers with its weighted frequency in the short parts and in the body."""

    short_ids: array
    short: array
    body_ids: array
    body: array
    documents: int

    def __len__(self) -> int:
        return len(self.short_ids) + len(self.body_ids)


NOWHERE = Postings(array("I"), array("f"), array("I"), array("f"), 0)


class Remembered:
    """The answers used last, as many as their sizes allow."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.total = 0
        self.kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, name: Any) -> Any:
        """Return what is remembered under *name*, or None."""
        with self.lock:
            if name not in self.kept:
                return None
            self.kept.move_to_end(name)
            return self.kept[name][0]

    def put(self, name: Any, value: Any, size: int) -> None:
        """Remember *value*, and forget the oldest when it grows too much."""
        with self.lock:
            if name in self.kept or size > self.most:
                return
            self.kept[name] = value, size
            self.total += size
            while self.total > self.most:
                _, (_, freed) = self.kept.popitem(last=False)
                self.total -= freed


class Snapshot:
    """An open index at one commit.

    Whoosh's readers are not safe between threads (search.md section 1), so
    every read of theirs is made under one lock; scoring is not.
    """

    def __init__(self, index: Any, weights: Weights) -> None:
        self.generation = whoosh_files.generation(index)
        self.reader = index.reader()
        # Threads may still read from a generation that was replaced: its files are closed when the last one is done.
        weakref.finalize(self, self.reader.close)
        self.weights = weights
        self.lock = threading.RLock()
        self.revision = whoosh_files.stored_revision(self.reader)
        self.views: dict[str, LanguageView] = {}
        self.expiring = whoosh_files.expiring(self.reader)
        self.hidden: set[int] = set()
        self.articles = Remembered(MOST_CHARACTERS)

    def drop_expired(self, now: float) -> None:
        """Leave out what has expired at *now*, in seconds since 1970, as if it had never been indexed."""
        if not self.expiring or self.expiring[0][0] > now:
            return
        with self.lock:
            gone = {number for moment, number in self.expiring if moment <= now}
            whoosh_files.hide(self.reader, gone)
            self.hidden |= gone
            self.views = {}
            self.expiring = [each for each in self.expiring if each[0] > now]

    def terms(self, field: str, lang: str) -> Iterator[tuple[str, int]]:
        """Yield each term of *lang* in *field* with its number of documents; none that only hidden ones have."""
        for term, documents in whoosh_postings.terms(self.reader, field, lang):
            if documents > len(self.hidden) or whoosh_postings.documents(self.reader, field, f"{lang}:{term}"):
                yield term, documents

    def language(self, lang: str) -> "LanguageView":
        """Return the part of the index that is in *lang*."""
        view = self.views.get(lang)
        if view is None:
            with self.lock:
                view = self.views.get(lang) or LanguageView(self, lang)
                self.views[lang] = view
        return view

    def article(self, number: int) -> dict[str, Any]:
        """Return what is stored of a document."""
        article = self.articles.get(number)
        if article is None:
            with self.lock:
                article = whoosh_files.stored_article(self.reader, number)
            self.articles.put(number, article, len(article["body"]) + len(article["keys"]))
        return article

    def section(self, lang: str, section: str) -> frozenset[int]:
        """Return the documents of one section, and of the sections in it."""
        with self.lock:
            return frozenset(whoosh_postings.documents(self.reader, "sections", f"{lang}:{section}"))

    def tagged(self, lang: str, tag: str) -> frozenset[int]:
        """Return the documents that have *tag*."""
        return self.section(lang, whoosh_files.TAG + tag_name(tag))

    def filtered(self, lang: str, section: str | None, tag: str | None) -> frozenset[int] | None:
        """Return the documents that have *section* and *tag*, None when neither is asked for."""
        found = [self.section(lang, section)] if section is not None else []
        found += [self.tagged(lang, tag)] if tag is not None else []
        return frozenset.intersection(*found) if found else None


class LanguageView:
    """The articles of one language: their lengths, vocabulary and postings."""

    def __init__(self, snapshot: Snapshot, lang: str) -> None:
        self.snapshot, self.lang = snapshot, lang
        reader, self.weights = snapshot.reader, snapshot.weights
        numbers, packed = whoosh_postings.postings(reader, "lengths", lang)
        self.documents = len(numbers)
        # One more than the highest number a document has.
        self.size = reader.doc_count_all()
        self.factors = length_factors(numbers, packed, self.size, self.weights)
        self.vocabulary = Vocabulary(
            lang, snapshot.terms("words", lang), snapshot.terms("forms", lang)
        )
        self.remembered = Remembered(MOST_POSTINGS)
        self.groups = Remembered(MOST_POSTINGS)
        # What the words of a title are worth together, by document; filled by the scorer.
        self.titles: dict[int, float] = {}

    def warm(self) -> None:
        """Prepare what the first query would wait for."""
        if self.documents:
            # Also the patterns of words, which take longer to compile than a search.
            analyse("warming", self.lang)
            self.vocabulary.corrections_of("warming")
            self.vocabulary.likeness_of("warming", 1, 1.0)
            self.vocabulary.starting_with("w", 1)

    def postings(self, key: str) -> Postings:
        """Return where *key* stands."""
        if key not in self.vocabulary.keys:
            return NOWHERE
        found = self.remembered.get(key)
        if found is None:
            with self.snapshot.lock:
                read = whoosh_postings.postings(self.snapshot.reader, "words", f"{self.lang}:{key}")
            found = self.weigh(*read)
            self.remembered.put(key, found, len(found) + 1)
        return found

    def weigh(self, numbers: array, counts: bytes) -> Postings:
        """Return postings with the counts of each part, four bytes a document, weighted by the length of that part.

        Most words stand in most bodies and few titles, so bodies are weighed without a loop of Python's own.
        """
        title, headings, keywords, body = self.factors
        weights = self.weights
        of_body = counts[BODY::PARTS]
        body_ids = array("I", compress(numbers, of_body))
        in_body = array("f", map(mul, filter(None, of_body), map(body.__getitem__, body_ids)))
        short_ids, short = array("I"), array("f")
        for place in compress(range(len(numbers)), in_short_parts(counts)):
            number, at = numbers[place], PARTS * place
            short_ids.append(number)
            short.append(
                counts[at] * title[number]
                + (weights.headings * counts[at + 1] * headings[number] + weights.keywords * counts[at + 2] * keywords[number])
                / weights.title
            )
        return Postings(short_ids, short, body_ids, in_body, len(numbers))


def in_short_parts(counts: bytes) -> bytes:
    """Return for each document, four bytes of *counts*, a byte that is not 0 when the word is in title, headings or keywords."""
    title, headings, keywords = (int.from_bytes(counts[part::PARTS], "big") for part in range(BODY))
    return (title | headings | keywords).to_bytes(len(counts) // PARTS, "big")


def length_factors(numbers: array, packed: bytes, size: int, weights: Weights) -> list[array]:
    """Return for each part, by document number, what BM25 multiplies a count by: less in long texts."""
    lengths = struct.unpack(f"<{PARTS * len(numbers)}H", packed)
    factors = []
    for part in range(PARTS):
        of_part = lengths[part::PARTS]
        known = sum(map(bool, of_part))
        average = sum(of_part) / known if known else 1.0
        factor = array("f", bytes(4 * size))
        for number, length in zip(numbers, of_part, strict=True):
            factor[number] = 1.0 / (1.0 - weights.length + weights.length * length / average)
        factors.append(factor)
    return factors
