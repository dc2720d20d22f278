"""HTML inside Markdown: what may stay, and what becomes Markdown or is left out."""

from __future__ import annotations

import html
import re

from helpcenter.content.importers.trees.blocks import image, video
from helpcenter.content.importers.trees.page import Page
from helpcenter.content.importers.trees.tree import Lose

ACTIVE = re.compile(r"<(?P<tag>script|style|form|object|noscript)\b[^<>]*>", re.IGNORECASE)
OPEN_ACTIVE = re.compile(r"</?(?P<tag>script|style|form|object|noscript|embed)\b[^<>]*>", re.IGNORECASE)
FRAME = re.compile(r"<iframe\b(?P<attributes>[^<>]*)(?:/>|>(?:[^<]*</iframe\s*>)?)", re.IGNORECASE)
IMG = re.compile(r"<img\b(?P<attributes>(?:[^<>\"'{}]|\"[^\"]*\"|'[^']*'|\{[^{}]*\})*?)/?>", re.IGNORECASE)
FIGURE = re.compile(
    r"^[ \t]*<figure\b[^<>]*>\s*(?P<inside>!\[[^\]\n]{0,500}\]\([^()\n]{1,1000}\))(?:\{[^{}\n]*\})?\s*"
    r"(?:<figcaption\b[^<>]*>(?P<caption>.{0,2000}?)</figcaption>)?\s*</figure>",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
ATTRIBUTE = re.compile(r"(?P<name>[A-Za-z_:][\w:.-]*)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|\{(?P<braced>[^{}]*)\}|(?P<bare>[^\s\"'<>{}]+))")
QUOTED = re.compile(r"[\"'](?P<path>[^\"']+)[\"']")
TAG = re.compile(r"<[^<>]*>")
MARKDOWN_IMAGE = re.compile(r"!\[(?P<alt>[^\n]*?)\]\((?P<target>\S+?)(?:\s+\"[^\"]*\")?\)\Z")


def attributes_of(text: str) -> dict[str, str]:
    """Return the attributes of a tag; of `{require('./a.png').default}` the quoted path counts.

    >>> attributes_of('src="a.png" alt={"A box"} width=300')
    {'src': 'a.png', 'alt': 'A box', 'width': '300'}
    """
    found = {}
    for match in ATTRIBUTE.finditer(text):
        value = match["double"] or match["single"] or match["bare"] or ""
        if match["braced"] is not None:
            inside = QUOTED.search(match["braced"])
            value = inside["path"] if inside else match["braced"].strip()
        found[match["name"].lower()] = html.unescape(value)
    return found


def settle_html(page: Page, lose: Lose) -> None:
    """Turn images, figures and video frames of the page's HTML into Markdown; what is active is left out and reported."""
    text = page.text
    if "<" not in text.text:
        return
    drop_active(page, lose)
    text.sub(FRAME, lambda match, line: frame(page, match, line, lose))
    text.sub(IMG, picture)
    text.sub(FIGURE, figure)


def drop_active(page: Page, lose: Lose) -> None:
    """Take scripts, styles, forms and the like away."""
    text = page.text

    def drop(tag: str, line: int) -> None:
        lose(page.source, "html", f"<{tag.lower()}> was left out; articles hold no scripts, styles and forms.", line)

    def drop_lone(match: re.Match[str], line: int) -> str:
        drop(match["tag"], line)
        return ""

    spans = list(text.between(ACTIVE, "</{tag}>"))
    for start, _end in spans:
        opening = ACTIVE.match(text.text, start)
        drop(opening["tag"] if opening else "script", text.line_at(start))
    text.edit([(start, end, "") for start, end in spans])
    text.sub(OPEN_ACTIVE, drop_lone)


def frame(page: Page, match: re.Match[str], line: int, lose: Lose) -> str:
    """Return the video of a frame, else a link to what it showed."""
    address = attributes_of(match["attributes"]).get("src", "")
    found = video(f"https:{address}" if address.startswith("//") else address)
    if found:
        return f"\n\n{found}\n\n"
    lose(page.source, "frame", f"A frame of {address[:120] or 'nothing'} was left out; readers get a link.", line)
    return f"<{address}>" if address.startswith("https://") else ""


def picture(match: re.Match[str], _line: int) -> str:
    """Return an `<img>` as an image of Markdown."""
    attributes = attributes_of(match["attributes"])
    if "src" not in attributes:
        return ""
    return image(attributes["src"], attributes.get("alt", ""), attributes.get("title", ""))


def figure(match: re.Match[str], _line: int) -> str:
    """Return a figure as an image with its caption."""
    inside = MARKDOWN_IMAGE.match(match["inside"])
    caption = " ".join(TAG.sub("", match["caption"] or "").split())
    return image(inside["target"].strip("<>"), inside["alt"], caption) if inside else match["inside"]
