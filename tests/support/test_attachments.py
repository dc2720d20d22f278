"""Files: only what is asked for, as it says it is, and pictures without what their camera told."""

import io
import zipfile

import pytest
from PIL import Image
from sqlalchemy import func, select

from helpcenter.support import requests as support
from helpcenter.support.attachments import (
    LARGEST_FILE_BYTES,
    AttachmentRefused,
    attachments_of,
    checked,
    find_attachment,
    path_of,
    remove_unknown,
    store_attachment,
    tidy_name,
)
from helpcenter.support.models import Attachment

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
SECRET_PLACE = b"Brivibas iela 100"


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 20)) -> bytes:
    """Return a picture, a JPEG with a place in its EXIF."""
    drawn, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = SECRET_PLACE.decode()
    Image.new("RGB", size, "teal").save(drawn, form, **({"exif": exif} if form == "JPEG" else {}))
    return drawn.getvalue()


def packed() -> bytes:
    """Return a zip archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("note.txt", "hello")
    return archive.getvalue()


def test_a_picture_is_drawn_anew_without_where_it_was_taken():
    given = picture()
    assert SECRET_PLACE in given

    kept = checked("Kitchen.JPEG", "image/jpeg", given)

    assert (kept.name, kept.content_type) == ("Kitchen.jpg", "image/jpeg")
    assert SECRET_PLACE not in kept.data
    assert Image.open(io.BytesIO(kept.data)).size == (40, 20)


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("GIF", "a.gif"), ("WEBP", "a.webp")])
def test_other_pictures_become_png(form, name):
    assert checked(name, "", picture(form)).data.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "content_type", "data"),
    [("bill.pdf", "application/pdf", PDF), ("log.txt", "text/plain; charset=utf-8", "Šodien".encode()),
     ("old.csv", "text/csv", "žluť".encode("cp1250")), ("all.zip", "application/octet-stream", packed())],
)  # fmt: skip
def test_ordinary_files_are_kept_as_they_are(name, content_type, data):
    assert checked(name, content_type, data).data == data


@pytest.mark.parametrize(
    ("name", "content_type", "data", "reason"),
    [
        ("page.html", "text/html", b"<script>", "kind"), ("logo.svg", "image/svg+xml", b"<svg/>", "kind"),
        ("run.exe", "", b"MZ", "kind"), ("shell.php\u200b", "", b"<?php", "kind"), ("noending", "", b"x", "kind"),
        (".htaccess", "", b"x", "kind"), ("bill.pdf.exe", "application/pdf", PDF, "kind"),
        ("bill.pdf", "application/pdf", b"MZ\x90" + bytes(300), "differs"), ("bill.pdf", "text/html", PDF, "differs"),
        ("photo.png", "image/png", picture("JPEG"), "differs"), ("photo.jpg", "image/jpeg", picture()[:60], "image"),
        ("log.txt", "text/plain", b"\x00\x01\x02", "differs"), ("empty.txt", "text/plain", b"", "empty"),
        ("long.txt", "text/plain", b"x" * (LARGEST_FILE_BYTES + 1), "large"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_named_with_its_reason(name, content_type, data, reason):
    with pytest.raises(AttachmentRefused) as refused:
        checked(name, content_type, data)

    assert refused.value.reason == reason


def test_a_small_file_that_unfolds_to_169_megapixels_is_refused():
    bomb = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 40_000

    with pytest.raises(AttachmentRefused, match="25 megapixels"):
        checked("bomb.png", "image/png", bomb.getvalue())


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "..\\..\\boot.txt", "/etc/x.txt", "C:\\x.txt", "a\r\nBcc: eve.txt", "\u202etxt.exe.txt", "x" * 5000 + ".txt", "a\ud800.txt"]
)
def test_a_name_is_never_a_path_or_a_header(name):
    tidied = tidy_name(name)

    assert not set(tidied) & set("/\\\r\n\0\u202e")
    assert tidied.endswith(".txt") and len(tidied) <= 100
    tidied.encode()


def test_bytes_lie_under_a_random_name_and_belong_to_one_request(writer, terms, question, tmp_path):
    mine, other = support.open_request(writer, terms, **question), support.open_request(writer, terms, **question)
    kept = store_attachment(writer, mine, "../bill.pdf", "application/pdf", PDF, folder=tmp_path, message=support.messages_of(writer, mine, public_only=True)[0])

    assert path_of(tmp_path, kept.stored_name).read_bytes() == PDF
    assert "bill" not in kept.stored_name and len(kept.stored_name) == 43
    assert [one.name for one in attachments_of(writer, mine)] == ["bill.pdf"]
    assert find_attachment(writer, mine, kept.id) is kept
    assert find_attachment(writer, other, kept.id) is None


def test_what_no_row_names_is_removed_once_it_is_old(writer, terms, question, tmp_path):
    request = support.open_request(writer, terms, **question)
    kept = store_attachment(writer, request, "bill.pdf", "", PDF, folder=tmp_path)
    lost = path_of(tmp_path, "lost")
    lost.write_bytes(b"x")
    written = lost.stat().st_mtime

    assert remove_unknown(writer, tmp_path, older_than=written - 60) == 0
    assert remove_unknown(writer, tmp_path, older_than=written + 60) == 1
    assert path_of(tmp_path, kept.stored_name).exists()
    assert writer.scalar(select(func.count(Attachment.id))) == 1
