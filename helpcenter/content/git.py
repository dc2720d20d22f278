"""Asks the `git` program about the repository that a content folder is in, and lets that repository run nothing.

A repository's own configuration may name programs: hooks, pagers, diff drivers, filters, monitors. So its history is
read through a store of our own, an empty folder that only borrows the repository's objects: of the repository's
configuration and attributes nothing applies. The three questions that need the repository itself (where it is, what
HEAD is, and moving its branch) run no hook and no monitor. See docs/decisions/0060.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_SECONDS = 20.0
MAX_OUTPUT_BYTES = 8 * 1024 * 1024
MAX_COMPLAINT_BYTES = 4_000
# Said on the command line, so that the repository cannot say otherwise.
OVERRIDES = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.untrackedCache": "false",
    "commit.gpgSign": "false",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "maintenance.auto": "false",
    "gc.auto": "0",
}
QUIET = {
    "LC_ALL": "C.UTF-8",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ATTR_NOSYSTEM": "1",
}
# Not for the first question: an operator may say in a configuration of their own whose repositories are to be trusted.
ALONE = {"HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
CONFIG = "[core]\n\trepositoryformatversion = {version}\n\tbare = true\n[extensions]\n{extensions}"


class GitError(Exception):
    """Git could not do what it was asked; the message is the end of what it said."""


class NoRepository(GitError):
    """There is no history to ask for; `reason` is `no-git`, `no-repository`, `owner` or `unreadable`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Repository:
    """Where the repository of a folder is."""

    git_dir: Path
    common_dir: Path
    object_format: str
    prefix: str
    """The content folder inside the repository: empty, or ending with a slash."""


def find_repository(folder: Path) -> Repository:
    """Return the repository that *folder* is in. Raises NoRepository."""
    question = ("--is-inside-work-tree", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-object-format", "--show-prefix")
    try:
        said = run(["-C", str(folder), "rev-parse", *question], QUIET | {"HOME": os.environ.get("HOME", os.devnull)})
        # The prefix comes last: only it may hold a line end.
        inside, git_dir, common_dir, object_format, prefix = said.decode("utf-8", "surrogateescape").split("\n", 4)
    except FileNotFoundError as error:
        raise NoRepository("no-git", "The program git is not installed.") from error
    except (GitError, ValueError) as error:
        raise NoRepository(reason_of(str(error)), str(error)) from error
    if inside != "true":
        raise NoRepository("no-repository", "The folder is inside a .git folder.")
    return Repository(Path(git_dir), Path(common_dir), object_format, prefix.removesuffix("\n"))


def reason_of(complaint: str) -> str:
    """Return in one word why git found no repository."""
    if "dubious ownership" in complaint:
        return "owner"
    return "no-repository" if "not a git repository" in complaint else "unreadable"


class Store:
    """Reads a repository's objects without its configuration, and writes new ones when it may."""

    def __init__(self, repository: Repository, place: Path, *, writes: bool) -> None:
        self.repository = repository
        objects = repository.common_dir / "objects"
        own = place / "objects"
        for folder in (own / "info", place / "refs"):
            folder.mkdir(parents=True)
        sha = repository.object_format
        extensions = "" if sha == "sha1" else f"\tobjectformat = {sha}\n"
        (place / "HEAD").write_text("ref: refs/heads/none\n")
        (place / "config").write_text(CONFIG.format(version=0 if sha == "sha1" else 1, extensions=extensions))
        (own / "info" / "alternates").write_bytes(os.fsencode(objects) + b"\n")
        shallow = repository.common_dir / "shallow"
        if shallow.is_file():
            shutil.copyfile(shallow, place / "shallow")
        self.environ = QUIET | ALONE | {"GIT_DIR": str(place), "GIT_INDEX_FILE": str(place / "index")}
        if writes:
            self.environ["GIT_OBJECT_DIRECTORY"] = str(objects)
        self.real = QUIET | ALONE | {"GIT_DIR": str(repository.git_dir)}

    def ask(self, *arguments: str, given: bytes = b"", extra: Mapping[str, str] | None = None) -> bytes:
        """Return what git says of the borrowed objects. Raises GitError."""
        return run(arguments, self.environ | dict(extra or {}), given=given)

    def ask_repository(self, *arguments: str, extra: Mapping[str, str] | None = None) -> bytes:
        """Return what git says of the repository itself; only for what needs its branches or its index."""
        return run(arguments, self.real | dict(extra or {}))

    def head(self) -> str | None:
        """Return the commit that is checked out, None before the first one."""
        try:
            return self.ask_repository("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip() or None
        except GitError:
            return None


@contextmanager
def open_store(folder: Path, *, writes: bool = False) -> Iterator[Store]:
    """Open the repository that *folder* is in. Raises NoRepository."""
    repository = find_repository(folder)
    with tempfile.TemporaryDirectory(prefix="helpcenter-history-") as place:
        yield Store(repository, Path(place) / "store", writes=writes)


def run(arguments: Sequence[str], environ: Mapping[str, str], *, given: bytes = b"") -> bytes:
    """Return what `git *arguments*` prints, in at most TIMEOUT_SECONDS and MAX_OUTPUT_BYTES. Raises GitError, FileNotFoundError."""
    overrides = [word for name, value in OVERRIDES.items() for word in ("-c", f"{name}={value}")]
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as stdin:
        stdin.write(given)
        stdin.seek(0)
        process = subprocess.Popen(
            ["git", "--no-pager", *overrides, *arguments],
            env={"PATH": os.environ.get("PATH", os.defpath), **environ},
            stdin=stdin, stdout=subprocess.PIPE, stderr=complaints,
        )  # fmt: skip
        output, is_late = read_until(process)
        complaints.seek(0)
        said = complaints.read(MAX_COMPLAINT_BYTES).decode("utf-8", "replace").strip()
    if is_late:
        raise GitError(f"git took more than {TIMEOUT_SECONDS:.0f} seconds")
    if len(output) > MAX_OUTPUT_BYTES:
        raise GitError(f"git answered with more than {MAX_OUTPUT_BYTES // 1024 // 1024} MB")
    if process.returncode:
        raise GitError(said or f"git ended with {process.returncode}")
    return output


def read_until(process: subprocess.Popen) -> tuple[bytes, bool]:
    """Return what *process* writes, and whether it had to be stopped because it took too long."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(TIMEOUT_SECONDS, stop)
    timer.start()
    try:
        with process.stdout:
            output = process.stdout.read(MAX_OUTPUT_BYTES + 1)
        if len(output) > MAX_OUTPUT_BYTES:
            process.kill()
        process.wait()
    finally:
        timer.cancel()
    return output, late.is_set()
