"""Blocks between lines of colons: `:::note`, `:::details`, `:::transcript`, and `:::tabs` with one `:::tab` each.

Where a block ends is found for it and everything inside it in one pass over the lines, so that thousands of blocks that
nobody closed cost no more than as many that were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

ALERTS = {
    "note": "NOTE",
    "info": "NOTE",
    "tip": "TIP",
    "important": "IMPORTANT",
    "warning": "WARNING",
    "caution": "CAUTION",
    "danger": "CAUTION",
}
DETAILS, TRANSCRIPT, TABS, TAB = "details", "transcript", "tabs", "tab"
NAMES = frozenset({*ALERTS, DETAILS, TRANSCRIPT, TABS})
NAME = re.compile(r"([A-Za-z]+)(?![\w-])")
FEWEST_COLONS = 3
# A block holds more levels than a list or a quote, so it becomes text before these do (nesting.py).
DEEPEST = 14


class Mark(NamedTuple):
    """A line of colons: how many, and the name and title behind them; a line without a name closes."""

    colons: int
    name: str
    title: str


@dataclass
class Tab:
    """One tab of a block: where it begins, and the line before which it ends."""

    line: int
    label: str
    colons: int
    end: int | None = None


@dataclass
class Block:
    """A block and the line that ends it; `closed` tells whether that is a line of colons."""

    line: int
    mark: Mark
    end: int = 0
    closed: bool = False
    tabs: list[Tab] = field(default_factory=list)
    closes_each: bool = False
    """Whether each tab has a closing line of its own."""

    @property
    def open_tab(self) -> Tab | None:
        """The tab that has not ended yet."""
        return self.tabs[-1] if self.tabs and self.tabs[-1].end is None else None


def blocks_plugin(markdown: MarkdownIt) -> None:
    """Teach *markdown* the blocks between lines of colons."""
    markdown.block.ruler.before(
        "fence", "blocks", block_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def read_mark(text: str) -> Mark | None:
    """Return what a line says when it is a line of colons.

    >>> read_mark(":::note[Mind this]"), read_mark("::::"), read_mark("::x")
    (Mark(colons=3, name='note', title='Mind this'), Mark(colons=4, name='', title=''), None)
    """
    rest = text.lstrip(":")
    colons = len(text) - len(rest)
    rest = rest.strip()
    if colons < FEWEST_COLONS:
        return None
    if not rest:
        return Mark(colons, "", "")
    name = NAME.match(rest)
    if not name:
        return None
    title = rest[name.end() :].strip()
    if title.startswith("[") and title.endswith("]"):
        title = title[1:-1].strip()
    return Mark(colons, name.group(1).lower(), title)


def block_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse the block that begins on line *start*, if one does."""
    text = line_text(state, start)
    if not text.startswith(":::") or state.is_code_block(start) or state.level > DEEPEST:
        return False
    mark = read_mark(text)
    if mark is None or mark.name not in NAMES:
        return False
    if silent:
        return True
    known = state.env.setdefault("blocks", {})
    if (start, state.blkIndent) not in known:
        known.update(((block.line, state.blkIndent), block) for block in Scan(state, end).blocks(start))
    push_block(state, known[start, state.blkIndent])
    return True


