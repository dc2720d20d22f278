"""Snippets and variables: `{{ include snippets/x.md }}` and `{{ var.name }}`, put in before Markdown is parsed.

Nothing else between braces means anything, so articles about templates stay as they are. Nothing is put into code, but
for variables in a block that says so; `\\{{ var.name }}` stays as it is written, without the backslash.
"""

from __future__ import annotations

import hashlib
import os
import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from helpcenter.content.folder import MAX_ARTICLE_BYTES, SUFFIXES, hidden, read_bytes
from helpcenter.content.front_matter import read_front_matter
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import decode, split_front_matter

FOLDER = "snippets"
MAX_DEPTH = 5
MAX_INCLUDES = 500
WORDS = r"(\\?)\{\{[ \t]*(?:var\.([A-Za-z][\w-]{0,59})|include[ \t]+([^\s{}]{1,200}))[ \t]*\}\}"
BRACES = re.compile(WORDS, re.ASCII)
ALONE = re.compile(r"([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)" + WORDS + r"[ \t]*\Z", re.ASCII)
FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+){0,9}(`{3,}|~{3,})(.*)\Z")
TICKS = re.compile(r"`+")
# Behind the language of a code block: variables hold inside it.
VARIABLES_HOLD = "variables"


class SnippetRefused(ValueError):
    """An include or a variable that cannot be put in; the message says what to change."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ExpansionRefused(SnippetRefused):
    """The same with the line of the article on which it stands."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Place(NamedTuple):
    """A line of a file of the content folder."""

    path: str
    line: int


class Snippet(NamedTuple):
    """A piece of text that articles include: its file, the line where its text begins, and the hash of its file."""

    path: str
    line: int
    markdown: str
    hash: str


class Words(Protocol):
    """Knows the snippets and variables for one article."""

    def snippet(self, name: str) -> Snippet:
        """Return the snippet that *name* means. Raises SnippetRefused."""

    def variable(self, name: str) -> str | None:
        """Return the text of the variable *name*, or None."""


@dataclass
class Expanded:
    """Markdown with everything put in, and where each of its lines stands."""

    markdown: str
    path: str
    first_line: int
    places: list[Place] = field(default_factory=list)
    """Nothing when all lines are the article's own."""

    def place(self, line: int) -> Place:
        """Return where the line *line* (from 1) of the Markdown stands."""
        if self.places:
            return self.places[min(max(line, 1), len(self.places)) - 1]
        return Place(self.path, self.first_line + line - 1)


def expand(markdown: str, path: str, first_line: int, words: Words) -> Expanded:
    """Return *markdown*, which begins on line *first_line* of the file *path*, with snippets and variables put in.

    Raises ExpansionRefused.
    """
    if "{{" not in markdown:
        return Expanded(markdown, path, first_line)
    expander = Expander(words)
    expander.add(Snippet(path, first_line, markdown, ""), "", "")
    return Expanded("\n".join(expander.lines), path, first_line, expander.places)


def expand_words(text: str, words: Words) -> str:
    """Return *text*, which is one line, with its variables put in. Raises SnippetRefused."""
    return Expander(words).put_in(text, includes=False) if "{{" in text else text


class Expander:
    """Puts snippets and variables into one article, within bounds."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.lines: list[str] = []
        self.places: list[Place] = []
        self.open: list[str] = []  # the files that are being put in, the article first
        self.includes = 0
        self.size = 0
        self.article_line = 1

    def add(self, text: Snippet, first_prefix: str, prefix: str) -> None:
        """Add the lines of *text*, each behind a prefix that keeps it in its list or quote."""
        fence = Fence()
        self.open.append(text.path)
        for number, line in enumerate(text.markdown.split("\n")):
            place = Place(text.path, text.line + number)
            self.article_line = place.line if len(self.open) == 1 else self.article_line
            try:
                self.add_line(line, place, first_prefix if number == 0 else prefix, fence)
            except ExpansionRefused:
                raise
            except SnippetRefused as error:
                where = f"In {place.path}:{place.line}: " if len(self.open) > 1 else ""
                raise ExpansionRefused(self.article_line, f"{where}{error.message}") from None
        self.open.pop()

    def add_line(self, line: str, place: Place, prefix: str, fence: Fence) -> None:
        """Add one line, or the snippet that stands alone on it."""
        in_code = fence.takes(line)
        alone = None if in_code or "{{" not in line else ALONE.match(line)
        if alone and not alone.group(2) and alone.group(4):
            behind = prefix + alone.group(1)
            self.add(self.included(alone.group(4)), behind, "".join(one if one in " \t>" else " " for one in behind))
            return
        if not in_code or fence.variables_hold:
            line = self.put_in(line, includes=not in_code, spans=not in_code)
        self.grow(len(prefix) + len(line) + 1)
        self.lines.append((prefix + line) if line else prefix.rstrip())
        self.places.append(place)

    def put_in(self, line: str, *, includes: bool = True, spans: bool = True) -> str:
        """Return *line* with what its braces name; code spans are left alone where *spans* says so."""
        if "{{" not in line:
            return line
        code = code_spans(line) if spans else []
        starts = [start for start, _end in code]

        def replace(found: re.Match) -> str:
            place = bisect_right(starts, found.start()) - 1
            if place >= 0 and found.start() < code[place][1]:
                return found.group()
            escaped, variable, include = found.groups()
            if escaped:
                return found.group()[1:]
            if variable:
                return self.variable(variable)
            return self.one_line(include) if includes else found.group()

        return BRACES.sub(replace, line)

    def variable(self, name: str) -> str:
        """Return the text of a variable, on one line."""
        value = self.words.variable(name)
        if value is None:
            raise SnippetRefused(f"There is no variable {name} in site.yaml.")
        self.grow(len(value))
        return " ".join(value.split())

    def included(self, name: str) -> Snippet:
        """Return the snippet *name*, unless it would go too deep or round in a circle."""
        self.includes += 1
        if self.includes > MAX_INCLUDES:
            raise SnippetRefused(f"More than {MAX_INCLUDES} snippets would be put in.")
        snippet = self.words.snippet(name)
        if snippet.path in self.open:
            raise SnippetRefused(f"{snippet.path} includes itself: {' > '.join([*self.open[1:], snippet.path])}.")
        if len(self.open) > MAX_DEPTH:
            raise SnippetRefused(f"Snippets are nested more than {MAX_DEPTH} deep.")
        return snippet

    def one_line(self, name: str) -> str:
        """Return a snippet that stands among other text."""
        snippet = self.included(name)
        if "\n" in snippet.markdown:
            raise SnippetRefused(f"{snippet.path} has several lines; include it on a line of its own.")
        self.open.append(snippet.path)
        line = self.put_in(snippet.markdown)
        self.open.pop()
        self.grow(len(line))
        return line

    def grow(self, characters: int) -> None:
        """Count what was added; refuse what no article may have."""
        self.size += characters
        if self.size > MAX_ARTICLE_BYTES:
            raise SnippetRefused(f"With its snippets the article has more than {MAX_ARTICLE_BYTES // 1024} KB; split it.")


class Fence:
    """Follows the fenced code blocks from line to line."""

    def __init__(self) -> None:
        self.marker = ""
        self.variables_hold = False

    def takes(self, line: str) -> bool:
        """Return whether *line* is part of a code block, its fences included."""
        found = FENCE.match(line)
        if self.marker:
            closes = found and found.group(1).startswith(self.marker) and not found.group(2).strip()
            if closes:
                self.marker, self.variables_hold = "", False
            return True
        if not found or (found.group(1)[0] == "`" and "`" in found.group(2)):
            return False
        self.marker = found.group(1)
        self.variables_hold = VARIABLES_HOLD in found.group(2).split()[1:]
        return True


def code_spans(line: str) -> list[tuple[int, int]]:
    """Return where the code spans of *line* begin and end.

    >>> code_spans("a `b` ``c`d``")
    [(2, 5), (6, 13)]
    """
    runs = [(found.start(), found.end()) for found in TICKS.finditer(line)]
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, (start, end) in enumerate(runs):
        by_length[end - start].append(index)
    spans, index = [], 0
    while index < len(runs):
        same = by_length[runs[index][1] - runs[index][0]]
        place = bisect_right(same, index)
        if place < len(same):
            spans.append((runs[index][0], runs[same[place]][1]))
            index = same[place]
        index += 1
    return spans


def find_snippet(root: Path, name: str, languages: list[str]) -> str:
    """Return the file that *name* means: in the first of *languages* that has it, else for all. Raises SnippetRefused."""
    inner = name.removeprefix(f"{FOLDER}/")
    parts = inner.split("/")
    if inner == name or not inner.endswith(SUFFIXES) or any(not part or hidden(part) for part in parts) or set(inner) & set("\\:\x00"):
        raise SnippetRefused(f"{name[:80]} is no snippet; name a Markdown file below {FOLDER}/.")
    for path in (*(f"{FOLDER}/{lang}/{inner}" for lang in languages), name):
        if os.path.lexists(root / path):
            return path
    raise SnippetRefused(f"There is no file {name[:80]}.")


def read_snippet(root: Path, path: str) -> Snippet:
    """Return the snippet in the file *path*. Raises SnippetRefused, also for a draft and for what lies outside the folder."""
    try:
        if not (root / path).resolve().is_relative_to(root / FOLDER):
            raise SnippetRefused(f"{path} is a link that leads out of {FOLDER}/; copy the file instead.")
        content = read_bytes(root, path)
        document, markdown, line = split_front_matter(decode(content, path), path)
        front = read_front_matter(document, path)
    except BrokenFile as error:
        raise SnippetRefused(str(error)) from None
    except (OSError, RuntimeError) as error:
        # A loop of symbolic links is a RuntimeError before Python 3.13.
        raise SnippetRefused(f"{path} cannot be read ({getattr(error, 'strerror', None) or 'a loop of symbolic links'}).") from None
    if front.draft or front.publish_at or front.expire_at:
        raise SnippetRefused(f"{path} is a draft or has a date, so it is not put in; only articles have those.")
    text = markdown.lstrip("\n")
    return Snippet(path, line + len(markdown) - len(text), text.rstrip(), hashlib.sha256(content).hexdigest())
