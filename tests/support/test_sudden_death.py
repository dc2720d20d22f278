"""A process killed right after it answered: what it promised is there, once."""

import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from helpcenter.mail.models import OutboxMail
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.models import Message, SupportRequest

# Opens a request and is killed either inside the transaction or right after its commit.
DYING = """
import os, signal, sys
from flask import Flask
from helpcenter import storage
from helpcenter.content.site import Site
from helpcenter.paths import bundled
from helpcenter.storage import writing
from helpcenter.support.requests import Terms, open_request

url, moment = sys.argv[1:]
terms = Terms(Site(name="Nordlys"), "https://help.nordlys.example", "a secret that only the tests know, long enough",
              "help@nordlys.example", bundled("templates"))
app = Flask("dying")
storage.init_app(app, url)
with app.app_context():
    with writing() as session:
        request = open_request(session, terms, subject="Router", body="It blinks", email="ann@example.org", lang="en",
                               transcript=[{"from": "visitor", "text": "It blinks"}], idempotency_key="escalation-1")
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    print(request.reference, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(app, moment: str) -> str:
    """Run the process that dies *moment* its commit, and return what it promised."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    process = subprocess.run([sys.executable, "-c", DYING, url, moment], capture_output=True, text=True, timeout=200)
    assert process.returncode == -signal.SIGKILL, process.stderr
    return process.stdout.strip()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_request_is_there_whole_or_not_at_all_and_repeating_it_makes_one(storage_app, terms, mailer, moment):
    promised = killed(storage_app, moment)
    assert bool(promised) == (moment == "after")

    with storage_app.app_context():
        stored = [db.session.scalar(select(func.count()).select_from(model)) for model in (SupportRequest, Message, OutboxMail)]
        assert stored == ([1, 1, 1] if promised else [0, 0, 0])
        db.session.rollback()

        with writing() as session:
            again = support.open_request(
                session, terms, subject="Router", body="It blinks", email="ann@example.org", lang="en",
                transcript=[{"from": "visitor", "text": "It blinks"}], idempotency_key="escalation-1",
            )  # fmt: skip

        assert again.reference == (promised or again.reference)
        assert again.transcript == [{"from": "visitor", "text": "It blinks"}]
        assert deliver_due(mailer).sent == 1
        assert again.reference in mailer.sent[0].message["Subject"]
