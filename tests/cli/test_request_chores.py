"""What `helpcenter work` does for requests: warnings, ends, and replies whose time to be taken back is over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.cli import request_chores
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import requests as support
from helpcenter.support.models import SupportEvent, SupportRequest
from helpcenter.web.asking import terms


class Gus:
    """The agent who answers."""

    id, name = 7, "Gus"


@pytest.fixture
def asked(published_app) -> int:
    """Return the id of a request that came from a chat."""
    with published_app.test_request_context(), writing() as session:
        request = support.open_request(session, terms(), subject="Router", body="It blinks", email="ann@example.org", lang="en", via="chat")
        session.add(Conversation(public_id="a" * 22, token_hash="b" * 64, lang="en", request_id=request.id, status="escalated"))
        return request.id


def test_a_held_reply_reaches_the_chat_when_its_time_is_over(published_app, asked):
    with published_app.test_request_context(), writing() as session:
        held_until = utcnow() - timedelta(seconds=1)
        support.reply(session, terms(), session.get(SupportRequest, asked), "Hold the button.", staff=Gus, held_until=held_until)

    for _ in range(2):
        with published_app.app_context():
            request_chores.release_held_replies()

    with published_app.app_context():
        assert db.session.scalars(select(ChatMessage.text)).all() == ["Hold the button."]


def test_late_requests_are_told_and_old_ones_closed(published_app, asked):
    with published_app.app_context(), writing() as session:
        session.get(SupportRequest, asked).answer_due_at = utcnow() - timedelta(minutes=1)
        old = SupportRequest(public_id="c" * 43, reference="R-333333", subject="Old", lang="en", email="ann@example.org", state="solved")
        old.solved_at = utcnow() - timedelta(days=400)
        session.add(old)
    with published_app.app_context():
        request_chores.note_due_requests()
        request_chores.close_old_requests()

    with published_app.app_context():
        assert [kind for kind in db.session.scalars(select(SupportEvent.kind)) if kind != "created"] == ["breached", "state_changed"]
        assert db.session.scalar(select(SupportRequest.state).where(SupportRequest.reference == "R-333333")) == "closed"
