"""Restores a version of an article: writes the file, and commits it with the person who asked as the author.

Nothing is lost on the way: a file that changed since the person looked at it is left alone, and what was saved but not
committed is committed first.
"""

from __future__ import annotations

import fcntl
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpcenter.content.folder import ArticleFile, read_bytes
from helpcenter.content.git import GitError, Store, open_store
from helpcenter.content.history import HistoryError, Version, content_in, find_file
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import hash_of, read_article
from helpcenter.language.cleaning import cut_text

COMMITTER = {"GIT_COMMITTER_NAME": "Help center", "GIT_COMMITTER_EMAIL": "helpcenter@localhost"}
# A repository in the middle of one of these belongs to the person who is at it.
UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
# What git would strip from a name, and what would end it.
NOT_IN_NAMES = str.maketrans(dict.fromkeys("<>\"'\\.,:;\n", " "))
TRIES = 10
PAUSE_SECONDS = 0.1
NEW_FILE = "100644"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Author:
    """Who restores, as the repository will name them."""

    name: str
    email: str

    @property
    def environ(self) -> dict[str, str]:
        """What git reads the author from; never an argument, and never empty."""
        email = "".join(self.email.translate(NOT_IN_ADDRESSES).split())
        name = " ".join(cut_text(self.name, limit=100).translate(NOT_IN_NAMES).split())
        return {"GIT_AUTHOR_NAME": name or email.partition("@")[0] or "staff", "GIT_AUTHOR_EMAIL": email or "staff@localhost"}


NOT_IN_ADDRESSES = str.maketrans(dict.fromkeys("<>\n\x00"))


def restore(folder: Path, file: ArticleFile, version: Version, *, seen: str, author: Author) -> str:
    """Write *version* into *file* of *folder*, commit it, and return the commit.

    *seen* is the hash of the file that *author* looked at. Raises HistoryError when nothing was written, GitError when git
    cannot do it, BrokenFile when the version cannot be published.
    """
    root = folder.resolve()
    with alone_in(root), open_store(root, writes=True) as store:
        content = content_in(store, version)
        present = read_bytes(root, file.path)
        if hash_of(present) != seen:
            raise HistoryError("changed")
        if content == present:
            raise HistoryError("same")
        read_article(file, root, content)
        branch = usable_branch(store)
        subject = f"Restore {file.path} as of {version.short}"
        steps = [(f"Keep {file.path} as it was saved", present), (subject, content)]
        return commit_file(store, branch, file.path, steps, author, lambda: replace_file(root, file.path, content))


def commit_file(
    store: Store, branch: str, path: str, steps: list[tuple[str, bytes]], author: Author, write: Callable[[], None]
) -> str:
    """Commit *steps* of the file *path* to *branch*, *write* the file in between, and return the last commit.

    Raises HistoryError `not-committed` when the file is written but the branch cannot be moved, GitError before that.
    """
    head, commit = build_commits(store, path, steps, author)
    write()
    for _ in range(TRIES):
        try:
            store.ask_repository("update-ref", "-m", steps[-1][0].partition("\n")[0], branch, commit, head, extra=COMMITTER)
            break
        except GitError as error:
            # Somebody else committed this very moment: ours goes on top of theirs.
            logger.warning("committing %s: %s", path, error)
            time.sleep(PAUSE_SECONDS)
            head, commit = build_commits(store, path, steps, author)
    else:
        raise HistoryError("not-committed")
    follow_index(store, path, commit)
    return commit


@contextmanager
def alone_in(root: Path) -> Iterator[None]:
    """Let one restore after the other work in *root*, also those of other processes."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def usable_branch(store: Store) -> str:
    """Return the branch that is checked out. Raises HistoryError when a commit would be lost or in somebody's way."""
    if any((store.repository.git_dir / name).exists() for name in UNDER_WAY):
        raise HistoryError("under-way")
    try:
        return store.ask_repository("symbolic-ref", "--quiet", "HEAD").decode().strip()
    except GitError as error:
        raise HistoryError("no-branch") from error


def build_commits(store: Store, path: str, steps: list[tuple[str, bytes]], author: Author) -> tuple[str, str]:
    """Return HEAD, and the last of the commits made on top of it, one for each step that changes the file."""
    first = head = store.head() or ""
    inside = store.repository.prefix + path
    for subject, content in steps:
        had = find_file(store, head, inside)
        blob = store.ask("hash-object", "-w", "--stdin", given=content).decode().strip()
        if had and had.name in (blob, with_plain_ends(store, content)):
            continue
        store.ask("read-tree", head)
        set_entry(store, had.mode if had else NEW_FILE, blob, inside)
        tree = store.ask("write-tree").decode().strip()
        said = store.ask("commit-tree", tree, "-p", head, "-F", "-", given=subject.encode() + b"\n", extra=COMMITTER | author.environ)
        head = said.decode().strip()
    return first, head


def with_plain_ends(store: Store, content: bytes) -> str:
    """Return the name of *content* with the line ends that git keeps where `autocrlf` is set."""
    return store.ask("hash-object", "--stdin", given=content.replace(b"\r\n", b"\n")).decode().strip()


def set_entry(store: Store, mode: str, blob: str, inside: str) -> None:
    """Put the file *inside* into the store's own index; that needs a working tree, if only an empty one."""
    work_tree = {"GIT_WORK_TREE": store.environ["GIT_DIR"]}
    store.ask("update-index", "--add", "--cacheinfo", f"{mode},{blob},{inside}", extra=work_tree)


def replace_file(root: Path, path: str, content: bytes) -> None:
    """Replace the file at once, with the rights it had: readers see the old or the new one."""
    target = (root / path).resolve(strict=True)
    if not target.is_relative_to(root):
        raise BrokenFile(path, 1, "outside", "The link leads out of the content folder; copy the file instead.")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), target.stat().st_mode & 0o777)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Let the new name of a file outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def follow_index(store: Store, path: str, commit: str) -> None:
    """Bring the repository's index to the new commit, or `git status` would show the restored file as taken back."""
    inside = store.repository.prefix + path
    found = find_file(store, commit, inside)
    for _ in range(TRIES):
        try:
            store.ask_repository("update-index", "--add", "--cacheinfo", f"{found.mode},{found.name},{inside}")
            return
        except GitError as error:
            # Somebody works in the repository; their git is done in a moment.
            logger.warning("the index does not follow yet: %s", error)
            time.sleep(PAUSE_SECONDS)
