"""Boxes between lines of colons, as Docusaurus and its kin write them: `:::note[Title]` … `:::`."""

from __future__ import annotations

import re

from helpcenter.content.importers.trees.blocks import KINDS, alert
from helpcenter.content.importers.trees.text import Line, Text, indent_of

OPENING = re.compile(
    r"^(?P<indent>[ \t]*)(?P<colons>:{3,})[ \t]*(?P<kind>[A-Za-z][\w-]*)[ \t]*"
    r"(?:\[(?P<title>.*)\][ \t]*(?:\{[^{}\n]*\})?|(?P<plain>[^\[\]{}\n]*?))(?:\{[^{}\n]*\})?[ \t]*$"
)
CLOSING = re.compile(r"^[ \t]*(?P<colons>:{3,})[ \t]*$")
# Deeper ones stay lines of colons; nobody reads a box in so many boxes.
DEEPEST = 10
OURS = frozenset({"tabs", "tab", "details", "transcript"})


def with_alerts(text: Text) -> list[tuple[str, int]]:
    """Turn boxes into alerts, inner ones first; return the kinds nobody knows, with their lines."""
    if ":::" not in text.text:
        return []
    unknown: list[tuple[str, int]] = []
    stack: list[tuple[re.Match[str] | None, int, list[Line]]] = [(None, 0, [])]
    for number, line in text.lines:
        opening, closing = OPENING.match(line), CLOSING.match(line)
        if opening and opening["kind"].lower() not in OURS and len(stack) <= DEEPEST:
            stack.append((opening, number, []))
        elif closing and stack[-1][0] and len(closing["colons"]) >= len(stack[-1][0]["colons"]):
            match, started, inside = stack.pop()
            stack[-1][2].extend(made(match, started, inside, unknown))
        else:
            stack[-1][2].append((number, line))
    while len(stack) > 1:
        # Never closed: it goes on to the end.
        match, started, inside = stack.pop()
        stack[-1][2].extend(made(match, started, inside, unknown))
    text.lines = stack[0][2]
    return unknown


def made(match: re.Match[str] | None, number: int, inside: list[Line], unknown: list[tuple[str, int]]) -> list[Line]:
    """Return the alert for a box."""
    if match is None:
        return inside
    kind, indent = match["kind"].lower(), match["indent"]
    if kind not in KINDS:
        unknown.append((kind, number))
    title = (match["title"] or match["plain"] or "").strip()
    width = len(indent.expandtabs(4))
    bare = [(at, line.expandtabs(4)[min(indent_of(line), width) :] if line.strip() else "") for at, line in inside]
    return alert(kind, title, bare, number, indent)
