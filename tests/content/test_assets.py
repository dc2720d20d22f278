"""Images: their size is read from their header, and only images inside the folder are found."""

import struct

import pytest

from helpcenter.content.assets import find_asset, size_of
from tests.content.folders import write

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 64, 48)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\0" * 20
LOSSY = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480)
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", (640 - 1) | (480 - 1) << 14)
EXTENDED = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (PNG, (640, 480)),
        (GIF, (64, 48)),
        (JPEG, (640, 480)),
        (LOSSY, (640, 480)),
        (LOSSLESS, (640, 480)),
        (EXTENDED, (640, 480)),
        (b'<?xml version="1.0"?>\n<svg xmlns="x" width="30px" height="20">', (30, 20)),
        (b'<svg viewBox="0 0 30.4 20" width="100%">', (30, 20)),
        (b'<svg xmlns="x">', None),
        (b'<svg width="0" height="20">', None),
        (b"<html>", None),
        (PNG[:20], None),
        (JPEG[:6], None),
        (LOSSLESS[:22], None),
        (b"", None),
    ],
)
def test_sizes(content, size):
    assert size_of(content) == size


@pytest.mark.parametrize(
    "name",
    ["../secret.svg", "/etc/passwd", "a.txt", "a.svg/", "", ".", "a\0.svg", "..\\secret.svg", "link.svg", "loop.svg", "../site.yaml", "dir.svg"],
)
def test_what_is_no_image_of_the_folder_is_not_found(tmp_path, name):
    root = write(tmp_path / "content", {"_assets/a.txt": "x", "site.yaml": "x", "_assets/dir.svg/b.svg": "x"})
    write(tmp_path, {"secret.svg": "x"})
    (root / "_assets/link.svg").symlink_to(tmp_path / "secret.svg")
    (root / "_assets/loop.svg").symlink_to("loop.svg")

    assert find_asset(root, name) is None


def test_images_are_found_in_assets_first_and_beside_articles(tmp_path):
    write(tmp_path, {"_assets/a.svg": "1", "a.svg": "2", "en/media/b.svg": "3"})

    assert find_asset(tmp_path, "a.svg").read_text() == "1"
    assert find_asset(tmp_path, "en/media/b.svg").read_text() == "3"


def test_downloads_are_given_out_from_the_assets_alone(tmp_path):
    for path in ("_assets/terms.pdf", "en/notes.csv", "synonyms/words.zip"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x")

    assert find_asset(tmp_path, "terms.pdf") == (tmp_path / "_assets/terms.pdf").resolve()
    assert find_asset(tmp_path, "en/notes.csv") is None
    assert find_asset(tmp_path, "synonyms/words.zip") is None
