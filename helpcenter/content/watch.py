"""Notices when an editor saves something in the content folder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, DefaultFilter
from watchfiles import watch as watch_files

from helpcenter.content.problems import FolderRefused

DEBOUNCE_MILLISECONDS = 400
# How long the folder may be away, while git or a mount replaces it, before it is looked for again.
RETRY_SECONDS = 2.0

logger = logging.getLogger(__name__)


class SavedFiles(DefaultFilter):
    """Lets through what editors save; not what git, editors and systems write for themselves."""

    def __call__(self, change: Change, path: str) -> bool:
        """Return whether the change of *path* may matter to readers."""
        name = Path(path).name
        return super().__call__(change, path) and not name.endswith((".tmp", ".part")) and not name.startswith(".#")


def watch(folder: Path, on_change: Callable[[], None], stop: threading.Event) -> None:
    """Call *on_change* shortly after something in *folder* was saved, until *stop* is set.

    Saves that come together make one call; what is saved while *on_change* works makes another. A folder that goes away
    is waited for. What *on_change* raises is logged, and watching goes on.
    """
    while not stop.is_set():
        try:
            for _changes in watch_files(
                folder,
                watch_filter=SavedFiles(),
                debounce=DEBOUNCE_MILLISECONDS,
                stop_event=stop,
                rust_timeout=500,
                yield_on_timeout=False,
                raise_interrupt=False,
            ):
                notify(on_change)
        except OSError as error:
            # FileNotFoundError among others: the folder is away.
            logger.warning("watching %s stopped: %s", folder, error)
            stop.wait(RETRY_SECONDS)
            if folder.is_dir():
                notify(on_change)


def notify(on_change: Callable[[], None]) -> None:
    """Call *on_change*; a failure is logged, because the next save may mend it."""
    try:
        on_change()
    except FolderRefused as error:
        logger.warning("nothing was published: %s", error)
    except Exception:
        logger.exception("publishing after a change failed")
