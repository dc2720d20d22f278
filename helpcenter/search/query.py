"""From what a person typed to groups of keys: one group a word, with what it may stand for."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from helpcenter.language.analysis import Token, analyse, fold
from helpcenter.search.compounds import taken_apart
from helpcenter.search.snapshot import LanguageView

__all__ = ["Group", "Query", "build_query", "idf", "rarity", "read_words"]

# What is read of a query. A question to the chat may be long.
READ_CHARACTERS = 1000
READ_WORDS = 120
MOST_WORDS = 40
MOST_SYNONYMS = 8
# A key of this weight is so like the word that a reader sees why it was found.
LIKE_ENOUGH = 0.3

Synonyms = Mapping[tuple[str, ...], Sequence[tuple[str, ...]]]


@dataclass(frozen=True)
class Group:
    """A word of the query, the keys that count for it with their weight, and what it is worth (idf).

    ``own`` are the keys that are the word itself, or what it was completed or
    respelled to; the other keys are only like it.
    """

    token: Token
    keys: tuple[tuple[str, float], ...]
    idf: float
    own: frozenset[str]
    corrected_to: str | None = None
    is_synonym: bool = False

    @property
    def marked(self) -> set[str]:
        """Return the keys that are shown as found."""
        return {key for key, weight in self.keys if weight >= LIKE_ENOUGH} | self.own


@dataclass(frozen=True)
class Query:
    """The groups of a query, in the order they were typed."""

    text: str
    groups: tuple[Group, ...]

    @property
    def corrections(self) -> list[Group]:
        """Return the words that are nowhere as typed, and are elsewhere as respelled."""
        return [group for group in self.groups if group.corrected_to]


def read_words(text: str, lang: str) -> list[Token]:
    """Return the words of *text* that are searched: those with a topic, all of them when none has."""
    tokens = analyse(text[:READ_CHARACTERS], lang, limit=READ_WORDS)
    return [token for token in tokens if not token.stop] or tokens


def build_query(text: str, view: LanguageView, synonyms: Synonyms, others: Sequence[LanguageView] = ()) -> Query:
    """Return the query that *text* asks of *view*.

    A word that another language of the index knows is not respelled.
    """
    words = read_words(text, view.lang)
    tokens = rarest(words, view)
    last = tokens[-1] if tokens and not text[tokens[-1].end : tokens[-1].end + 1] else None
    times = Counter(token.key for token in words)
    tokens = [part for token in tokens for part in taken_apart(token, view, others, half_typed=token is last)]
    groups = [group_for(token, view, others, half_typed=token is last) for token in tokens]
    groups = [said_again(group, times[group.token.key], view.weights.again) for group in groups]
    groups = with_synonyms(groups, view, synonyms)
    return Query(text, tuple(groups))


def rarest(tokens: Sequence[Token], view: LanguageView) -> list[Token]:
    """Return each word once, and of many only those that tell articles apart best."""
    once = list({token.key: token for token in reversed(tokens)}.values())[::-1]
    if len(once) > MOST_WORDS:
        frequency = view.vocabulary.keys
        kept = sorted(once, key=lambda token: frequency.get(token.key) or view.documents)[:MOST_WORDS]
        once = [token for token in once if token in kept]
    return once


def group_for(token: Token, view: LanguageView, others: Sequence[LanguageView], *, half_typed: bool) -> Group:
    """Return what *token* may stand for: itself, words like it, and if it is unknown what it may become."""
    vocabulary, weights = view.vocabulary, view.weights
    keys = dict.fromkeys(vocabulary.keys_of(token.key, token.folded), 1.0)
    corrected = None
    if not keys and half_typed and len(token.folded) >= 2:
        keys = dict.fromkeys(vocabulary.starting_with(token.folded, weights.prefix_words), weights.prefix)
    if not keys and not any(other.vocabulary.is_known(token.key, token.folded) for other in others):
        corrected = correct(token, view, keys)
    own = frozenset(keys)
    if len(token.key) >= weights.subword_shortest:
        share = weights.subword_by_language.get(view.lang, weights.subword)
        for other, like in vocabulary.likeness_of(token.key, weights.subword_words, weights.subword_likeness):
            keys.setdefault(other, share * like * like)
    return Group(token, tuple(keys.items()), idf(own or keys, view), own, corrected)


def said_again(group: Group, times: int, weight: float) -> Group:
    """Return *group* worth more when its word stands several *times* in the query: with 1 up to twice as much."""
    return group if times < 2 else replace(group, idf=group.idf * (1.0 + weight * (times - 1) / (times + 1)))


def correct(token: Token, view: LanguageView, keys: dict[str, float]) -> str | None:
    """Add the words *token* may be a slip of to *keys*, and return the likeliest as it is written.

    Words of withdrawn articles may still stand in the vocabulary; they have no posting any more.
    """
    best = None
    for form, distance in view.vocabulary.corrections_of(token.folded):
        for meant in view.vocabulary.keys_of("", fold(form, view.lang)):
            if view.postings(meant).documents:
                best = best or form
                keys.setdefault(meant, view.weights.spelling / distance)
    return best


def idf(keys: Collection[str], view: LanguageView) -> float:
    """Return how well the rarest of *keys* tells articles apart (BM25's inverse document frequency)."""
    return rarity(min((view.vocabulary.keys.get(key, 0) for key in keys), default=0), view.documents)


def rarity(frequency: int, documents: int) -> float:
    """Return BM25's inverse document frequency of what *frequency* of all *documents* have."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5)) if documents >= frequency else 0.1


def with_synonyms(groups: list[Group], view: LanguageView, synonyms: Synonyms) -> list[Group]:
    """Return *groups* with the synonyms of their words: single words join the group, phrases follow it."""
    if not synonyms:
        return groups
    spelled = [group.token.key for group in groups]
    added: list[Group] = []
    for at in range(len(groups)):
        for length in (3, 2, 1):
            others = synonyms.get(tuple(spelled[at : at + length])) if at + length <= len(spelled) else None
            for other in (others or ())[:MOST_SYNONYMS]:
                if len(other) == 1 and length == 1:
                    groups[at] = joined(groups[at], other[0], view)
                else:
                    added.extend(synonym_group(key, groups[at], len(other), view) for key in other)
    return groups + [group for group in added if group.keys][:MOST_WORDS]


def joined(group: Group, key: str, view: LanguageView) -> Group:
    """Return *group* with *key* counting almost as the word itself."""
    if key not in view.vocabulary.keys:
        return group
    keys = dict(group.keys)
    keys[key] = max(keys.get(key, 0.0), view.weights.synonym)
    is_known = not group.corrected_to and bool(group.own)
    own = group.own | {key} if is_known else frozenset({key})
    return Group(group.token, tuple(keys.items()), group.idf if is_known else idf({key}, view), own)


def synonym_group(key: str, group: Group, words: int, view: LanguageView) -> Group:
    """Return a group for one word of a phrase that means *group*."""
    weight = view.weights.synonym / words
    keys = ((key, weight),) if key in view.vocabulary.keys else ()
    return Group(group.token, keys, idf({key}, view), frozenset({key}), None, is_synonym=True)
