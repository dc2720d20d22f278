"""What can be wrong with a file of the content folder, and how it is said."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass

ERROR = "error"
WARNING = "warning"
INFO = "info"


@dataclass(frozen=True, order=True)
class Problem:
    """One finding in one file; `path` is relative to the content folder, `line` counts from 1.

    An `error` needs mending, a `warning` is worth a look, an `info` is only noted.
    """

    path: str
    line: int
    code: str
    severity: str
    message: str

    def __str__(self) -> str:
        """Return the line that `helpcenter check` prints.

        >>> str(Problem("en/a.md", 3, "broken-link", ERROR, "There is no article b.md."))
        'en/a.md:3: broken-link There is no article b.md.'
        """
        return f"{self.path}:{self.line}: {self.code} {self.message}"

    def as_dict(self) -> dict[str, object]:
        """Return the row that `helpcenter check --json` prints."""
        return asdict(self)


class BrokenFile(Exception):
    """A file that cannot be published; the message says where and what to change."""

    def __init__(self, path: str, line: int, code: str, message: str) -> None:
        super().__init__(f"{path}:{line}: {code} {message}")
        self.problem = Problem(path, line, code, ERROR, message)


class FolderRefused(Exception):
    """A content folder that cannot be read at all; the message says which and what to do."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the known word nearest to *word*, or an empty string.

    >>> nearest("languges", ["languages", "name"])
    ' Did you mean languages?'
    """
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {found[0]}?" if found else ""
