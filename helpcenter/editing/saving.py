"""Saves a file of the content folder from the browser: whole or not at all, and into git in the name of who wrote it.

The same rules as for restoring: what changed since the person looked is never overwritten, what was saved but not committed
is committed first, and the repository's own programs are not run.
"""

from __future__ import annotations

import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpcenter.content.git import GitError, NoRepository, open_store
from helpcenter.content.history import HistoryError
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import hash_of
from helpcenter.content.restoring import Author, alone_in, commit_file, replace_file, sync_folder, usable_branch

NOTHING = ""
"""What stands for the hash of a file that is not there."""

logger = logging.getLogger(__name__)


class SaveRefused(Exception):
    """Why nothing was saved; `code` is what the staff pages put into words."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Saved:
    """What saving did: the commit, or in `uncommitted` why there is none (`no-git`, `no-repository`, `owner`, `unreadable`, `git`)."""

    commit: str = ""
    uncommitted: str = ""


def save(folder: Path, path: str, content: bytes, *, seen: str, author: Author, subject: str) -> Saved:
    """Write *content* into the file *path* of *folder*, and commit it where the folder is in a repository.

    *seen* is the hash of the file that the author looked at, NOTHING for a new one. Raises SaveRefused, and then nothing was written.
    """
    root = folder.resolve()
    try:
        with alone_in(root):
            present = present_bytes(root, path)
            if (hash_of(present) if present is not None else NOTHING) != seen:
                raise SaveRefused("changed")
            if present == content:
                return Saved()
            return write_and_commit(root, path, present, content, author, subject)
    except OSError as error:
        logger.warning("%s cannot be saved: %s", path, error)
        raise SaveRefused("disk", error.strerror or "") from error


def write_and_commit(root: Path, path: str, present: bytes | None, content: bytes, author: Author, subject: str) -> Saved:
    """Write the file, inside its commit where there can be one."""
    try:
        with open_store(root, writes=True) as store:
            branch = usable_branch(store)
            if store.head() is None:
                raise NoRepository("no-repository", "There is no commit yet.")
            steps = [(f"Keep {path} as it was saved", present)] if present is not None else []
            commit = commit_file(store, branch, path, [*steps, (subject, content)], author, lambda: put(root, path, present, content))
        return Saved(commit)
    except NoRepository as error:
        put(root, path, present, content)
        return Saved(uncommitted=error.reason)
    except HistoryError as error:
        # The file is there, only its commit is not; whatever came before it wrote nothing.
        if error.code == "not-committed":
            return Saved(uncommitted="git")
        raise SaveRefused(error.code, error.detail) from error
    except GitError as error:
        if present_bytes(root, path) == content:
            return Saved(uncommitted="git")
        raise SaveRefused("git", str(error)) from error


def present_bytes(root: Path, path: str) -> bytes | None:
    """Return the file as it stands, None when there is none. Raises SaveRefused for a link out of *root* and for what is no file."""
    place = root / path
    if not os.path.lexists(place):
        return None
    try:
        found = place.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise SaveRefused("outside") from error
    if not found.is_relative_to(root) or not found.is_file():
        raise SaveRefused("outside")
    return found.read_bytes()


def put(root: Path, path: str, present: bytes | None, content: bytes) -> None:
    """Put *content* into the file at once: readers, and whoever finds the folder after a crash, see the old or the new one."""
    if present is None:
        create_file(root, path, content)
    else:
        try:
            replace_file(root, path, content)
        except BrokenFile as error:
            raise SaveRefused("outside") from error


def create_file(root: Path, path: str, content: bytes) -> None:
    """Make the file *path* with *content*; nothing that is there is overwritten. Raises SaveRefused, OSError."""
    target = root / path
    make_folders(root, PurePosixPath(path).parent)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, target)
    except FileExistsError as error:
        raise SaveRefused("changed") from error
    finally:
        Path(name).unlink(missing_ok=True)
    sync_folder(target.parent)


def make_folders(root: Path, inner: PurePosixPath) -> None:
    """Make the folders of a new file below *root*. Raises SaveRefused when one of them leads elsewhere."""
    place = root
    for part in inner.parts:
        place = place / part
        place.mkdir(exist_ok=True)
        if not place.resolve().is_relative_to(root):
            raise SaveRefused("outside")
