"""Acceptance cases for asking a person, collected from other help centers: one test each, by its number there (39 to 49)."""

import io
import multiprocessing
import os
import re

import pytest
from sqlalchemy import func, select

from helpcenter.app import create_app
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.models import Attachment, Message, SupportRequest
from helpcenter.web import limits
from helpcenter.web.services import services
from tests.conftest import close
from tests.support.test_attachments import PDF
from tests.web.test_contact import filled, requests_in
from tests.web.test_contact_files import kept_in, upload

ASKED = {"lang": "en", "subject": "Missing invoice", "body": "Where is it?", "email": "ann@example.org", "name": "Ann"}


def send(client, key: str = "1", **changes):
    """Ask over the API."""
    return client.post("/api/v1/requests", json={**ASKED, **changes}, headers={"Idempotency-Key": key})


@pytest.mark.parametrize("wrong", [{"subject": " "}, {"email": "ann@"}, {"email": "ann"}])
def test_39_an_empty_subject_or_a_bad_address_is_said_in_words_and_no_row_is_made(published_app, client, wrong):
    page, call = client.post("/en/contact", data=filled(client, **wrong)), send(client, **wrong)

    assert (page.status_code, call.status_code) == (422, 422)
    assert "There is a problem" in page.text and call.get_json()["detail"]
    assert requests_in(published_app) == []


def test_40_the_same_address_in_other_capitals_is_the_same_person_and_keeps_its_name(published_app, client):
    send(client, "1")
    send(client, "2", email="ANN@Example.org", name="Mallory")

    first, second = requests_in(published_app)
    assert (first.name, second.name) == ("Ann", "Mallory"), "each request says what its sender said"
    with published_app.app_context():
        one = db.session.get_one(SupportRequest, second.id)
        assert [other.name for other in support.others_of(db.session, one)] == ["Ann"]


def test_41_a_message_that_is_too_long_is_refused(published_app, client):
    assert send(client, body="x" * 20_001).status_code == 422
    assert client.post("/en/contact", data=filled(client, body="x" * 20_001)).status_code == 422
    assert requests_in(published_app) == []


def test_42_what_there_is_not_is_404_and_no_row(published_app, client):
    for path in ("/xx/contact", "/en/contact/other", "/api/v1/request"):
        assert client.post(path, data=filled(client)).status_code == 404
    assert requests_in(published_app) == []


def test_43_a_status_link_tells_nobody_who_asked_and_shows_no_note(published_app, client):
    address = client.post("/en/contact", data=filled(client)).location.split("?")[0]
    other = client.post("/en/contact", data=filled(client, subject="Another matter")).location.split("?")[0]
    with published_app.app_context(), writing() as session:
        request = session.scalars(select(SupportRequest).order_by(SupportRequest.id)).first()
        reference = request.reference
        support.add_note(session, request, "Between us", staff=type("Gus", (), {"id": 1, "name": "Gus"})())
        db.session.remove()

    known = client.post("/en/requests/link", data={"reference": reference, "email": "ann@example.org"})
    unknown = client.post("/en/requests/link", data={"reference": reference, "email": "eve@example.org"})

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    with published_app.app_context():
        assert "eve@example.org" not in db.session.scalars(select(OutboxMail.recipient)).all()
    assert {client.get(f"/requests/{token}").status_code for token in ("x", "A" * 43, address[-43:].lower())} == {404}
    page = client.get(address).text
    assert "Between us" not in page and "Another matter" not in page and other not in page


def test_44_an_invalid_chat_is_404(client):
    begun = client.post("/api/v1/chat", json={"lang": "en"}).get_json()
    path = f"/api/v1/chat/{begun['conversation']}"

    for held in ({}, {"Authorization": "Bearer wrong"}):
        assert client.get(f"{path}/messages", headers=held).status_code == 404
        assert client.post(f"{path}/messages", json={"text": "hello"}, headers=held).status_code == 404
        assert client.post(f"{path}/files", data={"files": [upload()]}, headers=held).status_code == 404


