"""The content folder that an import writes to: nothing outside of it, each file whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

LEDGERS = ".imports"
MAX_LEDGER_BYTES = 64 * 1024 * 1024
LONGEST_PATH = 600


# Windows keeps these for devices, whatever follows a dot; a folder with such a file cannot be checked out there.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10))})


def portable(stem: str) -> str:
    """Return the name of a file, without its ending, as every system accepts it.

    >>> portable("aux"), portable("auxiliary")
    ('aux-', 'auxiliary')
    """
    return f"{stem}-" if stem in DEVICES else stem


class UnsafePath(ValueError):
    """A path that would leave the folder, or that stands on something that is no file."""


class Target:
    """A content folder, or with *dry_run* only the picture of one."""

    def __init__(self, folder: Path, *, dry_run: bool = False) -> None:
        self.root = folder.resolve()
        self.dry_run = dry_run
        self.safe_parents: set[PurePosixPath] = set()

    def place(self, path: str) -> Path:
        """Return where *path*, relative to the folder, stands. Raises UnsafePath."""
        inner = PurePosixPath(path)
        if not path or "\x00" in path or "\\" in path or len(path) > LONGEST_PATH or inner.is_absolute() or ".." in inner.parts:
            raise UnsafePath(f"{path[:80]!r} is no path inside the content folder")
        place = self.root / inner
        if inner.parent not in self.safe_parents:
            if not place.parent.resolve().is_relative_to(self.root):
                raise UnsafePath(f"{path}: a link leads out of the content folder")
            self.safe_parents.add(inner.parent)
        if place.is_symlink() or (place.exists() and not place.is_file()):
            raise UnsafePath(f"{path}: there is a link or a folder of that name")
        return place

    def read(self, path: str) -> bytes | None:
        """Return the bytes of *path*, None when there is no such file. Raises UnsafePath, OSError."""
        place = self.place(path)
        try:
            return place.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes) -> None:
        """Put *content* at *path*; a reader sees the old file or the new one, never half. Raises UnsafePath, OSError."""
        place = self.place(path)
        if self.dry_run:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".import-", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(beside, place.stat().st_mode & 0o777 if place.exists() else 0o644)
            os.replace(beside, place)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise

    def remove(self, path: str) -> None:
        """Delete *path* and the folders that it leaves empty. Raises UnsafePath, OSError."""
        place = self.place(path)
        if self.dry_run:
            return
        place.unlink(missing_ok=True)
        for parent in place.parents:
            if parent == self.root or any(parent.iterdir()):
                break
            parent.rmdir()


def hash_of(content: bytes) -> str:
    """Return the hash of a file's content; ends of lines do not count, as git may change them."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


@dataclass
class Entry:
    """What an import wrote to one file: the hash, and where it came from."""

    hash: str
    source: str = ""
    id: str = ""


@dataclass
class Ledger:
    """What the imports of one kind have written, so that the next one knows what is its own."""

    files: dict[str, Entry] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """By the old tool's id, the name the article has here."""
    addresses: dict[str, str] = field(default_factory=dict)
    """By old address, where redirects.yaml was told to lead it."""

    def text(self) -> str:
        """Return the ledger as JSON, in an order that git shows well."""
        files = {path: {key: value for key, value in vars(entry).items() if value} for path, entry in sorted(self.files.items())}
        whole = {"files": files, "names": dict(sorted(self.names.items())), "addresses": dict(sorted(self.addresses.items()))}
        return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def ledger_path(kind: str) -> str:
    """Return where the ledger of a kind of import stands in the content folder."""
    return f"{LEDGERS}/{kind}.json"


def read_ledger(target: Target, kind: str) -> Ledger:
    """Return the ledger of *kind*; an empty one when there is none.

    What is not as this program writes it is left out: the files it speaks of then count as the editors' own. Raises
    UnsafePath when the ledger is no file of the folder.
    """
    content = target.read(ledger_path(kind))
    if content is None or len(content) > MAX_LEDGER_BYTES:
        return Ledger()
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        return Ledger()
    if not isinstance(given, dict):
        return Ledger()
    entries = given.get("files")
    files = {path: _entry(value) for path, value in entries.items() if _entry(value)} if isinstance(entries, dict) else {}
    return Ledger({path: entry for path, entry in files.items() if entry}, _texts(given.get("names")), _texts(given.get("addresses")))


def _entry(value: Any) -> Entry | None:
    if not isinstance(value, dict) or not isinstance(value.get("hash"), str):
        return None
    return Entry(value["hash"], str(value.get("source", "")), str(value.get("id", "")))


def _texts(value: Any) -> dict[str, str]:
    return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
