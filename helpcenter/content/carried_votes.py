"""Votes that articles had in an earlier help center: counts, which importers write and publishing adds to our own.

`imported-votes.tsv` has the columns source, lang, key, helpful, not_helpful. It is a file of the content folder like any
other, so the counts can be mended, and publishing again or importing again never counts twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from helpcenter.content.languages import language_code
from helpcenter.content.problems import ERROR, WARNING, Problem

VOTES_FILE = "imported-votes.tsv"
HEAD = "source\tlang\tkey\thelpful\tnot_helpful"
MAX_BYTES = 16 * 1024 * 1024
MOST_VOTES = 100_000_000


class CarriedVotes(NamedTuple):
    """How many found an article helpful, and how many did not, in the tool `source`."""

    source: str
    lang: str
    key: str
    helpful: int
    not_helpful: int


@dataclass
class CarriedList:
    """The rows of the file, and what is wrong with others; None when the file cannot be read, and the last one stays."""

    rows: list[CarriedVotes] | None = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[CarriedVotes, int] = field(default_factory=dict)

    def unknown(self, articles: Collection[tuple[str, str]]) -> list[Problem]:
        """Return a warning for each row whose language and key name none of *articles*, with the key that the article may have now."""
        moved = {(lang, key.rpartition("/")[2]): key for lang, key in sorted(articles, reverse=True)}
        found = []
        for row in self.rows or ():
            if (row.lang, row.key) not in articles:
                key = moved.get((row.lang, row.key.rpartition("/")[2]))
                hint = f"It may be {key} now; change the key here." if key else "Change the key to the one it has now, or take the line out."
                message = f"There is no article {row.lang}/{row.key}. {hint}"
                found.append(Problem(VOTES_FILE, self.lines[row], "imported-votes", WARNING, message))
        return found

    def sums(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return the counts by language and key, of all earlier tools together."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for row in self.rows or ():
            helpful, not_helpful = found.get((row.lang, row.key), (0, 0))
            found[row.lang, row.key] = (helpful + row.helpful, not_helpful + row.not_helpful)
        return found


def load_carried_votes(folder: Path) -> CarriedList:
    """Return the votes that `imported-votes.tsv` in *folder* lists."""
    path = folder / VOTES_FILE
    if not path.exists() and not path.is_symlink():
        return CarriedList()
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()) or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return CarriedList(None, [_problem(1, f"It is no file of the folder, or larger than {MAX_BYTES // 2**20} MB.")])
        text = path.read_text("utf-8-sig")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        return CarriedList(None, [_problem(1, f"The file cannot be read as UTF-8 text: {error}.")])
    return read_carried_votes(text)


def read_carried_votes(text: str) -> CarriedList:
    """Return the rows of *text*; a row that cannot be used is left out with a problem."""
    found = CarriedList([])
    taken: set[tuple[str, str, str]] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line == HEAD:
            continue
        row = read_row(line)
        if row is None:
            found.problems.append(_problem(number, "Expected five columns with tabs between: source, lang, key and two counts."))
        elif row[:3] in taken:
            found.problems.append(_problem(number, f"{row.lang}/{row.key} stands here twice for {row.source}; the first counts."))
        else:
            taken.add(row[:3])
            found.rows.append(row)
            found.lines[row] = number
    return found


def read_row(line: str) -> CarriedVotes | None:
    """Return one line as a row, None when it is none.

    >>> read_row("zendesk\\ten\\tmoney/pay\\t12\\t3")
    CarriedVotes(source='zendesk', lang='en', key='money/pay', helpful=12, not_helpful=3)
    """
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) != 5 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts[3:]):
        return None
    source, lang, key, helpful, not_helpful = parts
    if not source or len(source) > 40 or language_code(lang) != lang or not key or len(key) > 400:
        return None
    return CarriedVotes(source, lang, key, min(int(helpful), MOST_VOTES), min(int(not_helpful), MOST_VOTES))


def votes_text(rows: Iterable[CarriedVotes]) -> str:
    """Return the file that lists *rows*."""
    return "\n".join([HEAD, *("\t".join(map(str, row)) for row in sorted(rows))]) + "\n"


def _problem(line: int, message: str) -> Problem:
    return Problem(VOTES_FILE, line, "imported-votes", ERROR, message)
