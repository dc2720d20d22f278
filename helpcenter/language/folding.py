"""Folding: how a word looks when it is typed without diacritics."""

import re
import unicodedata
from functools import lru_cache

from helpcenter.language.kazakh import skeleton

__all__ = ["fold", "normalise"]

# Marks of Latin, Greek, Cyrillic, Hebrew and Arabic only: in the scripts of
# India the marks are vowels, and taking them away leaves other words.
MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")

# Soft hyphens, joiners and direction marks: in a word, but never typed.
INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")

LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)


def normalise(word: str) -> str:
    """Return *word* in NFKC, casefolded, without characters nobody sees."""
    if word.isascii():
        return word.lower()
    word = unicodedata.normalize("NFKC", word).casefold()
    return unicodedata.normalize("NFC", INVISIBLE.sub("", word))


def fold_word(word: str) -> str:
    """Return the already normalised *word* without diacritics."""
    return word if word.isascii() else without_diacritics(word)


@lru_cache(maxsize=50_000)
def without_diacritics(word: str) -> str:
    """Return *word* without diacritics. Use fold_word, which remembers no word that has none."""
    bare = MARKS.sub("", unicodedata.normalize("NFKD", word.translate(LETTERS)))
    return unicodedata.normalize("NFC", bare).translate(LETTERS)


def fold(text: str, lang: str | None = None) -> str:
    """Return *text* casefolded and without diacritics.

    Kazakh also loses what a Russian keyboard cannot type.

    >>> fold("Rēķins")
    'rekins'
    """
    folded = fold_word(normalise(text))
    if lang == "kk":
        return skeleton(folded)
    return folded
