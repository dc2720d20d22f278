"""Trees of Docusaurus: `docs/`, its translations in `i18n/`, MDX, categories, versions and client redirects."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from helpcenter.content.importers.trees.blocks import details
from helpcenter.content.importers.trees.colons import with_alerts
from helpcenter.content.importers.trees.fronts import mapping, read_json, read_settings, split_front
from helpcenter.content.importers.trees.mdx import Components, numbered, replace_expressions, take_exports, take_imports, without_comments
from helpcenter.content.importers.trees.mdx import joined as joined_lines
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.text import Text
from helpcenter.content.importers.trees.tree import Tree, is_markdown, joined, without_suffix
from helpcenter.content.languages import language_code
from helpcenter.content.site import DEFAULT_LANGUAGE, words_of
from helpcenter.content.slugs import section_key

CONFIGS = tuple(f"docusaurus.config.{ending}" for ending in ("js", "ts", "mjs", "cjs"))
# A prefix such as `01-`; dates and version numbers are none.
NUMBER = re.compile(r"^(?P<number>\d+)\s*[-_.]+\s*(?P<rest>[^-_.\s].*)$")
NO_NUMBER = re.compile(r"^(?:\d{2,4}[-_.]\d{2}[-_.]?\d{0,4}|\d+[-_.]\d+)")
SETTING = r"(?:^|[{,\s])%s\s*:\s*[\"'`](?P<value>[^\"'`\n]*)[\"'`]"
LINE_COMMENT = re.compile(r"(?m)(?<![:\"'])//[^\n]*$")
RULE = re.compile(r"\{[^{}]*\}")
FROM = re.compile(r"from\s*:\s*(?:[\"'`](?P<one>[^\"'`]+)[\"'`]|\[(?P<many>[^\[\]]*)\])")
TO = re.compile(r"\bto\s*:\s*[\"'`](?P<to>[^\"'`]+)[\"'`]")
TRANSLATED = re.compile(r"i18n/(?P<lang>[^/]+)/docusaurus-plugin-content-docs/current/")
LEFT_OUT = re.compile(r"(?:^|/)(?:_[^/]*|__tests__/.*|[^/]*\.test\.mdx?)(?:/|$)")
DETAILS = re.compile(r"<details\b[^<>]*>\s*<summary\b[^<>]*>(?P<title>[^\n]*?)</summary>(?P<inside>(?:(?!<details\b).)*?)</details>", re.DOTALL | re.IGNORECASE)
TAGS = re.compile(r"<[^<>]*>")


def without_number(name: str) -> tuple[str, int | None]:
    """Return a file's or folder's name without the number that orders it.

    >>> without_number("01-intro"), without_number("2026-11-22 news"), without_number("7.0-upgrade")
    (('intro', 1), ('2026-11-22 news', None), ('7.0-upgrade', None))
    """
    found = None if NO_NUMBER.match(name) else NUMBER.match(name)
    return (found["rest"], int(found["number"])) if found else (name, None)


class Docusaurus(Style):
    """A site of Docusaurus."""

    name = "docusaurus"
    asset_roots = ("static", "", "docs")
    page_roots = ("docs", "")

    def __init__(self, tree: Tree, lose: Any) -> None:
        super().__init__(tree, lose)
        self.config = ""
        self.config_path = ""
        self.base = "/"
        self.route = "docs"
        self.folder = "docs"

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return whether there is a configuration of Docusaurus, or a folder of its translations."""
        return any(name in tree.sizes for name in CONFIGS) or any(TRANSLATED.match(path) for path in tree.sizes)

    def pages(self) -> Iterator[Page]:
        """Yield the pages of `docs/` and their translations."""
        self._read_config()
        self._report_versions()
        default = self._setting("defaultLocale") or DEFAULT_LANGUAGE
        folders = {self._code(default): self.folder}
        for path in self.tree.sizes:
            found = TRANSLATED.match(path)
            if found and language_code(found["lang"]):
                folders.setdefault(self._code(found["lang"]), found.group().rstrip("/"))
        self.languages = list(folders)
        for lang, folder in folders.items():
            for source in self.tree.below(folder):
                inner = posixpath.relpath(source, folder)
                if is_markdown(source) and not LEFT_OUT.search(inner):
                    page = self.read_page(source, lang, self._key(inner))
                    if page:
                        yield self._prepared(page, inner, lang == self.languages[0])
            self._read_categories(lang, folder)

    def _code(self, name: str) -> str:
        return language_code(name) or DEFAULT_LANGUAGE

    def _key(self, inner: str) -> str:
        return "/".join(without_number(part)[0] for part in without_suffix(inner).split("/"))

    def _read_config(self) -> None:
        self.config_path = next((name for name in CONFIGS if name in self.tree.sizes), "")
        self.config = LINE_COMMENT.sub("", self.tree.read(self.config_path) or "") if self.config_path else ""
        self.site_name = self._setting("title")
        self.old_site = self._setting("url").rstrip("/")
        self.base = "/" + self._setting("baseUrl").strip("/")
        route = re.search(SETTING % "routeBasePath", self.config)
        self.route = route["value"].strip("/") if route else "docs"
        folder = next((m["value"] for m in re.finditer(SETTING % "path", self.config) if self.tree.has_folder(m["value"].strip("./"))), "docs")
        self.folder = folder.strip("./") or "docs"
        self.page_roots = (self.folder, "")

    def _setting(self, name: str) -> str:
        """Return a text of the configuration; the file is read as text, never run."""
        found = re.search(SETTING % name, self.config)
        return found["value"] if found else ""

    def _report_versions(self) -> None:
        for folder in sorted({"/".join(path.split("/")[:2]) for path in self.tree.sizes if path.startswith("versioned_docs/")}):
            count = sum(is_markdown(path) for path in self.tree.below(folder))
            self.lose(folder, "version", f"{count} pages of an older version were left out; only the present ones are imported.")

    def _prepared(self, page: Page, inner: str, is_default: bool) -> Page:
        parts = page.key.split("/")
        last = parts[-1].lower()
        page.is_section = last in ("index", "readme") or (len(parts) > 1 and last == parts[-2].lower())
        number = without_number(posixpath.basename(without_suffix(inner)))[1]
        if number is not None and "sidebar_position" not in page.front.values:
            page.ours["order"] = number
        identity = page.front.text("id")
        if identity:
            page.wanted = identity
        prefix = "/".join(part for part in (self.base.strip("/"), "" if is_default else page.lang, self.route) if part)
        page.addresses = [f"/{prefix}/{self._route(page, parts, identity)}".replace("//", "/")]
        if is_default and self._setting("trailingSlash"):
            page.addresses[0] += "/"
        position = page.front.text("sidebar_position")
        if re.fullmatch(r"-?\d+\.\d+", position):
            page.front.values["sidebar_position"] = str(round(float(position) * 10))
            self.lose(page.source, "order", f"The place {position} became {round(float(position) * 10)}.", page.front.lines.get("sidebar_position"))
        return page

    def _route(self, page: Page, parts: list[str], identity: str) -> str:
        slug = page.front.text("slug")
        folders = parts[:-1]
        if slug.startswith("/"):
            name = slug.strip("/").rpartition("/")[2]
            page.slug = name
            return slug.strip("/")
        if slug:
            page.slug = slug.strip("/").rpartition("/")[2]
            return posixpath.normpath("/".join([*folders, slug.strip("/")]))
        return "/".join(folders if page.is_section else [*folders, identity or parts[-1]])

    def _read_categories(self, lang: str, folder: str) -> None:
        for path in self.tree.below(folder):
            name = posixpath.basename(path)
            if name not in ("_category_.json", "_category_.yml", "_category_.yaml"):
                continue
            text = self.tree.read(path) or ""
            value = mapping(read_json(text) if name.endswith("json") else read_settings(text))
            section = self.section(section_key(self._key(posixpath.relpath(posixpath.dirname(path), folder))))
            section.title[lang] = str(value.get("label") or section.title.get(lang) or words_of(section.key))
            link = mapping(value.get("link"))
            if link.get("description"):
                section.description[lang] = str(link["description"])
            if lang == self.languages[0] and re.fullmatch(r"-?\d+(?:\.\d+)?", str(value.get("position"))):
                section.order = round(float(str(value["position"])) * 10)
        self._read_labels(lang, folder)

    def _read_labels(self, lang: str, folder: str) -> None:
        """Read the titles of categories that a translation keeps in one file for all."""
        path = self.tree.find(posixpath.join(posixpath.dirname(folder), "current.json"))
        labels = mapping(read_json(self.tree.read(path) or "")) if path else {}
        for key, value in labels.items():
            found = re.fullmatch(r"sidebar\.[^.]+\.category\.(.+)", str(key))
            message = mapping(value).get("message")
            for section in self.sections.values() if found and message else ():
                if section.title.get(self.languages[0]) == found.group(1):
                    section.title[lang] = str(message)

    def settle(self, pages: list[Page]) -> None:
        """Order the sections whose folders begin with numbers."""
        for page in pages:
            folders = posixpath.dirname(page.source).split("/")
            number = without_number(folders[-1])[1] if folders else None
            if number is not None and page.folder:
                section = self.section(section_key(page.folder))
                section.order = section.order or number * 10

    def redirects(self) -> Iterable[tuple[str, str, str, int | None]]:
        """Yield the rules of the plugin for client redirects that are written out; a function is reported."""
        if "plugin-client-redirects" not in self.config:
            return
        made = re.search(r"createRedirects\s*[(:=]", self.config)
        if made:
            detail = "createRedirects is a function, which is never run; write its addresses into redirects.yaml."
            self.lose(self.config_path, "redirect", detail, self._config_line("createRedirects"))
        for rule in RULE.finditer(self.config):
            to, old = TO.search(rule.group()), FROM.search(rule.group())
            if to and old:
                olds = [old["one"]] if old["one"] else re.findall(r"[\"'`]([^\"'`]+)[\"'`]", old["many"])
                for address in olds:
                    yield self._based(address), self._based(to["to"]), self.config_path, self._config_line(address)

    def _based(self, address: str) -> str:
        return posixpath.join(self.base, address.lstrip("/")) if address.startswith("/") else address

    def _config_line(self, words: str) -> int:
        return self.config.count("\n", 0, max(self.config.find(words), 0)) + 1

    def convert(self, page: Page) -> None:
        """Turn MDX into our Markdown."""
        self._convert(page, page.text, page.source, 0)

    def _convert(self, page: Page, text: Text, path: str, level: int) -> None:
        def lose(what: str, detail: str, line: int) -> None:
            self.lose(path, what, detail, line)

        def partial(target: str) -> str | None:
            return self._partial(page, path, target, level)

        text.keep_code()
        without_comments(text)
        imports = take_imports(text)
        take_exports(text, lose)
        text.sub(DETAILS, lambda m, line: folded(m, line))
        Components(text, imports, lose, partial).replace()
        for kind, line in with_alerts(text):
            self.lose(path, "admonition", f":::{kind} became a note; nobody knows that kind.", line)
        replace_expressions(text, lose)
        # What components brought in may hold code as well.
        text.keep_code()

    def _partial(self, page: Page, path: str, target: str, level: int) -> str | None:
        name = target.removeprefix("@site/") if target.startswith("@site/") else joined(path, target)
        found = self.tree.find(name)
        content = self.tree.read(found) if found and level < 8 else None
        if found is None or content is None:
            return None
        self.parts.add(found)
        inner = Text(split_front(content).body)
        self._convert(page, inner, found, level + 1)
        return "\n\n" + inner.whole().strip("\n") + "\n\n"

    def other_targets(self, page: Page, target: str) -> Iterable[str]:
        """Yield what `@site/…`, a path without the base, and a name with its number mean."""
        if target.startswith(("@site/", "~@site/")):
            yield target.partition("@site/")[2]
            return
        if target.startswith("pathname://"):
            return
        if target.startswith("/"):
            prefix = "" if page.lang == self.languages[0] else f"/{page.lang}"
            yield posixpath.join(self.base, prefix.lstrip("/"), target.lstrip("/"))
            yield posixpath.join(self.base, target.lstrip("/"))
        else:
            yield posixpath.join(self.base, self.route, target)


def folded(match: re.Match[str], line: int) -> str:
    """Return `<details>` as our own block."""
    title = " ".join(TAGS.sub("", match["title"]).split())
    return "\n" + joined_lines(details(title, numbered(match["inside"], line), line)) + "\n"

