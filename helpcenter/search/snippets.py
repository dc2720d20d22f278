"""The lines of an article that are shown below a hit.

The text is escaped first and the ``<mark>`` elements are added after, so that
nothing an article or a query holds becomes markup.
"""

import re
from array import array
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

__all__ = ["marked_text", "snippet"]

SNIPPET_CHARACTERS = 220
LEAD_CHARACTERS = 60
SENTENCE_END = re.compile(r"[.!?…。]\s|\n")
ENDS = ".!?…。:;,–-"
ELLIPSIS = Markup("…")
OPEN, CLOSE = "\x02", "\x03"
NO_SIGNS = {ord(OPEN): None, ord(CLOSE): None}


def snippet(
    article: Mapping[str, Any], places: list[tuple[int, str]], worth: Mapping[str, float], section: tuple[int, int]
) -> Markup:
    """Return the best lines of a *section* of *article*, from one character of its body to another, with the words of *worth* marked.

    *places* are those of the query's words in the body. Without one in the
    section these are its first lines, or the article's description.
    """
    body = article["body"]
    starts = array("I")
    starts.frombytes(article["starts"])
    low, high = section
    found = [(starts[place], place, key) for place, key in places if key in worth and low <= starts[place] < high]
    if not found:
        return first_lines(body[low:high] if low else article["description"] or body[:high])
    first, last = best_lines(found, worth)
    begin = begin_of(body, first, low)
    end = min(max(cut_at_word(body, begin + SNIPPET_CHARACTERS), last + 1), high)
    lengths = article["lengths"]
    spans = [(start, start + lengths[place]) for start, place, _ in found if begin <= start and start + lengths[place] <= end]
    text = marked_text(body, begin, end, spans)
    return (ELLIPSIS if begin > low else Markup("")) + text + (ELLIPSIS if body[end:high].strip() else Markup(""))


def first_lines(text: str) -> Markup:
    """Return how *text* begins."""
    end = cut_at_word(text, SNIPPET_CHARACTERS)
    return escape(on_one_line(text[:end])) + (ELLIPSIS if text[end:].strip() else Markup(""))


def best_lines(found: list[tuple[int, int, str]], worth: Mapping[str, float]) -> tuple[int, int]:
    """Return where the first and the last word of the richest lines begin."""
    best, best_worth, first = (found[0][0], found[0][0]), -1.0, 0
    counts: dict[str, int] = {}
    now = 0.0
    for start, _, key in found:
        counts[key] = counts.get(key, 0) + 1
        now += worth[key] if counts[key] == 1 else worth[key] * 0.1
        while found[first][0] < start - SNIPPET_CHARACTERS + LEAD_CHARACTERS:
            gone = found[first][2]
            counts[gone] -= 1
            now -= worth[gone] if not counts[gone] else worth[gone] * 0.1
            first += 1
        if now > best_worth + 1e-9:
            best, best_worth = (found[first][0], start), now
    return best


def begin_of(text: str, place: int, low: int) -> int:
    """Return where to begin, not before *low*, so that *place* has some words before it: at a sentence if one is near."""
    earliest = max(low, place - LEAD_CHARACTERS)
    if earliest == low:
        return low
    ends = [match.end() for match in SENTENCE_END.finditer(text, earliest, place)]
    if ends:
        return ends[0]
    space = text.find(" ", earliest, place)
    return space + 1 if space >= 0 else place


def cut_at_word(text: str, place: int) -> int:
    """Return the end of the last word that ends before *place*."""
    if place >= len(text):
        return len(text)
    space = max(text.rfind(" ", 0, place), text.rfind("\n", 0, place))
    return space if space > place - LEAD_CHARACTERS else place


def marked_text(text: str, begin: int, end: int, spans: list[tuple[int, int]]) -> Markup:
    """Return ``text[begin:end]`` on one line, escaped, with *spans* marked.

    Two control characters stand for the marks while the text is escaped; any
    that an article holds are taken out before.
    """
    pieces: list[str] = []
    at = begin
    for start, stop in spans:
        if start >= at:
            pieces += text[at:start].translate(NO_SIGNS), OPEN, text[start:stop].translate(NO_SIGNS), CLOSE
            at = stop
    pieces.append(text[at:end].translate(NO_SIGNS))
    escaped = str(escape(on_one_line("".join(pieces))))
    return Markup(escaped.replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # escaped above


def on_one_line(text: str) -> str:
    """Return *text* on one line; a point stands after a heading or an item that ends without one.

    >>> on_one_line("Pay by card\\nChoose a card.\\n It is  charged.")
    'Pay by card · Choose a card. It is charged.'
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    joined = ""
    for line in filter(None, lines):
        joined += ("" if not joined else " " if joined.rstrip(CLOSE)[-1:] in ENDS else " · ") + line
    return joined
