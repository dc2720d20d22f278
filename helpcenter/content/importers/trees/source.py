"""A tree of Markdown files as articles: its style is found, its pages are named, converted and linked."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from helpcenter.content.folder import MAX_ARTICLE_BYTES
from helpcenter.content.importers.article import ImportedArticle, ImportRefused, Source
from helpcenter.content.importers.trees.detection import STYLES, style_of
from helpcenter.content.importers.trees.headings import settle_ids, take_title, without_setext
from helpcenter.content.importers.trees.html import settle_html
from helpcenter.content.importers.trees.keys import Keys
from helpcenter.content.importers.trees.linking import Library, Linker, address_key
from helpcenter.content.importers.trees.naming import name_pages
from helpcenter.content.importers.trees.page import Page, Style
from helpcenter.content.importers.trees.text import tidy
from helpcenter.content.importers.trees.tree import Tree, is_markdown
from helpcenter.content.reader import MAX_TITLE
from helpcenter.content.site import words_of
from helpcenter.content.weight import TooHeavy, refuse_heavy
from helpcenter.language.cleaning import TextRefused, clean_text

logger = logging.getLogger(__name__)
Made = TypeVar("Made")
MAX_MARKDOWN_BYTES = MAX_ARTICLE_BYTES - 16 * 1024
# Keys that one tool writes by the dozen are counted together.
QUIET = ("ms.", "search.", "ms-")


class TreeSource(Source):
    """The articles of a tree in another tool's style; `style` says which when it is not to be found out."""

    def __init__(self, root: Path, *, style: str = "", version: str = "fpt") -> None:
        super().__init__()
        if style and style not in STYLES:
            raise ImportRefused(f"There is no style {style}; there are {', '.join(STYLES)}.")
        self.root = root
        self.style_name = style
        self.version = version
        self.linker: Linker | None = None
        self.files = 0
        self.read = 0

    def articles(self) -> Iterator[ImportedArticle]:
        """Yield the articles of the tree. Raises ImportRefused when it has none."""
        tree = Tree(self.root, self.lose)
        style = style_of(tree, self.lose, self.style_name, version=self.version)
        self.style_name = style.name
        pages = self._pages(style)
        keys = Keys(self.lose, quiet=QUIET)
        for page in pages:
            keys.read(page)
        keys.report(self)
        style.settle(pages)
        name_pages(pages, style, self)
        converted = [page for page in pages if self._safely(page, lambda page: self._convert(style, page))]
        library = Library(style, converted)
        self._redirects(style, library)
        self.linker = Linker(self, library)
        self._say_site(style, converted)
        self.total = len(converted)
        for page in converted:
            article = self._safely(page, self._article)
            if article:
                yield article
        self._count_files(tree, style, pages)

    def _safely(self, page: Page, work: Callable[[Page], Made]) -> Made | None:
        """Return what *work* makes of *page*; None, and a loss, when it fails.

        An edge: whatever a rule does with a strange page, it must not stop the import of the others.
        """
        try:
            return work(page)
        except Exception as error:
            logger.exception("importing %s failed", page.source)
            self.lose(page.source, "conversion", f"The page could not be converted ({type(error).__name__}); simplify it.")
            return None

    def _pages(self, style: Style) -> list[Page]:
        pages: list[Page] = []
        seen: dict[tuple[str, str], str] = {}
        for page in style.pages():
            first = seen.setdefault((page.lang, page.key), page.source)
            if first != page.source:
                self.lose(page.source, "duplicate-page", f"{first} is the same page in the same language; only that one was imported.")
                continue
            pages.append(page)
        if not pages:
            raise ImportRefused(f"{self.root} has no Markdown files of the style {style.name}.")
        return pages

    def _convert(self, style: Style, page: Page) -> bool:
        """Convert the page's text; return whether there is an article in it."""
        front_title = page.front.text("title")
        style.convert(page)
        without_setext(page.text)
        settle_html(page, self.lose)
        heading, page.title_ids = take_title(page.text)
        if heading and front_title and not same(heading, front_title) and not style.heading_is_title:
            page.text.lines = [(page.front.body_line, f"## {heading}"), (page.front.body_line, ""), *page.text.lines]
            heading = ""
        title = heading if heading and style.heading_is_title else front_title or heading
        page.title = self._title(page, title)
        if front_title and not same(front_title, page.title):
            page.ours["keywords"] = list(dict.fromkeys([*page.ours.get("keywords", []), front_title[:200]]))
            self.lose(page.source, "title", f"The heading is the title; “{front_title[:100]}” became a keyword.", page.front.lines.get("title"))
        page.ids = settle_ids(page.text, style.ids)
        if page.is_section and not page.text.text.strip():
            self.lose(page.source, "section-page", "The page has no text; its title and description are the section's.")
            self._describe(style, page)
            for old in old_paths(page, style.languages) if page.section else ():
                style.section(page.section).old_paths.setdefault(old, page.lang)
            return False
        if page.is_section:
            self._describe(style, page)
        return True

    def _title(self, page: Page, title: str) -> str:
        try:
            cleaned = clean_text(title, limit=MAX_TITLE, lines=False) if title else ""
        except TextRefused:
            cleaned = title.encode("ascii", "ignore").decode()[:MAX_TITLE]
        return cleaned or words_of(page.stem)[:MAX_TITLE]

    def _describe(self, style: Style, page: Page) -> None:
        """Let the page that stands for a folder name its section."""
        if not page.section:
            if page.lang == style.languages[0] and "/" not in page.key:
                style.site_name = style.site_name or page.title
            return
        section = style.section(page.section)
        section.title.setdefault(page.lang, page.ours.get("short_title", "") or page.title)
        if page.ours.get("description"):
            section.description.setdefault(page.lang, page.ours["description"])
        section.order = section.order or page.ours.get("order", 0)

    def _redirects(self, style: Style, library: Library) -> None:
        for old, target, file, line in style.redirects():
            path = target.partition("#")[0].partition("?")[0]
            found = library.by_source.get(path.lstrip("/")) or library.by_address.get(address_key(path))
            if found:
                found.addresses.append(old)
            elif target.startswith("https://"):
                self.redirects[old] = target
            else:
                self.lose(file, "redirect", f"The old address {old[:120]} leads to {target[:200]}, which is no article of the tree.", line)

    def _say_site(self, style: Style, pages: list[Page]) -> None:
        used = {page.lang for page in pages}
        self.languages = [lang for lang in style.languages if lang in used] + sorted(used - set(style.languages))
        self.site_name = style.site_name
        keys = {page.section for page in pages}
        sections = [section for key, section in style.sections.items() if any(one == key or one.startswith(f"{key}/") for one in keys)]
        self.sections = sorted(sections, key=lambda section: (section.order or 10**6, section.key))
        for number, section in enumerate(self.sections, 1):
            section.order = number

    def _article(self, page: Page) -> ImportedArticle | None:
        if self.linker:
            self.linker.rewrite(page)
        markdown = tidy(page.text.whole())
        if not self._is_publishable(page, markdown):
            return None
        front = {"title": page.title, **{key: value for key, value in page.ours.items() if key != "title"}}
        return ImportedArticle(
            source=page.source,
            lang=page.lang,
            section=page.section,
            name=page.name,
            front=front,
            markdown=markdown,
            assets=list(page.assets.values()),
            old_paths=old_paths(page, self.languages),
            id=page.key,
        )

    def _is_publishable(self, page: Page, markdown: str) -> bool:
        size = len(markdown.encode("utf-8", "replace"))
        if size > MAX_MARKDOWN_BYTES:
            self.lose(page.source, "too-large", f"The article has {size // 1024} KB, at most {MAX_MARKDOWN_BYTES // 1024} KB can be published.")
            return False
        try:
            refuse_heavy(markdown)
        except TooHeavy as error:
            self.lose(page.source, "too-heavy", f"The article was not imported: {error.message}", page.front.body_line + error.line - 1)
            return False
        return True

    def _count_files(self, tree: Tree, style: Style, pages: list[Page]) -> None:
        """Name every Markdown file that no article came from."""
        used = {page.source for page in pages}
        named = {loss.source for loss in self.losses}
        self.files = sum(is_markdown(path) for path in tree.sizes)
        self.read = len(used)
        for path in tree.sizes:
            if not is_markdown(path) or path in used or path in named:
                continue
            if path in style.parts:
                self.lose(path, "part", "The file is no article; its text went into the pages that name it.")
            else:
                self.lose(path, "not-an-article", "The file is none of the pages that the old site showed.")

    def figures(self) -> dict[str, int]:
        """Return counts for the report: files, links that lead to an article, and links that lead nowhere."""
        losses = Counter(loss.what for loss in self.losses)
        resolved, unresolved = (self.linker.resolved, self.linker.unresolved) if self.linker else (0, 0)
        return {
            "markdown_files": self.files,
            "links_resolved": resolved,
            "links_unresolved": unresolved,
            "anchors_unresolved": losses["unresolved-anchor"],
        }


def same(first: str, second: str) -> bool:
    """Return whether two titles differ in nothing but space and capitals."""
    return " ".join(first.split()).casefold() == " ".join(second.split()).casefold()


def old_paths(page: Page, languages: list[str]) -> list[str]:
    """Return the addresses of the old site, each once; the roots of the site and its languages are our own pages."""
    found = []
    for address in page.addresses:
        path = "/" + unquote(address).split("#")[0].lstrip("/")
        bare = path.partition("?")[0].strip("/")
        if bare and bare not in languages and "\n" not in path:
            found.append(path.rstrip("/"))
    return list(dict.fromkeys(found))
