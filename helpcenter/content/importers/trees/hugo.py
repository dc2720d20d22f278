"""Trees of Hugo: `content/` in one or more languages, front matter in three notations, bundles and shortcodes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from helpcenter.content.importers.trees.attributes import settle_attributes
from helpcenter.content.importers.trees.fronts import mapping, read_json, read_settings, read_toml
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.plain import ordered_languages
from helpcenter.content.importers.trees.shortcodes import Shortcodes
from helpcenter.content.importers.trees.tree import Tree, is_markdown, without_suffix
from helpcenter.content.languages import language_code
from helpcenter.content.site import DEFAULT_LANGUAGE

CONFIGS = tuple(
    f"{folder}{name}.{ending}" for folder in ("", "config/_default/") for name in ("hugo", "config") for ending in ("toml", "yaml", "yml", "json")
)
LANGUAGES = tuple(f"config/_default/languages.{ending}" for ending in ("toml", "yaml", "yml", "json"))
OTHER_FORMATS = (".html", ".htm", ".adoc", ".asciidoc", ".ad", ".rst", ".org", ".pandoc", ".pdc")
SUFFIX = re.compile(r"\.(?P<lang>[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)\Z")
MORE = re.compile(r"<!--[ \t]*more[ \t]*-->")


class Hugo(Style):
    """A site of Hugo."""

    name = "hugo"
    heading_is_title = False
    asset_roots = ("static", "assets", "")

    def __init__(self, tree: Tree, lose: Any) -> None:
        super().__init__(tree, lose)
        self.config: dict[str, Any] = {}
        self.folder = "content"
        self.default = DEFAULT_LANGUAGE
        self.stems: dict[str, list[str]] = {}

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return whether there is a configuration of Hugo, or `content/` beside what Hugo puts there."""
        if any(name in tree.sizes for name in CONFIGS if "hugo." in name):
            return True
        beside = any(name in tree.sizes for name in CONFIGS) or any(map(tree.has_folder, ("archetypes", "layouts", "themes")))
        return beside and tree.has_folder("content")

    def pages(self) -> Iterator[Page]:
        """Yield the pages of all languages."""
        self._read_config()
        folders = self._folders()
        self.languages = [self.default, *(lang for lang in ordered_languages(folders) if lang != self.default)]
        self.page_roots = tuple(dict.fromkeys([*folders.values(), self.folder]))
        taken: set[str] = set()
        for lang in self.languages:
            for source in self.tree.below(folders.get(lang, self.folder)):
                if source in taken or (folders.get(lang) == self.folder and self._is_elsewhere(source, folders)):
                    continue
                page = self._page(source, posixpath.relpath(source, folders.get(lang, self.folder)), lang)
                if page:
                    taken.add(source)
                    yield page

    def _is_elsewhere(self, source: str, folders: dict[str, str]) -> bool:
        return any(folder != self.folder and source.startswith(f"{folder}/") for folder in folders.values())

    def _page(self, source: str, inner: str, lang: str) -> Page | None:
        if not is_markdown(source):
            if source.lower().endswith(OTHER_FORMATS) and source not in self.parts:
                self.parts.add(source)
                self.lose(source, "format", "Only Markdown is imported; convert this file to Markdown first.")
            return None
        stem, written = self._language_of(without_suffix(inner), lang)
        name = stem.rpartition("/")[2]
        key = stem.rpartition("/")[0] if name == "index" and "/" in stem else stem
        page = self.read_page(source, written, key)
        if page is None:
            return None
        if page.front.text("headless") == "true" or mapping(page.front.values.get("build")).get("render") == "never":
            self.lose(source, "headless", "The page has no address of its own; other pages only take parts of it.")
            return None
        page.is_section = name == "_index"
        if page.is_section:
            page.key = f"{key.rpartition('/')[0]}/_index".lstrip("/")
        self._address(page)
        self.stems.setdefault(page.stem.lower(), []).append(source)
        return page

    def _language_of(self, stem: str, lang: str) -> tuple[str, str]:
        """Return the name without a language at its end, and the language."""
        found = SUFFIX.search(stem)
        code = language_code(found["lang"]) if found else None
        known = mapping(self.config.get("languages"))
        if found and code and (not known or found["lang"] in known or code in known):
            return stem[: found.start()], code
        return stem, lang

    def _read_config(self) -> None:
        for path in (*CONFIGS, *LANGUAGES):
            text = self.tree.read(path) if path in self.tree.sizes else None
            if text is None:
                continue
            if path.endswith("toml"):
                value, problem = read_toml(text)
                if problem:
                    self.lose(path, "settings", f"The settings cannot be read: {problem[1]}", problem[0] - 1)
            else:
                value = mapping(read_json(text) if path.endswith("json") else read_settings(text))
            self.config.update({"languages": value} if "languages." in path else value)
        lowered = {name.lower(): value for name, value in self.config.items()}
        self.folder = str(lowered.get("contentdir") or "content").strip("./")
        self.default = language_code(str(lowered.get("defaultcontentlanguage") or DEFAULT_LANGUAGE)) or DEFAULT_LANGUAGE
        self.in_folder = str(lowered.get("defaultcontentlanguageinsubdir", "")).lower() == "true"
        self.old_site = str(lowered.get("baseurl") or "").rstrip("/") if str(lowered.get("baseurl") or "").startswith("http") else ""
        self.site_name = str(lowered.get("title") or "")

    def _folders(self) -> dict[str, str]:
        """Return the content folder of each language."""
        found = {self.default: self.folder}
        for name, settings in mapping(self.config.get("languages")).items():
            code = language_code(str(name))
            folder = next((str(value).strip("./") for key, value in mapping(settings).items() if key.lower() == "contentdir"), "")
            if code:
                found[code] = folder or (f"{self.folder}/{name}" if self.tree.has_folder(f"{self.folder}/{name}") else self.folder)
        for path in self.tree.below(self.folder):
            name = posixpath.relpath(path, self.folder).partition("/")[0]
            code = language_code(name)
            if code and name != posixpath.relpath(path, self.folder) and (code not in found or found[code] == self.folder):
                # A section may be named like a language (`it`): it counts when the site names the language, or English is beside it.
                named = code in {language_code(str(one)) for one in mapping(self.config.get("languages"))}
                if named or (not self.config.get("languages") and self.tree.has_folder(f"{self.folder}/{DEFAULT_LANGUAGE}")):
                    found[code] = f"{self.folder}/{name}"
        return found

    def _address(self, page: Page) -> None:
        front = page.front
        prefix = f"/{page.lang}" if page.lang != self.default or self.in_folder else ""
        slug = front.text("slug")
        page.slug = slug
        last = slug or (page.key.rpartition("/")[2] if not page.is_section else "")
        own = f"{prefix}/{page.folder}/{last}".replace("//", "/").rstrip("/")
        url = front.text("url")
        if url:
            own = url if url.startswith("/") else f"{prefix}/{url}"
            page.slug = url.strip("/").rpartition("/")[2].removesuffix(".html") if not slug else slug
        page.addresses = [own] if own else []
        for alias in front.texts("aliases"):
            page.addresses.append(alias if alias.startswith("/") else posixpath.normpath(f"{posixpath.dirname(own)}/{alias}"))

    def settle(self, pages: list[Page]) -> None:
        """Bring pages with the same translationKey to one key, that of the default language."""
        keys: dict[str, str] = {}
        rank = {lang: number for number, lang in enumerate(self.languages)}
        for page in sorted(pages, key=lambda page: rank.get(page.lang, 99)):
            shared = page.front.text("translationKey") or page.front.text("translationkey")
            if shared:
                first = keys.setdefault(shared, page.key)
                if first != page.key:
                    page.slug = page.slug or page.stem
                    page.key = first
        # Hugo: a weight of 0 is no weight.
        for page in pages:
            if page.ours.get("order") == 0:
                del page.ours["order"]

    def convert(self, page: Page) -> None:
        """Turn shortcodes and goldmark's attributes into our Markdown."""
        text = page.text
        if "{{" in text.text:
            Shortcodes(text, lambda what, detail, line: self.lose(page.source, what, detail, line), lambda name: self._param(page, name)).replace()
        text.sub(MORE, lambda _m, _line: "")
        text.keep_code()
        settle_attributes(page, self.lose)

    def _param(self, page: Page, name: str) -> str:
        value = page.front.values.get(name, mapping(page.front.values.get("params")).get(name))
        if value is None:
            value = mapping(self.config.get("params"))
            for part in name.split("."):
                value = mapping(value).get(part)
        return str(value) if isinstance(value, str) else ""

    def other_targets(self, page: Page, target: str) -> Iterable[str]:
        """Yield what a bare name means: the one page of the site that is called so."""
        name = without_suffix(target.strip("/")).rpartition("/")[2].lower()
        if "/" not in target.strip("/"):
            yield from self.stems.get(name, []) if len(self.stems.get(name, [])) <= len(self.languages) else []
        for root in self.page_roots:
            yield posixpath.join(root, f"{page.lang}{target}" if target.startswith("/") else target)
