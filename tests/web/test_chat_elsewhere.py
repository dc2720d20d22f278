"""A conversation leaves the chat: as a mail that is worthless to who sends spam, or for a window of its own."""

import email
import shutil
from email.policy import default

import pytest
from sqlalchemy import func, select

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db

COPY = "/en/chat/transcript"


def mails(app) -> list[OutboxMail]:
    """Return what lies in the outbox."""
    with app.app_context():
        return list(db.session.scalars(select(OutboxMail).where(OutboxMail.thread.like("chat-%"))))


def text_of(mail: OutboxMail) -> str:
    """Return the plain text of *mail*."""
    return email.message_from_bytes(mail.content, policy=default).get_body(("plain",)).get_content()


@pytest.fixture
def opened(client) -> dict:
    """Return a conversation that the API has opened, with one question."""
    opened = client.post("/api/v1/chat", json={"lang": "en"}).get_json()
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    said = {"text": "where is my invoice? Buy pills at https://spam.example/x or www.spam.example or spam.example"}
    client.post(f"/api/v1/chat/{opened['conversation']}/messages", json=said, headers=bearer)
    return {"conversation": opened["conversation"], "token": opened["token"]}


def test_the_conversation_is_mailed_without_addresses_that_the_visitor_wrote(published_app, client, opened):
    answer = client.post(COPY, data={**opened, "email": "ann@example.org"}, headers={"X-Fragment": "1"})

    (mail,) = mails(published_app)
    assert 'role="status"' in answer.get_data(as_text=True)
    assert mail.recipient == "ann@example.org" and mail.envelope_sender == ""
    assert "where is my invoice?" in text_of(mail) and "spam.example" not in text_of(mail)
    assert "/en/articles/find-an-invoice" in text_of(mail)


def test_it_works_by_plain_forms(published_app, client):
    client.post("/en/chat", data={"text": "where is my invoice"})
    wrong = client.post(COPY, data={"email": "nobody"})
    sent = client.post(COPY, data={"email": "ann@example.org"})

    assert (wrong.status_code, sent.status_code) == (303, 303)
    assert 'id="copy-wrong"' in client.get(wrong.location).get_data(as_text=True)
    assert 'id="copy-wrong"' not in client.get(sent.location).get_data(as_text=True)
    assert len(mails(published_app)) == 1


@pytest.mark.parametrize("changed", [{"token": "x"}, {"conversation": "0" * 24}, {"token": "", "conversation": ""}])
def test_nobody_else_gets_it(published_app, client, opened, changed):
    client.delete_cookie("hc_chat")
    client.post(COPY, data={**opened, **changed, "email": "eve@example.org"}, headers={"X-Fragment": "1"})

    assert mails(published_app) == []


def test_one_mailbox_gets_few(settings, mailer, published_data):
    shutil.copytree(published_data, settings.data)
    app = create_app(settings.model_copy(update={"rate_limits": "on"}), mailer=mailer)
    client = app.test_client()
    client.post("/en/chat", data={"text": "where is my invoice"})
    answers = [client.post(COPY, data={"email": "Ann@example.org"}, headers={"X-Fragment": "1"}) for _ in range(7)]

    assert len(mails(app)) == 1
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 2
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 1
    app.extensions["helpcenter"].recorder.finish()
    storage.close(app)


def test_the_chat_goes_on_in_a_window_of_its_own(client, opened):
    client.delete_cookie("hc_chat")
    answer = client.post("/en/chat/continue", data=opened)

    assert answer.status_code == 303 and opened["token"] not in answer.location
    assert "where is my invoice?" in client.get("/en/chat").get_data(as_text=True)


@pytest.mark.parametrize("changed", [{"token": "x"}, {"conversation": ""}])
def test_a_wrong_token_leads_to_an_empty_chat(client, opened, changed):
    answer = client.post("/en/chat/continue", data={**opened, **changed})

    assert answer.status_code == 303 and not [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("hc_chat=")]


@pytest.mark.parametrize("path", [COPY, "/en/chat/continue"])
def test_another_site_cannot_do_it(client, opened, path):
    assert client.post(path, data={**opened, "email": "ann@example.org"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
