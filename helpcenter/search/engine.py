"""What a search engine takes and gives: the seam between us and any index.

Nothing here knows Whoosh. Another engine is a class that keeps this protocol
and passes tests/search/test_engine.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from markupsafe import Markup

__all__ = ["Document", "Hit", "IndexBusy", "Passage", "Results", "SearchEngine", "SearchError", "Suggestion"]


class SearchError(Exception):
    """The index cannot be written; the message says why and what to do."""


class IndexBusy(SearchError):
    """Another process is writing the index; try again later."""


@dataclass(frozen=True)
class Document:
    """An article as the index sees it: plain text only.

    ``headings`` and ``heading_ids`` go together; a heading stands in ``body`` as
    a line of its own, so that the section it opens can be found.
    """

    id: str
    lang: str
    key: str
    slug: str
    title: str
    body: str = ""
    headings: tuple[str, ...] = ()
    heading_ids: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""
    section: str = ""
    updated: date | None = None
    featured: bool = False
    expires: datetime | None = None
    """When the article expires; from then on nothing of it is found."""


@dataclass(frozen=True)
class Hit:
    """An article that answers a query; ``snippet`` is safe HTML with ``<mark>`` only."""

    slug: str
    lang: str
    key: str
    title: str
    section: str
    score: float
    snippet: Markup = Markup("")
    url_fragment: str | None = None
    updated: date | None = None
    tags: tuple[str, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """The answer to one query, best hit first.

    ``corrected`` says that words were respelled to find these hits, ``degraded``
    that the index could not be read and only titles (or nothing) were searched.
    """

    query: str
    lang: str
    total: int = 0
    took_ms: float = 0.0
    did_you_mean: str | None = None
    hits: tuple[Hit, ...] = ()
    corrected: bool = False
    other_languages: tuple[Hit, ...] = ()
    degraded: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A title offered while a person is typing; ``kind`` is ``article`` or ``heading``."""

    title: str
    slug: str
    section: str
    kind: str = "article"
    fragment: str | None = None


@dataclass(frozen=True)
class Passage:
    """The section of an article that answers a question best.

    ``confidence`` runs from 0 to 1: the share of what was asked that the article
    speaks of, rare words counting more.
    """

    key: str
    lang: str
    slug: str
    title: str
    heading: str | None
    fragment: str | None
    text: str
    score: float
    confidence: float


class SearchEngine(Protocol):
    """An index of published articles that any text may be put to."""

    @property
    def revision(self) -> int | None:
        """Return the library revision that was indexed last, None without an index."""

    def search(
        self,
        text: str,
        lang: str,
        *,
        limit: int = 10,
        offset: int = 0,
        section: str | None = None,
        tag: str | None = None,
        languages: Sequence[str] = (),
    ) -> Results:
        """Return the articles in *lang* that answer *text*; never raises for what was typed.

        *section* and *tag* leave only articles that have them. *languages* are searched too when *lang* has little.
        """

    def suggest(self, text: str, lang: str, *, limit: int = 8) -> list[Suggestion]:
        """Return titles for a half-typed query."""

    def passages(self, text: str, lang: str, limit: int = 3) -> list[Passage]:
        """Return the sections that answer a question, best first."""

    def apply(self, upserts: Iterable[Document], removed: Iterable[str], revision: int) -> None:
        """Add, replace and remove articles, and remember the library *revision*."""

    def rebuild(self, documents: Iterable[Document], revision: int) -> None:
        """Index *documents* aside and put them in the place of the old index at once."""

    def is_whole(self) -> bool:
        """Return whether what is stored is what was written and can be read. Raises IndexBusy while it is written."""

    def set_synonyms(self, synonyms: Mapping[str, list[list]]) -> None:
        """Use other synonyms from the next query on: language -> [[words, [other words, …]], …]."""

    def set_votes(self, votes: Mapping[str, Mapping[str, tuple[int, int]]]) -> None:
        """Use other votes of readers from the next query on: language -> key -> (helpful, not helpful)."""
