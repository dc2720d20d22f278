"""A page of a tree on its way to an article, and what each style of tree has to say about its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from helpcenter.content.importers.article import Asset, ImportedSection
from helpcenter.content.importers.trees.fronts import Front, split_front
from helpcenter.content.importers.trees.headings import GITHUB, Ids
from helpcenter.content.importers.trees.text import Text
from helpcenter.content.importers.trees.tree import Lose, Tree


@dataclass
class Page:
    """One Markdown file of the tree, in one language."""

    source: str
    """Its path in the tree."""
    lang: str
    key: str
    """Its path inside the language, without suffix: translations share it."""
    front: Front
    text: Text
    addresses: list[str] = field(default_factory=list)
    """Where the old site showed it, as paths; the first is its own, the rest led there."""
    wanted: str = ""
    """The name it should have; the last part of the key when nothing is said."""
    slug: str = ""
    """A name for its address in this language alone."""
    is_section: bool = False
    """True for the page that stands for its folder."""
    section: str = ""
    name: str = ""
    title: str = ""
    ours: dict[str, Any] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    title_ids: set[str] = field(default_factory=set)
    assets: dict[str, Asset] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the article will stand in the content folder."""
        return "/".join(part for part in (self.lang, self.section, f"{self.name}.md") if part)

    @property
    def stem(self) -> str:
        """The last part of the key; of a page that stands for its folder, the folder's name."""
        parts = self.key.split("/")
        return parts[-2] if self.is_section and len(parts) > 1 else parts[-1]

    @property
    def folder(self) -> str:
        """The key without its last part."""
        return self.key.rpartition("/")[0]


class Style:
    """How one tool keeps its pages. The base is what most have in common."""

    name = "plain"
    ids: Ids = GITHUB
    heading_is_title = True
    """True where readers saw the first heading as the title, whatever the front matter says."""
    asset_roots: tuple[str, ...] = ("",)
    """The folders in which an address such as `/img/a.png` is looked up."""
    page_roots: tuple[str, ...] = ("",)
    """The folders in which an address such as `/docs/a.md` is looked up."""
    index_names: tuple[str, ...] = ("index", "README", "_index")

    def __init__(self, tree: Tree, lose: Lose) -> None:
        self.tree = tree
        self.lose = lose
        self.languages: list[str] = []
        self.parts: set[str] = set()
        """Files of the tree that went into pages."""
        self.sections: dict[str, ImportedSection] = {}
        self.old_site = ""
        """The address of the old site, for links to parts of it that are not in the tree."""
        self.site_name = ""
        self.version = ""
        """The edition whose text is taken, where pages hold several."""

    @classmethod
    def fits(cls, tree: Tree) -> bool:
        """Return whether *tree* looks like one of this style."""
        raise NotImplementedError

    def pages(self) -> Iterator[Page]:
        """Yield the pages of the tree."""
        raise NotImplementedError

    def convert(self, page: Page) -> None:
        """Turn the page's text into our own Markdown; links are left as they are."""
        page.text.keep_code()

    def settle(self, pages: list[Page]) -> None:
        """Do what needs all pages: order, sections, addresses."""

    def redirects(self) -> Iterable[tuple[str, str, str, int | None]]:
        """Yield redirects that stand outside of pages: old address, target, file and line."""
        return ()

    def other_targets(self, page: Page, target: str) -> Iterable[str]:
        """Yield further files of the tree or addresses that *target*, written on *page*, may mean."""
        return ()

    def home_path(self, address: str) -> str:
        """Return the path of a full address when it is one of the old site, else nothing."""
        return address.removeprefix(self.old_site) if self.old_site and address.startswith(f"{self.old_site}/") else ""

    def read_page(self, source: str, lang: str, key: str) -> Page | None:
        """Return the page in the file *source*, or None when it cannot be read; the reason is reported."""
        text = self.tree.read(source)
        if text is None:
            return None
        front = split_front(text)
        if front.problem:
            self.lose(source, "front-matter", front.problem[1], front.problem[0])
        return Page(source, lang, key, front, Text(front.body, front.body_line))

    def section(self, key: str) -> ImportedSection:
        """Return the section *key*, made when it is not there."""
        return self.sections.setdefault(key, ImportedSection(key))
