"""Links and images inside raw HTML are resolved like those written in Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import Any

# Only tags that could hold a link or an image are worth parsing.
INTERESTING = re.compile(r"<\s*(?:a|img)\b", re.IGNORECASE)

ResolveRawLink = Callable[[str], tuple[str | None, bool]]
ResolveRawImage = Callable[[str, str], Any]


def rewrite_tags(html: str, resolve_link: ResolveRawLink, resolve_image: ResolveRawImage) -> str:
    """Return *html* with the targets of its links and images resolved; the rest passes as it is."""
    if not INTERESTING.search(html):
        return html
    rewriter = _Rewriter(html, resolve_link, resolve_image)
    rewriter.feed(html)
    # An unfinished tag at the end stays in the parser's buffer; it is text until the rest comes.
    return "".join(rewriter.pieces) + escape(rewriter.rawdata)


class _Rewriter(HTMLParser):
    """Passes markup through unchanged, but for `a` and `img`."""

    def __init__(self, html: str, resolve_link: ResolveRawLink, resolve_image: ResolveRawImage) -> None:
        super().__init__(convert_charrefs=False)
        self.resolve_link = resolve_link
        self.resolve_image = resolve_image
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass a start tag on; links and images with resolved targets."""
        if tag not in ("a", "img"):
            self.pieces.append(self.get_starttag_text() or "")
            return
        given = {name: value or "" for name, value in attrs}
        changed = self.link(given) if tag == "a" else self.image(given)
        if changed is not None:
            attributes = "".join(f' {name}="{escape(value)}"' for name, value in changed.items())
            self.pieces.append(f"<{tag}{attributes}>")

    handle_startendtag = handle_starttag

    def link(self, given: dict[str, str]) -> dict[str, str]:
        """Return the attributes of a link; its old-fashioned name becomes an id."""
        kept = {name: value for name, value in given.items() if name not in ("href", "name", "rel", "target")}
        if given.get("name") and "id" not in kept:
            kept["id"] = given["name"]
        if "href" in given:
            href, external = self.resolve_link(given["href"])
            if href is not None:
                kept["href"] = href
            if external:
                kept["rel"] = "noopener noreferrer"
        return kept

    def image(self, given: dict[str, str]) -> dict[str, str] | None:
        """Return the attributes of an image, or None when there is none to show."""
        image = self.resolve_image(given.get("src", ""), given.get("alt", ""))
        if image is None:
            self.pieces.append(escape(given.get("alt", "")))
            return None
        sizes = {"width": str(image.width), "height": str(image.height)} if image.width and image.height else {}
        title = {"title": given["title"]} if given.get("title") else {}
        return {"src": image.url, "alt": given.get("alt", ""), "loading": "lazy", **sizes, **title}

    def handle_endtag(self, tag: str) -> None:
        """Pass an end tag on."""
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Pass text on."""
        self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        """Pass a named character on."""
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Pass a numbered character on."""
        self.pieces.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Drop a comment."""
