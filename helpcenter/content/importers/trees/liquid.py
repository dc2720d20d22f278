"""Liquid inside Markdown, as far as pages of documentation use it: taken apart and replaced, never run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from helpcenter.content.importers.trees.text import Text

TOKEN = re.compile(r"\{%-?[ \t]*(?P<tag>/?[\w-]+)(?P<rest>(?:[^%{}\n]|%(?!\})|\{(?!%)|\})*?)-?%\}|\{\{-?(?P<output>[^{}\n]*?)-?\}\}")
RAW = re.compile(r"\{%-?[ \t]*raw[ \t]*-?%\}(?P<inside>.*?)\{%-?[ \t]*endraw[ \t]*-?%\}", re.DOTALL)
OPEN_RAW = re.compile(r"\{%-?[ \t]*raw[ \t]*-?%\}")
CLOSE_RAW = re.compile(r"\{%-?[ \t]*endraw[ \t]*-?%\}")
ARGUMENT = re.compile(r"(?P<name>[\w-]+)[ \t]*=[ \t]*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"',|]+))")
BLOCK_LINE = re.compile(r"\A[ \t]*\Z")


@dataclass
class Tag:
    """One `{% tag rest %}` with its line, and for a block the place of its end."""

    name: str
    rest: str
    line: int
    start: int
    end: int

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments `name="value"`."""
        return {m["name"]: m["double"] or m["single"] or m["bare"] or "" for m in ARGUMENT.finditer(self.rest)}


def keep_raw(text: Text) -> None:
    """Put what stands between `{% raw %}` and `{% endraw %}` out of reach, without the two."""
    if "endraw" not in text.text:
        return
    edits, end = [], 0
    closings = [(found.start(), found.end()) for found in CLOSE_RAW.finditer(text.text)]
    for opening in OPEN_RAW.finditer(text.text):
        closing = next((one for one in closings if one[0] >= opening.end()), None)
        if closing and opening.start() >= end:
            end = closing[1]
            inside = text.text[opening.end() : closing[0]]
            edits.append((opening.start(), end, "\n".join(keep_braces(text, line) for line in inside.split("\n"))))
    text.edit(edits)


def keep_braces(text: Text, line: str) -> str:
    """Return *line* with what would be Liquid in it out of reach; the rest is Markdown as ever."""
    return re.sub(r"\{[{%]|[%}]\}", lambda mark: text.keep(mark.group()), line)


def replace_blocks(text: Text, names: frozenset[str], replace: Callable[[Tag, str], str | None]) -> None:
    """Replace each block `{% name … %}…{% endname %}` of *names*, inner ones first; None leaves it."""
    for _round in range(20):
        edits: list[tuple[int, int, str]] = []
        waiting: list[Tag] = []
        for token in TOKEN.finditer(text.text):
            name = token["tag"] or ""
            if name in names:
                waiting.append(Tag(name, token["rest"].strip(), text.line_at(token.start()), token.start(), token.end()))
            elif name.startswith("end") and waiting and waiting[-1].name == name[3:]:
                tag = waiting.pop()
                made = replace(tag, text.text[tag.end : token.start()])
                if made is not None:
                    edits.append((tag.start, token.end(), made))
                # What is around it waits for the next round, when this one is gone.
                waiting.clear()
        if not edits:
            return
        text.edit(edits)


def replace_tags(text: Text, replace: Callable[[Tag], str | None]) -> None:
    """Replace each `{% tag %}` by itself; None leaves it. A line that held nothing else is taken away with its tag."""
    edits = []
    for token in TOKEN.finditer(text.text):
        if not token["tag"]:
            continue
        tag = Tag(token["tag"], token["rest"].strip(), text.line_at(token.start()), token.start(), token.end())
        made = replace(tag)
        if made is not None:
            edits.append((*widened(text.text, tag.start, tag.end, gone=not made), made))
    text.edit(edits)


def replace_outputs(text: Text, replace: Callable[[str, int], str | None]) -> None:
    """Replace each `{{ expression }}`; None leaves it."""
    edits = []
    for token in TOKEN.finditer(text.text):
        if token["output"] is not None:
            made = replace(token["output"].strip(), text.line_at(token.start()))
            if made is not None:
                edits.append((token.start(), token.end(), made))
    text.edit(edits)


def widened(text: str, start: int, end: int, *, gone: bool) -> tuple[int, int]:
    """Return the place of a tag, with its whole line when nothing else is on it and nothing stays."""
    if not gone:
        return start, end
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    alone = BLOCK_LINE.match(text[line_start:start]) and BLOCK_LINE.match(text[end:line_end])
    return (line_start, min(line_end + 1, len(text))) if alone else (start, end)


@dataclass
class Branch:
    """An open `{% if %}`: whether its text is kept now, whether a branch was kept already, and whether all around it is kept."""

    shown: bool
    taken: bool
    around: bool


def choose(text: Text, tags: frozenset[str], decide: Callable[[str, str], bool | None]) -> list[tuple[str, int]]:
    """Keep the branches of `{% if … %}` blocks for which *decide* says yes; return the conditions it could not judge.

    *decide* gets the tag and the condition. What cannot be judged is kept.
    """
    unknown: list[tuple[str, int]] = []
    edits: list[tuple[int, int, str]] = []
    open_: list[Branch] = []
    cursor = 0
    for token in TOKEN.finditer(text.text):
        name, condition = token["tag"] or "", (token["rest"] or "").strip()
        if name not in tags and not (open_ and name in ("else", "elsif", "elseif", *(f"end{tag}" for tag in tags), "endif")):
            continue
        start, end = widened(text.text, token.start(), token.end(), gone=True)
        shown = not open_ or open_[-1].shown
        edits += [(cursor, start, "")] if not shown and start > cursor else []
        edits.append((max(start, cursor), end, ""))
        cursor = end
        if name in tags:
            said = decide(name, condition)
            if said is None and shown:
                unknown.append((condition, text.line_at(token.start())))
            open_.append(Branch(shown and said is not False, said is not False, shown))
        elif name.startswith("end"):
            open_.pop()
        else:
            said = not open_[-1].taken and (name == "else" or decide(name, condition) is not False)
            open_[-1] = Branch(open_[-1].around and said, open_[-1].taken or said, open_[-1].around)
    text.edit(edits)
    return unknown
