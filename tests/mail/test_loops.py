"""Two help centers whose mail reaches each other: they fall silent by themselves."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from helpcenter.mail.models import InboundMail, OutboxMail
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.receiving import accept, receive
from tests.mail.test_receiving import TERMS, Gus, context  # noqa: F401 - a fixture

OURS = replace(TERMS, mail_from="help@a.example", mail_reply="help@help.a.example", mail_authserv_id="mx.example")
THEIRS = replace(TERMS, mail_from="help@b.example", mail_reply="help@help.b.example", mail_authserv_id="mx.example")
MOST_ROUNDS = 10
VOUCHED = b"Authentication-Results: mx.example; dmarc=pass\r\n"


def exchange(mailer, tmp_path, sides: dict) -> list[bytes]:
    """Hand every mail that leaves to the side it is for until none leaves any more, and return all of them."""
    travelled = 0
    for _ in range(MOST_ROUNDS):
        deliver_due(mailer)
        fresh = mailer.sent[travelled:]
        if not fresh:
            break
        travelled += len(fresh)
        for mail in fresh:
            domain = mail.recipient.rpartition("@")[2].removeprefix("help.")
            receive(sides[domain], VOUCHED + mail.content, data=tmp_path, door="pipe", recipient=mail.recipient)
            db.session.rollback()
    return [mail.content for mail in mailer.sent]


@pytest.mark.parametrize("is_answered", [False, True])
def test_two_help_centers_that_write_to_each_other_fall_silent(context, mailer, tmp_path, is_answered):  # noqa: F811
    sides = {"a.example": OURS, "b.example": THEIRS}
    with writing() as session:
        request = support.open_request(session, OURS, subject="Hello", body="Who is there?", email="help@b.example", lang="en")
        if is_answered:
            support.reply(session, OURS, request, "We are.", staff=Gus())

    assert len(exchange(mailer, tmp_path, sides)) == 1 + is_answered

    # Even when somebody lets the other side's mail in, one acknowledgement is the end of it.
    with writing() as session:
        for row in session.scalars(select(InboundMail)):
            accept(session, THEIRS, row, data=tmp_path)
    assert len(exchange(mailer, tmp_path, sides)) <= 3 + is_answered
    assert db.session.scalar(select(OutboxMail.id).where(OutboxMail.state == "queued")) is None
