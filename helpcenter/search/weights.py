"""The one table of search weights, each with the measurement that set it.

Measured by ``benchmarks/search.py`` on the development collections (English,
Swedish, Russian, German, Kazakh). A value stays only when no collection lost
more than one point of recall@5 by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["WEIGHTS", "Weights"]


@dataclass(frozen=True)
class Weights:
    """What each kind of evidence is worth against a body match, which is 1."""

    # 1.5 with the whole title at 1.5, against 2.5 without: MRR +0.6 on average (gnome +1.0 to +1.7, techqa +1.0; the
    # most lost is 0.9 of recall@5 on swefaq, one question). A title is strong evidence when it was asked in full.
    title: float = 1.5
    whole_title: float = 1.5
    headings: float = 1.5
    keywords: float = 1.5

    # BM25. k1 of 1.8 instead of 1.2: +0.3 on average, +2 on long articles (projectops), none lost.
    saturation: float = 1.8
    length: float = 0.75

    # A word that the question says again is its topic.
    again: float = 1.0

    # Words that share letters with the asked one (4-grams), as the square of their likeness:
    # alchemy-sv recall@5 71 -> 74, swefaq 77 -> 82, English unchanged.
    subword: float = 0.6
    subword_by_language: Mapping[str, float] = field(default_factory=dict)
    subword_words: int = 12
    subword_likeness: float = 0.3
    subword_shortest: int = 4

    # Words a synonym list names, words a half-typed word may become, and respelled ones
    # (search.md section 5; no collection has any).
    synonym: float = 0.8
    prefix: float = 0.7
    prefix_words: int = 30
    spelling: float = 0.6

    # Words of the query that stand side by side in the article: +0.6 MRR on average.
    nearby: float = 0.6
    nearby_span: int = 3
    # The best stretch of 20 words, by the distinct words of the query in it: +0.8 MRR.
    stretch: float = 0.7
    stretch_words: int = 20
    # How many of the best articles are looked at for these; 30 gives the same figures (within 0.1), and takes a fifth longer.
    looked_at: int = 20

    # A keyword of several words, all of them asked: what an editor wrote down for this very query.
    # Without it 2 of the 161 sample searches fail; no collection has keywords.
    keyword_phrase: float = 0.5

    # A word with diacritics that stands in the title exactly as typed (sv bank/bänk).
    exact: float = 0.15


WEIGHTS = Weights()
