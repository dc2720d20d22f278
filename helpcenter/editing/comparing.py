"""The lines that differ between two texts, in a repository or without one."""

from __future__ import annotations

import difflib
from pathlib import Path

from helpcenter.content.differences import Row, rows_of
from helpcenter.content.git import GitError
from helpcenter.content.history import lines_between

# Without git, comparing takes the square of the lines.
MOST_LINES = 5_000


def differing(folder: Path, old: bytes, new: bytes) -> list[Row]:
    """Return the rows that differ between *old* and *new*, with three lines around each."""
    old, new = plain_ends(old), plain_ends(new)
    try:
        return rows_of(lines_between(folder, old, new))
    except GitError:
        before, after = (text.decode("utf-8", "replace").splitlines()[:MOST_LINES] for text in (old, new))
        return rows_of("\n".join(difflib.unified_diff(before, after, lineterm="")))


def plain_ends(text: bytes) -> bytes:
    """Return *text* with the line ends that forms and most files have: how a line ends is no difference to people."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
