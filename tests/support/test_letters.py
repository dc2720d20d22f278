"""The mails of a request."""

import re
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from helpcenter.mail.models import OutboxMail
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import writing
from helpcenter.support import links
from helpcenter.support import requests as support

SPAM = {
    "subject": "CHEAPPILLS buy now",
    "body": "CHEAPPILLS at http://evil.example/ <a href='http://evil.example/'>CHEAPPILLS</a>",
    "name": "CHEAPPILLS evil.example",
    "lang": "en",
}


def test_the_acknowledgement_holds_nothing_that_was_typed_into_the_form(storage_app, terms, mailer):
    with storage_app.app_context():
        with writing() as session:
            request = support.open_request(session, terms, email="victim@example.org", **SPAM, transcript=[{"text": "CHEAPPILLS"}])
        deliver_due(mailer)

    (mail,) = mailer.sent
    parts = [mail.content.decode(), *(part.get_content() for part in mail.message.walk() if not part.is_multipart())]
    assert not [part for part in parts if re.search("CHEAPPILLS|evil", part)]
    assert request.reference in mail.message["Subject"]
    assert links.status_url(terms, request) in mail.text
    assert request.acknowledged
    assert mail.sender == "", "no bounce may come back to a stranger"
    assert mail.message["Auto-Submitted"] == "auto-replied"


def test_a_hundred_forms_naming_one_victim_send_one_mail(storage_app, terms, mailer):
    terms = replace(terms, rate_limits=True)
    spellings = ["victim@example.org", "Victim+1@example.org", "VICTIM@EXAMPLE.ORG"]
    with storage_app.app_context():
        for number in range(100):
            with writing() as session:
                support.open_request(session, terms, email=spellings[number % 3], **SPAM)
        deliver_due(mailer)

        assert len(mailer.sent) == 1
        with writing() as session:
            requests = support.list_requests(session, limit=None)
            assert [request.acknowledged for request in requests].count(True) == 1
            assert len(requests) == 100, "each of them is stored"


def test_forms_sent_at_the_same_moment_send_one_mail_too(storage_app, terms, mailer):
    terms, ready, acknowledged = replace(terms, rate_limits=True), threading.Barrier(6), []

    def ask():
        with storage_app.app_context():
            ready.wait()
            with writing() as session:
                acknowledged.append(support.open_request(session, terms, email="victim@example.org", **SPAM).acknowledged)

    asking = [threading.Thread(target=ask) for _ in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()

    assert sorted(acknowledged) == [False] * 5 + [True]


def test_a_hundred_victims_get_no_more_than_the_limit_of_all(storage_app, terms, mailer):
    terms = replace(terms, rate_limits=True)
    with storage_app.app_context():
        with writing() as session:
            for number in range(110):
                support.open_request(session, terms, email=f"victim{number}@example.org", **SPAM)
        deliver_due(mailer)

    assert len(mailer.sent) == 100


def test_known_and_unknown_addresses_get_the_same_mail(storage_app, terms, mailer, gus):
    """Whoever types an address learns nothing about whether it wrote before."""
    with storage_app.app_context():
        for email in ("ann@example.org", "ann@example.org", "eve@example.org"):
            with writing() as session:
                request = support.open_request(session, terms, email=email, **SPAM)
            deliver_due(mailer)
            link = links.status_url(terms, request)
            mailer.sent[-1] = mailer.sent[-1].text.replace(request.reference, "R").replace(link, "L")

    assert mailer.sent[0] == mailer.sent[1] == mailer.sent[2]


def test_a_reply_brings_the_words_of_the_agent_and_the_thread(storage_app, terms, mailer, question, gus):
    with storage_app.app_context():
        with writing() as session:
            request = support.open_request(session, terms, **question)
            support.reply(session, terms, request, "Hold it for 10 s.\n\nThen <wait>.", staff=gus)
        deliver_due(mailer)

    acknowledgement, reply = (mail.message for mail in mailer.sent)
    assert reply["Subject"] == f"Re: My router blinks red [{request.reference}]"
    assert "Hello Ann,\n\nHold it for 10 s.\n\nThen <wait>.\n\nGus Answers, Nordlys" in mailer.sent[1].text
    assert "Then &lt;wait&gt;." in reply.get_body(("html",)).get_content()
    assert reply["In-Reply-To"] == acknowledgement["Message-ID"]
    assert reply["Auto-Submitted"] is None, "a person wrote it"
    assert mailer.sent[1].sender == "help@nordlys.example"


def test_a_subject_and_a_name_add_no_header_to_a_reply(storage_app, terms, mailer, question, gus):
    hostile = "=?utf-8?q?hi=0D=0ABcc:_victim@example.org?="
    gus.name = hostile
    with storage_app.app_context():
        with writing() as session:
            request = support.open_request(session, terms, **{**question, "subject": hostile, "name": hostile})
            support.reply(session, terms, request, "Hello", staff=gus)
        deliver_due(mailer)

    assert "Bcc" not in mailer.sent[1].message
    assert mailer.sent[1].message["To"] == "ann@example.org"


@pytest.mark.parametrize(("kind", "hours"), [("question", 8), ("complaint", 4)])
def test_the_acknowledgement_tells_when_a_person_answers(storage_app, terms, mailer, question, kind, hours):
    with storage_app.app_context():
        with writing() as session:
            support.open_request(session, terms, **question, kind=kind)
        deliver_due(mailer)

    assert f"within {hours} working hours" in mailer.sent[0].text


def test_links_in_mail_are_built_from_the_configured_address(storage_app, terms, question):
    with storage_app.app_context(), writing() as session:
        support.open_request(session, replace(terms, base_url="https://other.example"), **question)
        mail = session.scalars(select(OutboxMail)).one()

    assert b"https://other.example/requests/" in mail.content.replace(b"=\r\n", b"")
