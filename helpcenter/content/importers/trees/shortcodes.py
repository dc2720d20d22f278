"""Shortcodes of Hugo: those that Hugo brings and those that most themes have become Markdown, others are reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from helpcenter.content.importers.trees.blocks import KINDS, alert, details, image, tabs, video
from helpcenter.content.importers.trees.mdx import joined, numbered
from helpcenter.content.importers.trees.text import Line, Text

CODE = re.compile(
    r"\{\{(?P<mark>[<%])[ \t]*(?P<close>/?)[ \t]*(?P<name>[A-Za-z_][\w./-]*)"
    r"(?P<rest>(?:[^`\"<>%{}]|\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|%(?!\})|>(?!\}))*?)(?P<self>/?)[ \t]*[>%]\}\}"
)
ESCAPED = re.compile(r"\{\{(?P<mark>[<%])/\*(?P<inside>[^{}\n]{0,1000}?)\*/(?P<end>[>%])\}\}")
ARGUMENT = re.compile(r"(?:(?P<name>[A-Za-z_][\w-]*)=)?(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|`(?P<ticked>[^`]*)`|(?P<bare>[^\s\"`=]+))")
LINKS = frozenset({"ref", "relref"})
BOXES = frozenset({"notice", "alert", "callout", "admonition", "hint", "admonitions", "box", "blockquote", "message"})
FOLDS = frozenset({"details", "expand", "accordion", "collapse", "spoiler", "detail"})
TABS = frozenset({"tabs", "tabpane", "tabbed", "codetabs", "code-tabs"})
TAB = frozenset({"tab", "tabitem", "codetab"})
IMAGES = frozenset({"figure", "image", "img", "imgproc"})
DROPPED = frozenset({"comment", "toc", "clear", "br"})
Lose = Callable[[str, str, int], None]


class Call(NamedTuple):
    """A shortcode with its arguments, by name and by place."""

    name: str
    named: dict[str, str]
    placed: list[str]
    line: int

    def one(self, *names: str) -> str:
        """Return the first argument of *names* that is there, else the first without a name."""
        return next((self.named[name] for name in names if self.named.get(name)), self.placed[0] if self.placed else "")


def call_of(match: re.Match[str], line: int) -> Call:
    """Return what a shortcode says."""
    named: dict[str, str] = {}
    placed: list[str] = []
    for found in ARGUMENT.finditer(match["rest"]):
        value = found["quoted"] if found["quoted"] is not None else found["ticked"] if found["ticked"] is not None else found["bare"]
        value = value.replace('\\"', '"')
        if found["name"]:
            named[found["name"].lower()] = value
        else:
            placed.append(value)
    return Call(match["name"].lower(), named, placed, line)


class Shortcodes:
    """Replaces the shortcodes of one page; `param` gives a value of its front matter or the site's."""

    def __init__(self, text: Text, lose: Lose, param: Callable[[str], str]) -> None:
        self.text = text
        self.lose = lose
        self.param = param

    def replace(self) -> None:
        """Replace all shortcodes, inner ones first; those inside comments are shown as they are."""
        text = self.text
        text.sub(ESCAPED, lambda m, _line: text.keep("{{" + m["mark"]) + m["inside"] + text.keep(m["end"] + "}}"))
        for _round in range(30):
            edits = self._round()
            if not edits:
                break
            text.edit(edits)
        text.sub(CODE, lambda m, line: self._lone(call_of(m, line)) if not m["close"] and m["name"].lower() not in TAB else "")

    def _round(self) -> list[tuple[int, int, str]]:
        edits: list[tuple[int, int, str]] = []
        waiting: list[re.Match[str]] = []
        for found in CODE.finditer(self.text.text):
            if not found["close"]:
                waiting.append(found)
                continue
            while waiting and waiting[-1]["name"] != found["name"]:
                waiting.pop()
            if not waiting:
                continue
            opening = waiting.pop()
            if opening["name"].lower() in TAB and any(one["name"].lower() in TABS for one in waiting):
                continue
            edits.append((opening.start(), found.end(), self._around(opening, found)))
            waiting.clear()
        return edits

    def _around(self, opening: re.Match[str], closing: re.Match[str]) -> str:
        call = call_of(opening, self.text.line_at(opening.start()))
        inside = self.text.text[opening.end() : closing.start()]
        start = self.text.text.rfind("\n", 0, opening.start()) + 1
        before = self.text.text[start : opening.start()]
        indent = before if not before.strip() else ""
        lines = numbered(inside, call.line)
        if call.name in DROPPED:
            return ""
        if call.name == "highlight":
            return joined([(call.line, f"```{call.one('lang')}"), *lines, (call.line, "```")], indent)
        if call.name in BOXES or call.name in KINDS:
            return joined(box(call, lines), indent)
        if call.name in FOLDS:
            return joined(details(call.one("summary", "title", "label"), lines, call.line), indent)
        if call.name in TABS:
            return joined(self._tabs(inside, call.line), indent)
        if call.name in TAB:
            return joined([(call.line, f"**{call.one('name', 'header', 'title', 'label')}**"), (call.line, ""), *lines], indent)
        if call.name in LINKS:
            return call.one("path")
        if call.name in ("button", "link"):
            return f"[{' '.join(inside.split())}]({call.one('href', 'relref', 'url', 'link')})"
        self.lose("shortcode", f"{{{{< {call.name} >}}}} was left out; what stood in it stays.", call.line)
        return joined(lines, indent)

    def _tabs(self, inside: str, line: int) -> list[Line]:
        parts, opening = [], None
        for found in CODE.finditer(inside):
            if found["name"].lower() not in TAB:
                continue
            if not found["close"]:
                opening = found
            elif opening:
                call = call_of(opening, line)
                label = call.one("name", "header", "title", "label", "tabname") or f"{len(parts) + 1}"
                started = line + inside.count("\n", 0, opening.end())
                parts.append((label, numbered(inside[opening.end() : found.start()], started)))
                opening = None
        return tabs(parts, line) if parts else numbered(inside, line)

    def _lone(self, call: Call) -> str:
        if call.name in LINKS:
            return call.one("path")
        if call.name in IMAGES:
            return self._image(call)
        if call.name in ("youtube", "vimeo", "video", "youtube-lite"):
            return self._video(call)
        if call.name == "param":
            return self.param(call.one("name"))
        if call.name in ("gist", "x", "tweet", "twitter", "instagram"):
            return self._post(call)
        if call.name in DROPPED:
            return ""
        self.lose("shortcode", f"{{{{< {call.name} >}}}} was left out; there is no such shortcode here.", call.line)
        return ""

    def _image(self, call: Call) -> str:
        source = call.one("src", "image", "url")
        caption = call.named.get("caption") or call.named.get("title") or ""
        shown = image(source, call.named.get("alt") or call.named.get("caption") or "", re.sub(r"[\[\]*_`]|\]\([^()]*\)", "", caption))
        link = call.named.get("link")
        return f"[{shown}]({link})" if link else shown

    def _video(self, call: Call) -> str:
        identity = call.one("id", "src", "url")
        address = identity if "://" in identity else f"https://vimeo.com/{identity}" if call.name == "vimeo" else f"https://youtu.be/{identity}"
        found = video(address)
        if not found and call.name == "video" and identity:
            return f"[{call.named.get('title', identity)}]({identity})"
        if not found:
            self.lose("video", f"The video {identity[:100]} was left out.", call.line)
        title = call.named.get("title", "")
        return f"\n[{title}]({found})\n" if found and title else f"\n{found}\n" if found else ""

    def _post(self, call: Call) -> str:
        parts = [*call.named.values(), *call.placed]
        hosts = {"gist": "gist.github.com", "instagram": "www.instagram.com/p", "x": "x.com", "tweet": "twitter.com", "twitter": "twitter.com"}
        user, identity = call.named.get("user", ""), call.named.get("id", "")
        path = f"{user}/status/{identity}" if user and identity else "/".join(parts[:2])
        self.lose("shortcode", f"{{{{< {call.name} >}}}} became a link.", call.line)
        return f"<https://{hosts[call.name]}/{path}>"


def box(call: Call, lines: list[Line]) -> list[Line]:
    """Return the alert for a box, whose kind is its name or its first argument."""
    placed = list(call.placed)
    word = call.name
    if call.name in BOXES:
        told = next((call.named[name] for name in ("type", "style", "color", "kind") if call.named.get(name)), "")
        word = (told or (placed.pop(0) if placed else "") or "note").lower()
    return alert(word, call.named.get("title", "") or (placed[0] if placed else ""), lines, call.line)
