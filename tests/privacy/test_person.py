"""What is kept of one person is found, given and erased: by planting words and looking for them everywhere."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.feedback.models import Vote
from helpcenter.mail.mailers import FolderMailer
from helpcenter.mail.outbox import deliver_due
from helpcenter.privacy import person
from helpcenter.storage import db
from helpcenter.support.models import SupportRequest
from helpcenter.web import logs

EMAIL, CANARY = "Ann.Canary@example.org", "zyxwcanary"
BROWSER = {"User-Agent": "Mozilla/5.0"}


@pytest.fixture
def environ(settings, monkeypatch) -> None:
    """Let commands work on the data folder of this test."""
    for name, value in (("DATA", settings.data), ("ARTICLES", settings.articles), ("SECRET_KEY", settings.secret_key.get_secret_value())):
        monkeypatch.setenv(f"HELPCENTER_{name}", str(value))


def visit(app, email: str, word: str) -> str:
    """Vote, chat and ask as *email*, saying *word* wherever something can be said; return the conversation's name."""
    client = app.test_client()
    vote = {"article": "find-an-invoice", "lang": "en", "helpful": False, "comment": f"{word} comment", "query": f"{word} query"}
    client.post("/api/v1/votes", json=vote, headers=BROWSER)
    begun = client.post("/api/v1/chat", json={"lang": "en", "query": f"{word} asked"}, headers=BROWSER).get_json()
    path, held = f"/api/v1/chat/{begun['conversation']}/messages", {"Authorization": f"Bearer {begun['token']}"}
    for said in ({"text": f"{word} blorft"}, {"choice": "person"}, {"text": f"{word} is my problem"}, {"text": email}, {"choice": "form:send"}):
        client.post(path, json=said, headers=held)
    asked = {"lang": "en", "subject": f"{word} subject", "body": f"{word} body", "email": email, "name": f"{word} name"}
    assert client.post("/api/v1/requests", json=asked, headers={"Idempotency-Key": word}).status_code == 201
    return begun["conversation"]


@pytest.fixture
def visited(published_app, settings, environ):
    """Return the application after Ann and Bob were there and mail went into files; Ann's conversation as well."""
    conversation = visit(published_app, EMAIL, CANARY)
    visit(published_app, "bob@example.org", "bobsword")
    with published_app.app_context():
        deliver_due(FolderMailer(settings.data / "mail"))
        (settings.data / "uploads").mkdir(exist_ok=True)
    return published_app, conversation


def places_of(app, data, *words: str) -> list[str]:
    """Return every table and file that has one of *words*."""
    with app.app_context():
        return person.remains(db.session, data, words)


def test_what_is_kept_of_a_person_is_given_whole(visited, settings):
    result = CliRunner().invoke(program, ["person", "export", EMAIL.lower()])

    assert result.exit_code == 0, result.output
    given = json.loads(result.stdout)
    assert {"support_request", "support_message", "status_link", "conversation", "chat_message", "journey", "journey_event", "vote", "outbox_mail"} <= set(given)
    assert given["vote"][0]["comment"] == f"{CANARY} comment"
    assert "bobsword" not in result.stdout
    assert ".eml" in result.stderr


@pytest.mark.parametrize("by_conversation", [False, True])
def test_what_is_erased_stands_nowhere(visited, settings, by_conversation):
    app, conversation = visited
    before = places_of(app, settings.data, CANARY, EMAIL)
    assert {"table support_message", "table chat_message", "table vote", "table journey_event", "table outbox_mail"} <= set(before)
    assert any(place.endswith(".eml") for place in before)

    result = CliRunner().invoke(program, ["person", "erase", conversation if by_conversation else EMAIL, "--yes"])
    if by_conversation:
        # The requests of that conversation name the address; the other request hangs on it alone.
        result = CliRunner().invoke(program, ["person", "erase", EMAIL, "--yes"])

    assert result.exit_code == 0 or by_conversation, result.output
    assert places_of(app, settings.data, CANARY, EMAIL) == []
    assert places_of(app, settings.data, "bobsword") != []
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 2
        assert db.session.scalars(select(SupportRequest.email).distinct()).all() == ["bob@example.org"]
    again = CliRunner().invoke(program, ["person", "erase", EMAIL, "--yes"])
    assert again.exit_code == 2 and "Nothing is kept" in again.output


def test_logs_hold_nothing_that_a_person_typed(published_data, settings, capfd, published_app):
    logs.configure("debug")

    visit(published_app, EMAIL, CANARY)

    written = "".join(capfd.readouterr())
    assert CANARY not in written and EMAIL not in written


def test_nobody_else_is_erased(visited, settings):
    app, _ = visited
    with app.app_context():
        found = person.find(db.session, EMAIL)
        rows = str(found)

    assert CANARY in rows and "bobsword" not in rows and "article" not in found


def test_nothing_kept_is_said(settings, environ, published_app):
    result = CliRunner().invoke(program, ["person", "export", "eve@example.org"])

    assert result.exit_code == 2 and "Nothing is kept of eve@example.org" in result.output


def test_an_app_knows_how_long_things_are_kept(settings):
    app = create_app(settings.model_copy(update={"keep_mail_days": 7}))

    assert app.extensions["helpcenter"].keep_days["mail"] == 7