def test_45_articles_come_before_the_request_and_sending_twice_stores_once(published_app, client):
    form = filled(client, subject="invoices")
    offered = client.post("/en/contact", data={**form, "do": "suggest"})
    assert "Find your invoices" in offered.text and requests_in(published_app) == []
    same = re.search(r'name="form" value="([^"]+)"', offered.text)[1]

    first, second = [client.post("/en/contact", data={**form, "form": same}) for _ in range(2)]

    assert first.location == second.location
    assert len(requests_in(published_app)) == 1


def test_46_too_many_requests_wait(published_app, settings, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "request", limits.Limit(2, limits.DAY))
    app = create_app(settings.model_copy(update={"rate_limits": "on"}))
    client = app.test_client()

    codes = [client.post("/en/contact", data=filled(client)).status_code for _ in range(3)]

    assert codes == [303, 303, 429]
    assert len(requests_in(published_app)) == 2
    close(app)


def test_47_what_was_read_and_said_travels_with_the_request(published_app, client):
    page = client.get("/en/contact", headers={"Referer": "http://localhost/en/articles/find-an-invoice"}).text
    trail = re.search(r'name="trail" value="([^"]+)"', page)[1]

    client.post("/en/contact", data=filled(client, trail=trail, taken="find-an-invoice"))

    (stored,) = requests_in(published_app)
    assert [step["kind"] for step in stored.trail] == ["view", "form", "taken", "request"]
    assert stored.trail[0]["details"]["article"] == "payments/find-an-invoice"


def test_48_nobody_is_invited_to_a_form_from_the_form(client):
    assert "Still need help" not in client.get("/en/contact").text


def test_49_kind_and_size_of_files_are_checked(published_app, client):
    for name, data in (("a.exe", b"MZ"), ("a.pdf", b"text"), ("a.txt", b"")):
        assert client.post("/en/contact", data=filled(client, files=[upload(name, data)])).status_code == 422
    assert kept_in(published_app) == []


def ask_with_a_file(settings, barrier) -> None:
    """Open the same request as another process does in the same moment."""
    app = create_app(settings)
    with app.test_client() as browser:
        barrier.wait()
        files = {"request": '{"lang": "en", "subject": "S", "body": "B", "email": "ann@example.org"}', "files": [(io.BytesIO(PDF), "bill.pdf", "application/pdf")]}
        answer = browser.post("/api/v1/requests", data=files, headers={"Idempotency-Key": "one"})
    close(app)
    os._exit(0 if answer.status_code == 201 else 1)


def test_the_same_key_in_two_processes_at_once_makes_one_request_with_one_file(storage_app, settings):
    url = storage_app.config["SQLALCHEMY_DATABASE_URI"]
    mine = settings if url.startswith("sqlite") else settings.model_copy(update={"database_url": url})
    processes = multiprocessing.get_context("fork")
    barrier = processes.Barrier(2)
    both = [processes.Process(target=ask_with_a_file, args=(mine, barrier)) for _ in range(2)]

    for one in both:
        one.start()
    for one in both:
        one.join()

    assert [one.exitcode for one in both] == [0, 0]
    with storage_app.app_context():
        counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (SupportRequest, Message, Attachment)]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("place", ["_add_message", "attachments.keep", "record_event"])
def test_a_request_that_fails_halfway_leaves_nothing_but_bytes_to_be_swept(published_app, client, monkeypatch, place):
    def die(*_args, **_kwargs):
        raise OSError("the power went")

    monkeypatch.setattr(f"helpcenter.support.requests.{place}", die)

    assert client.post("/en/contact", data=filled(client, files=[upload()])).status_code == 500

    assert requests_in(published_app) == [] and kept_in(published_app) == []
    with published_app.app_context():
        support.attachments.remove_unknown(db.session, services().data_folder, older_than=float("inf"))
        assert not list((services().data_folder / "uploads").glob("*"))
