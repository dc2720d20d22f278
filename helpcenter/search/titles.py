"""Searching titles without an index: what is left when the index cannot be read."""

from collections.abc import Callable, Iterable

from markupsafe import escape

from helpcenter.language.analysis import key
from helpcenter.search.engine import Document, Hit, Results, Suggestion
from helpcenter.search.preparing import tag_name
from helpcenter.search.query import READ_CHARACTERS, read_words

__all__ = ["search_titles", "suggest_titles"]

MOST_WORDS = 12


def search_titles(
    titles: Callable[[str], Iterable[Document]] | None,
    text: str,
    lang: str,
    *,
    limit: int = 10,
    offset: int = 0,
    section: str | None = None,
    tag: str | None = None,
) -> Results:
    """Return the articles of *titles* whose title has most words of *text*; empty without *titles*."""
    documents = [each for each in (titles(lang) if titles else ()) if section is None or each.section == section]
    if tag is not None:
        documents = [each for each in documents if tag_name(tag) in map(tag_name, each.tags)]
    ranked = rank(documents, text, lang)
    hits = tuple(hit(document, share) for share, document in ranked[offset : offset + limit])
    return Results(query=text, lang=lang, total=len(ranked), hits=hits, degraded=True)


def suggest_titles(
    titles: Callable[[str], Iterable[Document]] | None, text: str, lang: str, *, limit: int = 8
) -> list[Suggestion]:
    """Return the titles that have most words of *text*; the last word may be half a word."""
    ranked = rank(list(titles(lang)) if titles else [], text, lang, half_typed=True)
    return [Suggestion(document.title, document.slug, document.section) for _, document in ranked[:limit]]


def rank(documents: list[Document], text: str, lang: str, *, half_typed: bool = False) -> list[tuple[float, Document]]:
    """Return the documents whose title has a word of *text*, with the share of words it has."""
    typed = read_words(text[:READ_CHARACTERS], lang)[:MOST_WORDS]
    asked = {token.key for token in typed}
    half = typed[-1] if typed and half_typed else None
    found = []
    for document in documents:
        words = {token.key for token in read_words(document.title, lang)} | {key(each, lang) for each in document.keywords}
        has_half = half is not None and half.key not in words and has_beginning(document.title, half.folded, lang)
        share = (len(asked & words) + has_half) / len(asked) if asked else 0.0
        if share:
            found.append((share, document))
    return sorted(found, key=lambda pair: (-pair[0], pair[1].title))


def has_beginning(title: str, beginning: str, lang: str) -> bool:
    """Return whether a word of *title* begins with *beginning*."""
    return any(token.folded.startswith(beginning) for token in read_words(title, lang))


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
