"""What is wrong in a bot file or a conversation test, said so that an editor can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One finding; prints as `file:line: CODE message`."""

    path: str
    line: int
    code: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.message}"


class BrokenYaml(ValueError):
    """The file cannot be read as YAML of the kind we accept."""

    def __init__(self, line: int, code: str, message: str) -> None:
        super().__init__(message)
        self.line, self.code, self.message = line, code, message


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or all of a few, or nothing."""
    words = sorted(set(known))
    close = get_close_matches(word, words, n=1, cutoff=0.5)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known are {', '.join(words)}" if 0 < len(words) <= 12 else ""
