"""Where indexes lie on the disk: which one is current, who may write, and whether it is whole."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from helpcenter.search.engine import IndexBusy, SearchError

__all__ = ["IndexDamaged", "IndexFolder"]

CURRENT = "CURRENT"
MANIFEST = "MANIFEST.json"
NAME = re.compile(r"index-[0-9a-z_]+")
LOCK_SECONDS = 10.0
# A writer that was killed leaves the list it had begun; the next one takes its place.
NEVER_LISTED = (MANIFEST, f"{MANIFEST}.new", "_LOCK", "MAIN_WRITELOCK")


class IndexDamaged(SearchError):
    """Files of the index are missing or are not what was written."""


class IndexFolder:
    """A folder of index versions; the file CURRENT names the one in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checked: dict[Path, tuple[int, int, int]] = {}

    def current(self) -> Path | None:
        """Return the folder of the index in use, None before the first."""
        try:
            name = (self.folder / CURRENT).read_text("utf-8", errors="replace").strip()
        except OSError:
            return None
        if not NAME.fullmatch(name):
            raise IndexDamaged(f"{self.folder / CURRENT} names no index")
        return self.folder / name

    @contextlib.contextmanager
    def writing(self, *, timeout_seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Hold the only right to write; raises IndexBusy when another writer keeps it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + timeout_seconds
        with open(self.folder / "WRITING", "w") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise IndexBusy(f"another process writes the index in {self.folder}; try again") from None
                    time.sleep(0.05)
            yield

    def new(self) -> Path:
        """Return an empty folder for an index that is built aside."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="index-", dir=self.folder))

    def put_in_place(self, index: Path) -> None:
        """Make *index* the current one in one step, and remove the others."""
        new = self.folder / f"{CURRENT}.new"
        with open(new, "w", encoding="utf-8") as file:
            file.write(index.name)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.folder / CURRENT)
        for other in self.folder.glob("index-*"):
            if other.name != index.name:
                shutil.rmtree(other, ignore_errors=True)

    def seal(self, index: Path, generation: int) -> None:
        """Write down size and checksum of every file of *index*, after they are safely on the disk."""
        files = {}
        for path in sorted(index.iterdir()):
            if path.is_file() and not path.name.endswith(NEVER_LISTED):
                with open(path, "rb") as file:
                    os.fsync(file.fileno())
                files[path.name] = [path.stat().st_size, checksum(path)]
        listed = json.dumps({"generation": generation, "files": files})
        new = index / f"{MANIFEST}.new"
        new.write_text(listed, "utf-8")
        os.replace(new, index / MANIFEST)

    def verify(self, index: Path, generation: int) -> None:
        """Raise IndexDamaged when a file of *index* is not as it was written.

        A writer that was killed after its commit left the list of the commit
        before; then only the files that are still of that commit are compared.
        """
        try:
            listed = json.loads((index / MANIFEST).read_text("utf-8"))
            files, sealed = dict(listed["files"]), int(listed["generation"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"{index / MANIFEST} cannot be read: {error}") from error
        if generation < sealed:
            raise IndexDamaged(f"{index} lost its last commit")
        for name, (size, expected) in files.items():
            path = index / name
            if not path.is_file():
                if generation == sealed:
                    raise IndexDamaged(f"{path} is missing")
            elif path.stat().st_size != size or self.checksum_once(path) != expected:
                raise IndexDamaged(f"{path} is not what was written")

    def checksum_once(self, path: Path) -> int:
        """Return the checksum of *path*, read again only when the file changed."""
        status = path.stat()
        known = self.checked.get(path)
        if known and known[:2] == (status.st_size, status.st_mtime_ns):
            return known[2]
        found = checksum(path)
        self.checked[path] = status.st_size, status.st_mtime_ns, found
        return found


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file."""
    total = 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total
