"""Markdown becomes safe HTML, plain text and headings.

What links and images lead to is asked of two functions, so this module knows neither files nor database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from markdown_it.token import Token

from helpcenter.content.blocks import NAMES, TAB
from helpcenter.content.dialect import parser
from helpcenter.content.figures import caption_image, code_figure, show_video
from helpcenter.content.labels import ENGLISH, Labels
from helpcenter.content.nesting import TOO_DEEP
from helpcenter.content.plain_text import text_of
from helpcenter.content.problems import ERROR, WARNING, nearest
from helpcenter.content.raw_html import rewrite_tags
from helpcenter.content.sanitising import PAGE_IDS, clean
from helpcenter.content.weight import refuse_heavy

EXPLICIT_ID = re.compile(r"\{#([A-Za-z][\w:.-]{0,199})\}[ \t]*\Z")
ANCHOR_TAG = re.compile(r"<a\s+(?:name|id)=[\"']?([^\s\"'<>]{1,200})[\"']?\s*/?>\Z", re.IGNORECASE)
NOT_IN_IDS = re.compile(r"[^\w\- ]")
EXTERNAL = ("http:", "https:")
# Images written into the text itself are never shown, and their length says nothing about the text.
EMBEDDED = re.compile(r"data:[\w/+.;=-]{0,80}base64,[A-Za-z0-9+/=%]+")


@dataclass(frozen=True)
class Image:
    """Where an image is published, and its size in pixels where the file tells."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something rendering noticed; `line` counts from the first line of the Markdown."""

    line: int
    code: str
    severity: str
    message: str


@dataclass
class Rendered:
    """An article as readers get it."""

    html: str
    text: str
    headings: list[dict[str, object]]
    findings: list[Finding] = field(default_factory=list)
    ids: frozenset[str] = frozenset()
    anchors: list[tuple[int, str]] = field(default_factory=list)
    """Links to a place in this article (`#id`) or in another one: line and address."""


ResolveLink = Callable[[str], str | None]
ResolveImage = Callable[[str], Image | None]
Follow = Callable[[int], None]
LINE_OF_COLONS = re.compile(r"[ \t]*:{3,}[ \t]*([A-Za-z-]*)")


def render(
    markdown: str,
    *,
    resolve_link: ResolveLink,
    resolve_image: ResolveImage,
    title: str = "",
    labels: Labels = ENGLISH,
    follow: Follow | None = None,
) -> Rendered:
    """Return *markdown* rendered, sanitised last.

    A resolver returns None for what leads nowhere: the link then stays as plain text, the image as its description.
    *follow* is told the line before anything on it is resolved.
    A first heading equal to *title* is dropped, since the page shows the title itself.
    Raises TooHeavy when rendering would take too long.
    """
    markdown = EMBEDDED.sub("data:image/png;,", markdown)
    refuse_heavy(markdown)
    env: dict = {"labels": labels}
    markdown_it = parser()
    tokens = markdown_it.parse(markdown, env)
    shaper = Shaper(resolve_link, resolve_image, labels, follow)
    tokens = shaper.shape(tokens, title)
    html = clean(markdown_it.renderer.render(tokens, markdown_it.options, env))
    text, headings = text_of(html)
    findings = sorted(shaper.findings, key=lambda finding: finding.line)
    ids = frozenset(re.findall(r'\sid="([^"]+)"', html))
    return Rendered(html, text, headings, findings, ids, shaper.anchors)


