"""YAML as plain text, lists and mappings: no aliases, no tags, no surprises.

The loaders of PyYAML turn `2026-02-31` into an exception, `no` into False and nine lines of aliases into minutes of
work. Here the events are read one by one, so depth and size are bounded, and every value stays the text that the
editor wrote; whoever knows the key (a pydantic model) decides what it means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 20
MAX_NODES = 20_000
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Place = tuple[str | int, ...]


class YamlRefused(ValueError):
    """YAML that cannot be read, with the line (from 1) that is to blame."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Document:
    """A value made of text, None, lists and mappings, and the line where each place begins."""

    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line_of(self, place: Place) -> int:
        """Return the line of *place*, or of the nearest enclosing place that is known."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def load(text: str, *, aliases: bool = False, most_nodes: int = MAX_NODES) -> Document:
    """Return *text* as a Document of at most *most_nodes* values. Raises YamlRefused.

    With *aliases* a value may be repeated by its anchor's name; what is repeated counts as well, so a chain of aliases
    cannot grow without bound.

    >>> load("draft: no\\ndate: 2026-02-31").value
    {'draft': 'no', 'date': '2026-02-31'}
    """
    if "\x00" in text:
        raise YamlRefused(text.count("\n", 0, text.index("\x00")) + 1, "There is a NUL character.")
    try:
        return _Builder(aliases=aliases, most_nodes=most_nodes).build(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlRefused(mark.line + 1 if mark else 1, f"Not valid YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise YamlRefused(1, f"Not valid YAML: {error}.") from error


class _Builder:
    """Builds the value from parser events without recursion."""

    def __init__(self, *, aliases: bool, most_nodes: int) -> None:
        self.aliases = aliases
        self.most_nodes = most_nodes
        self.anchored: dict[str, tuple[Any, int]] = {}  # name -> value and how many nodes it has
        self.root: Any = None
        self.lines: dict[Place, int] = {}
        self.open: list[tuple[Any, Place]] = []  # containers not yet closed, with their places
        self.started: list[tuple[str | None, int]] = []  # their anchors and the node count at their start
        self.keys: list[str | None] = []  # for each open mapping, the key waiting for its value
        self.nodes = 0
        self.documents = 0

    def build(self, events: Any) -> Document:
        """Return the document that *events* describe."""
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    raise YamlRefused(event.start_mark.line + 1, "There is a second YAML document in this file.")
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close()
        return Document(self.root, self.lines)

    def _node(self, event: Any) -> None:
        line = event.start_mark.line + 1
        self.nodes += 1
        if self.nodes > self.most_nodes:
            raise YamlRefused(line, f"There are more than {self.most_nodes} values.")
        if event.tag is not None and event.tag != "!":
            raise YamlRefused(line, f"The tag {event.tag[:60]} is not allowed; write the plain value.")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
            return
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        if self._is_key():
            raise YamlRefused(line, "A key must be plain text.")
        place = self._add(container, line)
        self.open.append((container, place))
        self.started.append((event.anchor, self.nodes))
        self.keys.append(None)
        if len(self.open) > MAX_DEPTH:
            raise YamlRefused(line, f"Values are nested more than {MAX_DEPTH} deep.")

    def _scalar(self, event: Any, line: int) -> None:
        if self._is_key():
            self._key(event.value, line)
            return
        plain = event.style in (None, "")
        value = None if plain and event.value in NULLS else event.value
        if event.anchor:
            self.anchored[event.anchor] = (value, 1)
        self._add(value, line)

    def _close(self) -> None:
        container, _place = self.open.pop()
        anchor, nodes_before = self.started.pop()
        self.keys.pop()
        if anchor:
            self.anchored[anchor] = (container, self.nodes - nodes_before + 1)

    def _alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if not self.aliases or self._is_key():
            raise YamlRefused(line, "Aliases (*name) are not allowed here; repeat the value.")
        if event.anchor not in self.anchored:
            raise YamlRefused(line, f"There is no &{event.anchor[:60]} above this line.")
        value, size = self.anchored[event.anchor]
        self.nodes += size
        if self.nodes > self.most_nodes:
            raise YamlRefused(line, f"There are more than {self.most_nodes} values.")
        self._add(value, line)

    def _is_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][0], dict) and self.keys[-1] is None

    def _key(self, key: str, line: int) -> None:
        mapping, place = self.open[-1]
        if key in mapping:
            first = self.lines[(*place, key)]
            raise YamlRefused(line, f"The key {key[:60]} stands here twice (first on line {first}).")
        self.keys[-1] = key
        self.lines[(*place, key)] = line

    def _add(self, value: Any, line: int) -> Place:
        if not self.open:
            self.root = value
            self.lines[()] = line
            return ()
        container, place = self.open[-1]
        if isinstance(container, dict):
            here = (*place, self.keys[-1])
            container[self.keys[-1]] = value
            self.keys[-1] = None
        else:
            here = (*place, len(container))
            container.append(value)
            self.lines[here] = line
        return here
