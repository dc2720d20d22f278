"""Mail that came in, byte by byte, in files: written before anything else is done with it, so that nothing loses it."""

import hashlib
import os
import re
from datetime import datetime, timedelta
from pathlib import Path

FOLDER = "mail-in"
KEPT = timedelta(days=90)
NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.eml\Z")


def keep_original(data: Path, content: bytes) -> str:
    """Write *content* below the data folder and to the disk, and return its name there. The same mail is the same file.

    Raises OSError when it cannot be kept: then nobody may say that we have it.
    """
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:2]}/{digest}.eml"
    path = data / FOLDER / name
    if path.exists() and path.stat().st_size == len(content):
        return name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{digest}.{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return name


def find_original(data: Path, name: str) -> Path | None:
    """Return the file *name*, None when it is gone or no such name can be."""
    path = data / FOLDER / name
    return path if NAME.match(name) and path.is_file() else None


def remove_old_originals(data: Path, now: datetime) -> int:
    """Remove originals of more than 90 days ago, and return how many."""
    removed = 0
    for path in (data / FOLDER).glob("*/*.eml"):
        if path.stat().st_mtime < (now - KEPT).timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
