"""Trees in the style of GitHub Docs: `content/` with `data/reusables` and `data/variables`, Liquid, and editions of pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from helpcenter.content.importers.trees.blocks import alert, tabs
from helpcenter.content.importers.trees.fronts import mapping, read_settings
from helpcenter.content.importers.trees.headings import words_of
from helpcenter.content.importers.trees.liquid import Tag, choose, keep_raw, replace_blocks, replace_outputs, replace_tags
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.plain import ordered_languages
from helpcenter.content.importers.trees.text import Line, Text
from helpcenter.content.importers.trees.tree import Tree, is_markdown, without_suffix
from helpcenter.content.languages import language_code
from helpcenter.content.site import DEFAULT_LANGUAGE
from helpcenter.content.slugs import section_key

CHOICES = frozenset({"ifversion", "if", "unless"})
BOXES = frozenset({"note", "tip", "warning", "danger", "caution", "important"})
# Switches between tools and systems, and what readers saw as their names.
SWITCHES = {
    "mac": "macOS", "windows": "Windows", "linux": "Linux", "webui": "Web browser", "cli": "GitHub CLI", "desktop": "GitHub Desktop",
    "curl": "cURL", "codespaces": "Codespaces", "vscode": "Visual Studio Code", "jetbrains": "JetBrains IDEs", "powershell": "PowerShell",
    "bash": "Bash", "javascript": "JavaScript", "api": "API", "graphql": "GraphQL", "importer_cli": "Importer CLI", "xcode": "Xcode",
    "visualstudio": "Visual Studio", "eclipse": "Eclipse", "vimneovim": "Vim/Neovim", "azure_data_studio": "Azure Data Studio",
    "rowheaders": "",
}  # fmt: skip
AUTOTITLE = re.compile(r"[\"“]?\[AUTOTITLE\]\((?P<target>[^)\s]+)\)[\"”]?")
DATA = re.compile(r"(?:indented_)?data(?:_reference)?\Z")
PATH = re.compile(r"[\w./-]+")
EDITION = re.compile(r"(?P<not>not[ \t]+)?(?P<name>[\w.@-]+)(?:[ \t]*(?P<sign>[<>=!]+)[ \t]*(?P<number>[\w.]+))?\Z")
EDITIONS = frozenset({"fpt", "ghec", "ghes", "ghae"})
MAX_REUSED = 10


class GitHubDocs(Style):
    """A tree in the style of GitHub Docs; `version` says which edition of its pages is taken."""

    name = "github-docs"
    heading_is_title = False
    asset_roots = ("", "assets")
    page_roots = ("content", "")
    index_names = ("index", "README")

    def __init__(self, tree: Tree, lose: Any) -> None:
        super().__init__(tree, lose)
        self.roots: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self.titles: dict[str, str] = {}
        self.order: dict[str, int] = {}

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return whether the tree has pages and pieces that pages share, as GitHub Docs keeps them."""
        return tree.has_folder("content") and (tree.has_folder("data/reusables") or tree.has_folder("data/variables"))

    def pages(self) -> Iterator[Page]:
        """Yield the pages of the edition, in every language."""
        self.roots = self._roots()
        self.languages = ordered_languages(self.roots)
        for lang in self.languages:
            root = posixpath.join(self.roots[lang], "content") if self.roots[lang] else "content"
            for source in self.tree.below(root):
                inner = posixpath.relpath(source, root)
                if is_markdown(source) and without_suffix(inner).rpartition("/")[2].lower() != "readme":
                    page = self.read_page(source, lang, without_suffix(inner))
                    if page and self._is_in_edition(page):
                        yield self._prepared(page)

    def _roots(self) -> dict[str, str]:
        """Return the folder of each language: the tree itself is English, translations mirror it in folders of their own."""
        found = {DEFAULT_LANGUAGE: ""}
        for path in self.tree.sizes:
            place = re.match(r"(?P<root>(?:translations/)?(?P<name>[A-Za-z-]{2,10}))/content/", path)
            code = language_code(place["name"]) if place else None
            if place and code:
                found.setdefault(code.partition("-")[0] if code not in ("zh-tw", "pt-pt") else code, place["root"])
        return found

    def _is_in_edition(self, page: Page) -> bool:
        versions = page.front.values.get("versions")
        if not isinstance(versions, dict) or page.is_section or page.key.rpartition("/")[2] == "index":
            return True
        if self.version in versions or (not EDITIONS & set(versions) and self._feature(str(versions.get("feature", "")))):
            return True
        detail = f"The page is for {', '.join(versions) or 'no edition'} only, not for {self.version}."
        self.lose(page.source, "version", detail, page.front.lines.get("versions"))
        return False

    def _feature(self, name: str) -> bool:
        path = self.tree.find(f"data/features/{name}.yml")
        versions = mapping(mapping(read_settings(self.tree.read(path) or "")).get("versions")) if path else {}
        return self.version in versions

    def _prepared(self, page: Page) -> Page:
        page.is_section = page.key.rpartition("/")[2] == "index"
        path = page.key.removesuffix("index").strip("/")
        page.addresses = [f"/{page.lang}/{path}".rstrip("/"), f"/{path}"] if path else []
        page.addresses += page.front.texts("redirect_from")
        for child_order, child in enumerate(page.front.texts("children"), 1):
            self.order.setdefault(posixpath.normpath(posixpath.join(page.folder, child.strip("/"))), child_order)
        for name in ("versions", "children", "childGroups", "featuredLinks", "redirect_from", "showMiniToc", "allowTitleToDifferFromFilename"):
            if name != "showMiniToc":
                page.front.values.pop(name, None)
        self._titles(page)
        return page

    def _titles(self, page: Page) -> None:
        for name in ("title", "shortTitle", "intro"):
            value = page.front.text(name)
            if "{" in value:
                page.front.values[name] = self._filled(page, value)
        self.titles[page.source] = page.front.text("title")

    def _filled(self, page: Page, value: str) -> str:
        text = Text(value, page.front.body_line)
        self._liquid(page, text, 0)
        return words_of(text.whole())

    def settle(self, pages: list[Page]) -> None:
        """Order pages as the lists of children say; folders become sections in that order."""
        for page in pages:
            order = self.order.get(page.key.removesuffix("/index"))
            if order and not page.is_section:
                page.ours.setdefault("order", order)
            elif order:
                self.section(section_key(page.folder)).order = order

    def convert(self, page: Page) -> None:
        """Turn Liquid and titles of links into what they stand for."""
        text = page.text
        if "{%" in text.text or "{{" in text.text:
            self._liquid(page, text, 0)
        text.keep_code()
        if "AUTOTITLE" in text.text:
            text.sub(AUTOTITLE, lambda m, _line: f"[{self._title_at(page, m['target'])}]({m['target']})")

    def _title_at(self, page: Page, target: str) -> str:
        path = target.partition("#")[0].strip("/")
        for lang in (page.lang, DEFAULT_LANGUAGE):
            root = posixpath.join(self.roots.get(lang, ""), "content")
            for name in (f"{root}/{path}.md", f"{root}/{path}/index.md"):
                title = self.titles.get(self.tree.find(name) or "")
                if title:
                    return title.replace("[", "\\[").replace("]", "\\]")
        return target.rpartition("/")[2].partition("#")[0].replace("-", " ") or target

    def _liquid(self, page: Page, text: Text, level: int) -> None:
        """Replace the Liquid of *text*, and of what it brings in."""
        keep_raw(text)
        for condition, line in choose(text, CHOICES, lambda _tag, condition: self._holds(condition)):
            self.lose(page.source, "version", f"It is not known whether {condition[:120]} holds; the text stays.", line)
        replace_tags(text, lambda tag: self._data(page, tag, level))
        replace_outputs(text, lambda name, line: self._value(page, name, line, level))
        if level:
            return
        replace_blocks(text, BOXES, lambda tag, inside: joined_lines(alert(tag.name, "", unquoted(inside, tag.line), tag.line)))
        self._switches(page, text)
        replace_tags(text, lambda tag: self._leftover(page, tag))

    def _holds(self, condition: str) -> bool | None:
        """Return whether *condition* holds for the edition; `or` binds weaker than `and`. None when nobody knows."""
        answers = [self._all_hold(part) for part in re.split(r"\s+or\s+", condition)]
        return True if True in answers else (None if None in answers else False)

    def _all_hold(self, condition: str) -> bool | None:
        answers = [self._one_holds(part.strip()) for part in re.split(r"\s+and\s+", condition)]
        return False if False in answers else (None if None in answers else True)

    def _one_holds(self, condition: str) -> bool | None:
        found = EDITION.match(condition)
        if not found:
            return None
        name = found["name"].partition("@")[0]
        if name in EDITIONS or name == self.version:
            # A release is compared with the newest one.
            held = name == self.version and (not found["sign"] or ">" in found["sign"] or found["sign"] == "!=")
        elif self.tree.find(f"data/features/{name}.yml"):
            held = self._feature(name)
        else:
            return None
        return held != bool(found["not"])

    def _data(self, page: Page, tag: Tag, level: int) -> str | None:
        if not DATA.match(tag.name):
            return None
        path = PATH.match(tag.rest)
        name = path.group() if path else ""
        spaces = tag.arguments.get("spaces", "")
        content = self._reused(page, name, tag.line, level)
        return content.replace("\n", "\n" + " " * int(spaces)) if spaces.isdigit() and len(spaces) < 3 else content

    def _value(self, page: Page, name: str, line: int, level: int) -> str | None:
        if name.startswith("site.data."):
            return self._reused(page, name.removeprefix("site.data."), line, level)
        self.lose(page.source, "liquid", f"{{{{ {name[:100]} }}}} was left out.", line)
        return ""

    def _reused(self, page: Page, name: str, line: int, level: int) -> str:
        """Return the text that `reusables.a.b` or `variables.a.b` names, in the page's language or in English."""
        kind, _, rest = name.partition(".")
        content: str | None = None
        for root in dict.fromkeys((self.roots.get(page.lang, ""), "")):
            if kind == "reusables":
                path = self.tree.find(posixpath.join(root, "data/reusables", rest.replace(".", "/") + ".md"))
                content = self.tree.read(path) if path else None
                self.parts |= {path} if path else set()
            else:
                content = self._variable(root, name)
            if content is not None:
                break
        if content is None or level >= MAX_REUSED:
            why = "is not in data/" if content is None else "brings in itself"
            self.lose(page.source, "reusable", f"{name[:160]} {why}; nothing stands in its place.", line)
            return ""
        inner = Text(content.strip("\n"), line)
        self._liquid(page, inner, level + 1)
        return inner.whole()

    def _variable(self, root: str, name: str) -> str | None:
        folder, file, *keys = [*name.split("."), ""][:-1] if name.count(".") >= 2 else ["", "", ""]
        path = self.tree.find(posixpath.join(root, "data", folder, f"{file}.yml")) if file else None
        if not path:
            return None
        if path not in self.values:
            self.values[path] = read_settings(self.tree.read(path) or "")
        value = self.values[path]
        for key in keys:
            value = mapping(value).get(key)
        return str(value) if isinstance(value, str) else None

    def _switches(self, page: Page, text: Text) -> None:
        """Make tabs of neighbouring blocks for systems and tools; a block alone becomes a heading of its own."""
        names = frozenset(SWITCHES)
        if not any(f"end{name}" in text.text for name in names):
            return
        marked: list[tuple[str, str]] = []

        def mark(tag: Tag, inside: str) -> str:
            if tag.name == "rowheaders":
                return inside.strip("\n")
            marked.append((SWITCHES[tag.name], inside.strip("\n")))
            return f"\x02switch{len(marked) - 1}\x03"

        replace_blocks(text, names, mark)
        group = re.compile(r"\x02switch\d+\x03(?:\s*\x02switch\d+\x03)*")

        def grouped(match: re.Match[str], line: int) -> str:
            chosen = [marked[int(number)] for number in re.findall(r"switch(\d+)", match.group())]
            return joined_lines(tabs([(label, [(line, one) for one in inside.split("\n")]) for label, inside in chosen], line))

        text.sub(group, grouped)

    def _leftover(self, page: Page, tag: Tag) -> str:
        if tag.name == "octicon":
            label = tag.arguments.get("aria-label", "")
            return f"**{label}**" if label else ""
        if tag.name == "comment" or tag.name.startswith("end"):
            return ""
        self.lose(page.source, "liquid", f"{{% {tag.name} {tag.rest[:80]} %}} was left out.", tag.line)
        return ""

    def other_targets(self, page: Page, target: str) -> Iterable[str]:
        """Yield what a full path means: below the content of the page's language or of English."""
        path = re.sub(r"^/(?:[a-z]{2}(?:-[a-z]{2})?/)?(?:(?:free-pro-team|enterprise-cloud|enterprise-server|github-ae)@[\w.]+/)?", "", target)
        for lang in (page.lang, DEFAULT_LANGUAGE):
            yield posixpath.join(self.roots.get(lang, ""), "content", path)


def joined_lines(lines: list[Line]) -> str:
    """Return lines as one text."""
    return "\n".join(line for _number, line in lines)


def unquoted(inside: str, line: int) -> list[Line]:
    """Return the lines inside a box, without the word in bold that said its kind."""
    bare = re.sub(r"\A\s*\*\*(?:Note|Notes|Tip|Warning|Caution|Important|Danger)s?:?\*\*:?[ \t]*", "", inside.strip("\n"))
    return [(line, one) for one in bare.split("\n")]


