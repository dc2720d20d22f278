"""One analysis chain for search and chat: both see the same words.

NFKC, casefold, tokenise, stem by language, fold. The key of a word is what an
index and a rule compare.
"""

from functools import lru_cache
from typing import NamedTuple

from helpcenter.language.folding import fold, fold_word, normalise
from helpcenter.language.kazakh import skeleton
from helpcenter.language.stemmers import stem
from helpcenter.language.stopwords import stop_words
from helpcenter.language.tokens import words

__all__ = ["Token", "analyse", "base_language", "fold", "key"]

# A longer word is no word; stemmers may be slow on one.
LONGEST_WORD = 60


class Token(NamedTuple):
    """A word of a text: as written, its key, without diacritics, and where it stands."""

    surface: str
    key: str
    folded: str
    start: int
    end: int
    stop: bool


def analyse(text: str, lang: str, *, limit: int | None = None) -> list[Token]:
    """Return the words of *text* in reading order, at most *limit* of them.

    ``start`` and ``end`` count in *text* as it was given.

    >>> [token.key for token in analyse("Paying your invoices", "en")]
    ['pay', 'your', 'invoic']
    """
    lang = base_language(lang)
    found: list[Token] = []
    for word, start, end in words(text, lang):
        if limit is not None and len(found) >= limit:
            break
        if len(word) > LONGEST_WORD:
            word = word[:LONGEST_WORD]
        surface, its_key, folded, stop = analyse_word(word, lang)
        if its_key:
            found.append(Token(surface, its_key, folded, start, end, stop))
    return found


def key(word: str, lang: str) -> str:
    """Return what *word* is compared by in *lang*: its stem, folded.

    >>> key("rēķiniem", "lv") == key("rekins", "lv")
    True
    """
    return analyse_word(word[:LONGEST_WORD], base_language(lang))[1]


@lru_cache(maxsize=100_000)
def analyse_word(word: str, lang: str) -> tuple[str, str, str, bool]:
    """Return surface, key, folded form and whether it is a stop word."""
    surface = normalise(word)
    folded = skeleton(surface) if lang == "kk" else fold_word(surface)
    stop = surface in stop_words(lang) or folded in stop_words(lang)
    return surface, fold_word(stem(surface, lang)) or folded, folded, stop


def base_language(lang: str) -> str:
    """Return the language of a tag (``pt`` of ``pt-BR``)."""
    return lang.replace("_", "-").partition("-")[0].lower()
