"""What every importer hands over: articles in our own form, the sections they stand in, and what could not come along."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from helpcenter.content.slugs import MAX_SLUG, slug_of

ASSETS = "_assets"
IMPORTED = "imported"


class ImportRefused(ValueError):
    """A source that cannot be imported at all; the message says what it should be."""


@dataclass
class Asset:
    """An image or attachment; `name` is its path below `_assets/`."""

    name: str
    content: Path | bytes

    def read(self) -> bytes:
        """Return the asset's bytes. Raises OSError."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass
class ImportedArticle:
    """One article in one language, ready to be written to `<lang>/<section>/<name>.md`."""

    source: str
    """How the report names it: a path of the tree, or the old tool's id and language."""
    lang: str
    section: str
    name: str
    front: dict[str, Any]
    """Our own front-matter keys only, in the order to be written."""
    markdown: str
    assets: list[Asset] = field(default_factory=list)
    old_paths: list[str] = field(default_factory=list)
    """Old addresses as paths, with the query where it matters; they go to redirects.yaml."""
    votes: tuple[int, int] | None = None
    """How many found it helpful, and how many did not, in the old tool."""
    id: str = ""
    """The old tool's id, the same in all languages: the name stays on the next import when the title has changed."""

    @property
    def key(self) -> str:
        """The path that translations share."""
        return f"{self.section}/{self.name}" if self.section else self.name

    @property
    def path(self) -> str:
        """The file's path in the content folder."""
        return f"{self.lang}/{self.key}.md"


@dataclass
class ImportedSection:
    """A section of site.yaml, with its title and description by language."""

    key: str
    title: dict[str, str] = field(default_factory=dict)
    description: dict[str, str] = field(default_factory=dict)
    order: int = 0
    old_paths: dict[str, str] = field(default_factory=dict)
    """Old addresses of the section, each with the language it was in."""


@dataclass(frozen=True)
class Loss:
    """Something that did not come along as it was: where it stood, a short code, and a sentence."""

    source: str
    line: int | None
    what: str
    detail: str

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        return f"{place}: {self.detail}"


class Source:
    """What can be imported. A reader of a tool's format fills `losses` and the rest while `articles` is read."""

    kind = "markdown"
    """Names the ledger: a folder can hold imports of several kinds."""

    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self.sections: list[ImportedSection] = []
        self.languages: list[str] = []
        """The languages, the default first."""
        self.site_name = ""
        self.redirects: dict[str, str] = {}
        """Old addresses that led to other sites, with these."""
        self.total: int | None = None
        """How many articles there are, when that is known before they are read; for the progress bar."""
        self.known_names: dict[str, str] = {}
        """Names that an earlier import gave, by id; set before `articles` is called."""

    def articles(self) -> Iterator[ImportedArticle]:
        """Yield the articles. Raises ImportRefused when the source is not of this kind."""
        raise NotImplementedError

    def figures(self) -> dict[str, int]:
        """Return counts of this kind of source for the report, known when `articles` has ended."""
        return {}

    def lose(self, source: str, what: str, detail: str, line: int | None = None) -> None:
        """Note that something did not come along."""
        self.losses.append(Loss(source, line, what, detail))


@dataclass
class Names:
    """Gives each article a name that no other of its section has; names an earlier import gave stay."""

    known: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    """By name, whose it is. Addresses have no section, so a name is taken everywhere."""

    def __post_init__(self) -> None:
        for identity, name in self.known.items():
            self.taken.setdefault(name, identity)

    def take(self, identity: str, wanted: str) -> str:
        """Return the name of the article *identity*: its earlier one, or *wanted* as a slug, numbered when taken.

        >>> names = Names()
        >>> names.take("1", "How to pay"), names.take("2", "How to pay"), names.take("1", "Paying")
        ('how-to-pay', 'how-to-pay-2', 'how-to-pay')
        """
        if identity in self.known:
            return self.known[identity]
        stem = slug_of(wanted)
        name, number = stem, 1
        while self.taken.setdefault(name, identity) != identity:
            number += 1
            ending = f"-{number}"
            name = stem[: MAX_SLUG - len(ending)].rstrip("-") + ending
        self.known[identity] = name
        return name


def relative_link(from_path: str, to_path: str) -> str:
    """Return the link from one file of the content folder to another.

    >>> relative_link("en/payments/pay.md", "en/account/close.md"), relative_link("en/a/b.md", "_assets/imported/x.png")
    ('../account/close.md', '../../_assets/imported/x.png')
    """
    return os.path.relpath(to_path, PurePosixPath(from_path).parent).replace(os.sep, "/")


def asset_name(kind: str, filename: str, content: bytes) -> str:
    """Return the name below `_assets/` of a file: the same content always gets the same name, so it is kept once.

    >>> asset_name("zendesk", "My invoice.PNG", b"...")
    'imported/zendesk/my-invoice-ab5df625bc.png'
    """
    stem, dot, suffix = filename.rpartition(".")
    stem, suffix = (stem, slug_of(suffix)[:10]) if dot and stem else (filename, "")
    digest = hashlib.sha256(content).hexdigest()[:10]
    return f"{IMPORTED}/{kind}/{slug_of(stem)[:60].rstrip('-')}-{digest}" + (f".{suffix}" if suffix else "")
