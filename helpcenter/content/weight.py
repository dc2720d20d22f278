"""Refuses text that would take more than a second to render.

Parser and sanitiser are quick on what people write and quadratic on what nobody writes: brackets never closed, tags
nested by the thousand. Counting costs microseconds. Each limit is several times what the largest real article of
12,000 measured ones has, and a file at every limit alone renders well below a second (docs/decisions/0031).
"""

from __future__ import annotations

import re

MAX_LINES = 6_000
MAX_RUN = 5_000  # characters without a space
MAX_DEPTH = 100  # open HTML tags
MAX_COLUMNS = 100
MAX_CELLS = 20_000  # rows are filled up to the width of their table
# For every colon the parser looks back over the line for the name of a protocol.
MAX_LOOKING_BACK = 30_000_000
# Characters that may begin something; each costs microseconds even where it begins nothing.
MARKS = "}$%+-=^!#:"
MAX_MARKS = 60_000
LIMITS = {
    "<": 5_000,
    "[": 3_000,
    "]": 5_000,
    "|": 12_000,
    "&": 8_000,
    "`": 5_000,
    "*": 8_000,
    "_": 8_000,
    "~": 8_000,
    "@": 2_000,
    "://": 1_000,
    "www.": 1_000,
    "\\": 20_000,
    ">": 10_000,
    "[^": 1_000,
    ":::": 1_000,
    "{#": 2_000,
    "{": 15_000,
    # Where the parser looks for a bare address.
    "w": 40_000,
    "h": 40_000,
    "(": 10_000,
    ")": 10_000,
}
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
VOID = frozenset({"br", "hr", "img", "input", "col", "wbr", "link", "meta", "source", "area", "base", "embed", "track"})


class TooHeavy(ValueError):
    """Text that would take too long to render; says on which line and what to change."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def refuse_heavy(markdown: str) -> None:
    """Raise TooHeavy when *markdown* has more of something than any article needs."""
    lines = markdown.count("\n")
    if lines > MAX_LINES:
        raise TooHeavy(MAX_LINES, f"The article has {lines} lines, at most {MAX_LINES} are rendered; split it.")
    for mark, limit in LIMITS.items():
        count = markdown.count(mark)
        if count > limit:
            message = f"There are {count} of {mark}, at most {limit} are rendered; split the article."
            raise TooHeavy(line_of_nth(markdown, mark, limit), message)
    marks = sum(markdown.count(mark) for mark in MARKS)
    if marks > MAX_MARKS:
        raise TooHeavy(1, f"There are {marks} of the characters {MARKS}, at most {MAX_MARKS} are rendered; split the article.")
    refuse_lines(markdown)
    refuse_deep(markdown)


def refuse_lines(markdown: str) -> None:
    """Raise TooHeavy when a line has too long a word or too many colons, or tables have too many cells."""
    cells = columns = looking_back = 0
    for number, line in enumerate(markdown.split("\n"), 1):
        if len(line) > MAX_RUN and max(map(len, line.split()), default=0) > MAX_RUN:
            raise TooHeavy(number, f"There are more than {MAX_RUN} characters without a space; shorten them.")
        looking_back += line.count(":") * len(line)
        if looking_back > MAX_LOOKING_BACK:
            raise TooHeavy(number, "There are too many colons in long lines; put the sentences on lines of their own.")
        # A block of lines with | is counted as a table as wide as its widest line so far.
        columns = max(columns, line.count("|")) if line.strip("> \t") else 0
        cells += columns
        if columns > MAX_COLUMNS:
            raise TooHeavy(number, f"A table has {columns} columns, at most {MAX_COLUMNS} are rendered; split it.")
        if cells > MAX_CELLS:
            raise TooHeavy(number, f"Tables have more than {MAX_CELLS} cells; split the article.")


def refuse_deep(markdown: str) -> None:
    """Raise TooHeavy when HTML tags are nested too deep; the sanitiser's time grows with the square of the depth."""
    depth = 0
    for tag in TAG.finditer(markdown):
        if tag.group(2).lower() in VOID:
            continue
        depth = max(depth - 1, 0) if tag.group(1) else depth + 1
        if depth > MAX_DEPTH:
            line = markdown.count("\n", 0, tag.start()) + 1
            raise TooHeavy(line, f"More than {MAX_DEPTH} HTML tags are open here; close them.")


def line_of_nth(text: str, mark: str, number: int) -> int:
    """Return the line of the occurrence of *mark* after the first *number* ones."""
    position = -1
    for _ in range(number + 1):
        position = text.find(mark, position + 1)
    return text.count("\n", 0, position) + 1
