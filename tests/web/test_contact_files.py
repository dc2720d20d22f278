"""Files with the contact form, the panel and the API: checked, kept once, and nothing half-stored."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from helpcenter.app import create_app
from helpcenter.storage import db
from helpcenter.support import attachments
from helpcenter.support.attachments import path_of
from helpcenter.support.models import Attachment, Message
from helpcenter.web import limits
from helpcenter.web.services import services
from tests.conftest import close
from tests.support.test_attachments import PDF, picture
from tests.web.test_contact import LANGUAGES, filled, requests_in

HOSTILE_NAMES = [
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("C:\\Windows\\a.pdf", None),
    ("invoice\u202efdp.pdf", "invoicefdp.pdf"),
    ("a.pdf\u200b", "a.pdf"),
    ("Ļoti garš rēķins – Қазақ.pdf", "Ļoti garš rēķins – Қазақ.pdf"),
    ("x" * 500 + ".pdf", "x" * 80 + ".pdf"),
    ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
]


def upload(name: str = "bill.pdf", data: bytes = PDF, kind: str = "application/pdf") -> tuple:
    """Return a file as the test browser sends it."""
    return io.BytesIO(data), name, kind


def kept_in(app) -> list[Attachment]:
    """Return the rows of all files."""
    with app.app_context():
        return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def bytes_in(settings) -> list[bytes]:
    """Return what lies in the folder of files."""
    return [path.read_bytes() for path in sorted((settings.data / "uploads").glob("*"))]


def test_files_come_with_the_first_message_and_are_downloaded_from_the_status_page(published_app, client):
    files = [upload(), upload("kitchen.jpg", picture(), "image/jpeg")]

    sent = client.post("/en/contact", data=filled(client, files=files))

    page = client.get(sent.location)
    bill, kitchen = kept_in(published_app)
    assert (bill.name, kitchen.name) == ("bill.pdf", "kitchen.jpg")
    assert "bill.pdf" in page.text
    address = sent.location.split("?")[0]
    given = client.get(f"{address}/files/{bill.id}")
    assert given.data == PDF and given.headers["Content-Disposition"].startswith("attachment")
    with published_app.app_context():
        assert db.session.scalar(select(Message.id)) == bill.message_id == kitchen.message_id
        assert path_of(services().data_folder, bill.stored_name).read_bytes() == PDF


@pytest.mark.parametrize(("given", "kept"), HOSTILE_NAMES)
def test_a_hostile_name_is_tidied_and_only_ever_text(published_app, settings, client, given, kept):
    sent = client.post("/en/contact", data=filled(client, files=[upload(given)]))

    (row,) = kept_in(published_app)
    assert kept in (None, row.name)
    assert "/" not in row.name and "\\" not in row.name
    assert "<img src=x" not in client.get(sent.location).text
    assert [path.name for path in (settings.data / "uploads").iterdir()] == [row.stored_name]


def bomb() -> bytes:
    """Return a zip of ten megabytes of zeros, which is kept as it is and never opened."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 10_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (upload("virus.exe", b"MZ", "application/octet-stream"), "files of this kind are not taken"),
        (upload("page.html", b"<script>alert(1)</script>", "text/html"), "files of this kind are not taken"),
        (upload("drawing.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"), "files of this kind are not taken"),
        (upload("bill.pdf", b"<script>alert(1)</script>"), "not what its name says"),
        (upload("cat.png", PDF, "image/png"), "not what its name says"),
        (upload("cat.png", picture("GIF"), "image/png"), "not what its name says"),
        (upload("cat.gif", b"GIF89a/*" + b"<script>alert(1)</script>" * 9, "image/gif"), "picture cannot be read"),
        (upload("huge.png", picture("PNG", (6000, 5000)), "image/png"), "larger than 25 megapixels"),
        (upload("empty.txt", b"", "text/plain"), "this file is empty"),
        (upload("big.txt", b"a" * (attachments.LARGEST_FILE_BYTES + 1), "text/plain"), "larger than 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_nothing_is_stored(published_app, settings, client, file, said):
    given = [FileStorage(io.BytesIO(stream.getvalue()), name, content_type=kind) for stream, name, kind in (upload(), file)]

    # Encoded here: what the test browser writes into a temporary file, it leaves open.
    boundary, body = encode_multipart(MultiDict([*filled(client).items(), *(("files", one) for one in given)]))
    answer = client.post("/en/contact", data=body, content_type=f"multipart/form-data; boundary={boundary}")

    assert answer.status_code == 422
    assert said in answer.text and 'href="#files"' in answer.text
    assert "choose your files once more" in answer.text and "is not there." in answer.text
    assert requests_in(published_app) == [] and kept_in(published_app) == [] and bytes_in(settings) == []


def test_a_zip_is_never_unpacked(published_app, settings, client):
    packed = bomb()

    assert client.post("/en/contact", data=filled(client, files=[upload("logs.zip", packed, "application/zip")])).status_code == 303
    assert bytes_in(settings) == [packed]


def test_six_files_are_too_many(published_app, client):
    answer = client.post("/en/contact", data=filled(client, files=[upload(f"{number}.pdf") for number in range(6)]))

    assert answer.status_code == 422 and "too many files" in answer.text
    assert requests_in(published_app) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_another_mistake_says_in_every_language_that_files_have_to_be_chosen_again(published_app, client, lang):
    answer = client.post(f"/{lang}/contact", data=filled(client, lang, email="", files=[upload()]))

    assert answer.status_code == 422 and 'id="files-again"' in answer.text
    assert kept_in(published_app) == []


@pytest.mark.parametrize("path", ["/en/contact", "/widget/v1/panel/contact?lang=en", "/api/v1/requests"])
def test_a_form_that_is_too_large_is_refused_before_it_is_read(published_app, client, path):
    body = io.BytesIO(b"x" * 1_000_000)
    announced = {"CONTENT_LENGTH": str(60 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": body}

    answer = client.post(path, environ_overrides=announced, headers={"Idempotency-Key": "1"})

    assert answer.status_code == 413
    assert body.tell() == 0
    assert "25 MB" in answer.get_data(as_text=True)
    assert requests_in(published_app) == []


def test_words_alone_stay_small(client):
    big = b"subject=" + b"x" * 400_000

    assert client.post("/en/contact", data=big, content_type="application/x-www-form-urlencoded").status_code == 413


def test_the_same_form_sent_twice_keeps_its_files_once(published_app, settings, client):
    form = filled(client)

    first, second = [client.post("/en/contact", data={**form, "files": [upload()]}) for _ in range(2)]
    other = client.post("/en/contact", data={**form, "files": [upload(data=PDF + b"more")]})

    assert first.location == second.location
    assert len(kept_in(published_app)) == len(bytes_in(settings)) == 1
    assert other.status_code == 422, "other files are another request"


def test_many_files_in_an_hour_are_stopped_and_the_request_still_goes_without_them(published_app, settings, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "files", limits.Limit(2, limits.HOUR))
    app = create_app(settings.model_copy(update={"rate_limits": "on"}))
    client = app.test_client()

    codes = [client.post("/en/contact", data=filled(client, files=[upload()])).status_code for _ in range(3)]
    last = client.post("/en/contact", data=filled(client, files=[upload()]))

    assert codes == [303, 303, 422]
    assert "many files in a short time" in last.text
    assert client.post("/en/contact", data=filled(client)).status_code == 303
    close(app)


def test_programs_send_files_as_a_form(published_app, client):
    asked = {"lang": "en", "subject": "Red light", "body": "It blinks.", "email": "ann@example.org"}

    def send(key: str, **parts):
        return client.post("/api/v1/requests", data={"request": json.dumps(asked), **parts}, headers={"Idempotency-Key": key})

    assert send("1", files=[upload()]).status_code == 201
    assert send("1", files=[upload()]).status_code == 201
    refused = send("2", files=[upload("a.exe")])
    assert refused.status_code == 422 and refused.get_json()["errors"][0]["field"] == "files"
    assert client.post("/api/v1/requests", data={"request": "{"}, headers={"Idempotency-Key": "3"}, content_type="multipart/form-data").status_code == 400
    assert [row.name for row in kept_in(published_app)] == ["bill.pdf"]
    assert len(requests_in(published_app)) == 1
