"""What changed between two texts, line by line and within lines word by word, as a page can show it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

SAME, REMOVED, ADDED, GAP = "same", "removed", "added", "gap"
KINDS = {" ": SAME, "-": REMOVED, "+": ADDED}
HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
WORDS = re.compile(r"\w+|\s+|[^\w\s]")
MOST_ROWS = 2_000
# Comparing words takes the square of their number: so many pairs in a line, and in all lines together.
MOST_PAIRS, MOST_PAIRS_IN_ALL = 160_000, 2_000_000
# Lines with less in common are better read as two lines.
ALIKE = 0.4

Part = tuple[bool, str]


@dataclass
class Row:
    """One line of a difference: where it stands in the old and in the new text, and which of its parts changed."""

    kind: str
    old: int | None
    new: int | None
    parts: list[Part]


def rows_of(said: str) -> list[Row]:
    """Return the rows of what `git diff` said, at most MOST_ROWS; a row of kind `gap` stands for lines left out.

    >>> [(row.kind, row.old, row.new, row.parts) for row in rows_of("@@ -1,2 +1,2 @@\\n a\\n-old word\\n+new word")]
    [('same', 1, 1, [(False, 'a')]), ('removed', 2, None, [(True, 'old'), (False, ' word')]), ('added', None, 2, [(True, 'new'), (False, ' word')])]
    """
    rows: list[Row] = []
    for row in numbered(said):
        if len(rows) == MOST_ROWS:
            rows.append(Row(GAP, None, None, []))
            break
        rows.append(row)
    mark_words(rows)
    return rows


def numbered(said: str) -> Iterator[Row]:
    """Yield the rows of what `git diff` said, with their lines in both texts."""
    old = new = 0
    for line in said.split("\n"):
        hunk = HUNK.match(line)
        if hunk:
            if old or int(hunk.group(1)) > 1:
                yield Row(GAP, None, None, [])
            old, new = (int(number) or 1 for number in hunk.groups())
        elif old and line[:1] in KINDS and line:
            kind = KINDS[line[0]]
            yield Row(kind, None if kind == ADDED else old, None if kind == REMOVED else new, [(kind != SAME, line[1:])])
            old += kind != ADDED
            new += kind != REMOVED


def mark_words(rows: list[Row]) -> None:
    """Narrow what changed to words, where lines were removed and as many others came in their place."""
    start = spent = 0
    while start < len(rows):
        if rows[start].kind != REMOVED:
            start += 1
            continue
        middle = end_of(rows, start, REMOVED)
        end = end_of(rows, middle, ADDED)
        for removed, added in zip(rows[start:middle], rows[middle:end], strict=False):
            before, after = WORDS.findall(removed.parts[0][1]), WORDS.findall(added.parts[0][1])
            pairs = len(before) * len(after)
            if pairs <= MOST_PAIRS and spent + pairs <= MOST_PAIRS_IN_ALL:
                spent += pairs
                removed.parts, added.parts = compared(before, after)
        start = end


def end_of(rows: list[Row], start: int, kind: str) -> int:
    """Return where the rows of *kind* that begin at *start* end."""
    while start < len(rows) and rows[start].kind == kind:
        start += 1
    return start


def compared(before: list[str], after: list[str]) -> tuple[list[Part], list[Part]]:
    """Return the parts of two lines, given as words, each part with whether it changed."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [(True, "".join(before))], [(True, "".join(after))]
    removed: list[Part] = []
    added: list[Part] = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if last > first:
            removed.append((tag != "equal", "".join(before[first:last])))
        if end > start:
            added.append((tag != "equal", "".join(after[start:end])))
    return removed, added
