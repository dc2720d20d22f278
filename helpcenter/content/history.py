"""The versions of an article, from the git repository that its content folder is in.

Names of commits come from addresses, so only versions that `versions` lists of this very article are ever read: nothing
else of a repository can be asked for.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from helpcenter.content.folder import MAX_ARTICLE_BYTES, SUFFIXES
from helpcenter.content.git import GitError, NoRepository, Store, open_store
from helpcenter.language.cleaning import cut_text

__all__ = ["GitError", "HistoryError", "NoRepository", "Version", "find_version", "lines_between", "read_deleted", "read_version", "read_versions"]

MOST_VERSIONS = 200
LONGEST_SUBJECT = 200
LONGEST_AUTHOR = 100
FILES = ("100644", "100755")
FIELDS = "%H%x00%an%x00%at%x00%s"
NOBODY = "?"


class HistoryError(Exception):
    """A version cannot be shown or restored; `code` is what the staff pages put into words."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Version:
    """An article as one commit left it."""

    commit: str
    path: str
    """The file inside the repository, as it was called then."""
    author: str
    at: datetime.datetime
    subject: str
    is_deletion: bool = False

    @property
    def short(self) -> str:
        """The commit as people write it."""
        return self.commit[:10]


def read_versions(folder: Path, path: str) -> list[Version]:
    """Return the versions of the article file *path* of *folder*, the latest first, also under earlier names.

    Raises NoRepository where there is no history, GitError when git cannot read it.
    """
    with open_store(folder) as store:
        return versions_in(store, path)


def versions_in(store: Store, path: str) -> list[Version]:
    """Return the versions of the article file *path*, the latest first."""
    head = store.head()
    if head is None:
        return []
    shown = ("--follow", "--name-status", "-z", "--encoding=UTF-8", f"--format={FIELDS}", f"--max-count={MOST_VERSIONS}")
    said = store.ask("log", "--no-ext-diff", "--no-textconv", *shown, head, "--", store.repository.prefix + path)
    return list(parsed(said.decode("utf-8", "surrogateescape"), store.repository.prefix + path))


def parsed(said: str, path: str) -> Iterator[Version]:
    """Yield the versions in the output of `git log -z --name-status`; a merge names no file, so it has that of the version after it."""
    words = iter(said.split("\x00"))
    commit = next(words, "")
    while commit.strip():
        author, seconds, subject, status = (next(words, "") for _ in range(4))
        kind, following = "M", status
        earlier = path
        if status.startswith("\n"):
            kind, earlier = status[1:2], next(words, "")
            path = next(words, "") if kind in "RC" else earlier
            following = next(words, "")
        by, about = plain(author, LONGEST_AUTHOR), plain(subject, LONGEST_SUBJECT)
        yield Version(commit.strip(), path, by, moment(seconds), about, is_deletion=kind == "D")
        commit, path = following, earlier


def read_deleted(folder: Path) -> list[Version]:
    """Return the deletions of article files in *folder* that stand, the latest first; files that were only renamed are none.

    Raises NoRepository where there is no history, GitError when git cannot read it.
    """
    with open_store(folder) as store:
        head, prefix = store.head(), store.repository.prefix
        if head is None:
            return []
        shown = ("-M", "--diff-filter=D", "--name-status", "-z", "--encoding=UTF-8", f"--format=%x01{FIELDS}", f"--max-count={MOST_VERSIONS}")
        said = store.ask("log", "--no-ext-diff", "--no-textconv", *shown, head, *(["--", prefix] if prefix else []))
    found: dict[str, Version] = {}
    for record in said.decode("utf-8", "surrogateescape").split("\x01")[1:]:
        commit, author, seconds, subject, *files = record.split("\x00")
        by, about = plain(author, LONGEST_AUTHOR), plain(subject, LONGEST_SUBJECT)
        for status, path in zip(files, files[1:], strict=False):
            if status.strip() == "D" and path.startswith(prefix) and path.endswith(SUFFIXES) and not (folder / path[len(prefix) :]).exists():
                found.setdefault(path, Version(commit, path[len(prefix) :], by, moment(seconds), about, is_deletion=True))
    return list(found.values())


def plain(text: str, limit: int) -> str:
    """Return what somebody wrote into a commit as text that can be shown."""
    return cut_text(text.encode("utf-8", "replace").decode("utf-8"), limit=limit) or NOBODY


def moment(seconds: str) -> datetime.datetime:
    """Return the moment of a commit; one that no calendar has becomes the first of 1970."""
    try:
        return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.datetime.fromtimestamp(0, datetime.UTC)


def find_version(versions: list[Version], commit: str) -> Version | None:
    """Return the version that *commit*, whole or its first characters, names in *versions*, or None."""
    found = [version for version in versions if len(commit) >= 7 and version.commit.startswith(commit)]
    return found[0] if len(found) == 1 else None


def read_version(folder: Path, version: Version) -> bytes:
    """Return the article's file as it was in *version*. Raises HistoryError when it cannot be shown, GitError."""
    with open_store(folder) as store:
        return content_in(store, version)


def content_in(store: Store, version: Version) -> bytes:
    """Return the bytes of *version*: those of a plain file of an article's size."""
    if version.is_deletion:
        raise HistoryError("deleted")
    found = find_file(store, version.commit, version.path)
    if found is None:
        raise HistoryError("not-a-file")
    if found.size > MAX_ARTICLE_BYTES:
        raise HistoryError("too-large")
    return store.ask("cat-file", "blob", found.name)


class StoredFile(NamedTuple):
    """A plain file as a commit has it."""

    mode: str
    name: str
    size: int


def find_file(store: Store, commit: str, path: str) -> StoredFile | None:
    """Return the plain file that *commit* has at *path*, or None; links and folders are none."""
    row = store.ask("ls-tree", "-z", "-l", commit, "--", path).partition(b"\x00")[0]
    mode, kind, name, size = (row.split(b"\t")[0].decode().split() + [""] * 4)[:4]
    return StoredFile(mode, name, int(size)) if kind == "blob" and mode in FILES else None


def lines_between(folder: Path, old: bytes, new: bytes) -> str:
    """Return the lines that differ between two texts, as `git diff` writes them, with three lines around each."""
    if old == new:
        return ""
    with open_store(folder) as store:
        names = [store.ask("hash-object", "-w", "--stdin", given=content).decode().strip() for content in (old, new)]
        said = store.ask("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--text", "--unified=3", *names)
    return said.decode("utf-8", "replace")
