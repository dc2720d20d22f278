"""What the matcher sees in a message: stems, pairs of stems, pieces of words, and concepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import sqrt

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names

from helpcenter.chat import weights
from helpcenter.chat.concepts import concepts
from helpcenter.language.analysis import Token, analyse

Vector = dict[str, float]
# A feature and the words of the message it comes from.
START, END = "^", "$"
# The word that stands for every number and address.
NUMBER = "0"


# Order numbers, amounts, mail and web addresses: they name one thing of one visitor and say nothing about the intent.
NAMES = re.compile(r"\S*@\S+|https?://\S+|\b[A-Za-z]{1,4}[- ]?[0-9]{3,}\b|[0-9][0-9.,:/-]{2,}")


def read_words(text: str, lang: str) -> list[Token]:
    """Return the words of a message, at most as many as are read; numbers and addresses are all the same word.

    >>> [token.key for token in read_words("Where is NL-1234567?", "en")]
    ['where', 'is', '0']
    """
    return analyse(NAMES.sub(f" {NUMBER} ", text[: weights.CHARACTERS_READ]), lang, limit=weights.WORDS_READ)


@lru_cache(maxsize=64)
def calendar_words(lang: str) -> frozenset[str]:
    """Return the names of months and weekdays: they say when, not what."""
    try:
        locale = Locale.parse(lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    names = [
        name
        for context in ("stand-alone", "format")
        for read in (get_month_names, get_day_names)
        for name in read("wide", context, locale).values()
    ]
    return frozenset(token.key for name in names for token in analyse(name, lang))


@lru_cache(maxsize=50_000)
def pieces(word: str) -> tuple[str, ...]:
    """Return the runs of three and four letters of a word, with its ends marked."""
    marked = f"<{word}>"
    return tuple(f"#{marked[at : at + size]}" for size in (3, 4) for at in range(len(marked) - size + 1))


def features(words: Sequence[tuple[str, str]], lang: str) -> list[list[tuple[str, int]]]:
    """Return four blocks of features of (key, folded) words, each with the place of the word it comes from.

    >>> [name for name, _ in features([("pay", "paying")], "en")[1]]
    ['^ pay', 'pay $']
    """
    known = concepts(lang)
    keys = [START, *(key for key, _ in words), END]
    return [
        [(f"={key}", place) for place, (key, _) in enumerate(words)],
        [(f"{first} {second}", max(0, place - 1)) for place, (first, second) in enumerate(zip(keys, keys[1:]))],
        [(piece, place) for place, (_, folded) in enumerate(words) for piece in pieces(folded)],
        [(f"~{concept}", place) for place, (key, _) in enumerate(words) for concept in known.get(key, ())],
    ]


BLOCKS = (weights.WORD, weights.PAIR, weights.CHARS, weights.CONCEPT)


def weigh(blocks: Sequence[Iterable[tuple[str, int]]], idf: dict[str, float], unseen: float) -> Vector:
    """Return the weighted vector of a message: each block has its own length, whatever the number of its features."""
    vector: Vector = {}
    for share, block in zip(BLOCKS, blocks):
        counted: Vector = {}
        for name, _ in block:
            counted[name] = idf.get(name, unseen)
        length = sqrt(sum(value * value for value in counted.values()))
        if length:
            for name, value in counted.items():
                vector[name] = share * value / length
    return vector
