"""Files in the chat: kept before anybody is asked, carried along when a person is, a message of the request afterwards."""

import io
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from helpcenter.chat import conversations
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.storage import db, writing
from helpcenter.support import attachments, handling
from helpcenter.support.models import Attachment, Message, SupportRequest
from helpcenter.web import conversing
from helpcenter.web.services import services
from tests.support.test_attachments import picture
from tests.web.test_contact import filled
from tests.web.test_contact_files import bytes_in, upload
from tests.web.test_status_cookie import BROWSER


class Chat:
    """A conversation over the API."""

    def __init__(self, client) -> None:
        self.client = client
        begun = client.post("/api/v1/chat", json={"lang": "en"}).get_json()
        self.path, self.held = f"/api/v1/chat/{begun['conversation']}", {"Authorization": f"Bearer {begun['token']}"}

    def say(self, **body) -> dict:
        """Say something."""
        return self.client.post(f"{self.path}/messages", json=body, headers=self.held).get_json()

    def send(self, *files: tuple, **parts):
        """Send files."""
        return self.client.post(f"{self.path}/files", data={"files": list(files), **parts}, headers=self.held)

    def ask(self) -> dict:
        """Ask a person."""
        for said in ({"choice": "person"}, {"choice": "form:skip"}, {"text": "ann@example.org"}, {"text": "The bill is wrong"}):
            self.say(**said)
        return self.say(choice="form:send")


@pytest.fixture
def chat(client) -> Chat:
    """Return a new conversation."""
    return Chat(client)


def files_in(app) -> list[tuple]:
    """Return name, request, conversation and message of every file."""
    columns = (Attachment.name, Attachment.request_id, Attachment.conversation_id, Attachment.message_id)
    with app.app_context():
        return [tuple(row) for row in db.session.execute(select(*columns).order_by(Attachment.id))]


def test_a_file_before_anybody_is_asked_is_kept_and_goes_along(published_app, chat):
    answer = chat.send(upload(), upload("kitchen.gif", picture("GIF"), "image/gif"))

    sent, told = answer.get_json()["messages"]
    assert sent["from"] == "visitor" and sent["text"] == "Files: bill.pdf, kitchen.png"
    assert [one["name"] for one in sent["files"]] == ["bill.pdf", "kitchen.png"]
    assert "I have kept your files" in told["text"]
    assert [row[1:3] for row in files_in(published_app)] == [(None, 1), (None, 1)]

    chat.ask()

    with published_app.app_context():
        first = db.session.scalar(select(func.min(Message.id)))
    assert files_in(published_app) == [("bill.pdf", 1, None, first), ("kitchen.png", 1, None, first)]


def test_a_file_after_that_is_a_message_of_the_request(published_app, chat):
    asked = chat.ask()

    assert chat.send(upload()).status_code == 200

    page = chat.client.get(urlsplit(asked["request"]["status_url"]).path).text
    assert "Files: bill.pdf" in page and "Download <bdi>bill.pdf</bdi>" in page
    with published_app.app_context():
        (message,) = db.session.scalars(select(Message).where(Message.via == "chat", Message.text == "Files: bill.pdf"))
        assert db.session.scalar(select(Attachment.message_id)) == message.id


def test_the_buttons_stay_after_a_file(chat):
    chat.say(choice="person")
    before = chat.client.get(f"{chat.path}/messages", headers=chat.held).get_json()["messages"][-1]["choices"]

    after = chat.send(upload()).get_json()["messages"][-1]["choices"]

    assert before == after != []


def test_the_same_files_under_one_name_come_once(published_app, chat):
    first, second = chat.send(upload(), id="one"), chat.send(upload(), id="one")

    assert first.get_json()["messages"][0]["id"] == second.get_json()["messages"][0]["id"]
    assert len(files_in(published_app)) == 1


def test_without_a_script_files_and_words_are_sent_together(published_app, client):
    shown = client.post("/en/chat", data={"text": "Where is my invoice?", "files": [upload()]})

    page = client.get(shown.location).text
    assert shown.status_code == 303
    assert "Files: bill.pdf" in page and "Where is my invoice?" in page
    assert client.post("/en/chat", data={"text": "", "files": [upload("b.pdf")]}).status_code == 303
    refused = client.post("/en/chat", data={"text": "kept words", "files": [upload("a.exe", b"MZ")]})
    assert refused.status_code == 422 and "are not taken" in refused.text and "kept words" in refused.text


@pytest.mark.parametrize(
    ("file", "said"),
    [(upload("a.exe", b"MZ"), "of this kind are not taken"), (upload("a.pdf", b"no"), "not what its name says"), (upload("a.txt", b""), "empty")],
)
def test_a_file_that_is_not_taken_is_named_and_nothing_is_kept(published_app, settings, chat, file, said):
    stream, name, kind = file

    answer = chat.send(upload(), (io.BytesIO(stream.getvalue()), name, kind))

    assert answer.status_code == 422 and said in answer.get_json()["detail"]
    assert files_in(published_app) == [] and bytes_in(settings) == []


def test_no_more_than_ten_files_wait(published_app, chat):
    for _ in range(2):
        assert chat.send(*(upload(f"{number}.pdf") for number in range(5))).status_code == 200

    assert chat.send(upload()).status_code == 422
    assert len(files_in(published_app)) == attachments.MOST_WAITING_FILES


@pytest.mark.parametrize("held", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer null"}, {"Authorization": f"Bearer {'A' * 43}"}])
def test_a_foreign_conversation_takes_no_files(published_app, chat, held):
    chat.held = held

    assert chat.send(upload()).status_code == 404
    assert files_in(published_app) == []


def test_a_call_without_files_says_so(chat):
    assert chat.send().status_code == 422


def test_the_conversation_that_goes_takes_its_files_along(published_app, chat):
    chat.send(upload())

    with published_app.app_context(), writing() as session:
        session.delete(session.get_one(Conversation, 1))

    assert files_in(published_app) == []
    with published_app.app_context():
        assert attachments.remove_unknown(db.session, services().data_folder, older_than=float("inf")) == 1


def test_agents_read_in_the_transcript_which_files_came(published_app, chat):
    chat.send(upload())
    with published_app.app_context():
        messages = list(db.session.scalars(select(ChatMessage).order_by(ChatMessage.id)))
        assert "Files: bill.pdf" in [line["text"] for line in conversations.transcript(messages)]


def test_after_a_merge_words_and_files_from_chat_and_status_page_reach_the_request_that_goes_on(published_app, chat):
    asked = chat.ask()
    other = chat.client.post("/en/contact", data=filled(chat.client)).location.split("?")[0]
    with published_app.app_context(), writing() as session:
        one, into = session.scalars(select(SupportRequest).order_by(SupportRequest.id))
        handling.merge(session, one, into, staff=type("Gus", (), {"id": 1, "name": "Gus"})())
        conversing.follow_merge(session, one, into)
        reference, old = into.reference, one.reference

    assert chat.say(text="Still wrong")["request"]["reference"] == reference
    assert chat.send(upload()).status_code == 200
    browser = published_app.test_client()
    led = browser.get(urlsplit(asked["request"]["status_url"]).path, headers=BROWSER)
    clean = browser.get(led.location, headers=BROWSER).location
    assert clean == f"/requests/open/{reference}" != f"/requests/open/{old}"
    assert browser.post(clean, data={"text": "Here as well"}).status_code == 303

    page = chat.client.get(other).text
    for said in ("Still wrong", "Files: bill.pdf", "Download <bdi>bill.pdf</bdi>", "Here as well"):
        assert said in page
