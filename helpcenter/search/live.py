"""Searching while the index is a moment behind the library: what was withdrawn meanwhile is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from helpcenter.content import library
from helpcenter.search.engine import Passage, Results, SearchEngine, Suggestion

Found = TypeVar("Found")


class LiveEngine:
    """An engine whose answers hold nothing that the library has no more.

    As long as the index is at the library's revision, which costs one small query to know, its answers go through as
    they are. Everything else an engine can do, it does as before.
    """

    def __init__(self, engine: SearchEngine, session: Session) -> None:
        self.engine = engine
        self.session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def search(self, text: str, lang: str, **asked: Any) -> Results:
        """Return the articles that answer *text* and are published now."""
        is_current = self.is_current()
        found = self.engine.search(text, lang, **asked)
        if is_current:
            return found
        hits = self.live(found.hits, lambda hit: (hit.lang, hit.slug))
        others = self.live(found.other_languages, lambda hit: (hit.lang, hit.slug))
        total = found.total - (len(found.hits) - len(hits))
        # A correction may be a word that only a withdrawn article had.
        return replace(found, hits=tuple(hits), other_languages=tuple(others), total=total, did_you_mean=None)

    def suggest(self, text: str, lang: str, **asked: Any) -> list[Suggestion]:
        """Return titles of articles that are published now."""
        is_current = self.is_current()
        found = self.engine.suggest(text, lang, **asked)
        return found if is_current else self.live(found, lambda one: (lang, one.slug))

    def passages(self, text: str, lang: str, limit: int = 3) -> list[Passage]:
        """Return the sections of articles that are published now."""
        is_current = self.is_current()
        found = self.engine.passages(text, lang, limit)
        return found if is_current else self.live(found, lambda one: (one.lang, one.slug))

    def is_current(self) -> bool:
        """Return whether the index follows the library; asked before a search, since a newer index may be opened beside it."""
        return self.engine.revision == library.revision(self.session)

    def live(self, found: Iterable[Found], name: Callable[[Found], tuple[str, str]]) -> list[Found]:
        """Return those of *found* that lists show now; *name* gives language and slug."""
        found = list(found)
        listed = library.listed_slugs(self.session, {name(one) for one in found})
        return [one for one in found if name(one) in listed]