class Shaper:
    """Changes the parsed tokens of one article into what the page needs."""

    def __init__(
        self, resolve_link: ResolveLink, resolve_image: ResolveImage, labels: Labels = ENGLISH, follow: Follow | None = None
    ) -> None:
        self.resolve_link = resolve_link
        self.resolve_image = resolve_image
        self.labels = labels
        self.follow = follow or (lambda line: None)
        self.findings: list[Finding] = []
        self.anchors: list[tuple[int, str]] = []
        self.ids: dict[str, int] = dict.fromkeys(PAGE_IDS, 0)  # id -> the last number given to one like it
        self.line = 1
        self.images = 0

    def shape(self, tokens: list[Token], title: str) -> list[Token]:
        """Return *tokens* with headings named, links and images resolved, figures made."""
        tokens = drop_title(tokens, title)
        self.shape_headings(tokens)
        shaped: list[Token] = []
        for index, token in enumerate(tokens):
            self.line = token.map[0] + 1 if token.map else self.line
            if token.type == "inline" and token.children:
                self.shape_text(tokens, index)
            elif token.type == "html_block":
                token.content = rewrite_tags(token.content, self.raw_link, self.raw_image)
            elif token.meta and token.meta.get("closed") is False:
                self.find("unclosed-block", WARNING, f"The block :::{token.meta['block']} has no end; close it with a line of :::.")
            elif token.meta and token.meta.get(TOO_DEEP):
                self.find("too-deep", WARNING, "Lists and quotes are nested too deep here, so readers see this as plain text.")
            shaped += code_figure(token) if token.type == "fence" else [token]
        return shaped

    def shape_text(self, tokens: list[Token], index: int) -> None:
        """Resolve what is in the text at *index*; what stands alone on its line becomes a figure."""
        token = tokens[index]
        start = self.line
        if ":::" in token.content:
            self.find_odd_colons(token.content)
        token.children = list(self.shape_inline(token.children or []))
        caption_image(tokens, index)
        if show_video(tokens, index, self.labels):
            after = tokens[index + 2] if index + 2 < len(tokens) else None
            if after is None or after.type != "transcript_open":
                self.line = start
                self.find("missing-transcript", WARNING, "The video has no transcript; write it below between :::transcript and :::.")

    def find_odd_colons(self, content: str) -> None:
        """Note lines of colons that became text, because they open or close nothing that is known."""
        for number, text in enumerate(content.split("\n")):
            odd = LINE_OF_COLONS.match(text)
            if not odd:
                continue
            name = odd.group(1).lower()
            if not name:
                message = "These colons close nothing, so readers see them."
            elif name in NAMES:
                message = f"The block :::{name} is nested too deep here."
            elif name == TAB:
                message = "A tab stands only inside :::tabs."
            else:
                message = f"There is no block :::{name[:40]}, so readers see the colons.{nearest(name, [*NAMES, TAB])}"
            self.findings.append(Finding(self.line + number, "unknown-block", WARNING, message))

    def find(self, code: str, severity: str, message: str) -> None:
        """Note a finding on the present line."""
        self.findings.append(Finding(self.line, code, severity, message))

    def shape_headings(self, tokens: list[Token]) -> None:
        """Give every heading its id, and report jumps in the levels."""
        level_before = 1
        outside: list[int] = []  # for each open block of tabs, the level of the heading it stands under
        for index, token in enumerate(tokens):
            if token.type == "tabs_open":
                outside.append(level_before)
            elif token.type == "tabs_close":
                level_before = outside.pop()
            if token.type != "heading_open":
                continue
            self.line = token.map[0] + 1 if token.map else self.line
            level = int(token.tag[1])
            if token.meta.get("tab"):
                level = min(outside[-1] + 1, 6)
                token.tag = tokens[index + 2].tag = f"h{level}"
            elif level == 1:
                # The page's own title is the one first-level heading.
                self.find("second-h1", WARNING, "The title is the only first-level heading; use ## here.")
                level = 2
                token.tag = tokens[index + 2].tag = "h2"
            elif level > level_before + 1:
                self.find("heading-jump", WARNING, f"A heading of level {level} follows one of level {level_before}.")
            level_before = level
            token.attrSet("id", self.heading_id(tokens[index + 1]))

    def heading_id(self, inline: Token) -> str:
        """Return the heading's id: explicit, from an old-fashioned anchor, or made from its words as GitHub does."""
        children = inline.children or []
        if children and children[-1].type == "text":
            found = EXPLICIT_ID.search(children[-1].content)
            if found:
                children[-1].content = children[-1].content[: found.start()].rstrip(" \t")
                return self.unused(found.group(1))
        if len(children) > 1 and children[0].type == "html_inline":
            anchor = ANCHOR_TAG.match(children[0].content)
            if anchor and children[1].content.lower() == "</a>":
                del children[:2]
                return self.unused(anchor.group(1))
        return self.unused(github_id(words(inline)) or "section")

    def unused(self, wanted: str) -> str:
        """Return *wanted*, numbered when the article has it already."""
        name = wanted
        while name in self.ids:
            self.ids[wanted] += 1
            name = f"{wanted}-{self.ids[wanted]}"
        self.ids[name] = 0
        return name

    def shape_inline(self, children: list[Token]) -> Iterator[Token]:
        """Yield the inline tokens with links and images resolved."""
        broken: list[bool] = []  # for each open link, whether it became plain text
        for child in children:
            if child.type in ("softbreak", "hardbreak"):
                self.line += 1
            if child.type == "link_open":
                broken.append(not self.shape_link(child))
            elif child.type == "link_close" and broken:
                child.tag = "span" if broken.pop() else child.tag
            elif child.type == "image":
                yield from self.shape_image(child, inside_link=bool(broken))
                continue
            elif child.type == "html_inline":
                child.content = rewrite_tags(child.content, self.raw_link, self.raw_image)
            yield child

    def shape_link(self, token: Token) -> bool:
        """Point the link where it leads; return False when it leads nowhere."""
        href = self.link(str(token.attrs.get("href", "")))
        if href is None:
            token.tag = "span"
            token.attrs = {"class": "broken-link"}
            return False
        token.attrSet("href", href)
        if is_external(href):
            token.attrSet("rel", "noopener noreferrer")
        return True

    def link(self, href: str) -> str | None:
        """Return where *href* leads; a link inside the article is kept, and checked when all ids are known."""
        if href.startswith("#"):
            self.anchors.append((self.line, unquote(href)))
            return href
        self.follow(self.line)
        resolved = self.resolve_link(href)
        if resolved is None:
            self.find("broken-link", ERROR, f"The link to {shown(href)} leads nowhere.")
        elif resolved.startswith("/") and "#" in resolved:
            self.anchors.append((self.line, unquote(resolved)))
        return resolved

    def shape_image(self, token: Token, *, inside_link: bool) -> Iterator[Token]:
        """Yield the image, or what stands in for one that is not ours to show."""
        src = str(token.attrs.get("src", ""))
        alt = "".join(child.content for child in token.children or [] if child.content)
        image = self.image(src, alt)
        if image is not None:
            title = {"title": token.attrs["title"]} if "title" in token.attrs else {}
            token.attrs = {"src": image.url, **self.sizes(image), **title, "alt": ""}
            yield token
        elif is_external(src) and not inside_link:
            yield Token("link_open", "a", 1, attrs={"href": src, "class": "external-image", "rel": "noopener noreferrer"})
            yield Token("text", "", 0, content=alt or src)
            yield Token("link_close", "a", -1)
        else:
            yield Token("text", "", 0, content=alt)

    def image(self, src: str, alt: str) -> Image | None:
        """Return the image at *src*, or None; what is wrong with it is noted."""
        if not alt.strip():
            self.find("missing-alt", WARNING, f"The image {shown(src)} has no description; write it between the [ ].")
        if is_external(src):
            self.find("remote-image", WARNING, f"The image {shown(src)} is on another server; readers get a link to it.")
            return None
        self.follow(self.line)
        image = self.resolve_image(src)
        if image is None:
            self.find("broken-image", ERROR, f"There is no image {shown(src)} in the content folder.")
        return image

    def sizes(self, image: Image) -> dict[str, str | int | float]:
        """Return the attributes that keep the page still while images load; the first image loads at once."""
        self.images += 1
        attributes: dict[str, str | int | float] = {}
        if image.width and image.height:
            attributes = {"width": image.width, "height": image.height}
        return attributes | ({"loading": "lazy", "decoding": "async"} if self.images > 1 else {})

    def raw_link(self, href: str) -> tuple[str | None, bool]:
        """Return where a link in raw HTML leads, and whether that is another site."""
        resolved = self.link(href)
        return resolved, bool(resolved and is_external(resolved))

    def raw_image(self, src: str, alt: str) -> Image | None:
        """Return the image that raw HTML shows, or None."""
        image = self.image(src, alt)
        self.images += image is not None
        return image


