"""Writes searches and clicks beside the requests, so that no search waits for the database or fails with it.

What is to be written waits in memory, and a thread that lives only as long as there is something to write takes it from
there. A process that is killed loses less than a second of it; that is the price of a quick answer.
"""

import threading
from collections import deque

import structlog
from flask import Flask
from sqlalchemy.exc import DatabaseError

from helpcenter.search.records import Click, Search, store
from helpcenter.storage import writing

MOST_WAITING = 5_000
MOST_AT_ONCE = 200
# Acts that come within this time are one transaction: 2 ms less for each page of results that is asked meanwhile.
GATHER_SECONDS = 0.25

log = structlog.get_logger(__name__)


class Recorder:
    """Writes searches and clicks in the order they happened."""

    def __init__(self) -> None:
        self._waiting: deque[Search | Click] = deque(maxlen=MOST_WAITING)
        self._writer: threading.Thread | None = None
        self._lock = threading.Lock()
        self._hurry = threading.Event()

    def add(self, app: Flask, act: Search | Click) -> None:
        """Take *act* to be written soon; of too many the oldest are dropped."""
        with self._lock:
            self._waiting.append(act)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, args=(app,), name="record-searches")
                self._writer.start()

    def finish(self) -> None:
        """Wait until everything is written."""
        writer = self._writer
        if writer is not None:
            self._hurry.set()
            writer.join()

    def _write(self, app: Flask) -> None:
        self._hurry.wait(GATHER_SECONDS)
        while acts := self._take():
            try:
                with app.app_context(), writing() as session:
                    store(session, acts)
            except DatabaseError as error:
                # A full disk, or a database that is away: searches go on, unrecorded.
                log.error("searches_not_recorded", count=len(acts), reason=str(error.orig))
            except Exception:  # The edge of a thread that must not leave others unwritten.
                log.exception("searches_not_recorded", count=len(acts))

    def _take(self) -> list[Search | Click]:
        with self._lock:
            acts = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            if not acts:
                self._writer = None
                self._hurry.clear()
            return acts
