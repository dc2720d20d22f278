"""Queries that helped others, offered to whoever begins to type the same."""

import threading
import time

from helpcenter.language.analysis import fold
from helpcenter.search.engine import SearchEngine
from helpcenter.search.records import popular_queries
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow

KEPT_SECONDS = 300
MOST_OFFERED = 3
# An article must speak of all that the query asks: what nobody can find is not offered, whatever was clicked.
ANSWERED = 0.99


class PopularQueries:
    """The popular queries of each language, read from the database every few minutes."""

    def __init__(self, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self.kept_seconds = kept_seconds
        self._read: dict[str, tuple[float, list[tuple[str, list[str]]]]] = {}
        self._answered: dict[tuple[str, str, int | None], bool] = {}
        self._lock = threading.Lock()

    def beginning_with(self, text: str, lang: str, engine: SearchEngine) -> list[str]:
        """Return the popular queries that have all words of *text*, the last of which may be half a word."""
        *whole, half = fold(text).split() or [""]
        if not half:
            return []
        found: list[str] = []
        for query, words in self._queries(lang):
            fits = all(word in words for word in whole) and any(word.startswith(half) for word in words) and words != [*whole, half]
            if fits and self._is_answered(query, lang, engine):
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
                self._answered.clear()
            return queries

    def _is_answered(self, query: str, lang: str, engine: SearchEngine) -> bool:
        name = (query, lang, engine.revision)
        if name not in self._answered:
            best = engine.passages(query, lang, 1)
            self._answered[name] = bool(best) and best[0].confidence >= ANSWERED
        return self._answered[name]
