"""The outbox: nothing lost, nothing doubled without saying so, nothing out of order."""

import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from helpcenter.mail import outbox
from helpcenter.mail.mailers import MailRefused, SmtpMailer
from helpcenter.mail.message import compose
from helpcenter.mail.models import OutboxMail
from helpcenter.mail.outbox import Delivery, deliver_due
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from tests.mail.smtp_server import MailServer, running

LATER = timedelta(days=1)


@pytest.fixture
def context(storage_app):
    """Run inside an application, on both databases."""
    with storage_app.app_context():
        yield storage_app


@pytest.fixture
def server():
    """Return a mail server that accepts everything unless told otherwise."""
    with running(MailServer()) as server:
        yield server


def mail_bytes(recipient: str, message_id: str) -> bytes:
    """Return a small mail."""
    return compose(
        mail_from="help@nordlys.example", sender_name="Nordlys", recipient=recipient, subject="Hello", text="Hello",
        html="<p>Hello</p>", lang="en", message_id=message_id, automatic=False,
    )  # fmt: skip


def put(*recipients: str, thread: str | None = None) -> list[int]:
    """Queue a mail to each of *recipients*, each in a thread of its own unless *thread* is given."""
    ids = []
    with writing() as session:
        for recipient in recipients:
            number = len(session.scalars(select(OutboxMail.id)).all()) + 1
            message_id = f"<{number}@nordlys.example>"
            mail = outbox.queue(
                session, thread=thread or f"R-{number}", envelope_sender="help@nordlys.example", recipient=recipient,
                message_id=message_id, content=mail_bytes(recipient, message_id),
            )  # fmt: skip
            ids.append(mail.id)
    return ids


def row(mail_id: int) -> OutboxMail:
    """Return the row of a mail as it is now."""
    db.session.rollback()
    return db.session.get(OutboxMail, mail_id, populate_existing=True)


def test_a_mail_is_delivered_once(context, server):
    (mail_id,) = put("ann@example.org")

    assert deliver_due(SmtpMailer(server.url)) == Delivery(sent=1)
    assert deliver_due(SmtpMailer(server.url), now=utcnow() + LATER) == Delivery()

    assert server.recipients() == ["ann@example.org"]
    assert row(mail_id).state == "sent"
    assert row(mail_id).sent_at is not None


def test_a_mail_leaves_only_with_what_it_announces(context, mailer):
    class Changed(Exception):
        pass

    with pytest.raises(Changed), writing() as session:
        outbox.queue(session, thread="R-1", envelope_sender="", recipient="ann@example.org", message_id="<1@x>", content=b"x")
        raise Changed

    assert deliver_due(mailer) == Delivery()


def test_the_server_sees_the_sender_and_the_very_bytes(context, server):
    (mail_id,) = put("ann@example.org")
    deliver_due(SmtpMailer(server.url))

    (arrived,) = server.arrived
    assert arrived.mail_from == "help@nordlys.example"
    assert arrived.content == row(mail_id).content


def test_a_server_that_asks_for_patience_is_asked_again(context, server):
    server.answers = ["451 try later", "452 still full"]
    (mail_id,) = put("ann@example.org")
    mailer, now = SmtpMailer(server.url), utcnow()

    assert deliver_due(mailer, now=now) == Delivery(deferred=1)
    assert deliver_due(mailer, now=now) == Delivery(), "not before its time"
    assert row(mail_id).last_error.startswith("451 try later")
    assert deliver_due(mailer, now=now + timedelta(minutes=1)) == Delivery(deferred=1)
    assert deliver_due(mailer, now=now + timedelta(minutes=3)) == Delivery(sent=1)

    assert len(server.arrived) == 1
    assert row(mail_id).attempts == 3


@pytest.mark.parametrize("stage", ["recipient", "content"])
def test_a_final_refusal_is_final_and_the_others_leave(context, server, stage):
    if stage == "recipient":
        server.refusals["eve@example.org"] = "550 no such user"
    else:
        server.answers = ["554 not wanted"]
    refused, _ = put("eve@example.org", "ann@example.org")

    assert deliver_due(SmtpMailer(server.url)) == Delivery(sent=1, failed=1)
    assert deliver_due(SmtpMailer(server.url), now=utcnow() + LATER) == Delivery()

    assert server.recipients() == ["ann@example.org"]
    assert row(refused).state == "failed"
    assert row(refused).last_error[:3] in ("550", "554")


def test_a_server_that_is_down_costs_nothing_but_time(context):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        put("ann@example.org", "bob@example.org")
        now = utcnow()

        assert deliver_due(SmtpMailer(f"smtp://127.0.0.1:{port}"), now=now) == Delivery(deferred=1)

    with running(MailServer(), port=port) as server:
        deliver_due(SmtpMailer(server.url), now=now + timedelta(hours=1))
        assert server.recipients() == ["ann@example.org", "bob@example.org"]


def test_mails_of_one_thread_leave_in_order(context, server):
    server.answers = ["451 try later"]
    put("ann@example.org", "ann@example.org", thread="R-A")
    put("bob@example.org", thread="R-B")
    mailer, now = SmtpMailer(server.url), utcnow()

    assert deliver_due(mailer, now=now) == Delivery(sent=1, deferred=1)
    assert server.recipients() == ["bob@example.org"]

    deliver_due(mailer, now=now + timedelta(minutes=2))
    assert server.message_ids() == ["<3@nordlys.example>", "<1@nordlys.example>", "<2@nordlys.example>"]


