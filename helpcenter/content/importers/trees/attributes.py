"""What Python-Markdown, kramdown and goldmark add to Markdown: attribute lists, definitions, abbreviations, icons."""

from __future__ import annotations

import re

from helpcenter.content.importers.trees.blocks import KINDS, alert
from helpcenter.content.importers.trees.page import Page
from helpcenter.content.importers.trees.text import Line, Text
from helpcenter.content.importers.trees.tree import Lose

# `{: #id .class key="value" }`, also without the colon.
PAIR = r"[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']+)"
LIST = rf"\{{:?[ \t]*(?P<inside>(?:[#.][\w:.-]+|{PAIR}|toc|no_toc)(?:[ \t]+(?:[#.]?[\w:.-]+|{PAIR}))*)[ \t]*\}}"
HEADING = re.compile(r"^(?P<start> {0,3}#{1,6}[ \t][^\n]*?)[ \t]*" + LIST + r"[ \t]*#*[ \t]*$", re.MULTILINE)
ALONE = re.compile(r"^(?P<lead>[ \t]*(?:>[ \t]?)*)" + LIST + r"[ \t]*$")
INLINE = re.compile(r"(?<=[\])*_\x03>\w.!?`:])[ \t]?" + LIST)
COLON_LIST = re.compile(r"\{:[^{}\n]*\}")
TOC_LINE = re.compile(r"^[ \t]*(?:[-*+]|\d+\.)[ \t]+[^\n]*\n[ \t]*\{:[ \t]*toc[^{}\n]*\}[ \t]*$", re.MULTILINE)
TOC = re.compile(r"^[ \t]*\[TOC\][ \t]*$|^[ \t]*\{\{[<%][ \t]*toc[ \t]*[>%]\}\}[ \t]*$", re.MULTILINE | re.IGNORECASE)
ABBREVIATION = re.compile(r"^\*\[(?P<word>[^\]\n]+)\]:[ \t]*(?P<meaning>[^\n]*)\n?", re.MULTILINE)
DEFINITION = re.compile(r"^[ \t]{0,3}:[ \t]{1,3}(?P<text>\S.*)$")
IDENTITY = re.compile(r"#([A-Za-z][\w:.-]*)")


def settle_attributes(page: Page, lose: Lose, *, boxes: bool = False) -> None:
    """Keep the ids of attribute lists and take the rest away; with *boxes* a class such as `.note` makes an alert."""
    text = page.text
    text.sub(TOC_LINE, lambda _m, _line: "")
    text.sub(TOC, lambda _m, _line: "")
    if "{" in text.text:
        text.sub(HEADING, lambda m, _line: m["start"] + identity(m["inside"]))
        text.lines = without_lone_lists(text.lines, boxes=boxes)
        text.sub(INLINE, inline)
        text.sub(COLON_LIST, lambda _m, _line: "")
    if "*[" in text.text:
        found = ABBREVIATION.search(text.text)
        if found:
            count = len(ABBREVIATION.findall(text.text))
            lose(page.source, "abbreviation", f"Explanations of abbreviations were left out: {count}.", text.line_at(found.start()))
            text.sub(ABBREVIATION, lambda _m, _line: "")
    if "\n:" in text.text:
        text.lines = with_definitions(text.lines)


def inline(match: re.Match[str], _line: int) -> str | None:
    """Return what stays of an attribute list inside a line; one of a heading has been seen to."""
    start = match.string.rfind("\n", 0, match.start()) + 1
    return None if match.string[start:].lstrip().startswith("#") else anchor(match["inside"])


def identity(inside: str) -> str:
    """Return the id of an attribute list as a heading takes it."""
    found = IDENTITY.search(inside)
    return f" {{#{found.group(1)}}}" if found else ""


def anchor(inside: str) -> str:
    """Return the id of an attribute list as a place in the text."""
    found = IDENTITY.search(inside)
    return f'<a id="{found.group(1)}"></a>' if found else ""


def without_lone_lists(lines: list[Line], *, boxes: bool) -> list[Line]:
    """Return *lines* without those that hold nothing but an attribute list; it belongs to the block before it, else after it."""
    made: list[Line] = []
    pending: tuple[int, str] | None = None
    floor = 0
    for number, line in lines:
        found = ALONE.match(line)
        if not found:
            if pending and line.strip():
                made.append((number, line))
                continue
            if pending:
                close_box(made, pending)
                pending = None
            made.append((number, line))
            continue
        inside = found["inside"]
        kind = next((word for word in re.findall(r"\.([\w-]+)", inside) if box_kind(word)), "") if boxes else ""
        start = block_start(made, floor)
        if start < len(made):
            if kind:
                close_box(made, (start, kind))
            elif IDENTITY.search(inside):
                put_identity(made, start, inside)
        elif kind:
            pending = (len(made), kind)
        # What has been looked at belongs to no further list.
        floor = len(made)
    if pending:
        close_box(made, pending)
    return made


def box_kind(word: str) -> str:
    """Return the kind of box that a class names, such as `note` for `.notice--info` and `.alert-note`."""
    last = re.split(r"--|-", word)[-1]
    return last if last in KINDS else word if word in KINDS else "note" if word == "notice" else ""


def block_start(lines: list[Line], floor: int) -> int:
    """Return where the last block of *lines* begins, not before *floor*; their end when an empty line is last."""
    start = len(lines)
    while start > floor and lines[start - 1][1].strip():
        start -= 1
    return start


def close_box(lines: list[Line], box: tuple[int, str]) -> None:
    """Make an alert of the lines from the box's start on."""
    start, word = box
    inside = [(number, re.sub(r"^[ \t]*>[ \t]?", "", line)) for number, line in lines[start:]]
    if inside:
        lines[start:] = alert(box_kind(word), "", inside, inside[0][0])


def put_identity(lines: list[Line], start: int, inside: str) -> None:
    """Give the id to the heading, or to the beginning of the block."""
    number, line = lines[start]
    if line.lstrip().startswith("#"):
        lines[start] = (number, line.rstrip() + identity(inside))
    elif re.match(r"[ \t]*(?:\w|\[|\*\*)", line):
        lines[start] = (number, anchor(inside) + line)


def with_definitions(lines: list[Line]) -> list[Line]:
    """Return *lines* with definition lists as lists of bold words and their meanings."""
    made: list[Line] = []
    for number, line in lines:
        found = DEFINITION.match(line)
        before = next((at for at in range(len(made) - 1, -1, -1) if made[at][1].strip()), None)
        if found and before is not None and len(made) - before <= 2:
            term = made[before][1]
            if term.startswith("- **") or (not re.match(r"[ \t]*(?:[-*+#>|]|\d+[.)]|\x02)", term) and len(term) < 200):
                if not term.startswith("- **"):
                    made[before] = (made[before][0], f"- **{term.strip()}**  ")
                del made[before + 1 :]
                made.append((number, f"  {found['text']}"))
                continue
        made.append((number, line))
    return made


ICON = re.compile(r":(?:material|octicons|fontawesome|simple|custom)-[\w-]+:(?:\{[^{}\n]*\})?")


def drop_icons(text: Text) -> int:
    """Take the icons of a theme away; return how many there were."""
    count = len(ICON.findall(text.text))
    if count:
        text.sub(ICON, lambda _m, _line: "")
    return count
