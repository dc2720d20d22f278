"""The file of a backup: a plain tar whose last member lists every other one with its size and SHA-256.

Nothing in it is believed before it is compared with that list: names, kinds, sizes and contents. It is not compressed, so
unpacking never makes more of it than there is.
"""

import hashlib
import io
import json
import os
import re
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

FORMAT = 1
MANIFEST = "MANIFEST.json"
LARGEST_MANIFEST_BYTES = 64 * 1024 * 1024
BLOCK_BYTES = 1 << 20
KEPT_IN_MEMORY_BYTES = 8 << 20
READINGS = 3
DIGEST = re.compile(r"[0-9a-f]{64}")


class ArchiveError(Exception):
    """The archive cannot be written, or is not to be trusted; the message says why."""


@dataclass
class Manifest:
    """What is in a backup: each file as size in bytes and SHA-256, and the rows of the database by table."""

    program: str
    made_at: str
    schema: str | None = None
    tables: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def size(self) -> int:
        """How many bytes the files have together."""
        return sum(size for size, _ in self.files.values())


class Writer:
    """Puts files into an archive and notes what they were."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self.tar = tar
        self.manifest = manifest

    def add(self, name: str, path: Path) -> None:
        """Add the file at *path* as *name*.

        Raises ArchiveError when it changes whenever it is read, FileNotFoundError when it is gone.
        """
        for _ in range(READINGS):
            with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY_BYTES, dir=Path(self.tar.name).parent) as copy, path.open("rb") as file:
                before = os.fstat(file.fileno())
                size, digest = _copy(file, copy, most=before.st_size)
                after = os.fstat(file.fileno())
                if (before.st_mtime_ns, before.st_size, size) != (after.st_mtime_ns, after.st_size, after.st_size):
                    continue
                copy.seek(0)
                self._write(name, size, after.st_mtime, copy)
                self.manifest.files[name] = size, digest
                return
        raise ArchiveError(f"{path} changes all the time. Make the backup when nobody writes it.")

    def finish(self) -> None:
        """Add the list of everything."""
        listed = json.dumps(asdict(self.manifest), indent=1).encode()
        self._write(MANIFEST, len(listed), time.time(), io.BytesIO(listed))

    def _write(self, name: str, size: int, changed_at: float, content: IO[bytes]) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, int(changed_at), 0o600
        self.tar.addfile(member, content)


@contextmanager
def writing_archive(target: Path, manifest: Manifest) -> Iterator[Writer]:
    """Give what writes an archive; it stands at *target* only once it is whole, on the disk, and compared with its list.

    Raises ArchiveError when there is something at *target*, or what was written cannot be read back.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already. Name another file, or remove it.")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        # Whoever may read the archive may read everything that people wrote.
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(unfinished, "w", fileobj=file, format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar, manifest)
                yield writer
                writer.finish()
            file.flush()
            os.fsync(file.fileno())
        read_archive(unfinished)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def read_archive(path: Path, *, into: Path | None = None) -> Manifest:
    """Compare everything in the archive at *path* with its list and return that; with *into*, also unpack it there.

    Raises ArchiveError at the first thing that is not as it should be.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            members = _members(tar)
            manifest = _manifest(tar, members)
            for name, (size, digest) in manifest.files.items():
                with tar.extractfile(members[name]) as content:
                    found = _copy(content, None) if into is None else _unpack(content, into / name, members[name].mtime)
                if found != (size, digest):
                    raise ArchiveError(f"{name!r} is not what was written.")
            return manifest
    except (tarfile.TarError, EOFError, OSError, OverflowError) as error:
        raise ArchiveError(f"it is no whole backup, or cannot be unpacked: {error}.") from error


def _members(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """Return the members by name. Raises ArchiveError for anything but plain files with harmless names, each once."""
    members: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.sparse is not None:
            raise ArchiveError(f"{member.name!r} is no plain file.")
        if not is_harmless(member.name):
            raise ArchiveError(f"{member.name!r} is no name of a file in a backup.")
        if member.name in members:
            raise ArchiveError(f"{member.name!r} is there twice.")
        members[member.name] = member
    return members


def is_harmless(name: str) -> bool:
    """Return whether *name* stays below the folder that it is unpacked to."""
    if name == MANIFEST:
        return True
    parts = PurePosixPath(name).parts
    plain = "/".join(parts) == name and "\\" not in name and "\0" not in name
    return plain and len(parts) > 1 and parts[0] in ("data", "content") and not {"..", "."} & set(parts)


def _manifest(tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> Manifest:
    """Return the list, which names all other members and no more, with their sizes. Raises ArchiveError."""
    member = members.pop(MANIFEST, None)
    if member is None or member.size > LARGEST_MANIFEST_BYTES:
        raise ArchiveError("no backup of this program: it has no list of its files.")
    try:
        with tar.extractfile(member) as content:
            given = json.load(content)
        if given.get("format") != FORMAT:
            raise ArchiveError(f"a backup of format {given.get('format')!r}; this version reads format {FORMAT}.")
        files = {name: (size, digest) for name, (size, digest) in given["files"].items()}
        manifest = Manifest(**given | {"files": files})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"the list of its files cannot be read: {error!r}.") from error
    if any(not DIGEST.fullmatch(str(digest)) for _, digest in files.values()):
        raise ArchiveError("the list of its files has something else than SHA-256 digests.")
    if {name: each.size for name, each in members.items()} != {name: size for name, (size, _) in files.items()}:
        raise ArchiveError("its files are not those of its list.")
    return manifest


def _unpack(content: IO[bytes], target: Path, changed_at: float) -> tuple[int, str]:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        done = _copy(content, file)
        file.flush()
        os.fsync(file.fileno())
    # Mail in files is forgotten by its age.
    os.utime(target, (changed_at, changed_at))
    return done


def _copy(content: IO[bytes], target: IO[bytes] | None, *, most: int = sys.maxsize) -> tuple[int, str]:
    """Copy what is left of *content*, at *most* so many bytes of what may grow for ever; return size and SHA-256."""
    size, digest = 0, hashlib.sha256()
    while block := content.read(min(BLOCK_BYTES, most - size)):
        size += len(block)
        digest.update(block)
        if target is not None:
            target.write(block)
    return size, digest.hexdigest()
