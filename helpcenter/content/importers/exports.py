"""Saved exports: one JSON file, several, or a folder or zip of them, with attachments beside them.

Nothing in an export is trusted: how much is read, how deep JSON nests and what a zip unpacks to are bounded, and a name in
a zip is only ever a name.
"""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from helpcenter.content.importers.article import ImportRefused

MAX_FILES = 50_000
MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024
# Text compresses ten to twenty times; a bomb a thousand times.
MAX_RATIO = 200
SMALL = 1024 * 1024
MAX_ASSET_BYTES = 32 * 1024 * 1024


@dataclass
class Export:
    """The files of an export, by their paths in it."""

    place: Path
    names: list[str] = field(default_factory=list)
    archive: zipfile.ZipFile | None = None
    by_name: dict[str, list[str]] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        """Return the bytes of the file *name*. Raises ImportRefused."""
        try:
            if self.archive is None:
                return (self.place / name if self.place.is_dir() else self.place).read_bytes()
            with self.archive.open(name) as file:
                # What the zip's list says of the size may be a lie; reading stops where it should have.
                content = file.read(self.archive.getinfo(name).file_size + 1)
        except (OSError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
            raise ImportRefused(f"{name}: the file cannot be read ({error})") from error
        if len(content) > self.archive.getinfo(name).file_size:
            raise ImportRefused(f"{name}: the zip says another size than the file has")
        return content

    def pages(self, suffixes: tuple[str, ...] = (".json",)) -> Iterator[tuple[str, bytes]]:
        """Yield the name and content of each file that ends with one of *suffixes*, in the order of their names."""
        for name in self.names:
            if name.lower().endswith(suffixes) or (self.archive is None and not self.place.is_dir()):
                yield name, self.read(name)

    def find(self, *names: str) -> str | None:
        """Return the path of the first file in the export that has one of *names*, without its folder."""
        return next((found[0] for name in names if (found := self.by_name.get(name.lower()))), None)


def open_export(place: Path) -> Export:
    """Return the export at *place*: a file, a zip or a folder. Raises ImportRefused."""
    try:
        if place.is_dir():
            export = Export(place, list(walk(place)))
        elif not place.is_file():
            raise ImportRefused(f"{place} is no file and no folder")
        elif zipfile.is_zipfile(place):
            archive = zipfile.ZipFile(place)
            export = Export(place, members(archive, place.stat().st_size), archive)
        elif place.stat().st_size > MAX_FILE_BYTES:
            raise ImportRefused(f"{place} is larger than {MAX_FILE_BYTES // 2**20} MB")
        else:
            export = Export(place, [place.name])
    except (OSError, zipfile.BadZipFile) as error:
        raise ImportRefused(f"{place} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    for name in export.names:
        export.by_name.setdefault(PurePosixPath(name).name.lower(), []).append(name)
    return export


def walk(folder: Path) -> Iterator[str]:
    """Yield the paths of the files in *folder*; links and hidden names are left out. Raises ImportRefused."""
    count = total = 0
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (Path(top) / name).is_symlink())
        for name in sorted(files):
            path = Path(top) / name
            status = path.lstat()
            if name.startswith(".") or not stat.S_ISREG(status.st_mode):
                continue
            count, total = count + 1, total + status.st_size
            refuse_too_much(count, total, status.st_size, name)
            yield path.relative_to(folder).as_posix()


def members(archive: zipfile.ZipFile, size_bytes: int) -> list[str]:
    """Return the names of the files in *archive*, which has *size_bytes*. Raises ImportRefused."""
    names, total = [], 0
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if member.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
            continue
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or stat.S_ISLNK(member.external_attr >> 16):
            raise ImportRefused(f"{member.filename[:80]!r} in the zip would stand outside of it; unpack it yourself and name the folder")
        if member.flag_bits & 1:
            raise ImportRefused("the zip has a password; unpack it and name the folder")
        total += member.file_size
        refuse_too_much(len(names) + 1, total, member.file_size, member.filename)
        names.append(member.filename)
    if total > max(SMALL, size_bytes) * MAX_RATIO:
        raise ImportRefused("the zip unpacks to more than two hundred times its size; unpack it yourself and name the folder")
    return sorted(names)


def refuse_too_much(count: int, total_bytes: int, size_bytes: int, name: str) -> None:
    """Raise ImportRefused when an export has more than anybody's help center."""
    if count > MAX_FILES:
        raise ImportRefused(f"there are more than {MAX_FILES} files")
    if size_bytes > MAX_FILE_BYTES or total_bytes > MAX_TOTAL_BYTES:
        raise ImportRefused(f"{name}: the export is larger than {MAX_TOTAL_BYTES // 2**30} GB, or this file than {MAX_FILE_BYTES // 2**20} MB")


def read_json(name: str, content: bytes) -> Any:
    """Return the JSON in *content*. Raises ImportRefused, with the place of the mistake."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{name}: the file is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ImportRefused(f"{name}, line {error.lineno}: not valid JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ImportRefused(f"{name}: not JSON that can be read: {error}") from error


def rows_in(value: Any, *keys: str) -> list[dict[str, Any]]:
    """Return the objects that *value*, a page of an API, lists under one of *keys*; a lone object is a list of one."""
    found = value
    if isinstance(value, dict) and keys:
        found = next((value[key] for key in keys if key in value), [])
    if isinstance(found, dict):
        # Help Scout wraps its lists once more: {"articles": {"page": 1, "items": [...]}}.
        found = found.get("items", [found] if found else [])
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def text(value: Any) -> str:
    """Return *value* as text; what is neither text nor a number is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def number(value: Any, default: int = 0, *, most: int = 1_000_000) -> int:
    """Return *value* as a whole number between -*most* and *most*, *default* when it is none."""
    if isinstance(value, bool):
        return default
    try:
        return max(-most, min(most, round(float(value))))
    except (TypeError, ValueError, OverflowError):
        return default
