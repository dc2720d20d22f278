"""Links and images of imported pages: to relative paths of the content folder, or reported when they lead nowhere."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

from helpcenter.content.assets import MAX_ASSET_BYTES, TYPES
from helpcenter.content.importers.article import Asset, Source, asset_name, relative_link
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.tree import MARKDOWN, joined, without_suffix

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
EMBEDDED = re.compile(r"data:image/", re.IGNORECASE)
OPEN_SCHEMES = ("http:", "https:", "mailto:", "tel:")
BRACKET = re.compile(r"\\.|[\[\]]|\n[ \t]*\n", re.DOTALL)
PLACE = re.compile(
    r"\(\s{0,20}(?P<target><[^<>\n]*>|(?:[^\s()\\]++|\\.|\((?:[^\s()\\]|\\.){0,300}\)){0,2000})"
    r"(?P<title>\s{1,20}(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s{0,20}\)"
)
DEFINITION = re.compile(r"^(?P<lead> {0,3}\[(?!\^)(?P<label>[^\[\]\n]{1,300})\]:[ \t]*\n?[ \t]*)(?P<target><[^<>\n]*>|\S+)(?P<title>[^\n]*)$", re.MULTILINE)
HREF = re.compile(r"(?P<start><a\b[^<>]*?)\s+href\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')", re.IGNORECASE)
INDEX_PAGE = re.compile(r"(?:^|/)(?:index|readme)\.(?:html?|md)\Z", re.IGNORECASE)

Found = tuple[str | None, str]
"""Where a link leads (None: nowhere), and how many that says of the count: `article`, `asset`, `outside`."""


def address_key(address: str) -> str:
    """Return an address as it is looked up: without query, ending and capitals.

    >>> address_key("/Docs/Intro/index.html?x=1"), address_key("docs/intro.html")
    ('docs/intro', 'docs/intro')
    """
    path = INDEX_PAGE.sub("", unquote(address).partition("?")[0]).strip("/").lower()
    return without_suffix(path.removesuffix(".html").removesuffix(".htm"))


class Library:
    """All pages of a tree, by file, by old address, and by key and language."""

    def __init__(self, style: Style, pages: Iterable[Page]) -> None:
        self.style = style
        self.tree = style.tree
        self.by_source: dict[str, Page] = {}
        self.by_address: dict[str, Page] = {}
        self.by_key: dict[tuple[str, str], Page] = {}
        for page in pages:
            self.by_source[page.source] = page
            self.by_key[page.lang, page.key] = page
            for address in page.addresses:
                self.by_address.setdefault(address_key(address), page)

    def twins(self, page: Page) -> Iterator[Page]:
        """Yield the page, then the same page in the other languages, the default first."""
        yield page
        for lang in self.style.languages:
            twin = self.by_key.get((lang, page.key))
            if twin and twin is not page:
                yield twin

    def find(self, page: Page, target: str) -> Page | None:
        """Return the page that *target*, a path written on *page*, means; in the language of *page* when there is one."""
        for candidate in self._candidates(page, target):
            found = self._file(candidate) or self.by_address.get(address_key(candidate))
            if found:
                return self.by_key.get((page.lang, found.key), found)
        return None

    def _candidates(self, page: Page, target: str) -> Iterator[str]:
        target = unquote(target)
        if target.startswith("/"):
            yield target
            yield f"/{page.lang}{target}"
            for root in self.style.page_roots:
                yield posixpath.join(root, target.lstrip("/"))
        else:
            for twin in self.twins(page):
                yield joined(twin.source, target)
            for root in self.style.page_roots:
                yield posixpath.join(root, target)
            for address in page.addresses[:1]:
                for relative in (joined(address.rstrip("/") + "/", target), joined(address.rstrip("/"), target)):
                    yield relative
                    # A page that is not translated has its address without the language.
                    yield relative.removeprefix(f"/{page.lang}")
        yield from self.style.other_targets(page, target)

    def _file(self, path: str) -> Page | None:
        path = path.lstrip("/").rstrip("/")
        for name in (path, *(path + suffix for suffix in MARKDOWN), *(f"{path}/{index}.md" for index in self.style.index_names)):
            found = self.tree.find(name)
            if found in self.by_source:
                return self.by_source[found]
        stem = without_suffix(path)
        return self._file(stem) if stem != path else None

    def find_asset(self, page: Page, target: str) -> str | None:
        """Return the file of the tree that *target* means, when it is none of the pages."""
        candidates = [joined(twin.source, target) for twin in self.twins(page)] if not target.startswith("/") else []
        inner = re.sub(r"^(?:@site/|~@?/?)", "", target).lstrip("/")
        candidates += [posixpath.join(root, inner) for root in self.style.asset_roots]
        candidates += list(self.style.other_targets(page, target))
        return next((found for found in map(self.tree.find, candidates) if found and found not in self.by_source), None)


class Linker:
    """Rewrites the links of pages, copies what they show, and counts."""

    def __init__(self, source: Source, library: Library) -> None:
        self.source = source
        self.library = library
        self.style = library.style
        self.resolved = 0
        self.unresolved = 0
        self.named: dict[str, str | None] = {}
        """By file of the tree, the name of the asset that it became; None when it cannot be one."""

    def rewrite(self, page: Page) -> None:
        """Rewrite all links and images of *page*."""
        gone = self._definitions(page)
        self._inline(page, gone)
        if "href" in page.text.text:
            page.text.sub(HREF, lambda match, line: self._href(page, match, line))

    def _href(self, page: Page, match: re.Match[str], line: int) -> str:
        to = self.lead(page, match["double"] or match["single"] or "", line, shown=False)
        return match["start"] if to is None else f'{match["start"]} href="{to}"'

    def _definitions(self, page: Page) -> set[str]:
        """Rewrite the lines `[label]: target`; return the labels whose target leads nowhere."""
        gone: set[str] = set()
        if "]:" not in page.text.text:
            return gone
        pictures = {label.lower() for label in re.findall(r"!\[[^\[\]\n]*\]\[([^\[\]\n]+)\]", page.text.text)}

        def definition(match: re.Match[str], line: int) -> str:
            label = match["label"].lower()
            to = self.lead(page, match["target"].strip("<>"), line, shown=label in pictures)
            if to is None:
                gone.add(label)
                return ""
            return f"{match['lead']}{written(to)}{match['title']}"

        page.text.sub(DEFINITION, definition)
        return gone

    def _inline(self, page: Page, gone: set[str]) -> None:
        """Rewrite `[words](target)` and `![words](target)`; those that lead nowhere leave their words."""
        text = page.text.text
        edits: list[tuple[int, int, str]] = []
        for opening, closing in bracket_pairs(text):
            shown = text[opening - 1 : opening] == "!" and text[opening - 2 : opening - 1] != "\\"
            place = PLACE.match(text, closing + 1)
            if place:
                to = self.lead(page, place["target"].strip("<>"), page.text.line_at(opening), shown=shown)
                if to is not None:
                    edits.append((place.start("target"), place.end("target"), written(to)))
                else:
                    edits += [(opening - shown, opening + 1, ""), (closing, place.end(), "")]
            elif gone:
                edits += unlinked(text, opening, closing, gone, shown=shown)
        if edits:
            page.text.edit(sorted(edits))

    def lead(self, page: Page, target: str, line: int, *, shown: bool) -> str | None:
        """Return where *target* leads from the article of *page*, or None; the latter is reported."""
        target = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", page.text.restore(target))
        if SCHEME.match(target) or target.startswith("//"):
            return self._embedded(page, target, line) if shown and EMBEDDED.match(target) else self._foreign(page, target, line)
        path, _, fragment = target.partition("#")
        path, _, _query = path.partition("?")
        if not path and not shown:
            return self._fragment(page, page, fragment, line, "") if fragment else ""
        found = None if shown else self.library.find(page, path)
        if found:
            self.resolved += 1
            return self._fragment(page, found, fragment, line, relative_link(page.path, found.path))
        asset = self.library.find_asset(page, unquote(path)) if path else None
        if asset:
            return self._asset(page, asset, line, shown=shown)
        if path.startswith("/") and self.style.old_site and not shown:
            to = f"{self.style.old_site}{quote(path, safe='/%~+,;=@:()')}" + (f"#{fragment}" if fragment else "")
            self.source.lose(page.source, "outside-link", f"{target[:200]} is not in the tree; it leads to {to[:240]} now.", line)
            return to
        what, words = ("unresolved-image", "image") if shown else ("unresolved-link", "link")
        self.unresolved += not shown
        self.source.lose(page.source, what, f"The {words} to {target[:200]} leads nowhere; its words stay.", line)
        return None

    def _foreign(self, page: Page, target: str, line: int) -> str | None:
        if target.startswith("//"):
            return f"https:{target}"
        if target.lower().startswith(OPEN_SCHEMES):
            return self._home(page, target) or target
        scheme = target.partition(":")[0]
        self.source.lose(page.source, "link-scheme", f"A link of {scheme}: was left out; its words stay.", line)
        return None

    def _embedded(self, page: Page, target: str, line: int) -> str | None:
        """Return the file that an image written into the text becomes."""
        kind, _, encoded = target.partition(",")
        suffix = next((suffix for suffix, name in TYPES.items() if kind.lower() == f"data:{name};base64"), "")
        try:
            content = base64.b64decode(unquote(encoded), validate=True) if suffix else b""
        except ValueError:
            content = b""
        if not content:
            self.source.lose(page.source, "embedded-image", "An image written into the text cannot be read; its words stay.", line)
            return None
        name = asset_name("markdown", f"image{suffix}", content)
        page.assets.setdefault(name, Asset(name, content))
        return relative_link(page.path, f"_assets/{name}")

    def _home(self, page: Page, target: str) -> str | None:
        """Return the article that a full address of the old site itself leads to."""
        path = self.style.home_path(target.partition("#")[0])
        found = self.library.find(page, path.partition("?")[0]) if path.strip("/") else None
        if not found:
            return None
        fragment = target.partition("#")[2]
        found = self.library.by_key.get((page.lang, found.key), found)
        self.resolved += 1
        return self._fragment(page, found, fragment, 0, relative_link(page.path, found.path))

    def _fragment(self, page: Page, found: Page, fragment: str, line: int, link: str) -> str | None:
        name = unquote(fragment)
        if not name or name in found.title_ids or name == "top":
            return link or (None if not fragment else "#")
        if name in found.ids:
            return f"{link}#{name}"
        near = next((one for one in sorted(found.ids) if one.lower() == name.lower()), None)
        if near:
            return f"{link}#{near}"
        where = f"in {found.source}" if link else "on this page"
        self.source.lose(page.source, "unresolved-anchor", f"There is no #{name[:120]} {where}; the link leads to the article.", line or None)
        return link or None

    def _asset(self, page: Page, path: str, line: int, *, shown: bool) -> str | None:
        if path not in self.named:
            self.named[path] = self._name(page, path, line)
        name = self.named[path]
        if name is None:
            what = "image" if shown else "link"
            self.source.lose(page.source, "asset-left", f"The {what} to {path} was left out, because the file was not copied.", line)
            return None
        page.assets.setdefault(name, Asset(name, self.library.tree.place(path)))
        return relative_link(page.path, f"_assets/{name}")

    def _name(self, page: Page, path: str, line: int) -> str | None:
        suffix = posixpath.splitext(path)[1].lower()
        if suffix not in TYPES:
            self.source.lose(page.source, "asset-type", f"{path} was not copied; these kinds are: {', '.join(TYPES)}.", line)
            return None
        content = self.library.tree.bytes_of(path, MAX_ASSET_BYTES)
        return None if content is None else asset_name("markdown", posixpath.basename(path), content)


def written(target: str) -> str:
    """Return *target* as it stands between the brackets of a link."""
    return f"<{target}>" if re.search(r"[\s()]", target) or not target else target


def bracket_pairs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of each `[` with its `]`, in one pass."""
    waiting: list[int] = []
    for found in BRACKET.finditer(text):
        mark = found.group()
        if mark == "[":
            waiting.append(found.start())
        elif mark == "]":
            if waiting:
                yield waiting.pop(), found.start()
        elif mark[0] == "\n":
            waiting.clear()


def unlinked(text: str, opening: int, closing: int, gone: set[str], *, shown: bool) -> list[tuple[int, int, str]]:
    """Return the edits that leave the words of a link whose definition leads nowhere."""
    label = re.compile(r"\[([^\[\]\n]{0,300})\]").match(text, closing + 1)
    name = (label.group(1) if label else "") or text[opening + 1 : closing]
    if name.lower() not in gone or text[opening - 1 : opening] == "]":
        return []
    return [(opening - shown, opening + 1, ""), (closing, label.end() if label else closing + 1, "")]
