"""Where the words of a text are."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["words"]


@lru_cache(maxsize=1)
def word_pattern() -> re.Pattern[str]:
    """Return the pattern of a word: letters, digits, their marks, inner apostrophes and hyphens."""
    marks = ranges({"Mn", "Mc"})
    letter = f"(?:[^\\W_]|[{marks}\u00ad\u200b-\u200d\u2060])"
    # Digits keep their points (4.1.2), so that a version is one word.
    number = r"\d+(?:[.,]\d+)+(?![^\W_])"
    return re.compile(f"{number}|[^\\W_]{letter}*(?:['’ʼ`]{letter}+)*(?:[-‐‑][^\\W_]{letter}*(?:['’ʼ`]{letter}+)*)*")


def ranges(categories: set[str]) -> str:
    """Return the characters of *categories* as the inside of a character class."""
    parts: list[str] = []
    start = None
    for code in range(0x300, min(0x1E900, sys.maxunicode)):
        inside = unicodedata.category(chr(code)) in categories
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            parts.append(f"{chr(start)}-{chr(code - 1)}")
            start = None
    return "".join(parts)


# Scripts written without spaces: two neighbouring characters stand for a word.
UNSPACED_RANGES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
)
UNSPACED = re.compile(f"[{UNSPACED_RANGES}]")
UNSPACED_RUN = re.compile(f"[{UNSPACED_RANGES}]+|[^{UNSPACED_RANGES}]+")
HYPHEN = re.compile("[-‐‑]")
APOSTROPHE = re.compile("['’ʼ`]")
ELIDING = frozenset({"fr", "it", "ca"})


def words(text: str, lang: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word of *text* with where it starts and ends in *text*."""
    for match in word_pattern().finditer(text):
        word, start = match.group(), match.start()
        if word.isascii() and word.isalnum():
            yield word, start, match.end()
        elif UNSPACED.search(word):
            yield from pairs(word, start)
        else:
            yield from pieces(word, start, lang)


def pieces(word: str, start: int, lang: str) -> Iterator[tuple[str, int, int]]:
    """Yield the parts of a hyphenated or elided word.

    A first part of one or two letters belongs to the word (e-mail, e-rēķins,
    wi-fi), because people write that with and without the hyphen.
    """
    parts = HYPHEN.split(word)
    if len(parts) == 2 and len(parts[0]) <= 2 and parts[0].isalpha():
        yield without_apostrophes("".join(parts)), start, start + len(word)
        return
    for part in parts:
        end = start + len(part)
        if lang in ELIDING:
            yield from elided(part, start)
        elif part:
            yield without_apostrophes(part), start, end
        start = end + 1


def without_apostrophes(word: str) -> str:
    """Return *word* without apostrophes, and without the ``'s`` of a possessor."""
    if len(word) > 3 and APOSTROPHE.match(word[-2]) and word[-1] in "sS":
        word = word[:-2]
    return APOSTROPHE.sub("", word)


def elided(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield what stands around the apostrophes of *word* (l'article)."""
    for part in APOSTROPHE.split(word):
        if part:
            yield part, start, start + len(part)
        start += len(part) + 1


def pairs(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield each two neighbouring characters of a text without spaces."""
    for run in UNSPACED_RUN.finditer(word):
        text, at = run.group(), start + run.start()
        if len(text) < 3 or not UNSPACED.match(text):
            yield text, at, at + len(text)
            continue
        for offset in range(len(text) - 1):
            yield text[offset : offset + 2], at + offset, at + offset + 2
