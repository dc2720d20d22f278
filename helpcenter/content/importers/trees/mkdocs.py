"""Trees of MkDocs and Material for MkDocs: navigation, translations, admonitions, tabs, snippets and redirects."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from helpcenter.content.importers.trees.attributes import drop_icons, settle_attributes
from helpcenter.content.importers.trees.blocks import KINDS, alert, details, tabs
from helpcenter.content.importers.trees.fronts import listing, mapping, read_settings
from helpcenter.content.importers.trees.headings import GITHUB, PYTHON_MARKDOWN
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.text import Line, Text, dedent, indent_of, trimmed
from helpcenter.content.importers.trees.tree import Tree, is_markdown, without_suffix
from helpcenter.content.languages import language_code
from helpcenter.content.site import DEFAULT_LANGUAGE
from helpcenter.content.slugs import section_key

CONFIGS = ("mkdocs.yml", "mkdocs.yaml")
BOX = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>!!!|\?\?\?\+?)(?=[ \t]*[\w\"])[ \t]*(?P<kinds>[\w-]+(?:[ \t]+[\w-]+)*)?[ \t]*(?:\"(?P<title>.*)\")?[ \t]*$")
TAB = re.compile(r"^(?P<indent>[ \t]*)===[!+]?[ \t]+\"(?P<label>[^\"\n]*)\"[ \t]*$")
SNIPPET = re.compile(r"^(?P<indent>[ \t]*)(?P<escape>;*)-{1,}8<-{1,}[ \t]+[\"'](?P<path>[^\"'\n]+)[\"'][ \t]*$", re.MULTILINE)
SNIPPETS = re.compile(r"^(?P<indent>[ \t]*)-{2,}8<-{2,}[ \t]*\n(?P<paths>(?:[^\n]*\n){1,50}?)[ \t]*-{2,}8<-{2,}[ \t]*$", re.MULTILINE)
SECTION = re.compile(r"-{1,}8<-{1,}[ \t]*\[(?P<what>start|end):[ \t]*(?P<name>[\w-]+)[ \t]*\]")
RANGE = re.compile(r":(?P<start>-?\d*)(?::(?P<end>-?\d*))?\Z")
KEYS = re.compile(r"\+\+(?P<keys>[a-zA-Z0-9_\"-]+(?:\+[a-zA-Z0-9_\"-]+)*)\+\+")
MARKED = re.compile(r"==(?P<text>[^=\n]+)==")
INSERTED = re.compile(r"\^\^(?P<text>[^^\n]+)\^\^")
MARKDOWN_DIV = re.compile(r"^[ \t]*<(?P<close>/?)div\b(?P<rest>[^<>\n]*)>[ \t]*$", re.MULTILINE)
ANNOTATE = re.compile(r"\{[ \t]*\.annotate[ \t]*\}")
MACRO = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}")
MAX_SNIPPETS = 8


class MkDocs(Style):
    """A site of MkDocs."""

    name = "mkdocs"
    ids = PYTHON_MARKDOWN
    index_names = ("index", "README")

    def __init__(self, tree: Tree, lose: Any) -> None:
        super().__init__(tree, lose)
        self.config_path = next((name for name in CONFIGS if name in tree.sizes), "")
        self.config: dict[str, Any] = {}
        self.folder = "docs"
        self.suffixes = True
        self.directory_urls = True
        self.base = ""
        self.order: dict[str, int] = {}
        self.labels: dict[str, str] = {}
        self.translated: dict[str, dict[str, str]] = {}
        self.snippet_roots = ["."]

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return whether there is a configuration of MkDocs."""
        return any(name in tree.sizes for name in CONFIGS)

    def pages(self) -> Iterator[Page]:
        """Yield the pages of all languages."""
        self._read_config()
        for source in self.tree.below(self.folder):
            inner = posixpath.relpath(source, self.folder)
            if is_markdown(source) and not any(part.startswith(".") for part in inner.split("/")):
                lang, key = self._language_of(without_suffix(inner))
                page = self.read_page(source, lang, key)
                if page:
                    yield self._prepared(page)

    def _language_of(self, stem: str) -> tuple[str, str]:
        default = self.languages[0]
        if len(self.languages) > 1 and not self.suffixes:
            first, _, rest = stem.partition("/")
            code = language_code(first)
            return (code, rest) if code in self.languages and rest else (default, stem)
        name, _, ending = stem.rpartition(".")
        code = language_code(ending) if name else None
        return (code, name) if code in self.languages and "/" not in ending else (default, stem)

    def _read_config(self) -> None:
        text = self.tree.read(self.config_path) if self.config_path else ""
        value = read_settings(text or "")
        if value is None and text:
            self.lose(self.config_path, "settings", "The settings cannot be read as YAML; order, languages and redirects are not known.")
        self.config = mapping(value)
        self.folder = str(self.config.get("docs_dir") or "docs").strip("./") or "docs"
        self.page_roots = (self.folder,)
        self.asset_roots = (self.folder, "")
        self.site_name = str(self.config.get("site_name") or "")
        self.directory_urls = str(self.config.get("use_directory_urls", "true")).lower() != "false"
        site = re.match(r"(?P<site>https?://[^/]+)(?P<base>/.*)?\Z", str(self.config.get("site_url") or ""))
        self.old_site, self.base = (site["site"], (site["base"] or "").strip("/")) if site else ("", "")
        self._read_languages()
        self._read_extensions()
        self._read_nav(listing(self.config.get("nav")), [])

    def _plugin(self, name: str) -> dict[str, Any] | None:
        for plugin in self._named(self.config.get("plugins")):
            if plugin[0] == name:
                return plugin[1]
        return None

    @staticmethod
    def _named(value: Any) -> list[tuple[str, dict[str, Any]]]:
        """Return a list of names, or of names with settings, as pairs."""
        if isinstance(value, dict):
            return [(str(name), mapping(settings)) for name, settings in value.items()]
        pairs = []
        for row in listing(value):
            pairs += [(str(name), mapping(inner)) for name, inner in row.items()] if isinstance(row, dict) else [(str(row), {})]
        return pairs

    def _read_languages(self) -> None:
        default = language_code(str(mapping(self.config.get("theme")).get("language") or DEFAULT_LANGUAGE)) or DEFAULT_LANGUAGE
        settings = self._plugin("i18n")
        codes: list[str] = []
        if settings is not None:
            self.suffixes = str(settings.get("docs_structure") or "suffix") != "folder"
            languages = settings.get("languages")
            rows = [{"locale": name, **mapping(row)} for name, row in languages.items()] if isinstance(languages, dict) else listing(languages)
            for row in map(mapping, rows):
                code = language_code(str(row.get("locale")))
                if code:
                    codes.append(code)
                    self.translated[code] = {str(key): str(value) for key, value in mapping(row.get("nav_translations")).items()}
                    default = code if str(row.get("default", "")).lower() == "true" else default
            default = language_code(str(settings.get("default_language") or default)) or default
        self.languages = list(dict.fromkeys([default, *codes]))

    def _read_extensions(self) -> None:
        for name, settings in self._named(self.config.get("markdown_extensions")):
            if name == "toc" and settings.get("slugify"):
                self.ids = GITHUB
            elif name == "pymdownx.snippets":
                paths = settings.get("base_path")
                self.snippet_roots = [str(path) for path in paths] if isinstance(paths, list) else [str(paths)] if paths else ["."]

    def _read_nav(self, rows: list[Any], above: list[str]) -> None:
        """Remember the order and the titles that the navigation gives."""
        for row in rows:
            if isinstance(row, str):
                self._place(row, "", above)
            for label, target in mapping(row).items():
                if isinstance(target, str):
                    self._place(target, str(label), above)
                elif isinstance(target, list):
                    self._read_nav(target, [*above, str(label)])

    def _place(self, target: str, label: str, above: list[str]) -> None:
        path = self.tree.find(posixpath.join(self.folder, target))
        for lang in () if path else self.languages:
            path = path or self.tree.find(posixpath.join(self.folder, lang, target))
        if path is None:
            if not re.match(r"[a-z]+:", target):
                self.lose(self.config_path, "nav", f"The navigation names {target[:120]}, which is no file.", None)
            return
        key = self._language_of(without_suffix(posixpath.relpath(path, self.folder)))[1]
        self.order.setdefault(key, len(self.order) + 1)
        if label:
            self.labels.setdefault(key, label)
        folder = key.rpartition("/")[0]
        if above and folder:
            section = self.section(section_key(folder))
            section.order = section.order or len(self.order)
            for lang in self.languages:
                section.title.setdefault(lang, self.translated.get(lang, {}).get(above[-1], above[-1]))

    def _prepared(self, page: Page) -> Page:
        page.is_section = page.key.rpartition("/")[2].lower() in ("index", "readme")
        lang = "" if page.lang == self.languages[0] else page.lang
        path = page.folder if page.is_section else page.key
        page.addresses = [self._address("/".join(part for part in (self.base, lang, path) if part))]
        return page

    def _address(self, path: str) -> str:
        return f"/{path}/".replace("//", "/") if self.directory_urls or not path else f"/{path}.html"

    def settle(self, pages: list[Page]) -> None:
        """Give pages the order and the short titles of the navigation."""
        for page in pages:
            if page.key in self.order:
                page.ours.setdefault("order", self.order[page.key])
            label = self.labels.get(page.key)
            if label:
                label = self.translated.get(page.lang, {}).get(label, label if page.lang == self.languages[0] else "")
                page.ours.setdefault("short_title", label)
                page.front.values.setdefault("title", "" if page.text.text.lstrip().startswith("#") else label)

    def redirects(self) -> Iterable[tuple[str, str, str, int | None]]:
        """Yield the map of the redirects plugin."""
        settings = self._plugin("redirects") or {}
        text = (self.tree.read(self.config_path) or "") if settings else ""
        for old, target in mapping(settings.get("redirect_maps")).items():
            line = text.count("\n", 0, max(text.find(str(old)), 0)) + 1
            stem = re.sub(r"(?:^|/)(?:index|README)\Z", "", without_suffix(str(old)))
            where = str(target)
            inner = where.partition("#")[0] if "://" in where else posixpath.join(self.folder, where)
            yield self._address("/".join(part for part in (self.base, stem) if part)), inner, self.config_path, line

    def convert(self, page: Page) -> None:
        """Turn the blocks of Python-Markdown and its extensions into ours."""
        text = page.text
        if "8<-" in text.text:
            self._snippets(page, text, page.source, ())
        text.keep_code()
        text.lines = with_blocks(text.lines)
        # Code inside of blocks stands less far in now.
        text.keep_code()
        annotated = ANNOTATE.search(text.text)
        if annotated:
            self.lose(page.source, "annotation", "Annotations became a list below their text.", text.line_at(annotated.start()))
        settle_attributes(page, self.lose)
        icons = drop_icons(text)
        if icons:
            self.lose(page.source, "icon", f"Icons of the theme were left out: {icons}.")
        text.sub(KEYS, keyboard)
        text.sub(MARKED, lambda m, _line: f"<mark>{m['text']}</mark>")
        text.sub(INSERTED, lambda m, _line: f"<ins>{m['text']}</ins>")
        if "<div" in text.text:
            text.sub(MARKDOWN_DIV, lambda _m, _line: "")
        if self._plugin("macros") is not None:
            text.sub(MACRO, lambda m, line: self._macro(page, m.group(), line))

    def _macro(self, page: Page, said: str, line: int) -> str:
        self.lose(page.source, "macro", f"{said[:100]} was left out.", line)
        return ""

    def _snippets(self, page: Page, text: Text, path: str, stack: tuple[str, ...]) -> None:
        """Put the files that *text* names between scissors into it, one line of the text for each."""

        def one(match: re.Match[str], line: int) -> str:
            if match["escape"]:
                return match.group().replace(";", "", 1)
            return indented(self._snippet(page, match["path"], path, line, stack), match["indent"])

        def many(match: re.Match[str], line: int) -> str:
            names = [name.strip() for name in match["paths"].split("\n") if name.strip() and not name.strip().startswith(";")]
            return indented("\n\n".join(self._snippet(page, name, path, line, stack) for name in names), match["indent"])

        text.sub(SNIPPETS, many)
        text.sub(SNIPPET, one)

    def _snippet(self, page: Page, said: str, path: str, line: int, stack: tuple[str, ...]) -> str:
        name, part = said, ""
        found = self._snippet_file(said)
        if not found:
            name, _, part = said.partition(":")
            found = self._snippet_file(name)
        if not found or found in stack or len(stack) >= MAX_SNIPPETS or "://" in said:
            self.lose(path, "snippet", f"There is no file {said[:200]} to put here." if not found else f"{found} brings in itself.", line)
            return ""
        self.parts.add(found)
        text = Text(part_of(self.tree.read(found) or "", part).strip("\n"))
        self._snippets(page, text, found, (*stack, found))
        return text.whole()

    def _snippet_file(self, name: str) -> str | None:
        roots = [*self.snippet_roots, "", self.folder]
        return next((found for found in (self.tree.find(posixpath.join(root, name)) for root in roots) if found), None)

    def other_targets(self, page: Page, target: str) -> Iterable[str]:
        """Yield what an address of the site, and a file of the default language, mean."""
        if target.startswith("/"):
            yield posixpath.join("/", self.base, target.lstrip("/"))
        stem = without_suffix(target)
        if self.suffixes:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(page.source), f"{stem}.{page.lang}.md"))


