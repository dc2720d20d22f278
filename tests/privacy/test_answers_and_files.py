"""Answers to the fields of the contact form and files, also those that wait in a chat, are found, given and erased."""

import io
import json

import pytest

from helpcenter.privacy import person
from helpcenter.storage import db, writing
from helpcenter.support.models import SupportRequest
from helpcenter.web.services import services
from tests.support.test_fields import FIELDS
from tests.web.test_chat_files import Chat
from tests.web.test_contact_fields import problem, settle

CANARY = "zyxwcanary"
WORDS = f"{CANARY} is what I wrote".encode()


@pytest.fixture
def asked(published_app, client) -> str:
    """Let somebody answer a field, send a file, and leave another in a chat; return the conversation's name."""
    settle(published_app, fields=FIELDS)
    file = (io.BytesIO(WORDS), f"{CANARY}.txt", "text/plain")
    form = problem(client, subject="Light", body="It blinks", name="", **{"field-order": f"{CANARY} 17"}, files=[file])
    assert client.post("/en/contact", data=form).status_code == 303
    # Somebody else's browser, whom nothing ties to Ann.
    chat = Chat(published_app.test_client())
    assert chat.send((io.BytesIO(WORDS), f"{CANARY}.txt", "text/plain")).status_code == 200
    return chat.path.rpartition("/")[2]


def test_answers_and_files_are_given_and_erased(published_app, asked):
    with published_app.app_context():
        folder = services().data_folder
        for who in ("ann@example.org", asked):
            found = person.find(db.session, who)
            given = json.loads(person.as_json(found))
            assert given["support_attachment"][0]["name"] == f"{CANARY}.txt"
            files = person.files_of(found, folder, who)
            assert [path.read_bytes() for path in files] == [WORDS]
            if "@" in who:
                assert given["support_request"][0]["slots"]["order"] == f"{CANARY} 17"
            db.session.remove()
            with writing() as session:
                person.erase(session, found)
            for path in files:
                path.unlink()

    with published_app.app_context():
        assert db.session.query(SupportRequest).count() == 0
        assert [place for place in person.remains(db.session, folder, [CANARY]) if place.startswith("table")] == []
        assert not list((folder / "uploads").iterdir())
