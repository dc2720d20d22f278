"""Mail servers that fail in the middle: every mail arrives, in the order of its request, and twice only when nobody can know.

`benchmarks/mail.py` does the same with hundreds of mails, workers that are killed, and figures.
"""

from collections import Counter
from datetime import timedelta

import pytest

from helpcenter.mail import mailers, outbox
from helpcenter.mail.mailers import MailerDown, MailUncertain, SmtpMailer
from helpcenter.mail.outbox import Delivery, deliver_due
from helpcenter.storage.columns import utcnow
from tests.mail.smtp_server import ACCEPTED, HANG_UP, SILENCE, MailServer, running
from tests.mail.test_mailers import CONTENT
from tests.mail.test_outbox import context, put, row  # noqa: F401

ENOUGH_HOURS = 12


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    """Wait for a silent server no longer than a test should."""
    monkeypatch.setattr(mailers, "TIMEOUT_SECONDS", 10)
    monkeypatch.setattr(mailers, "ANSWER_SECONDS", 0.3)


@pytest.fixture
def server():
    """Return a mail server that accepts everything unless told otherwise."""
    with running(MailServer()) as server:
        yield server


def deliver_for_hours(server: MailServer) -> None:
    """Let a worker look every half hour until nothing can wait any more."""
    now = utcnow()
    for halves in range(2 * ENOUGH_HOURS):
        deliver_due(SmtpMailer(server.url), now=now + timedelta(minutes=30 * halves))


@pytest.mark.parametrize("way", [SILENCE, HANG_UP])
def test_a_whole_mail_without_an_answer_may_have_arrived(server, way):
    server.answers = [way]

    with pytest.raises(MailUncertain):
        SmtpMailer(server.url).send("help@nordlys.example", "ann@example.org", CONTENT)

    assert len(server.arrived) == 1


def test_a_server_that_keeps_waiting_before_the_mail_has_not_taken_it(server, monkeypatch):
    monkeypatch.setattr(mailers, "TIMEOUT_SECONDS", 0.3)
    server.refusals["ann@example.org"] = SILENCE

    with pytest.raises(MailerDown) as silent:
        SmtpMailer(server.url).send("help@nordlys.example", "ann@example.org", CONTENT)

    assert not isinstance(silent.value, MailUncertain)
    assert server.arrived == []


@pytest.mark.parametrize("way", [SILENCE, HANG_UP])
def test_a_mail_without_an_answer_goes_out_once_more_under_the_same_name(context, server, way):  # noqa: F811
    server.answers = [way]
    first, second = put("ann@example.org", "ann@example.org", thread="R-A")
    now = utcnow()

    assert deliver_due(SmtpMailer(server.url), now=now) == Delivery(deferred=1)
    assert row(first).interruptions == 1
    deliver_due(SmtpMailer(server.url), now=now + timedelta(hours=1))

    assert server.message_ids() == ["<1@nordlys.example>", "<1@nordlys.example>", "<2@nordlys.example>"]
    assert [row(mail_id).state for mail_id in (first, second)] == ["sent", "sent"]


def test_a_mail_that_is_never_answered_is_not_sent_for_a_week(context, server):  # noqa: F811
    server.answers = [HANG_UP] * 100
    (mail_id,) = put("ann@example.org")

    deliver_for_hours(server)

    assert len(server.arrived) == outbox.MOST_INTERRUPTIONS
    assert row(mail_id).state == "failed"
    assert "it may have arrived" in row(mail_id).last_error


def test_a_silent_server_holds_a_pass_up_once(context, server, monkeypatch):  # noqa: F811
    monkeypatch.setattr(mailers, "TIMEOUT_SECONDS", 0.3)
    people = [f"ann{number}@example.org" for number in range(5)]
    server.refusals.update(dict.fromkeys(people, SILENCE))
    put(*people)
    now = utcnow()

    assert deliver_due(SmtpMailer(server.url), now=now) == Delivery(deferred=1)

    server.refusals.clear()
    monkeypatch.setattr(mailers, "TIMEOUT_SECONDS", 10)
    deliver_for_hours(server)
    assert sorted(server.recipients()) == people


@pytest.mark.parametrize("refusal", ["450 later", "550 no such user"])
def test_half_of_the_recipients_refused_leave_the_other_half_alone(context, server, refusal):  # noqa: F811
    people = [f"ann{number}@example.org" for number in range(6)]
    server.refusals.update(dict.fromkeys(people[::2], refusal))
    ids = put(*people)

    deliver_due(SmtpMailer(server.url))
    assert server.recipients() == people[1::2]

    server.refusals.clear()
    deliver_for_hours(server)
    if refusal.startswith("450"):
        assert sorted(server.recipients()) == people
    else:
        assert [row(mail_id).state for mail_id in ids] == ["failed", "sent"] * 3


def test_whatever_the_server_does_mails_arrive_in_order_and_at_most_once_more(context, server):  # noqa: F811
    server.answers = ["451 later", HANG_UP, ACCEPTED, "421 closing", ACCEPTED, HANG_UP, "452 full", ACCEPTED, SILENCE]
    for thread in ("R-A", "R-B", "R-C"):
        put(*["ann@example.org"] * 3, thread=thread)

    deliver_for_hours(server)

    numbers = [int(message_id[1]) for message_id in server.message_ids()]
    assert set(numbers) == set(range(1, 10))
    assert max(Counter(numbers).values()) == 2
    for thread in ((1, 2, 3), (4, 5, 6), (7, 8, 9)):
        of_thread = [number for number in numbers if number in thread]
        assert of_thread == sorted(of_thread)