def part_of(text: str, part: str) -> str:
    """Return the lines or the named section of a snippet's file that *part* names, without the marks of sections."""
    lines = text.split("\n")
    place = RANGE.match(f":{part}") if part else None
    if place:
        start, end = place["start"], place["end"]
        first = int(start) if start else 1
        return "\n".join(lines[max(first - 1, 0) : int(end) if end else None])
    if part:
        kept, inside = [], False
        for line in lines:
            mark = SECTION.search(line)
            if mark and mark["name"] == part:
                inside = mark["what"] == "start"
            elif inside and not mark:
                kept.append(line)
        return "\n".join(kept)
    return "\n".join(line for line in lines if not SECTION.search(line))


def indented(text: str, indent: str) -> str:
    """Return *text* as far in as the line it stands for."""
    return "\n".join(indent + line if line else line for line in text.split("\n"))


def keyboard(match: re.Match[str], _line: int) -> str:
    """Return keys as readers know them."""
    keys = [key.strip('"').replace("-", " ") for key in match["keys"].split("+")]
    return "+".join(f"<kbd>{key.capitalize() if len(key) > 1 and key.islower() else key.upper() if len(key) == 1 else key}</kbd>" for key in keys)


def with_blocks(lines: list[Line], depth: int = 0) -> list[Line]:
    """Return *lines* with admonitions, foldable ones and tabs as our own blocks, inner ones too."""
    made: list[Line] = []
    at = 0
    while at < len(lines):
        number, line = lines[at]
        box, tab = (BOX.match(line), TAB.match(line)) if depth < 12 else (None, None)
        if box and (box["kinds"] or box["title"] is not None):
            inside, at = inside_of(lines, at, box["indent"])
            made += spaced(made, boxed(box, with_blocks(inside, depth + 1), number))
        elif tab:
            parts: list[tuple[str, list[Line]]] = []
            indent = tab["indent"]
            while tab and tab["indent"] == indent:
                inside, at = inside_of(lines, at, indent)
                parts.append((tab["label"], with_blocks(inside, depth + 1)))
                after = next((index for index in range(at, len(lines)) if lines[index][1].strip()), None)
                tab = TAB.match(lines[after][1]) if after is not None else None
                at = after if tab and after is not None and tab["indent"] == indent else at
            made += spaced(made, tabs(parts, number, indent))
        else:
            made.append((number, line))
            at += 1
    return made


def spaced(before: list[Line], block: list[Line]) -> list[Line]:
    """Return *block* with an empty line around it where there is none."""
    lead = [(block[0][0], "")] if before and before[-1][1].strip() else []
    return [*lead, *block, (block[-1][0], "")]


def inside_of(lines: list[Line], at: int, indent: str) -> tuple[list[Line], int]:
    """Return the lines that belong to the block on line *at*, four columns further out, and the place after them."""
    width = len(indent.expandtabs(4))
    end = at + 1
    last = end
    while end < len(lines):
        line = lines[end][1]
        if line.strip():
            if indent_of(line) < width + 4:
                break
            last = end + 1
        end += 1
    return [(number, dedent(line, width + 4)) for number, line in lines[at + 1 : last]], last


def boxed(box: re.Match[str], inside: list[Line], number: int) -> list[Line]:
    """Return an admonition as an alert, a foldable one as details."""
    words = (box["kinds"] or "note").lower().split()
    kind = next((word for word in words if word in KINDS), words[0])
    title = box["title"]
    if box["mark"].startswith("???"):
        return details(title or kind.capitalize(), trimmed(inside), number, box["indent"])
    return alert(kind, title or "", inside, number, box["indent"])
