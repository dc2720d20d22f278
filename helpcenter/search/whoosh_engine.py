"""The embedded search engine: an index on this machine, nothing else to run."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from helpcenter.search import whoosh_files
from helpcenter.search.engine import Document, Hit, IndexBusy, Passage, Results, SearchError, Suggestion
from helpcenter.search.index_folder import IndexDamaged, IndexFolder
from helpcenter.search.passages import best_section, coverage, fragment, passage
from helpcenter.search.preparing import prepare
from helpcenter.search.priors import Votes, standings
from helpcenter.search.query import Query, build_query
from helpcenter.search.scoring import Scored, best, places_of
from helpcenter.search.snapshot import LanguageView, Snapshot
from helpcenter.search.snippets import snippet
from helpcenter.search.suggesting import suggest
from helpcenter.search.synonyms import PlainSynonyms, compile_synonyms
from helpcenter.search.titles import TitlesOf, search_titles, suggest_titles
from helpcenter.search.weights import WEIGHTS, Weights

__all__ = ["WhooshEngine"]

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
LONGEST_QUERY = 256
MOST_HITS = 100
DEEPEST = 1000
# Below this share of the question found, the other languages are asked too.
COVERED = 0.5
OTHER_LANGUAGE_HITS = 3

T = TypeVar("T")


class WhooshEngine:
    """A SearchEngine over an index in *folder*.

    *synonyms* are those of load_synonyms, *titles* gives the articles of a
    language when the index cannot be read. Reading never waits for writing:
    each commit, of any process, is opened aside and then takes the place of
    the one before.
    """

    def __init__(
        self,
        folder: Path,
        *,
        synonyms: PlainSynonyms | None = None,
        titles: TitlesOf | None = None,
        weights: Weights = WEIGHTS,
    ) -> None:
        self.files = IndexFolder(Path(folder))
        self.titles = titles
        self.weights = weights
        self.snapshot: Snapshot | None = None
        self.name: Path | None = None
        self.problem: str | None = None
        self.next_check = 0.0
        self.opening = threading.Lock()
        self.set_synonyms(synonyms or {})
        self.standings: dict[str, dict[str, float]] = {}

    def set_synonyms(self, synonyms: PlainSynonyms) -> None:
        """Use other synonyms from the next query on; no article is indexed again."""
        self.synonyms = compile_synonyms(synonyms)

    def set_votes(self, votes: Votes) -> None:
        """Use other votes from the next query on."""
        self.standings = {lang: standings(counts) for lang, counts in votes.items()}

    # Reading

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
        """Return the articles in *lang* that answer *text*."""
        started = time.perf_counter()
        limit, offset = min(max(limit, 0), MOST_HITS), min(max(offset, 0), DEEPEST)
        results = self.read(
            lambda snapshot: self.search_index(
                snapshot, text, lang, limit, offset, snapshot.filtered(lang, section, tag), languages
            ),
            lambda: search_titles(self.titles, text, lang, limit=limit, offset=offset, section=section, tag=tag),
        )
        return replace(results, took_ms=round((time.perf_counter() - started) * 1000, 3))

    def suggest(self, text: str, lang: str, *, limit: int = 8) -> list[Suggestion]:
        """Return titles for a half-typed query."""
        return self.read(
            lambda snapshot: suggest(text[-LONGEST_QUERY:], snapshot.language(lang), limit=min(max(limit, 0), 20)),
            lambda: suggest_titles(self.titles, text, lang, limit=limit),
        )

    def passages(self, text: str, lang: str, limit: int = 3) -> list[Passage]:
        """Return the sections that answer a question, best first."""
        return self.read(lambda snapshot: self.passages_of(snapshot, text, lang, min(max(limit, 0), 20)), list)

    def read(self, from_index: Callable[[Snapshot], T], otherwise: Callable[[], T]) -> T:
        """Return what the index says, or what is said without it when it is missing or breaks."""
        snapshot = self.current()
        if snapshot is None:
            return otherwise()
        try:
            return from_index(snapshot)
        except Exception:
            # A damaged index makes Whoosh raise nearly anything; a visitor still gets an answer.
            log.exception("search index in %s cannot be read", self.files.folder)
            self.problem = f"the index in {self.files.folder} cannot be read; rebuild it"
            return otherwise()

    def search_index(
        self,
        snapshot: Snapshot,
        text: str,
        lang: str,
        limit: int,
        offset: int,
        only: frozenset[int] | None,
        languages: Sequence[str],
    ) -> Results:
        """Return the answer of one generation of the index."""
        view = snapshot.language(lang)
        query = self.query(snapshot, text, lang)
        ranked, total = best(query, view, only=only, limit=offset + limit, standings=self.standings.get(lang, {}))
        hits = tuple(hit(scored, query, snapshot) for scored in ranked[offset:])
        asked = [other for other in dict.fromkeys(languages) if other != lang]
        others = self.in_other_languages(snapshot, text, asked, covered_by(ranked, query, snapshot)) if asked else ()
        corrections = query.corrections
        return Results(
            query=text,
            lang=lang,
            total=total,
            hits=hits,
            corrected=bool(corrections and hits),
            did_you_mean=respelled(text, query) if corrections else None,
            other_languages=others,
        )

    def query(self, snapshot: Snapshot, text: str, lang: str) -> Query:
        """Return what *text* asks in *lang*."""
        others = [view for name, view in list(snapshot.views.items()) if name != lang and view.documents]
        return build_query(text, snapshot.language(lang), self.synonyms.get(lang, {}), others)

    def in_other_languages(
        self, snapshot: Snapshot, text: str, languages: Sequence[str], covered: float
    ) -> tuple[Hit, ...]:
        """Return hits in other *languages* that speak of more of *text* than the share *covered* so far."""
        if covered >= COVERED:
            return ()
        found: list[tuple[float, Hit]] = []
        for other in languages:
            query = self.query(snapshot, text, other)
            ranked, _ = best(query, snapshot.language(other), limit=OTHER_LANGUAGE_HITS, standings=self.standings.get(other, {}))
            for scored in ranked:
                share = coverage(snapshot.article(scored.number), query)
                if share > max(covered, COVERED):
                    found.append((share, hit(scored, query, snapshot)))
        found.sort(key=lambda pair: (-pair[0], -pair[1].score))
        return tuple(each for _, each in found[: 2 * OTHER_LANGUAGE_HITS])

    def passages_of(self, snapshot: Snapshot, text: str, lang: str, limit: int) -> list[Passage]:
        """Return the best sections of the best articles."""
        query = self.query(snapshot, text, lang)
        ranked, _ = best(query, snapshot.language(lang), limit=limit, standings=self.standings.get(lang, {}))
        return [
            passage(snapshot.article(scored.number), places_in(scored, query, snapshot), query, scored.score)
            for scored in ranked
        ]

    # Following commits

    @property
    def revision(self) -> int | None:
        """Return the library revision that was indexed last, None without an index or with a damaged one."""
        snapshot = self.current()
        return snapshot.revision if snapshot and self.problem is None else None

    @property
    def is_healthy(self) -> bool:
        """Return whether the index can be read; when not, rebuild it."""
        return self.current() is not None and self.problem is None

    def current(self) -> Snapshot | None:
        """Return the newest open generation; a newer one is opened in the background.

        After a pause in which nobody asked it is opened at once, or the first search would find what was withdrawn meanwhile.
        """
        now = time.monotonic()
        if self.snapshot is not None:
            self.snapshot.drop_expired(time.time())
        if now < self.next_check:
            return self.snapshot
        paused = now - self.next_check > CHECK_SECONDS
        self.next_check = now + CHECK_SECONDS
        if self.snapshot is None:
            self.refresh()
        elif paused and not self.opening.locked() and self.is_outdated():
            self.refresh()
        elif not self.opening.locked() and self.is_outdated():
            threading.Thread(target=self.refresh, name="open-search-index", daemon=True).start()
        return self.snapshot

    def is_outdated(self) -> bool:
        """Return whether another generation is on the disk than the one that is open."""
        try:
            folder = self.files.current()
            if folder is None or folder != self.name or self.problem:
                return folder is not None
            return whoosh_files.latest_generation(folder) > self.snapshot.generation
        except Exception:
            # A folder that is being replaced right now is looked at again a second later.
            log.warning("search index in %s could not be checked", self.files.folder, exc_info=True)
            return False

    def refresh(self) -> None:
        """Open the newest generation and let it take the place of the one in use."""
        with self.opening:
            try:
                folder = self.files.current()
                if folder is None:
                    self.problem = f"no index in {self.files.folder}"
                    return
                snapshot = self.open_snapshot(folder)
            except Exception as error:
                # Whatever damage makes Whoosh raise, the last good generation stays in use.
                log.error("search index in %s cannot be opened: %r", self.files.folder, error)
                self.problem = f"the index in {self.files.folder} cannot be opened ({error}); rebuild it"
                return
            for lang in list(self.snapshot.views) if self.snapshot else ():
                snapshot.language(lang).warm()
            snapshot.drop_expired(time.time())
            self.snapshot, self.name, self.problem = snapshot, folder, None

    def open_snapshot(self, folder: Path) -> Snapshot:
        """Return the index in *folder*, checked; raises when it is damaged."""
        self.files.verify(folder, whoosh_files.latest_generation(folder))
        snapshot = Snapshot(whoosh_files.open_index(folder), self.weights)
        if snapshot.revision is None:
            raise IndexDamaged(f"{folder} was written by another version of the program")
        return snapshot

    def is_whole(self) -> bool:
        """Return whether the files of the index are what was written and can be read. Raises IndexBusy while they are written."""
        with self.files.writing(timeout_seconds=0):
            try:
                folder = self.files.current()
                if folder is None:
                    raise IndexDamaged(f"no index in {self.files.folder}")
                self.files.verify(folder, whoosh_files.latest_generation(folder))
            except Exception as error:
                # Any damage; it is logged, and whoever asked builds the index again.
                log.error("search index in %s is damaged: %r", self.files.folder, error)
                self.problem = f"the index in {self.files.folder} is damaged ({error}); rebuild it"
                return False
        if not self.is_healthy:
            self.refresh()
        return self.problem is None

    # Writing

    def apply(self, upserts: Iterable[Document], removed: Iterable[str], revision: int) -> None:
        """Add, replace and remove articles in one commit, and search the result from now on.

        Raises IndexBusy when another process keeps writing, SearchError when
        the index is damaged and must be rebuilt.
        """
        with self.files.writing():
            try:
                folder = self.files.current()
                if folder is not None:
                    self.open_snapshot(folder)
                    index = whoosh_files.open_index(folder)
            except Exception as error:
                raise SearchError(f"the index in {self.files.folder} is damaged ({error}); rebuild it") from error
            if folder is None and self.snapshot is not None:
                # Built of the changes alone, it would have lost every other article.
                raise SearchError(f"the index in {self.files.folder} is gone; rebuild it")
            if folder is None:
                self.build(upserts, revision)
            else:
                self.write(index, folder, upserts, removed, revision)
        self.refresh()

    def write(
        self, index: Any, folder: Path, upserts: Iterable[Document], removed: Iterable[str], revision: int
    ) -> None:
        """Commit changes to an index, and write down its files."""
        try:
            whoosh_files.write(index, map(prepare, upserts), removed, revision)
        except whoosh_files.LockError as error:
            raise IndexBusy(f"another process writes the index in {folder}; try again") from error
        self.files.seal(folder, whoosh_files.generation(index))

    def rebuild(self, documents: Iterable[Document], revision: int) -> None:
        """Index *documents* aside and put them in the place of the old index at once."""
        with self.files.writing():
            self.build(documents, revision)
        self.refresh()

    def build(self, documents: Iterable[Document], revision: int) -> None:
        """Make a new index of *documents* and put it in place."""
        folder = self.files.new()
        index = whoosh_files.create(folder)
        whoosh_files.write(index, map(prepare, documents), (), revision)
        self.files.seal(folder, whoosh_files.generation(index))
        self.files.put_in_place(folder)

    def warm(self, languages: Iterable[str]) -> None:
        """Prepare *languages*, so that no visitor waits for the first query."""
        snapshot = self.current()
        for lang in languages if snapshot else ():
            snapshot.language(lang).warm()

    def view(self, lang: str) -> LanguageView | None:
        """Return what is open of *lang*, for tests and measurements."""
        snapshot = self.current()
        return snapshot.language(lang) if snapshot else None


def hit(scored: Scored, query: Query, snapshot: Snapshot) -> Hit:
    """Return a document as a hit with its snippet and the section to jump to."""
    article = snapshot.article(scored.number)
    places = places_in(scored, query, snapshot)
    worth = {key: group.idf for group in query.groups for key in group.marked}
    heading, start, end = best_section(article, places, query)
    return Hit(
        slug=article["slug"],
        lang=article["lang"],
        key=article["key"],
        title=article["title"],
        section=article["section"],
        score=round(scored.score, 6),
        snippet=snippet(article, places, worth, (start, end)),
        url_fragment=fragment(article, heading),
        updated=date.fromisoformat(article["updated"]) if article["updated"] else None,
        tags=tuple(article["tags"]),
        parts=scored.parts,
    )


def places_in(scored: Scored, query: Query, snapshot: Snapshot) -> list[tuple[int, str]]:
    """Return where the words of *query* stand in the body of a document."""
    if scored.places is not None:
        return scored.places
    return places_of(snapshot.article(scored.number)["keys"], {key for group in query.groups for key, _ in group.keys})


def covered_by(ranked: list[Scored], query: Query, snapshot: Snapshot) -> float:
    """Return how much of *query* the best hits speak of."""
    return max((coverage(snapshot.article(scored.number), query) for scored in ranked[:3]), default=0.0)


def respelled(text: str, query: Query) -> str:
    """Return *text* with the words that were corrected."""
    for group in sorted(query.corrections, key=lambda group: -group.token.start):
        text = text[: group.token.start] + str(group.corrected_to) + text[group.token.end :]
    return " ".join(text.split())
