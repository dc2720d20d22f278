"""Searching titles without an index: what is left when the index cannot be read."""

import re
from collections.abc import Callable, Iterable, Iterator

from markupsafe import escape

from helpcenter.language.analysis import fold, key
from helpcenter.language.tokens import UNSPACED
from helpcenter.search.engine import Document, Hit, Results, Suggestion
from helpcenter.search.preparing import tag_name
from helpcenter.search.query import READ_CHARACTERS, read_words

__all__ = ["Titles", "TitlesOf", "search_titles", "suggest_titles"]

MOST_WORDS = 12
# A form of a word begins with these letters of another one; what is shorter begins with all of itself.
BEGINNING = 3
NO_LETTER = re.compile(r"[^\w]+")
JOINED = re.compile("(?<=\\w)[-‐‑'’ʼ`](?=\\w)")


class Titles:
    """The articles of one language by title and keywords; the words of a title are read when it is first looked at."""

    def __init__(self, documents: Iterable[Document], lang: str) -> None:
        self.lang = lang
        self.documents = list(documents)
        # One line each, words after spaces, without diacritics: a search in it finds the few whose words are to be read.
        self.lines = [line_of("\n".join((each.title, *each.keywords)), lang) for each in self.documents]
        self.words: dict[int, tuple[frozenset[str], tuple[str, ...]]] = {}

    def having(self, beginnings: set[str]) -> Iterator[tuple[Document, frozenset[str], tuple[str, ...]]]:
        """Yield the documents that have a word with one of *beginnings*, with their keys and the words of their titles."""
        asked = {f" {beginning}" for beginning in beginnings}
        for number, line in enumerate(self.lines):
            if any(beginning in line for beginning in asked):
                if number not in self.words:
                    self.words[number] = words_of(self.documents[number], self.lang)
                yield self.documents[number], *self.words[number]


def line_of(text: str, lang: str) -> str:
    """Return the words of *text* after one space each; what a hyphen joins stands there apart and together, an unspaced letter alone."""
    together = JOINED.sub("", text) if JOINED.search(text) else ""
    return fold(UNSPACED.sub(r" \g<0>", NO_LETTER.sub(" ", f" {text} {together}")), lang)


def words_of(document: Document, lang: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the keys of title and keywords, and the words of the title without diacritics."""
    title = read_words(document.title, lang)
    return frozenset({token.key for token in title} | {key(each, lang) for each in document.keywords}), tuple(token.folded for token in title)


# Returns the articles of a language.
TitlesOf = Callable[[str], Titles | Iterable[Document]]


def search_titles(
    titles: TitlesOf | None,
    text: str,
    lang: str,
    *,
    limit: int = 10,
    offset: int = 0,
    section: str | None = None,
    tag: str | None = None,
) -> Results:
    """Return the articles of *titles* whose title has most words of *text*; empty without *titles*."""
    ranked = rank(titles, text, lang)
    if section is not None:
        ranked = [pair for pair in ranked if f"{pair[1].section}/".startswith(f"{section}/")]
    if tag is not None:
        ranked = [pair for pair in ranked if tag_name(tag) in map(tag_name, pair[1].tags)]
    hits = tuple(hit(document, share) for share, document in ranked[offset : offset + limit])
    return Results(query=text, lang=lang, total=len(ranked), hits=hits, degraded=True)


def suggest_titles(titles: TitlesOf | None, text: str, lang: str, *, limit: int = 8) -> list[Suggestion]:
    """Return the titles that have most words of *text*; the last word may be half a word."""
    ranked = rank(titles, text, lang, half_typed=True)
    return [Suggestion(document.title, document.slug, document.section) for _, document in ranked[:limit]]


def rank(titles: TitlesOf | None, text: str, lang: str, *, half_typed: bool = False) -> list[tuple[float, Document]]:
    """Return the documents whose title has a word of *text*, with the share of words it has."""
    typed = read_words(text[:READ_CHARACTERS], lang)[:MOST_WORDS]
    if titles is None or not typed:
        return []
    known = titles(lang)
    known = known if isinstance(known, Titles) else Titles(known, lang)
    asked = {token.key for token in typed}
    half = typed[-1] if half_typed else None
    found = []
    for document, keys, words in known.having({beginning_of(form) for token in typed for form in (token.key, token.folded)}):
        has_half = half is not None and half.key not in keys and any(word.startswith(half.folded) for word in words)
        share = (len(asked & keys) + has_half) / len(asked)
        if share:
            found.append((share, document))
    return sorted(found, key=lambda pair: (-pair[0], pair[1].title))


def beginning_of(form: str) -> str:
    """Return how other forms of a word begin."""
    return form[: 1 if UNSPACED.match(form) else BEGINNING]


def hit(document: Document, share: float) -> Hit:
    """Return *document* as a hit, with its description instead of a snippet."""
    return Hit(
        slug=document.slug,
        lang=document.lang,
        key=document.key,
        title=document.title,
        section=document.section,
        score=share,
        snippet=escape(document.description),
        updated=document.updated,
        tags=document.tags,
        parts={"title": share},
    )
