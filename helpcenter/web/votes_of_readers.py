"""Hands the votes of readers, and of agents, to the search engine, which knows nothing of votes or of the database."""

import threading
import time
from collections.abc import Callable, Iterable

import structlog
from flask import Flask
from sqlalchemy.exc import DatabaseError

from helpcenter.feedback import votes
from helpcenter.feedback.votes import Counts
from helpcenter.search.engine import SearchEngine
from helpcenter.storage import db
from helpcenter.support import handling

KEPT_SECONDS = 300

log = structlog.get_logger(__name__)


class VotesOfReaders:
    """The votes of all articles, read from the database every few minutes.

    The first search of a process waits for them, so that it ranks like all others; later a thread beside the requests reads them.
    """

    def __init__(self, *, kept_seconds: float = KEPT_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.kept_seconds = kept_seconds
        self._clock = clock
        self._ends: float | None = None
        self._reader: threading.Thread | None = None
        self._lock = threading.Lock()

    def hand_over(self, app: Flask, engine: SearchEngine) -> None:
        """Let *engine* have the votes as they are, or were a few minutes ago."""
        if self._ends is not None and self._clock() < self._ends:
            return
        with self._lock:
            if self._ends is not None and self._clock() < self._ends:
                return
            is_first = self._ends is None
            self._ends = self._clock() + self.kept_seconds
            if is_first:
                self._read(engine)
                return
            self._reader = threading.Thread(target=self._read_beside, args=(app, engine), name="read-votes")
            self._reader.start()

    def finish(self) -> None:
        """Wait until nothing is read."""
        if self._reader is not None:
            self._reader.join()

    def _read_beside(self, app: Flask, engine: SearchEngine) -> None:
        with app.app_context():
            self._read(engine)

    def _read(self, engine: SearchEngine) -> None:
        try:
            engine.set_votes(evidence(votes.all_counts(db.session), handling.solved_counts(db.session)))
        except DatabaseError as error:
            # Search goes on with the votes it has, or with none; they are asked for again when their time is over.
            # PostgreSQL answers nothing more in a transaction that failed.
            db.session.rollback()
            log.error("votes_not_read", reason=str(error.orig))


def evidence(counts: dict[str, dict[str, Counts]], solved: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, Counts]]:
    """Return *counts* with one more helpful vote for every request that an article solved, as its agent said."""
    for lang, key, requests in solved:
        before = counts.setdefault(lang, {}).get(key, Counts(0, 0))
        counts[lang][key] = Counts(before.helpful + requests, before.not_helpful)
    return counts
