"""The one table of search weights, each with the measurement that set it.

Measured with this engine by ``benchmarks/search_weights.py``: 150 questions of
each of twelve development collections (English, Swedish, Russian, German,
Kazakh), as means of MRR@10 / recall@5 in points; and by the sample searches of
articles/tests/searches. Figures marked "now" were measured with 100 questions
each after the letters (decision 0017) and decision 0068 came; the others before. One step is a quarter. A value stays only when no
collection lost more than one question, or one point, of recall@5 by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["WEIGHTS", "Weights"]


@dataclass(frozen=True)
class Weights:
    """What each kind of evidence is worth against a body match, which is 1."""

    # Title words, and the share of the title that they are, against 2.5 and 0: +0.6 / 0.0 (gnome +1.0 to +1.7, techqa
    # +1.0; swefaq loses one question). A step of either now: -0.1 to +0.1 / -0.1 to +0.2; without whole_title now -0.6 / -0.2 and feedbackqa-cdc -2.5.
    title: float = 1.5
    whole_title: float = 1.5
    # The same words by the share of the question that they are, cubed: who types one word wants the article that is called so.
    # Off now 0.0 / 0.0 (gnome ru +0.6), a step 0.0 / 0.0 to +0.1; 1.0: 0.0 / 0.0 (wixqa -0.8). "piegāde" fails without.
    whole_question: float = 0.5

    # No collection has headings or keywords. Sample searches that fail: headings 0 or 1: none, 2: one; keywords 0: 19, 1: one.
    headings: float = 1.5
    keywords: float = 1.5

    # BM25. k1 a step down now 0.0 / -0.1, up -0.3 / +0.2 (swefaq -2.8); at 1.2 a sample search fails.
    # b 0: -3.2 / -1.9, a step down -0.3 / -0.3, up +0.2 / -0.1.
    saturation: float = 1.8
    length: float = 0.75

    # A word that the question says again is its topic. Off: -0.2 / -0.1 (wixqa -2.5, techqa +0.5); a step: 0.0.
    again: float = 1.0

    # Words that share letters with the asked one (4-grams), as the square of their likeness.
    # Off: -1.0 / -1.7, and two sample searches fail; a step of the weight or of the number of words: -0.1; of the likeness: 0.1.
    subword: float = 0.6
    subword_by_language: Mapping[str, float] = field(default_factory=dict)
    subword_words: int = 12
    subword_likeness: float = 0.3
    subword_shortest: int = 4
    # A word that is only like the asked one counts so many times at most, or an article that says it often passes the one with the
    # word itself ("kontaktus": account and contact). 2 against any number: 0.0 / +0.2 (swefaq +0.5 / 0.0, techqa 0.0 / -0.7, one question); 1: -0.2 / 0.0.
    subword_most: float = 2.0

    # Words a synonym list names, words a half-typed word may become, and respelled ones: chosen, not
    # measured (search.md section 5). No collection asks for them, and without any one the sample searches pass.
    synonym: float = 0.8
    prefix: float = 0.7
    prefix_words: int = 30
    spelling: float = 0.6

    # Words of the query that stand side by side in the article. Off: -0.2 / -0.4; a step: +0.1 / 0.0; a span of 2: +0.1 / +0.1.
    nearby: float = 0.6
    nearby_span: int = 3
    # The best stretch of 20 words, by the different words of the query in it. Off: -1.3 / -0.5; a step
    # of the weight: 0.0 / -0.2, of the length: -0.2 / -0.2.
    stretch: float = 0.7
    stretch_words: int = 20
    # How many of the best articles are looked at for all this: 30 and 15 differ by 0.1 at most on average, and 30 costs a third more time.
    looked_at: int = 20

    # Runs of four letters that question and article share, by their rarity (decision 0017; all questions of all collections).
    # Off: -0.7 / -0.1 (swefaq -4.3 / 0.0); a step: -0.2 / +0.1 and 0.0 / -0.1.
    letters: float = 0.12
    # English bends and joins its words least: 0.025 there 0.0 / -0.2, 0.05 -0.2 / -0.4 (wixqa -1.7).
    # Swedish joins most: 0.25 there against 0.12 swefaq +1.2 / +0.9, gnome sv -0.2 / -0.4, alchemy sv +0.4 / 0.0 (decision 0085).
    letters_by_language: Mapping[str, float] = field(default_factory=lambda: {"en": 0.0, "sv": 0.25})

    # Words of the query among the first 30 words of the article. Off: -0.2 / 0.0 (gnome ru -1.0); a step of
    # the weight or of the words: 0.0 / 0.0; 0.4 is +0.2 / 0.0, but feedbackqa-australia -1.2.
    beginning: float = 0.2
    beginning_words: int = 30

    # A keyword of several words, all of them asked: what an editor wrote down for this very query.
    # Off: one sample search fails.
    keyword_phrase: float = 0.5

    # A word with diacritics that stands in the title exactly as typed (sv bank/bänk). Off: 0.0 / 0.0; a test holds it.
    exact: float = 0.15

    # Shares of all of the above, for what is known before anything is asked (decision 0019). Votes spread by chance
    # cost 0.04 / 0.11 on average at 0.02; all against the right article -1.2 to -6.4, at 0.03 -1.7 to -9.4. The
    # others are chosen, not measured: no collection has dates or featured articles; together they stay below votes.
    featured: float = 0.01
    votes: float = 0.02
    freshness: float = 0.005


WEIGHTS = Weights()
