"""The files of a tree: read with limits, never run, and never from outside of it."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from helpcenter.content.folder import SUFFIXES
from helpcenter.content.importers.article import ImportRefused
from helpcenter.content.reader import UTF8_MARK, UTF16_MARKS

MARKDOWN = (*SUFFIXES, ".mdx", ".mdown", ".mkd")
MAX_FILE_BYTES = 512 * 1024
MAX_FILES = 500_000
# Folders in which tools keep what they made themselves.
MADE = frozenset({"node_modules", "_site", "public", "build", "dist", "vendor", "__pycache__", "bower_components"})
# Hidden files that say how a tree is published.
SAID = (".openpublishing",)

Lose = Callable[..., None]


class Tree:
    """The regular files below a folder. Links are never followed, hidden names never entered."""

    def __init__(self, root: Path, lose: Lose) -> None:
        self.root = root.resolve()
        self.lose = lose
        self.sizes: dict[str, int] = {}
        if not self.root.is_dir():
            raise ImportRefused(f"{root} is not a folder of Markdown files.")
        for path, size in self._walk():
            self.sizes[path] = size
        self.lower = {path.lower(): path for path in reversed(self.sizes)}

    def _walk(self) -> Iterator[tuple[str, int]]:
        for top, folders, files in os.walk(self.root, onerror=self._unreadable):
            inner = os.path.relpath(top, self.root).replace(os.sep, "/")
            before = "" if inner == "." else f"{inner}/"
            for name in sorted(folders):
                if os.path.islink(os.path.join(top, name)):
                    self.lose(f"{before}{name}", "symlink", "A link to a folder; links are not followed.")
            folders[:] = sorted(name for name in folders if name not in MADE and not name.startswith("."))
            for name in sorted(files):
                size = self._size(os.path.join(top, name), before + name)
                if size is not None and (not name.startswith(".") or name.startswith(SAID)):
                    yield before + name, size
                if len(self.sizes) >= MAX_FILES:
                    raise ImportRefused(f"{self.root} has more than {MAX_FILES} files; import a part of it.")

    def _size(self, place: str, path: str) -> int | None:
        try:
            status = os.lstat(place)
        except OSError as error:
            self.lose(path, "unreadable", f"The file cannot be read ({error.strerror}).")
            return None
        if stat.S_ISLNK(status.st_mode):
            self.lose(path, "symlink", "A link to a file; links are not followed.")
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def _unreadable(self, error: OSError) -> None:
        inner = os.path.relpath(error.filename, self.root).replace(os.sep, "/")
        self.lose(inner, "unreadable", f"The folder cannot be read ({error.strerror}).")

    def below(self, folder: str) -> Iterator[str]:
        """Yield the files below *folder*, in the order of their paths; nothing means the whole tree."""
        start = f"{folder}/" if folder else ""
        return (path for path in self.sizes if path.startswith(start))

    def has_folder(self, folder: str) -> bool:
        """Return whether there is a file somewhere below *folder*."""
        return next(self.below(folder), None) is not None

    def find(self, path: str) -> str | None:
        """Return the file at *path* as the tree spells it, or None; nothing outside of the tree is ever found."""
        inner = posixpath.normpath(unquote(path).replace("\\", "/").lstrip("/"))
        return inner if inner in self.sizes else self.lower.get(inner.lower())

    def place(self, path: str) -> Path:
        """Return where the file *path* of the tree stands."""
        return self.root / path

    def bytes_of(self, path: str, limit: int = MAX_FILE_BYTES) -> bytes | None:
        """Return the bytes of *path*; None, and a loss, when it is larger than *limit* or cannot be read."""
        if self.sizes[path] > limit:
            self.lose(path, "too-large", f"The file has {self.sizes[path] // 1024} KB; at most {limit // 1024} KB are read.")
            return None
        try:
            with open(os.open(self.root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
                return file.read(limit + 1)[:limit]
        except OSError as error:
            self.lose(path, "unreadable", f"The file cannot be read ({error.strerror}).")
            return None

    def read(self, path: str) -> str | None:
        """Return the text of *path* with plain ends of lines; None, and a loss, when it is none."""
        content = self.bytes_of(path)
        if content is None:
            return None
        encoding = "utf-16" if content.startswith(UTF16_MARKS) else "utf-8"
        try:
            text = content.removeprefix(UTF8_MARK).decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.lose(path, "encoding", "The file is not UTF-8; save it as UTF-8 and import again.", line)
            return None
        if "\x00" in text:
            self.lose(path, "encoding", "There is a NUL character in the text; remove it and import again.")
            return None
        return text.replace("\r\n", "\n").replace("\r", "\n").translate({2: None, 3: None})


def joined(path: str, target: str) -> str:
    """Return *target*, as written in the file *path*, from the root of the tree; `..` out of it stays and finds nothing.

    >>> joined("docs/pay/card.md", "../img/a.png"), joined("docs/pay/card.md", "")
    ('docs/img/a.png', 'docs/pay/card.md')
    """
    if not target:
        return path
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def without_suffix(path: str) -> str:
    """Return *path* without the ending of a Markdown file.

    >>> without_suffix("pay/card.mdx"), without_suffix("pay/v1.2")
    ('pay/card', 'pay/v1.2')
    """
    stem, suffix = posixpath.splitext(path)
    return stem if suffix.lower() in MARKDOWN else path


def is_markdown(path: str) -> bool:
    """Return whether *path* is named like a Markdown file."""
    return path.lower().endswith(MARKDOWN)