def line_text(state: StateBlock, line: int) -> str:
    """Return the text of *line* without its indentation."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


class Scan:
    """Finds the end of a block and of all blocks inside it."""

    def __init__(self, state: StateBlock, end: int) -> None:
        self.state = state
        self.end = end
        self.found: list[Block] = []
        self.open: list[Block] = []
        self.fence = ""

    def blocks(self, start: int) -> list[Block]:
        """Return the block on line *start* and those inside it, their ends found."""
        line = start
        while line < self.end and not (line > start and self.leaves_list(line)):
            mark = self.mark_on(line)
            if mark is not None:
                self.take(mark, line)
                if not self.open:
                    return self.found
            line += 1
        self.close_down_to(0, line)
        return self.found

    def leaves_list(self, line: int) -> bool:
        """Return whether *line* is outside the list item that the block stands in."""
        return not self.state.isEmpty(line) and self.state.sCount[line] < self.state.blkIndent

    def mark_on(self, line: int) -> Mark | None:
        """Return the mark on *line*; there is none inside code."""
        text = line_text(self.state, line)
        if self.fence:
            if text.startswith(self.fence) and not text.strip(self.fence[0]).strip():
                self.fence = ""
            return None
        if text.startswith(("```", "~~~")):
            self.fence = text[: len(text) - len(text.lstrip(text[0]))]
            return None
        return read_mark(text) if text.startswith(":::") and not self.state.is_code_block(line) else None

    def take(self, mark: Mark, line: int) -> None:
        """Open or close what *mark* says."""
        if mark.name in NAMES:
            self.open.append(Block(line, mark))
            self.found.append(self.open[-1])
        elif mark.name == TAB:
            self.begin_tab(mark, line)
        elif not mark.name:
            self.close(mark.colons, line)

    def begin_tab(self, mark: Mark, line: int) -> None:
        """Begin a tab of the innermost tabs; the tab before it, and what is open in that, end here."""
        place = next((place for place in reversed(range(len(self.open))) if self.open[place].mark.name == TABS), None)
        if place is None:
            return
        self.close_down_to(place + 1, line)
        tabs = self.open[place]
        if tabs.open_tab:
            tabs.open_tab.end = line
        tabs.tabs.append(Tab(line, mark.title or str(len(tabs.tabs) + 1), mark.colons))

    def close(self, colons: int, line: int) -> None:
        """Close the innermost block of as many colons, else of fewer; a tab may have a closing line of its own."""
        place = self.place_of(colons)
        tabs = next((block for block in reversed(self.open) if block.mark.name == TABS), None)
        if tabs and tabs.open_tab and tabs.open_tab.colons == colons and (place is None or self.open[place] is tabs):
            own_colons = tabs.mark.colons != colons
            tabs.closes_each = tabs.closes_each or own_colons or self.is_tab_next(line)
            if tabs.closes_each:
                self.close_down_to(self.open.index(tabs) + 1, line)
                tabs.open_tab.end = line
                return
        if place is not None:
            self.open[place].closed = True
            self.close_down_to(place, line)

    def place_of(self, colons: int) -> int | None:
        """Return the place, among the open blocks, of the one that so many colons close."""
        places = range(len(self.open) - 1, -1, -1)
        same = next((place for place in places if self.open[place].mark.colons == colons), None)
        return same if same is not None else next((place for place in places if self.open[place].mark.colons < colons), None)

    def is_tab_next(self, line: int) -> bool:
        """Return whether the next line with text begins a tab."""
        line += 1
        while line < self.end and self.state.isEmpty(line):
            line += 1
        mark = read_mark(line_text(self.state, line)) if line < self.end else None
        return mark is not None and mark.name == TAB

    def close_down_to(self, place: int, line: int) -> None:
        """End the open blocks from *place* on at *line*."""
        for block in self.open[place:]:
            block.end = line
            if block.open_tab:
                block.open_tab.end = line
        del self.open[place:]


def push_block(state: StateBlock, block: Block) -> None:
    """Push the tokens of *block*, and parse what is in it."""
    name, title = block.mark.name, block.mark.title
    labels = state.env["labels"]
    parent, last = state.parentType, state.lineMax
    state.parentType = "container"
    if name in ALERTS:
        push_titled(state, block, "alert", ("div", "p"), title or labels.alerts[ALERTS[name]])
    elif name == TABS:
        push_tabs(state, block)
    else:
        default = labels.transcript if name == TRANSCRIPT else labels.details
        push_titled(state, block, name, ("details", "summary"), title or default)
    state.parentType, state.lineMax = parent, last
    state.line = block.end + block.closed


def push_titled(state: StateBlock, block: Block, name: str, tags: tuple[str, str], title: str) -> None:
    """Push a block that begins with its title."""
    outer, inner = tags
    token = push_open(state, f"{name}_open", outer, block)
    if name == "alert":
        kind = ALERTS[block.mark.name]
        token.attrSet("class", f"markdown-alert markdown-alert-{kind.lower()}")
        token.meta["kind"] = kind
    elif name == TRANSCRIPT:
        token.attrSet("class", TRANSCRIPT)
    heading = push_text(state, f"{name}_title", inner, title, block.line)
    if name == "alert":
        heading.attrSet("class", "markdown-alert-title")
    push_content(state, block.line + 1, block.end)
    state.push(f"{name}_close", outer, -1)


def push_tabs(state: StateBlock, block: Block) -> None:
    """Push tabs as sections, each under its label as heading; the page's script makes tabs of them."""
    push_open(state, "tabs_open", "div", block).attrSet("class", TABS)
    push_content(state, block.line + 1, block.tabs[0].line if block.tabs else block.end)
    for tab in block.tabs:
        state.push("tab_open", "section", 1).attrSet("class", TAB)
        # Shaping gives the level: one below the heading that the tabs stand under.
        push_text(state, "heading", "h6", tab.label, tab.line).meta["tab"] = True
        push_content(state, tab.line + 1, tab.end or block.end)
        state.push("tab_close", "section", -1)
    state.push("tabs_close", "div", -1)


def push_open(state: StateBlock, name: str, tag: str, block: Block) -> Token:
    """Push the opening token of *block*, and return it."""
    token = state.push(name, tag, 1)
    token.map = [block.line, block.end]
    token.meta = {"block": block.mark.name, "closed": block.closed}
    return token


def push_text(state: StateBlock, name: str, tag: str, text: str, line: int) -> Token:
    """Push an element of one line of text, and return its opening token."""
    opening = state.push(f"{name}_open", tag, 1)
    inline = state.push("inline", "", 0)
    opening.map = inline.map = [line, line + 1]
    inline.content, inline.children = text, []
    state.push(f"{name}_close", tag, -1)
    return opening


def push_content(state: StateBlock, start: int, end: int) -> None:
    """Parse the lines from *start* up to *end*."""
    state.lineMax = end
    state.md.block.tokenize(state, start, end)