def drop_title(tokens: list[Token], title: str) -> list[Token]:
    """Return *tokens* without a first heading that repeats *title*."""
    if len(tokens) < 3 or tokens[0].tag != "h1":
        return tokens
    return tokens[3:] if same_words(EXPLICIT_ID.sub("", words(tokens[1])), title) else tokens


def is_external(href: str) -> bool:
    """Return whether *href* leads to another site."""
    return href.lower().startswith(EXTERNAL)


def words(inline: Token) -> str:
    """Return the text of an inline token as readers see it."""
    return "".join(child.content for child in inline.children or [] if child.type in ("text", "code_inline"))


def same_words(first: str, second: str) -> bool:
    """Return whether two titles differ in nothing that readers see."""
    return " ".join(first.split()).casefold() == " ".join(second.split()).casefold() != ""


def github_id(text: str) -> str:
    """Return the id that GitHub gives to a heading.

    >>> github_id("What's new, in 2.0?")
    'whats-new-in-20'
    """
    return NOT_IN_IDS.sub("", text.strip().lower()).replace(" ", "-")[:200]


def shown(href: str) -> str:
    """Return a link as a message shows it: short, and not percent-encoded."""
    text = unquote(href)
    return (text[:80] + "…" if len(text) > 80 else text) or '"" (empty)'
