"""The images and videos of the content folder: which may be shown, where they are published, and how large they are."""

from __future__ import annotations

import hashlib
import re
import struct
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

ASSETS = "_assets"
IMAGE_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
}
VIDEO_TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
}
# Files that readers download; never shown, so that nothing in them runs.
DOWNLOAD_TYPES = {
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
TYPES = IMAGE_TYPES | VIDEO_TYPES | DOWNLOAD_TYPES
MAX_ASSET_BYTES = 32 * 1024 * 1024
SVG_TAG = re.compile(rb"<svg\b[^>]{0,4000}>", re.IGNORECASE)
SVG_LENGTH = re.compile(rb"\s(width|height)\s*=\s*[\"']\s*([0-9.]+)\s*(?:px)?\s*[\"']", re.IGNORECASE)
SVG_BOX = re.compile(rb"\sviewBox\s*=\s*[\"']\s*[-0-9.]+[\s,]+[-0-9.]+[\s,]+([0-9.]+)[\s,]+([0-9.]+)\s*[\"']", re.IGNORECASE)
# JPEG segments that hold the size of the picture.
JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})

Size = tuple[int, int]


def find_asset(folder: Path, name: str) -> Path | None:
    """Return the image, video or download that `/assets/<name>` names, or None.

    A name is looked up in the shared folder `_assets` first, then in the whole content folder, where other tools
    keep images beside articles. Symbolic links must not lead out of the content folder, and nothing else is found.
    """
    if Path(name).suffix.lower() not in TYPES or "\\" in name or "\x00" in name:
        return None
    try:
        root = folder.resolve(strict=True)
    except OSError:
        return None
    # Only what stands with the assets is meant for downloading.
    for base in (root / ASSETS,) if Path(name).suffix.lower() in DOWNLOAD_TYPES else (root / ASSETS, root):
        found = _inside(root, base, name)
        if found is not None:
            return found
    return None


def _inside(root: Path, base: Path, name: str) -> Path | None:
    try:
        path = (base / name).resolve(strict=True)
        within = path.is_relative_to(base.resolve()) if base != root else path.is_relative_to(root)
        usable = within and path.is_file() and path.stat().st_size <= MAX_ASSET_BYTES
    except (OSError, ValueError, RuntimeError):
        # A loop of symbolic links is a RuntimeError before Python 3.13.
        return None
    return path if usable and path.suffix.lower() in TYPES else None


def asset_name(path: str) -> str:
    """Return the name under which the file *path* of the content folder is published.

    >>> asset_name("_assets/img/a.svg"), asset_name("en/media/b.png")
    ('img/a.svg', 'en/media/b.png')
    """
    return path.removeprefix(f"{ASSETS}/")


def asset_url(name: str, path: Path) -> str:
    """Return the address of an asset; it changes with the file's content, so browsers may keep it."""
    return f"/assets/{quote(name, safe='/~')}?v={asset_version(path)}"


def asset_version(path: Path) -> str:
    """Return eight characters that change with the content of the file."""
    status = path.stat()
    return _measured(path, status.st_mtime_ns, status.st_size)[0]


def image_size(path: Path) -> Size | None:
    """Return the width and height of an image in pixels, or None when its header does not tell."""
    status = path.stat()
    return _measured(path, status.st_mtime_ns, status.st_size)[1]


@lru_cache(maxsize=4096)
def _measured(path: Path, _changed_ns: int, _size: int) -> tuple[str, Size | None]:
    content = path.read_bytes()
    is_image = path.suffix.lower() in IMAGE_TYPES
    return hashlib.sha256(content).hexdigest()[:8], size_of(content) if is_image else None


def size_of(content: bytes) -> Size | None:
    """Return the size that the header of an image tells: PNG, GIF, JPEG, WebP or SVG."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            size = struct.unpack(">II", content[16:24])
        elif content.startswith((b"GIF87a", b"GIF89a")):
            size = struct.unpack("<HH", content[6:10])
        elif content.startswith(b"\xff\xd8"):
            size = jpeg_size(content)
        elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            size = webp_size(content)
        else:
            size = svg_size(content[:20_000])
    except (struct.error, IndexError, ValueError):
        return None
    return size if size and all(0 < side < 100_000 for side in size) else None


def jpeg_size(content: bytes) -> Size | None:
    """Return the size in a JPEG's frame header."""
    place = 2
    while place + 9 < len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker in JPEG_SIZES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + int(struct.unpack(">H", content[place + 2 : place + 4])[0])
    return None


def webp_size(content: bytes) -> Size | None:
    """Return the size in a WebP's first chunk: lossy, lossless or extended."""
    kind = content[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = struct.unpack("<I", content[21:25])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    return None


def svg_size(content: bytes) -> Size | None:
    """Return the size of an SVG: its width and height, else its viewBox."""
    tag = SVG_TAG.search(content)
    if not tag:
        return None
    lengths = {name.lower(): float(value) for name, value in SVG_LENGTH.findall(tag.group())}
    if len(lengths) == 2:
        return round(lengths[b"width"]), round(lengths[b"height"])
    box = SVG_BOX.search(tag.group())
    return (round(float(box.group(1))), round(float(box.group(2)))) if box else None
