"""The blocks of our own Markdown that other tools' blocks become: alerts, tabs, details, videos, images."""

from __future__ import annotations

import re

from helpcenter.content.importers.trees.text import Line, trimmed

# What tools call their boxes, by the five that we have.
KINDS = {
    "note": "NOTE", "info": "NOTE", "seealso": "NOTE", "abstract": "NOTE", "summary": "NOTE", "tldr": "NOTE", "todo": "NOTE",
    "example": "NOTE", "quote": "NOTE", "cite": "NOTE", "question": "NOTE", "help": "NOTE", "faq": "NOTE", "secondary": "NOTE",
    "primary": "NOTE", "default": "NOTE", "notice": "NOTE", "alert": "NOTE", "callout": "NOTE",
    "tip": "TIP", "hint": "TIP", "success": "TIP", "check": "TIP", "done": "TIP", "new": "TIP", "highlight": "TIP",
    "important": "IMPORTANT", "attention": "IMPORTANT",
    "warning": "WARNING", "failure": "WARNING", "fail": "WARNING", "missing": "WARNING", "bug": "WARNING",
    "caution": "CAUTION", "danger": "CAUTION", "error": "CAUTION",
}  # fmt: skip
YOUTUBE = re.compile(r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:[^\s\"']*&)?v=|embed/|v/|shorts/)|youtu\.be/)(?P<id>[\w-]{6,20})")
VIMEO = re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(?P<id>\d{4,12})")
QUOTE = "> "
COLONS = re.compile(r"^[ \t]*(:{3,})", re.MULTILINE)


def kind_of(word: str) -> str:
    """Return our alert for another tool's word; what nobody knows is a note.

    >>> kind_of("danger"), kind_of("pied-piper")
    ('CAUTION', 'NOTE')
    """
    return KINDS.get(word.lower(), "NOTE")


def alert(kind: str, title: str, lines: list[Line], number: int, indent: str = "") -> list[Line]:
    """Return an alert, with a title of its own when it has one."""
    inside = trimmed(lines)
    if title and title.lower() != kind.lower():
        colons = fence_around(inside)
        body = [(at, indent + line if line else "") for at, line in inside]
        return [(number, f"{indent}{colons}{kind_of(kind).lower()}[{one_line(title)}]"), *body, (number, indent + colons)]
    return [(number, f"{indent}> [!{kind_of(kind)}]"), *((at, f"{indent}{QUOTE}{line}".rstrip()) for at, line in inside)]


def details(title: str, lines: list[Line], number: int, indent: str = "") -> list[Line]:
    """Return a part that readers unfold, under *title*."""
    colons = fence_around(lines)
    inside = [(at, indent + line if line else "") for at, line in trimmed(lines)]
    label = f"[{one_line(title)}]" if title else ""
    return [(number, f"{indent}{colons}details{label}"), *inside, (number, indent + colons)]


def tabs(parts: list[tuple[str, list[Line]]], number: int, indent: str = "") -> list[Line]:
    """Return tabs with their labels."""
    inner = fence_around([line for _label, lines in parts for line in lines])
    outer = inner + ":"
    found: list[Line] = [(number, f"{indent}{outer}tabs")]
    for label, lines in parts:
        at = lines[0][0] if lines else number
        found.append((at, f"{indent}{inner}tab {one_line(label)}".rstrip()))
        found += [(line_number, indent + line if line else "") for line_number, line in trimmed(lines)]
        found.append((found[-1][0], indent + inner))
    return [*found, (found[-1][0], indent + outer)]


def fence_around(lines: list[Line]) -> str:
    """Return a row of colons longer than any that *lines* begin with."""
    longest = max((len(found.group(1)) for _, line in lines for found in [COLONS.match(line)] if found), default=2)
    return ":" * (longest + 1)


def video(address: str) -> str:
    """Return the plain address of a video that can be shown at a click, or nothing when it is none.

    >>> video("https://www.youtube.com/embed/abc123xyz_0?rel=0")
    'https://www.youtube.com/watch?v=abc123xyz_0'
    """
    youtube = YOUTUBE.match(address)
    if youtube:
        return f"https://www.youtube.com/watch?v={youtube['id']}"
    vimeo = VIMEO.match(address)
    return f"https://vimeo.com/{vimeo['id']}" if vimeo else ""


def image(source: str, description: str, caption: str = "") -> str:
    """Return an image; the caption is its title."""
    address = f"<{source}>" if re.search(r"[\s()]", source) else source
    title = ' "{}"'.format(one_line(caption).replace('"', "'")) if caption else ""
    return f"![{escaped(one_line(description))}]({address}{title})"


def one_line(text: str) -> str:
    """Return *text* on one line."""
    return " ".join(text.split())


def escaped(text: str) -> str:
    """Return *text* so that it can stand between the brackets of a link."""
    return re.sub(r"(?<!\\)([\[\]])", r"\\\1", text)
