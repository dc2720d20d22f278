"""What is kept of one person is found, given and erased: by planting words and looking for them everywhere."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.feedback import comments, surveys, votes
from helpcenter.feedback.models import Vote
from helpcenter.feedback.survey_models import SurveyPerson
from helpcenter.feedback.surveys import Occasion
from helpcenter.journeys import trail
from helpcenter.mail.mailers import FolderMailer
from helpcenter.mail.models import OutboxMail
from helpcenter.mail.outbox import deliver_due
from helpcenter.privacy import person
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.database import WRITER
from helpcenter.support.attachments import store_attachment
from helpcenter.support.models import SupportRequest
from helpcenter.support.receiving import receive
from helpcenter.support.requests import open_request
from helpcenter.web import logs
from tests.feedback.test_votes import ARTICLE
from tests.mail.letters_in import letter
from tests.mail.test_receiving import TERMS

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


def leave_by_all_doors(app, data, email: str, word: str) -> None:
    """Answer a survey, send a file, write a mail, and comment on an article with an address to answer to; *word* stands in all."""
    with app.app_context():
        with writing() as session:
            request = open_request(session, TERMS, subject=f"{word} subject", body="Hello", email=email, lang="en")
            store_attachment(session, request, f"{word}.txt", "text/plain", f"{word} file".encode(), folder=data)
            vote = votes.cast(session, ARTICLE, f"visitor-{word}", helpful=False, comment=f"{word} comment", journey_id=trail.start(session, "en").id)
            trail.record(session, trail.get(session, vote.journey_id), "search", query=f"{word} query")
            comments.leave_address(session, vote.id, email)
            comments.note_answer(session, vote.id, f"{word} answer", now=utcnow())
            session.add(OutboxMail(thread=f"comment-{vote.id}", recipient=email, message_id=word, content=f"{word} answer".encode()))
            for occasion, digest in ((Occasion("link", f"a-{word}"), surveys.person_of("key", email)), (Occasion("request", request.reference), None)):
                surveys.record(session, occasion, surveys.Answer({"received": 1}, f"{word} survey"), lang="en", person=digest, now=utcnow())
        receive(TERMS, letter(sender=email, text=f"{word} mail"), data=data, door="pipe")


def test_every_door_is_found_and_erased_on_both_databases(storage_app, settings):
    leave_by_all_doors(storage_app, settings.data, EMAIL, CANARY)
    leave_by_all_doors(storage_app, settings.data, "bob@example.org", "bobsword")
    before = places_of(storage_app, settings.data, CANARY)
    others = places_of(storage_app, settings.data, "bobsword")

    with storage_app.app_context():
        found = person.find(db.session, EMAIL, surveys.person_of("key", EMAIL))
        for path in person.files_of(found, settings.data, EMAIL):
            path.unlink()
        with writing() as session:
            person.erase(session, found)
        person.compact(storage_app.extensions[WRITER])
        kept = db.session.scalar(select(func.count()).select_from(SurveyPerson))

    tables = ("survey", "vote", "journey_event", "feedback_comment_state", "inbound_mail", "outbox_mail", "support_attachment")
    assert {f"table {name}" for name in tables} <= set(before)
    assert any("uploads" in place for place in before) and any("mail-in" in place for place in before)
    assert CANARY in person.as_json(found) and "bobsword" not in person.as_json(found)
    assert places_of(storage_app, settings.data, CANARY, EMAIL) == []
    assert {place for place in others if place.startswith("table")} <= set(places_of(storage_app, settings.data, "bobsword"))
    assert kept == 1


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
