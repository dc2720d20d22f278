"""What helped others: queries, offered to whoever begins to type the same, and the articles that are read most."""

import threading
import time

from helpcenter.content.outline import Outline, Summary
from helpcenter.journeys.reading import most_read
from helpcenter.language.analysis import fold
from helpcenter.search.engine import SearchEngine
from helpcenter.search.records import popular_queries
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow

KEPT_SECONDS = 300
MOST_OFFERED = 3
MOST_POPULAR = 6
# So many of the places for popular articles are kept for those that editors feature.
FEATURED_PLACES = 3
# An article must speak of all that the query asks: what nobody can find is not offered, whatever was clicked.
ANSWERED = 0.99


class PopularQueries:
    """The popular queries of each language, read from the database every few minutes."""

    def __init__(self, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self.kept_seconds = kept_seconds
        self._read: dict[str, tuple[float, list[tuple[str, list[str]]]]] = {}
        self._answering: dict[tuple[str, str, int | None], str | None] = {}
        self._lock = threading.Lock()

    def beginning_with(self, text: str, engine: SearchEngine, outline: Outline) -> list[str]:
        """Return the popular queries that have all words of *text*, the last of which may be half a word.

        They are those of the readers of *outline*, and an article that is listed there answers each.
        """
        *whole, half = fold(text).split() or [""]
        if not half:
            return []
        found: list[str] = []
        for query, words in self._queries(outline.lang):
            fits = all(word in words for word in whole) and any(word.startswith(half) for word in words) and words != [*whole, half]
            if fits and self._is_answered(query, engine, outline):
                found.append(query)
                if len(found) == MOST_OFFERED:
                    break
        return found

    def _queries(self, lang: str) -> list[tuple[str, list[str]]]:
        with self._lock:
            ends, queries = self._read.get(lang, (0.0, []))
            if time.monotonic() >= ends:
                queries = [(query, fold(query).split()) for query in popular_queries(db.session, lang, utcnow().date())]
                self._read[lang] = (time.monotonic() + self.kept_seconds, queries)
                self._answering.clear()
            return queries

    def _is_answered(self, query: str, engine: SearchEngine, outline: Outline) -> bool:
        """Return whether an article answers *query*; one that answered may have expired since, without a new revision."""
        name = (query, outline.lang, engine.revision)
        key = self._answering.get(name, "")
        if key is not None and not is_listed(key, outline):
            best = engine.passages(query, outline.lang, 1)
            key = self._answering[name] = best[0].key if best and best[0].confidence >= ANSWERED else None
        return key is not None


def is_listed(key: str, outline: Outline) -> bool:
    """Return whether the article *key* is listed in the outline's own language."""
    return key in outline.by_key and outline.by_key[key].lang == outline.lang


class PopularArticles:
    """The articles that are read most in each language, read from the database every few minutes."""

    def __init__(self, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self.kept_seconds = kept_seconds
        self._read: dict[str, tuple[float, list[str]]] = {}
        self._lock = threading.Lock()

    def of(self, outline: Outline) -> list[Summary]:
        """Return the articles to offer to readers of *outline*: most read, and always some of those that editors feature.

        Where their language has too few readers, those of the fallback languages count; featured articles fill up.
        """
        read = dict.fromkeys(key for lang in outline.site.chain(outline.lang) for key in self._keys(lang))
        often = [outline.by_key[key] for key in read if key in outline.by_key]
        kept = sum(article not in often[:MOST_POPULAR] for article in outline.featured[:FEATURED_PLACES])
        keys = dict.fromkeys(article.key for article in [*often[: MOST_POPULAR - kept], *outline.featured])
        return [outline.by_key[key] for key in keys][:MOST_POPULAR]

    def _keys(self, lang: str) -> list[str]:
        with self._lock:
            ends, keys = self._read.get(lang, (0.0, []))
            if time.monotonic() >= ends:
                keys = most_read(db.session, lang, utcnow().date())
                self._read[lang] = (time.monotonic() + self.kept_seconds, keys)
            return keys
