"""Markdown on its way from one form to another, which still knows the lines of the file it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

FENCE = re.compile(r"^(?P<lead>[ \t]*(?:>[ \t]?)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
LEAD = re.compile(r"[ \t]*(?:>[ \t]?)*")
TICKS = re.compile(r"`+")
COMMENT = re.compile(r"<!--")
KEPT = re.compile("\x02(\\d+)\x03")

Line = tuple[int, str]
"""The line's number in its file, and its text."""
Replace = Callable[[re.Match[str], int], str | None]


class Text:
    """Markdown, the line each of its lines came from, and what is kept out of reach until the end.

    Code is kept that way: it stands as a mark in the text, so that no rule for prose touches it.
    """

    def __init__(self, text: str, first_line: int = 1) -> None:
        self.text = text
        self.numbers = list(range(first_line, first_line + text.count("\n") + 1))
        self.kept: list[str] = []

    @property
    def lines(self) -> list[Line]:
        """The lines with their numbers."""
        return list(zip(self.numbers, self.text.split("\n"), strict=True))

    @lines.setter
    def lines(self, lines: Iterable[Line]) -> None:
        flat = [(number, part) for number, text in lines for part in text.split("\n")] or [(1, "")]
        self.numbers = [number for number, _ in flat]
        self.text = "\n".join(text for _, text in flat)

    def line_at(self, position: int) -> int:
        """Return the line of the file that the character at *position* came from."""
        return self.numbers[self.text.count("\n", 0, position)]

    def sub(self, pattern: re.Pattern[str], replace: Replace) -> None:
        """Replace each match of *pattern* by what *replace* makes of it and its line; None leaves it."""
        edits, position, index = [], 0, 0
        for match in pattern.finditer(self.text):
            index += self.text.count("\n", position, match.start())
            position = match.start()
            made = replace(match, self.numbers[index])
            if made is not None:
                edits.append((match.start(), match.end(), made))
        self.edit(edits)

    def edit(self, edits: list[tuple[int, int, str]]) -> None:
        """Put the third of each edit in place of the text from its first to its second; later ones never overlap earlier ones."""
        pieces, numbers, position, index = [], [self.numbers[0]], 0, 0
        for start, end, new in edits:
            if start < position:
                continue
            count = self.text.count("\n", position, start)
            numbers += self.numbers[index + 1 : index + 1 + count]
            index += count
            span = self.numbers[index : index + self.text.count("\n", start, end) + 1]
            numbers += [span[min(at + 1, len(span) - 1)] for at in range(new.count("\n"))]
            index += len(span) - 1
            pieces += [self.text[position:start], new]
            position = end
        if pieces:
            self.text = "".join([*pieces, self.text[position:]])
            self.numbers = numbers + self.numbers[index + 1 :]

    def between(self, opening: re.Pattern[str], closing: str) -> Iterator[tuple[int, int]]:
        """Yield the parts from each *opening* to the end of the next *closing*, in one pass over the text.

        *closing* may hold what the opening's group `tag` is: `</{tag}>`. Capitals do not count.
        """
        lower, position, missing = self.text.lower(), 0, set()
        for found in opening.finditer(self.text):
            wanted = closing.replace("{tag}", found["tag"] if "tag" in opening.groupindex else "").lower()
            if found.start() < position or wanted in missing:
                continue
            end = lower.find(wanted, found.end())
            if end < 0:
                missing.add(wanted)
                continue
            position = end + len(wanted)
            yield found.start(), position

    def keep(self, text: str) -> str:
        """Return the mark that stands for *text* until the end."""
        if not text:
            return ""
        self.kept.append(text)
        return f"\x02{len(self.kept) - 1}\x03"

    def restore(self, text: str) -> str:
        """Return *text* with all marks replaced by what they stand for."""
        while KEPT.search(text):
            text = KEPT.sub(lambda mark: self.kept[int(mark.group(1))], text)
        return text

    def whole(self) -> str:
        """Return the Markdown with everything in its place again."""
        return self.restore(self.text)

    def keep_code(self) -> None:
        """Put code blocks, inline code and comments out of reach; each line keeps its indentation."""
        self.lines = self._without_fences()
        self._keep_spans()
        if "<!--" in self.text:
            self.edit([(start, end, self._keep_lines(self.text[start:end])) for start, end in self.between(COMMENT, "-->")])

    def _without_fences(self) -> list[Line]:
        lines: list[Line] = []
        closing: re.Pattern[str] | None = None
        for number, line in self.lines:
            if closing is None:
                found = FENCE.match(line)
                if found and not ("`" in found["mark"] and "`" in found["info"]):
                    mark = re.escape(found["mark"][0])
                    closing = re.compile(rf"[ \t]*(?:>[ \t]?)*{mark}{{{len(found['mark'])},}}[ \t]*\Z")
                    line = found["lead"] + self.keep(found["mark"] + found["info"])
            else:
                if closing.match(line):
                    closing = None
                lead = LEAD.match(line)
                start = lead.end() if lead else 0
                line = line[:start] + self.keep(line[start:])
            lines.append((number, line))
        return lines

    def _keep_spans(self) -> None:
        """Keep inline code: two runs of equally many backticks in one paragraph."""
        text = self.text
        runs = [(run.start(), len(run.group())) for run in TICKS.finditer(text)]
        by_length: dict[int, list[int]] = {}
        for start, length in reversed(runs):
            by_length.setdefault(length, []).append(start)
        pieces, position = [], 0
        for start, length in runs:
            waiting = by_length[length]
            while waiting and waiting[-1] <= start:
                waiting.pop()
            if start < position or not waiting or text[start - 1 : start] == "\\":
                continue
            end = waiting[-1]
            if text.find("\n\n", start, end) >= 0:
                continue
            pieces += [text[position:start], self._keep_lines(text[start : end + length])]
            position = end + length
        self.text = "".join([*pieces, text[position:]])

    def _keep_lines(self, text: str) -> str:
        return "\n".join(self.keep(line) for line in text.split("\n"))


def indent_of(line: str) -> int:
    """Return how many columns *line* is indented; a tab goes on to the next fourth column."""
    width = 0
    for character in line:
        if character not in " \t":
            break
        width += 4 - width % 4 if character == "\t" else 1
    return width


def dedent(line: str, columns: int) -> str:
    """Return *line* with up to *columns* columns of indentation taken away."""
    width = min(indent_of(line), columns)
    expanded = line.expandtabs(4) if "\t" in line[: len(line) - len(line.lstrip())] else line
    return expanded[width:]


def trimmed(lines: list[Line]) -> list[Line]:
    """Return *lines* without the empty ones at both ends."""
    start, end = 0, len(lines)
    while start < end and not lines[start][1].strip():
        start += 1
    while end > start and not lines[end - 1][1].strip():
        end -= 1
    return lines[start:end]


def tidy(markdown: str) -> str:
    """Return *markdown* without more than one empty line in a row, but for those inside code."""
    made: list[str] = []
    closing: re.Pattern[str] | None = None
    for line in markdown.strip("\n").split("\n"):
        fence = FENCE.match(line)
        if closing is None and fence:
            closing = re.compile(rf"[ \t]*(?:>[ \t]?)*{re.escape(fence['mark'][0])}{{{len(fence['mark'])},}}[ \t]*\Z")
        elif closing and closing.match(line):
            closing = None
        if closing or line.strip() or not made or made[-1].strip():
            made.append(line if closing or line.strip() else "")
    return "\n".join(made)