def test_a_failed_mail_does_not_hold_its_thread(context, server):
    server.answers = ["554 not wanted"]
    put("ann@example.org", "ann@example.org", thread="R-A")

    deliver_due(SmtpMailer(server.url))

    assert server.message_ids() == ["<2@nordlys.example>"]


class Fussy:
    """A mailer with a defect: it cannot carry mail to one recipient."""

    def __init__(self):
        self.tried = []

    def send(self, sender, recipient, content):
        self.tried.append(recipient)
        if recipient == "poison@example.org":
            raise RuntimeError("cannot even say why")


def test_a_mail_that_breaks_the_mailer_is_set_aside_after_a_few_tries(context):
    poison, _ = put("poison@example.org", "ann@example.org")
    mailer, now = Fussy(), utcnow()

    assert deliver_due(mailer, now=now) == Delivery(sent=1, deferred=1)
    for hours in range(1, 10):
        deliver_due(mailer, now=now + timedelta(hours=hours, minutes=1))

    assert mailer.tried.count("poison@example.org") == outbox.MOST_DEFECTS
    assert row(poison).state == "failed"
    assert "cannot even say why" in row(poison).last_error


def test_a_mail_is_given_up_after_a_week(context, server):
    (mail_id,) = put("ann@example.org")

    deliver_due(SmtpMailer(server.url), now=utcnow() + timedelta(days=7, minutes=1))

    assert server.arrived == []
    assert row(mail_id).state == "failed"
    assert "7 days" in row(mail_id).last_error


def test_several_workers_never_send_a_mail_twice(context, server):
    put(*(f"ann{number}@example.org" for number in range(20)))
    deliveries = []

    def work():
        with context.app_context():
            deliveries.append(deliver_due(SmtpMailer(server.url)))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(server.message_ids()) == sorted(set(server.message_ids()))
    assert len(server.arrived) == 20
    assert sum(delivery.sent for delivery in deliveries) == 20


def test_a_worker_stops_before_the_next_mail(context, mailer):
    put("ann@example.org", "bob@example.org")

    deliver_due(mailer, stopping=lambda: bool(mailer.sent))

    assert [mail.recipient for mail in mailer.sent] == ["ann@example.org"]


WORKER = """
import sys
from flask import Flask
from helpcenter import storage
from helpcenter.mail.mailers import SmtpMailer
from helpcenter.mail.outbox import deliver_due
app = Flask(__name__)
storage.init_app(app, sys.argv[1])
with app.app_context():
    deliver_due(SmtpMailer(sys.argv[2]))
"""


def killed_while_sending(context, server: MailServer) -> None:
    """Run a worker that is killed after the server took the mail and before the worker learns of it."""
    url = context.config["SQLALCHEMY_DATABASE_URI"]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url, server.url])
    server.after_data = lambda: os.kill(worker.pid, signal.SIGKILL)
    try:
        assert worker.wait(timeout=200) == -signal.SIGKILL
    finally:
        server.after_data = lambda: None


def test_a_worker_killed_after_the_server_said_ok_sends_again_under_the_same_name(context, server):
    (mail_id,) = put("ann@example.org")

    killed_while_sending(context, server)

    assert row(mail_id).state == "transmitting"
    mailer, now = SmtpMailer(server.url), utcnow()
    assert deliver_due(mailer, now=now) == Delivery(), "its lease has not ended"
    assert deliver_due(mailer, now=now + outbox.LEASE) == Delivery(sent=1)
    assert deliver_due(mailer, now=now + LATER) == Delivery()
    assert server.message_ids() == ["<1@nordlys.example>"] * 2
    assert server.arrived[0].content == server.arrived[1].content
    assert (row(mail_id).state, row(mail_id).interruptions) == ("sent", 1)


def test_a_mail_that_keeps_killing_its_workers_is_set_aside(context, server):
    (mail_id,) = put("ann@example.org")
    with writing() as session:
        session.execute(
            update(OutboxMail).values(state="transmitting", lease_until=utcnow() - LATER, interruptions=outbox.MOST_INTERRUPTIONS - 1)
        )

    assert deliver_due(SmtpMailer(server.url)) == Delivery()

    assert server.arrived == []
    assert row(mail_id).state == "failed"
    assert "no answer came 3 times" in row(mail_id).last_error


def test_a_worker_that_was_too_slow_does_not_undo_the_other_ones_work(context):
    (mail_id,) = put("ann@example.org")
    now = utcnow()
    slow = outbox.claim(now)
    again = outbox.claim(now + outbox.LEASE)
    assert again.id == slow.id

    outbox.transmit(again, Fussy(), lambda: now)

    class Refusing:
        def send(self, sender, recipient, content):
            raise MailRefused("550")

    outbox.transmit(slow, Refusing(), lambda: now)
    assert row(mail_id).state == "sent"


def test_the_backlog_says_how_many_wait_and_since_when(context, server):
    assert outbox.backlog(db.session) == (0, None, 0)
    first, _ = put("ann@example.org", "bob@example.org")

    backlog = outbox.backlog(db.session)

    assert (backlog.waiting, backlog.failed) == (2, 0)
    assert backlog.oldest == row(first).created_at


def test_waiting_doubles_up_to_a_limit_and_is_never_quite_the_same():
    waits = [outbox.wait_before(attempt) for attempt in range(2, 200)]

    assert timedelta(seconds=15) <= waits[0] <= timedelta(seconds=30)
    assert timedelta(seconds=30) <= waits[1] <= timedelta(seconds=60)
    assert max(waits) <= outbox.LONGEST_WAIT
    assert len(set(waits[20:])) > 100
