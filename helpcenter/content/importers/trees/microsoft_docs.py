"""Trees of Microsoft Learn: includes, alerts, tabs, `:::image:::`, rows, zones, tables of contents and redirections."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from babel import Locale
from babel.core import get_global

from helpcenter.content.importers.trees.blocks import image, tabs, video
from helpcenter.content.importers.trees.fronts import listing, mapping, read_json, read_settings
from helpcenter.content.importers.trees.html import attributes_of
from helpcenter.content.importers.trees.linking import address_key
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.plain import is_page, language_trees, ordered_languages
from helpcenter.content.importers.trees.text import Line, Text, dedent, indent_of
from helpcenter.content.importers.trees.tree import Tree, is_markdown, joined, without_suffix
from helpcenter.content.languages import language_code
from helpcenter.content.site import DEFAULT_LANGUAGE

LEARN = "https://learn.microsoft.com"
HOME = re.compile(r"https?://(?:docs|learn)\.microsoft\.com/(?:[a-z]{2}-[a-z]{2}/)?", re.IGNORECASE)
INCLUDE = re.compile(r"(?P<indent>(?:(?<=\n)|\A)[ \t]*|)\[!INCLUDE[ \t]*\[(?P<name>[^\]\n]{0,300})\]\((?P<path>[^)\n]{1,500})\)[ \t]*\]", re.IGNORECASE)
ALERT = re.compile(r"^(?P<lead>[ \t]*>[ \t]*)\[!(?P<kind>NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?P<rest>\S[^\n]*)?$", re.IGNORECASE | re.MULTILINE)
VIDEO = re.compile(r"^[ \t]*(?:>[ \t]*)?\[!VIDEO[ \t]+(?P<address>[^\]\s]+)[ \t]*\][ \t]*$", re.IGNORECASE | re.MULTILINE)
DIV = re.compile(r"^(?P<lead>[ \t]*>?[ \t]*)\[!div[^\]\n]*\][ \t]*$\n?", re.IGNORECASE | re.MULTILINE)
CODE_FILE = re.compile(
    r"^[ \t]*(?:\[!code-?(?P<lang>[\w+#-]*)[ \t]*\[[^\]\n]*\]\((?P<path>[^)\n]+)\)[ \t]*\]|:::code(?P<attributes>[^\n]*?):::)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
IMAGE = re.compile(
    r":::[ \t]*image(?P<attributes>[^\n]*?):::"
    r"(?P<long>(?:(?![ \t]*:::[ \t]*image\b(?!-))[^\n]*\n){0,40}?[ \t]*:::[ \t]*image-end[ \t]*:::)?",
    re.IGNORECASE,
)
ICON = re.compile(r"type\s*=\s*[\"']?complex", re.IGNORECASE)
LAYOUT = re.compile(r"^[ \t]*:::[ \t]*(?:row|row-end|column|column-end)\b[^\n]*:::[ \t]*$", re.IGNORECASE | re.MULTILINE)
CHOICE = re.compile(
    r"^[ \t]*:::[ \t]*(?P<kind>zone|moniker)[ \t]+(?:pivot|target|range)[ \t]*=[ \t]*\"?(?P<value>[^\"\n:]*)\"?[ \t]*(?::::)?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
CHOICE_END = re.compile(r"^[ \t]*:::[ \t]*(?:zone|moniker)-end[ \t]*(?::::)?[ \t]*$", re.IGNORECASE | re.MULTILINE)
VIDEO_BLOCK = re.compile(r"^[ \t]*:::[ \t]*video(?P<attributes>[^\n]*?):::[ \t]*$", re.IGNORECASE | re.MULTILINE)
TAB = re.compile(r"^(?P<indent>[ \t]*)#+[ \t]*\[(?P<label>[^\]\n]+)\]\(#(?:tab|tabpanel)/(?P<id>[^)\n]*)\)[ \t]*$")
TABS_END = re.compile(r"^[ \t]*(?:\*[ \t]*\*[ \t]*\*[*\s]*|-[ \t]*-[ \t]*-[-\s]*|_[ \t]*_[ \t]*_[_\s]*)$")
XREF = re.compile(r"<xref:(?P<uid>[^>\s?]+)(?P<query>\?[^>\s]*)?>|\]\(xref:(?P<linked>[^)\s?]+)[^)\s]*\)")
SPANS = re.compile(r"<span\s+(?:data-ttu-id|class=\"sxs-lookup\")[^<>]*>|</span>", re.IGNORECASE)
FRONT_KEYS = ("ms.author", "ms.topic", "ms.date", "ms.service", "ms.locfileid", "ms.openlocfilehash", "ms.prod")
MAX_INCLUDES = 8
SAMPLED = 20


def short_language(code: str) -> str:
    """Return a code without the country that its language makes one think of.

    >>> short_language("lv-lv"), short_language("pt-br"), short_language("zh-tw")
    ('lv', 'pt', 'zh-tw')
    """
    language, _, country = code.partition("-")
    likely = get_global("likely_subtags").get(language)
    if not country or not likely:
        return code
    return language if (Locale.parse(likely).territory or "").lower() == country else code


class MicrosoftDocs(Style):
    """A repository of Microsoft Learn, or of several of its languages side by side."""

    name = "microsoft-docs"

    def __init__(self, tree: Tree, lose: Any) -> None:
        super().__init__(tree, lose)
        self.old_site = LEARN
        self.roots: dict[str, str] = {}
        self.order: dict[str, int] = {}
        self.base = ""
        self.uids: dict[str, str] = {}

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return whether the tree says so, or most of its pages carry Microsoft's front matter."""
        if any(path.rpartition("/")[2].startswith((".openpublishing", "docfx.json")) for path in tree.sizes):
            return True
        pages = [path for path in tree.sizes if is_markdown(path) and tree.sizes[path] < 256 * 1024]
        sample = pages[:: max(len(pages) // SAMPLED, 1)][:SAMPLED]
        marked = sum(any(f"\n{key}:".encode() in (tree.bytes_of(path) or b"")[:8192] for key in FRONT_KEYS) for path in sample)
        return bool(sample) and marked * 2 > len(sample)

    def pages(self) -> Iterator[Page]:
        """Yield the articles of every language."""
        trees = self._trees()
        self.languages = ordered_languages(dict.fromkeys(trees, ""))
        for lang in self.languages:
            root = trees[lang]
            self.roots[lang] = root
            self._read_toc(root)
            for source in self.tree.below(root):
                inner = posixpath.relpath(source, root) if root else source
                if is_page(inner) and "includes" not in inner.split("/"):
                    page = self.read_page(source, lang, without_suffix(inner))
                    if page and not is_toc(inner):
                        page.is_section = page.stem.lower() == "index"
                        page.addresses += page.front.texts("redirect_from")
                        yield page

    def _trees(self) -> dict[str, str]:
        trees = {short_language(code): folder for code, folder in language_trees(self.tree).items()}
        if list(trees.values()) != [""]:
            return trees
        # One language: the folder that docfx builds, when it says which.
        for path in (path for path in self.tree.sizes if path.endswith(".openpublishing.publish.config.json")):
            docsets = listing(mapping(read_json(self.tree.read(path) or "")).get("docsets_to_publish"))
            folders = [str(mapping(docset).get("build_source_folder", "")).strip("./") for docset in docsets]
            folder = next((folder for folder in folders if folder and self.tree.has_folder(folder)), "")
            if folder:
                return {DEFAULT_LANGUAGE: folder}
        code = next((code for code in [language_code(self.tree.root.name.rpartition(".")[2])] if code), None)
        return {short_language(code) if code else DEFAULT_LANGUAGE: ""}

    def _read_toc(self, root: str) -> None:
        """Remember the order of articles, and the titles of folders, that tables of contents give."""
        for path in [path for path in self.tree.below(root) if is_toc(path)]:
            text = self.tree.read(path) or ""
            items = toc_items(read_settings(text)) if path.lower().endswith((".yml", ".yaml")) else toc_lines(text)
            for _name, href in items:
                target = self.tree.find(joined(path, href.partition("#")[0].partition("?")[0])) if href else None
                if target:
                    self.order.setdefault(target, len(self.order) + 1)

    def settle(self, pages: list[Page]) -> None:
        """Give pages the order of the table of contents, and find the base of addresses that begin with a slash."""
        for page in pages:
            if page.source in self.order:
                page.ours.setdefault("order", self.order[page.source])
            uid = page.front.text("uid")
            if uid:
                self.uids[uid.lower()] = page.source
        self.base = self._base(pages)
        for page in pages:
            inner = page.key.removesuffix("/index") if page.is_section else page.key
            if self.base:
                page.addresses.insert(0, f"/{self.base}/{inner}")
                page.addresses.append(f"/{locale_of(page)}/{self.base}/{inner}")

    def _base(self, pages: list[Page]) -> str:
        """Return what addresses such as `/AlchemyInsights/x` begin with: the beginning after which most lead to an article."""
        keys = {address_key(page.key) for page in pages}
        hits: Counter[str] = Counter()
        fragments = [path for path in self.tree.sizes if is_markdown(path) and "includes" in path.split("/")]
        texts = [page.text.text for page in pages] + [self.tree.read(path) or "" for path in fragments]
        for text in texts:
            for target in re.findall(r"\]\(/([^)\s#?]+)", text):
                parts = target.strip("/").split("/")
                for length in range(1, min(len(parts), 4)):
                    if address_key("/".join(parts[length:])) in keys:
                        hits["/".join(parts[:length])] += 1
        return hits.most_common(1)[0][0] if hits else ""

    def home_path(self, address: str) -> str:
        """Return the path of an address of Microsoft Learn, by its present name or the one before."""
        found = HOME.match(address)
        return "/" + address[found.end() :] if found and self.base else ""

    def other_targets(self, page: Page, target: str) -> Iterable[str]:
        """Yield what a full path means: below the base, and in the page's own language."""
        path = target.lstrip("/")
        first, _, rest = path.partition("/")
        if language_code(first) and rest:
            path = rest
        if self.base and path.lower().startswith(f"{self.base.lower()}/"):
            yield posixpath.join(self.roots.get(page.lang, ""), path[len(self.base) + 1 :])
        if target.startswith("~/"):
            yield posixpath.join(self.roots.get(page.lang, ""), target[2:])

    def redirects(self) -> Iterable[tuple[str, str, str, int | None]]:
        """Yield the redirections of `.openpublishing.redirection*.json`."""
        for path in [path for path in self.tree.sizes if path.rpartition("/")[2].startswith(".openpublishing.redirection")]:
            text = self.tree.read(path) or ""
            for row in listing(mapping(read_json(text)).get("redirections")):
                old = str(mapping(row).get("source_path_from_root") or joined(path, str(mapping(row).get("source_path", ""))))
                target = str(mapping(row).get("redirect_url", ""))
                line = text.count("\n", 0, max(text.find(old.lstrip("/")), 0)) + 1
                yield self._old_address(old.lstrip("/")), self._inside(target), path, line

    def _old_address(self, source: str) -> str:
        root = next((root for root in sorted(self.roots.values(), key=len, reverse=True) if root and source.startswith(f"{root}/")), "")
        inner = without_suffix(source[len(root) + 1 :] if root else source).removesuffix("/index")
        return f"/{self.base}/{inner}" if self.base else f"/{inner}"

    def _inside(self, target: str) -> str:
        path = target.removeprefix(LEARN)
        path = re.sub(r"^/[a-z]{2}-[a-z]{2}/", "/", path)
        return path if path.startswith("/") else f"/{self.base}/{path}".replace("//", "/")

    def convert(self, page: Page) -> None:
        """Turn Microsoft's Markdown into ours."""
        text = page.text
        text.keep_code()
        if "[!include" in text.text.lower():
            self._include(page, text, page.source, ())
            # What was included may hold code as well.
            text.keep_code()
        if "[!" in text.text:
            text.sub(ALERT, lambda m, _line: m["lead"] + f"[!{m['kind'].upper()}]" + (f"\n{m['lead']}{m['rest']}" if m["rest"] else ""))
            text.sub(DIV, lambda _m, _line: "")
            text.sub(VIDEO, lambda m, line: self._video(page, m["address"], line))
        text.sub(CODE_FILE, lambda m, line: self._code(page, m, line))
        if ":::" in text.text:
            self._convert_colons(page)
        if "#tab" in text.text:
            text.lines = with_tabs(text.lines)
        if "xref:" in text.text:
            text.sub(XREF, lambda m, line: self._xref(page, m, line))
        if "sxs-lookup" in text.text or "data-ttu-id" in text.text:
            text.sub(SPANS, lambda _m, _line: "")

    def _convert_colons(self, page: Page) -> None:
        text = page.text
        text.sub(IMAGE, self._image)
        text.sub(VIDEO_BLOCK, lambda m, line: self._video(page, attributes_of(m["attributes"]).get("source", ""), line))
        layout = LAYOUT.search(text.text)
        if layout:
            self.lose(page.source, "layout", "Rows and columns were left out; their text stands one after the other.", text.line_at(layout.start()))
            text.lines = without_layout(text.lines)
        choices = list(dict.fromkeys(m["value"].strip() for m in CHOICE.finditer(text.text)))
        if choices:
            first = CHOICE.search(text.text)
            line = text.line_at(first.start()) if first else None
            self.lose(page.source, "zone-pivot", f"The choice of {', '.join(choices)[:200]} became headings that all readers see.", line)
            text.sub(CHOICE, lambda m, _line: f"**{m['value'].strip()}**\n")
            text.sub(CHOICE_END, lambda _m, _line: "")

    def _image(self, match: re.Match[str], _line: int) -> str:
        attributes = attributes_of(match["attributes"])
        shown = image(attributes.get("source", ""), attributes.get("alt-text", ""))
        if match["long"] and ICON.search(match["attributes"]):
            long = match["long"].rpartition(":::image-end")[0] if ":::image-end" in match["long"] else match["long"].rpartition(":::")[0].rpartition(":::")[0]
            words = " ".join(long.split())
            return f"{shown}\n\n{words}\n" if words else shown
        return shown + (match["long"] or "")

    def _video(self, page: Page, address: str, line: int) -> str:
        found = video(address)
        if found:
            return f"\n{found}\n"
        self.lose(page.source, "video", f"The video {address[:200]} became a link.", line)
        return f"\n<{address}>\n" if address.startswith("https://") else ""

    def _code(self, page: Page, match: re.Match[str], line: int) -> str:
        attributes = attributes_of(match["attributes"] or "")
        path = match["path"] or attributes.get("source", "")
        found = self.tree.find(joined(page.source, path.partition("#")[0].partition("?")[0].replace("~/", "/")))
        content = self.tree.read(found) if found else None
        if content is None or "#" in path or "?" in path or "range" in attributes or "id" in attributes:
            self.lose(page.source, "code-file", f"The code of {path[:200]} was left out; copy it into the article.", line)
            return ""
        language = (match["lang"] or attributes.get("language", "")).lower()
        return "\n".join(page.text.keep(part) for part in (f"```{language}", *content.rstrip("\n").split("\n"), "```"))

    def _xref(self, page: Page, match: re.Match[str], line: int) -> str:
        uid = match["uid"] or match["linked"]
        target = self.uids.get(uid.lower())
        if target:
            here = posixpath.relpath(target, posixpath.dirname(page.source) or ".")
            return f"]({here})" if match["linked"] else f"[{uid}]({here})"
        self.lose(page.source, "xref", f"{uid[:160]} is none of the pages; it leads to a search for it.", line)
        address = f"{LEARN}/dotnet/api/{uid.lower()}" if uid.startswith(("System.", "Microsoft.")) else f"{LEARN}/search/?terms={uid}"
        return f"]({address})" if match["linked"] else f"[{uid.rpartition('.')[2]}]({address})"

    def _include(self, page: Page, text: Text, path: str, stack: tuple[str, ...]) -> None:
        """Put the files that *text* includes into it; a file never includes itself, however long the way around."""

        def include(match: re.Match[str], line: int) -> str:
            target = match["path"].strip().strip("<>")
            found = self._included_file(page, path, target)
            if found is None or found in stack or found == page.source or len(stack) >= MAX_INCLUDES:
                reason = f"{found} includes itself." if found else f"There is no file {target[:200]} to include."
                self.lose(stack[-1] if stack else page.source, "include", reason, line)
                return ""
            self.parts.add(found)
            inner = Text(rebased(without_front(self.tree.read(found) or "").strip("\n"), found, path))
            inner.keep_code()
            self._include(page, inner, path, (*stack, found))
            return match["indent"] + inner.whole().replace("\n", "\n" + match["indent"])

        text.sub(INCLUDE, include)

    def _included_file(self, page: Page, path: str, target: str) -> str | None:
        candidates = [joined(path, target)]
        if target.startswith(("~/", "/")):
            candidates = [posixpath.join(self.roots.get(page.lang, ""), target.lstrip("~/"))]
        for root in self.roots.values():
            own = self.roots.get(page.lang, "")
            if own and candidates[0].startswith(f"{own}/"):
                candidates.append(posixpath.join(root, candidates[0][len(own) + 1 :]))
        return next((found for found in map(self.tree.find, candidates) if found and is_markdown(found)), None)


def without_front(text: str) -> str:
    """Return *text* without its front matter."""
    return re.sub(r"\A---[ \t]*\n.*?^---[ \t]*\n", "", text, count=1, flags=re.DOTALL | re.MULTILINE)


RELATIVE = re.compile(r"(?P<start>\]\(\s*|\bsource\s*=\s*\"|^ {0,3}\[[^\]\n]+\]:\s*)(?!(?:[a-zA-Z][\w+.-]*:|/|#|~))(?P<target>[^)\s\"#]+)", re.MULTILINE)


def rebased(text: str, found: str, path: str) -> str:
    """Return *text* of the file *found* with its relative links as the file *path* would write them."""
    here, there = posixpath.dirname(path), posixpath.dirname(found)
    if here == there:
        return text
    return RELATIVE.sub(lambda m: m["start"] + posixpath.relpath(posixpath.join(there, m["target"]), here or "."), text)


def with_tabs(lines: list[Line]) -> list[Line]:
    """Return *lines* with `# [Label](#tab/id)` … `***` as our tabs."""
    made: list[Line] = []
    parts: list[tuple[str, list[Line]]] = []
    started, indent = 1, ""

    def close() -> None:
        if parts:
            merged: dict[str, list[Line]] = {}
            for label, inside in parts:
                merged.setdefault(label, []).extend(inside)
            made.extend(tabs(list(merged.items()), started, indent))
            parts.clear()

    for number, line in lines:
        tab = TAB.match(line)
        if tab:
            if not parts:
                started, indent = number, tab["indent"]
            parts.append((tab["label"].strip(), []))
        elif parts and TABS_END.match(line):
            close()
        elif parts:
            parts[-1][1].append((number, line[len(indent) :] if indent_of(line) >= len(indent) else line.lstrip()))
        else:
            made.append((number, line))
    close()
    return made


def without_layout(lines: list[Line]) -> list[Line]:
    """Return *lines* without rows and columns; what stood in a column stands as far out as the row did."""
    made: list[Line] = []
    inside: list[Line] = []
    outer = 0
    for number, line in [*lines, (lines[-1][0], ":::end-of-text:::")]:
        mark = LAYOUT.match(line)
        if mark or line == ":::end-of-text:::":
            inner = min((indent_of(one) for _at, one in inside if one.strip()), default=0)
            width = max(inner - outer, 0)
            made += [(at, dedent(one, width) if one.strip() else "") for at, one in inside] if is_column(mark) else inside
            made += [(number, "")] if mark else []
            outer = indent_of(line) if mark and "row" in line and "end" not in line else outer
            inside = []
        else:
            inside.append((number, line))
    return made


def is_column(mark: re.Match[str] | None) -> bool:
    """Return whether *mark* ends a column."""
    return mark is not None and "end" in mark.group()


def is_toc(path: str) -> bool:
    """Return whether *path* is a table of contents."""
    return path.rpartition("/")[2].lower() in ("toc.yml", "toc.yaml", "toc.md")


def toc_items(value: Any, levels: int = 20) -> Iterator[tuple[str, str]]:
    """Yield the name and the target of each line of a table of contents, from the top."""
    rows = value if isinstance(value, list) else listing(mapping(value).get("items"))
    for row in rows if levels else []:
        entry = mapping(row)
        yield str(entry.get("name") or ""), str(entry.get("href") or entry.get("topicHref") or "")
        yield from toc_items(entry.get("items"), levels - 1)


def toc_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the target of each heading of a table of contents in Markdown."""
    yield from re.findall(r"^#+[ \t]*\[([^\]\n]*)\]\(([^)\s]*)\)", text, re.MULTILINE)


def locale_of(page: Page) -> str:
    """Return the locale that the old site's addresses name for the language of *page*."""
    told = page.front.text("ms.contentlocale").lower()
    return told if re.fullmatch(r"[a-z]{2,3}-[a-z0-9-]{2,8}", told) else {"en": "en-us"}.get(page.lang, page.lang)
