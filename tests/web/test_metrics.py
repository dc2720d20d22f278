"""`/metrics`: numbers that agree with the rows, for this machine or with the token, and nothing that anybody typed."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.chat.models import Conversation
from helpcenter.feedback.models import Vote
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.support.models import SupportRequest
from helpcenter.web.metrics import exposition

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TYPED = 'secret words "} of ann@example.org'
TOKEN = "a token that only the tests know, long enough"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.5"}
LINE = re.compile(r'helpcenter_[a-z_]+(\{[a-z]+="[^"\\\n]*"\})? -?[0-9.]+')


def values(text: str) -> dict[str, float]:
    """Return the numbers by name and labels."""
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if not line.startswith("#")}


def a_request(number: int, state: str) -> SupportRequest:
    """Return a request in *state*, full of what somebody typed."""
    return SupportRequest(public_id=f"p{number}", reference=f"R-{number}", subject=TYPED, lang="en", email="ann@example.org", state=state)


def test_the_numbers_are_those_of_the_rows(storage_app):
    mails = [("queued", 90), ("transmitting", 60), ("failed", 9000), ("sent", 9000)]
    with storage_app.app_context(), writing() as session:
        session.add_all(a_request(number, state) for number, state in enumerate(["new", "new", "solved"]))
        session.add_all(Vote(lang="en", key=TYPED, version=1, visitor=f"v{number}", helpful=number > 0) for number in range(3))
        session.add(Conversation(public_id="c", token_hash="t", lang="en", status="open", query=TYPED))
        for number, (state, age) in enumerate(mails):
            row = {"thread": TYPED, "recipient": "ann@example.org", "message_id": f"<{number}@x>", "content": b"", "state": state}
            session.add(OutboxMail(**row, created_at=NOW - timedelta(seconds=age)))

    with storage_app.app_context():
        text = exposition(db.session, None, NOW)
    found = values(text)

    wanted = {
        'requests{state="new"}': 2, 'requests{state="solved"}': 1, 'votes{helpful="yes"}': 2, 'votes{helpful="no"}': 1,
        'conversations{state="open"}': 1, "outbox_waiting": 2, "outbox_oldest_seconds": 90, "outbox_failed": 1, "index_healthy": 0,
    }  # fmt: skip
    assert {name: found[f"helpcenter_{name}"] for name in wanted} == wanted
    assert "secret" not in text and "ann@" not in text
    assert [line for line in text.splitlines() if not line.startswith("# ") and not LINE.fullmatch(line)] == []


def test_every_number_says_what_it_is(client):
    answer = client.get("/metrics")
    names = {re.match(r"\w+", line)[0] for line in answer.text.splitlines() if not line.startswith("#")}

    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert set(re.findall(r"^# HELP (\w+) \S", answer.text, re.MULTILINE)) == set(re.findall(r"^# TYPE (\w+) gauge$", answer.text, re.MULTILINE))
    assert names <= set(re.findall(r"^# TYPE (\w+) gauge$", answer.text, re.MULTILINE))


def test_the_index_is_as_new_as_the_library(client):
    found = values(client.get("/metrics").text)

    assert found["helpcenter_index_behind_revisions"] == 0
    assert found["helpcenter_index_healthy"] == 1
    assert found["helpcenter_library_revision"] > 0
    assert sum(number for name, number in found.items() if name.startswith("helpcenter_articles{")) > 0


def test_without_a_token_no_token_opens_it_from_elsewhere(client):
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}, {"Authorization": ""}):
        assert client.get("/metrics", environ_overrides=ELSEWHERE, headers=header).status_code == 404


@pytest.mark.parametrize(
    ("given", "status"), [(TOKEN, 200), (TOKEN[:-1], 404), (TOKEN + "x", 404), ("", 404), ("ā" * 45, 404)]
)  # fmt: skip
def test_with_the_token_it_opens_from_elsewhere_and_through_a_proxy(settings, given, status):
    app = create_app(settings.model_copy(update={"metrics_token": type(settings.secret_key)(TOKEN)}))
    storage.migrate(app)
    headers = {"Authorization": f"Bearer {given}".encode().decode("latin-1"), "X-Forwarded-For": "203.0.113.5"}

    assert app.test_client().get("/metrics", environ_overrides=ELSEWHERE, headers=headers).status_code == status
    assert TOKEN not in repr(app.extensions["helpcenter"])
    storage.close(app)
