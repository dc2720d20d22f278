"""What an index keeps of an article: its words, and enough text to show it."""

import unicodedata
from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import Any

from helpcenter.language.analysis import Token, analyse
from helpcenter.search.engine import Document
from helpcenter.search.letters import letters_of

__all__ = ["Prepared", "prepare", "sections"]

# The four parts of an article, in the order of the counts of a posting.
PARTS = ("title", "headings", "keywords", "body")
LONGEST = 65_535
BODY = PARTS.index("body")


@dataclass(frozen=True)
class Prepared:
    """An article ready to be written: terms carry their language (``en:invoic``)."""

    id: str
    lang: str
    section: str
    tags: tuple[str, ...]
    expires: float | None
    words: dict[str, bytes]
    forms: dict[str, bytes]
    lengths: tuple[int, int, int, int]
    article: dict[str, Any]


def prepare(document: Document) -> Prepared:
    """Return *document* as the index keeps it."""
    tokens = [analyse(text, document.lang) for text in parts(document)]
    kept = [tokens[0], *(without_stop_words(part) for part in tokens[1:])]
    return Prepared(
        id=document.id,
        lang=document.lang,
        section=document.section,
        tags=tuple(map(tag_name, document.tags)),
        expires=document.expires.timestamp() if document.expires else None,
        words=count(kept, document.lang),
        forms={f"{document.lang}:{token.surface}": b"" for part in kept for token in part if not token.stop},
        lengths=tuple(min(len(part), LONGEST) for part in kept),
        article=article(document, without_stop_words(tokens[0]), [*kept[1], *kept[2]], kept[BODY]),
    )


def tag_name(tag: str) -> str:
    """Return *tag* as two spellings of it are compared.

    >>> tag_name(" Direct  Debit")
    'direct debit'
    """
    return " ".join(unicodedata.normalize("NFKC", tag).casefold().split())


def parts(document: Document) -> tuple[str, str, str, str]:
    """Return the four texts of *document* that are searched."""
    keywords = "\n".join((*document.keywords, document.description))
    return document.title, "\n".join(document.headings), keywords, document.body


def without_stop_words(tokens: list[Token]) -> list[Token]:
    """Return the words with a topic. Titles keep the others, so that "how to" finds something."""
    return [token for token in tokens if not token.stop]


def count(kept: list[list[Token]], lang: str) -> dict[str, bytes]:
    """Return for each key how often it stands in each part, at most 255 times."""
    counts: dict[str, list[int]] = {}
    for place, part in enumerate(kept):
        for key, times in Counter(token.key for token in part).items():
            counts.setdefault(key, [0, 0, 0, 0])[place] = min(times, 255)
    return {f"{lang}:{key}": bytes(numbers) for key, numbers in counts.items()}


def article(document: Document, title: list[Token], about: list[Token], body: list[Token]) -> dict[str, Any]:
    """Return what is stored of *document*: plain values only.

    ``keys``, ``starts`` and ``lengths`` are the words of the body in order, so
    that a hit is shown without reading its text again.
    """
    return {
        "id": document.id,
        "lang": document.lang,
        "key": document.key,
        "slug": document.slug,
        "title": document.title,
        "section": document.section,
        "tags": tuple(document.tags),
        "description": document.description,
        "updated": document.updated.isoformat() if document.updated else None,
        "featured": document.featured,
        "headings": tuple(document.headings),
        "heading_ids": tuple(document.heading_ids),
        "body": document.body,
        "sections": sections(document.body, document.headings),
        "title_keys": " ".join(token.key for token in title),
        "about_keys": " ".join({token.key: None for token in about}),
        "keyword_keys": [keys for keyword in document.keywords if len(keys := keys_of(keyword, document.lang)) > 1],
        "keys": " ".join(token.key for token in body),
        "letters": letters_of(token.folded for token in (*about, *body)),
        "starts": array("I", (token.start for token in body)).tobytes(),
        "lengths": bytes(min(token.end - token.start, 255) for token in body),
    }


def keys_of(text: str, lang: str) -> tuple[str, ...]:
    """Return the different keys with a topic in *text*."""
    return tuple(dict.fromkeys(token.key for token in analyse(text, lang) if not token.stop))


def sections(body: str, headings: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Return number of the heading (-1 before the first), start and end of each section of *body*.

    A heading that is no line of *body* opens no section.

    >>> sections("Hello\\nHow\\nLike so", ("How",))
    [(-1, 0, 6), (0, 6, 17)]
    """
    starts = [0]
    opened = [-1]
    at = 0
    for number, heading in enumerate(headings):
        found = find_line(body, heading.strip(), at)
        if found is not None:
            starts.append(found)
            opened.append(number)
            at = found + len(heading)
    return [(name, start, end) for name, start, end in zip(opened, starts, [*starts[1:], len(body)], strict=True)]


def find_line(body: str, line: str, at: int) -> int | None:
    """Return where *line* stands alone in *body* from *at* on."""
    while line and (found := body.find(line, at)) >= 0:
        end = found + len(line)
        before = body[body.rfind("\n", 0, found) + 1 : found]
        after = body[end : (body + "\n").find("\n", end)]
        if not before.strip() and not after.strip():
            return found
        at = found + 1
    return None


def section_at(starts: list[int], place: int) -> int:
    """Return which of the sections beginning at *starts* has the character at *place*."""
    return max(0, bisect_right(starts, place) - 1)
