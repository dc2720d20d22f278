"""Writes searches, clicks and views beside the requests, so that no page waits for the database or fails with it.

What is to be written waits in memory, and a thread that lives only as long as there is something to write takes it from
there. A process that is killed loses less than a second of it; that is the price of a quick answer.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from helpcenter.storage import writing

MOST_WAITING = 5_000
MOST_AT_ONCE = 200
# Acts that come within this time are one transaction: 2 ms less for each page of results that is asked meanwhile.
GATHER_SECONDS = 0.25

log = structlog.get_logger(__name__)

# Writes acts of one kind in the order they happened.
Store = Callable[[Session, Sequence[Any]], None]


class Recorder:
    """Writes what people did in the order it happened, each kind of act by the function that stores it."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Store, Any]] = deque(maxlen=MOST_WAITING)
        self._writer: threading.Thread | None = None
        self._lock = threading.Lock()
        self._hurry = threading.Event()

    def add(self, app: Flask, store: Store, act: object) -> None:
        """Take *act* to be written soon by *store*; of too many the oldest are dropped."""
        with self._lock:
            self._waiting.append((store, act))
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, args=(app,), name="record-acts")
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
                    for store, group in groupby(acts, key=lambda pair: pair[0]):
                        store(session, [act for _, act in group])
            except DatabaseError as error:
                # A full disk, or a database that is away: pages go on, unrecorded.
                log.error("acts_not_recorded", count=len(acts), reason=str(error.orig))
            except Exception:  # The edge of a thread that must not leave others unwritten.
                log.exception("acts_not_recorded", count=len(acts))

    def _take(self) -> list[tuple[Store, Any]]:
        with self._lock:
            acts = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            if not acts:
                self._writer = None
                self._hurry.clear()
            return acts
