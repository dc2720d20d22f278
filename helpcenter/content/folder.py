"""The files of a content folder: which are articles, in which language, and what they may not do."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from helpcenter.content.languages import RESERVED_FOLDERS, spellings
from helpcenter.content.problems import ERROR, WARNING, BrokenFile, FolderRefused, Problem
from helpcenter.content.site import Site, folder_refusal

SUFFIXES = (".md", ".markdown")
MAX_ARTICLE_BYTES = 256 * 1024
# Folders that tools fill with pieces of articles, never with articles.
FRAGMENTS = frozenset({"includes", "snippets"})


@dataclass(frozen=True, order=True)
class ArticleFile:
    """A file that should become an article; `path` and `tree` are relative to the content folder."""

    path: str
    lang: str
    tree: str
    """The folder that holds the language: `en`, or nothing when all of the content folder is one language."""

    @property
    def inner(self) -> PurePosixPath:
        """The path inside the language's folder, without suffix."""
        inner = PurePosixPath(self.path)
        return (inner.relative_to(self.tree) if self.tree else inner).with_suffix("")

    @property
    def key(self) -> str:
        """The path without language and suffix, which translations share."""
        return self.inner.as_posix()


@dataclass
class Listing:
    """The article files of a content folder, and what could not be listed."""

    files: list[ArticleFile] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    """Folders that exist but cannot be listed; what was published from them stays."""
    problems: list[Problem] = field(default_factory=list)


def list_articles(folder: Path, site: Site) -> Listing:
    """Return the article files of *folder* in the order of their paths. Raises FolderRefused."""
    listing = Listing()
    try:
        trees = language_trees(folder, site, listing)
    except OSError as error:
        raise FolderRefused(folder_refusal(folder, error)) from error
    for lang, tree in trees.items():
        for path in walk(folder, tree, listing):
            listing.files.append(ArticleFile(path, lang, tree))
    listing.files.sort()
    return listing


def language_trees(folder: Path, site: Site, listing: Listing) -> dict[str, str]:
    """Return the folder of each language of *site*, relative to *folder*.

    A folder without any language folder, but with Markdown, is one language: the default one.
    """
    found = spellings(folder)
    for code, (path, *others) in found.items():
        for other in others:
            message = f"The folder is the language {code} in another spelling; {path.name} is published, move the articles there."
            listing.problems.append(Problem(other.name, 1, "orphan-language", WARNING, message))
        if code not in site.languages:
            message = f"The folder is named like a language that site.yaml does not list ({code}); it is not published."
            listing.problems.append(Problem(path.name, 1, "orphan-language", WARNING, message))
    trees = {code: found[code][0].name for code in site.languages if code in found}
    return trees or {site.default_language: ""}


def walk(folder: Path, tree: str, listing: Listing) -> Iterator[str]:
    """Yield the paths of Markdown files below *tree*; hidden names, fragments and links to folders are left out."""

    def note(error: OSError) -> None:
        inner = os.path.relpath(error.filename, folder).replace(os.sep, "/")
        listing.unreadable.append(inner)
        message = f"The folder cannot be read ({error.strerror}); what was published from it stays."
        listing.problems.append(Problem(inner, 1, "unreadable", ERROR, message))

    for top, folders, files in os.walk(folder / tree, onerror=note):
        inner = os.path.relpath(top, folder).replace(os.sep, "/")
        at_root = inner == "."
        for name in list(folders):
            if name.endswith(SUFFIXES):
                files.append(name)  # a folder named like an article is reported, not entered
                folders.remove(name)
            elif hidden(name) or name in FRAGMENTS or (at_root and name in RESERVED_FOLDERS):
                folders.remove(name)
        folders.sort()
        for name in sorted(files):
            if name.endswith(SUFFIXES) and not hidden(name):
                yield name if at_root else f"{inner}/{name}"


def hidden(name: str) -> bool:
    """Return whether a name is one that tools and editors keep for themselves."""
    return name.startswith((".", "_"))


def read_bytes(root: Path, path: str) -> bytes:
    """Return the bytes of an article file. Raises BrokenFile for whatever is not a small file inside *root*."""
    try:
        place = (root / path).resolve(strict=True)
        if not place.is_relative_to(root):
            raise BrokenFile(path, 1, "outside", "The link leads out of the content folder; copy the file instead.")
        status = place.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BrokenFile(path, 1, "not-a-file", "This is a folder or device, not a file; rename it.")
        if status.st_size > MAX_ARTICLE_BYTES:
            raise BrokenFile(path, 1, "too-large", _too_large(status.st_size))
        with place.open("rb") as file:
            content = file.read(MAX_ARTICLE_BYTES + 1)
    except (OSError, RuntimeError) as error:
        # A loop of symbolic links is a RuntimeError before Python 3.13.
        reason = getattr(error, "strerror", None) or "a loop of symbolic links"
        raise BrokenFile(path, 1, "unreadable", f"The file cannot be read ({reason}).") from error
    if len(content) > MAX_ARTICLE_BYTES:
        raise BrokenFile(path, 1, "too-large", _too_large(len(content)))
    return content


def _too_large(size_bytes: int) -> str:
    return f"The file has {size_bytes // 1024} KB, an article at most {MAX_ARTICLE_BYTES // 1024} KB; split it."
