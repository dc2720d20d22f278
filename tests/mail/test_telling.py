"""Word to the team and to other programs: collected, signed, kept away from our own network, exported."""

# The fixtures of another module are asked for by their names.
# ruff: noqa: F811

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from email import message_from_string, policy

import pytest
from sqlalchemy import select

from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import Counter
from helpcenter.support import calling_out, exporting, forwarding, notifying, webhooks
from helpcenter.support import requests as support
from helpcenter.support.calling_out import Answer, CallRefused
from helpcenter.support.events import record_event
from helpcenter.support.notifying import Person
from helpcenter.support.webhooks import WebhookDelivery, signature
from tests.mail.test_receiving import TERMS, Gus, context  # noqa: F401

PEOPLE = [Person(7, "gus@nordlys.example"), Person(8, "ada@nordlys.example")]
TEAM = ("team@nordlys.example", "billing=billing@nordlys.example")
KEY = "k" * 32


def later(minutes: int = 1):
    """Return a moment soon."""
    return utcnow() + timedelta(minutes=minutes)


def ask(subject: str = "Red", **values) -> str:
    """Open a request, and return its reference."""
    with writing() as session:
        return support.open_request(session, TERMS, subject=subject, body="It blinks.", email="ann@example.org", lang="en", **values).reference


def collect(minutes: int = 1) -> int:
    """Collect what the team is to be told, and send the digests that may leave."""
    with writing() as session:
        notifying.collect(session, TEAM, PEOPLE, now=later(minutes))
        return notifying.send_digests(session, replace(TERMS), PEOPLE)


def mails_to(address: str) -> list[str]:
    """Return the mails queued for *address*."""
    return [mail.content.decode() for mail in db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == address).order_by(OutboxMail.id))]


def test_the_team_is_told_of_new_requests_in_one_mail_without_their_words(context):
    collect()
    first, second = ask("=?utf-8?q?Buy=0Anow?="), ask("Cheap pills")

    assert collect() == 1
    (mail,) = mails_to("team@nordlys.example")
    assert first in mail
    assert second in mail
    assert "pills" not in mail
    assert "Auto-Submitted: auto-replied" in mail
    assert mails_to("billing@nordlys.example") == []


def test_the_next_mail_waits_ten_minutes_and_loses_nothing(context):
    collect()
    ask()
    collect()
    reference = ask()
    assert collect() == 0, "too soon"

    with writing() as session:
        for counter in session.scalars(select(Counter)):
            counter.ends_at = utcnow() - timedelta(seconds=1)
    db.session.rollback()
    assert collect() == 1
    assert reference in mails_to("team@nordlys.example")[-1]


def test_who_is_mentioned_or_owns_a_late_request_is_told_unless_they_said_no(context):
    collect()
    with writing() as session:
        notifying.choose(session, 8, wanted=False)
    reference = ask()
    with writing() as session:
        request = support.find_by_reference(session, reference)
        request.assignee_id, request.team = 7, "billing"
        record_event(session, request, "mentioned", staff_id=1, details={"staff": 8})
        record_event(session, request, "breached")
    collect()

    assert "Overdue" in mails_to("gus@nordlys.example")[0]
    assert mails_to("ada@nordlys.example") == []
    assert "Overdue" in mails_to("billing@nordlys.example")[0]


def test_each_of_the_staff_is_written_to_in_the_language_they_chose_and_in_nobodys_words(context):
    collect()
    with writing() as session:
        notifying.choose(session, 7, wanted=True, lang="lv")
    reference = ask("Bcc: eve@example.org", name="Reply-To: eve@example.org")
    with writing() as session:
        request = support.find_by_reference(session, reference)
        request.assignee_id = 7
        record_event(session, request, "breached")
        record_event(session, request, "mentioned", staff_id=1, details={"staff": 8})
    collect()

    for address, lang, said in (("gus@nordlys.example", "lv", "Termiņš nokavēts"), ("ada@nordlys.example", "en", "You were mentioned")):
        mail = message_from_string(mails_to(address)[0], policy=policy.default)
        assert mail["Content-Language"] == lang
        assert said in mail.get_body(("plain",)).get_content()
        assert not [value for value in mail.values() if "eve@example.org" in str(value)]


def told(**answers):
    """Return a stand-in for the network that remembers what was posted, and answers 200 or what *answers* say."""
    posted = []

    def post(url, body, headers, *, inside=()):
        posted.append((url, body, headers))
        answer = answers.get("answer", 200)
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer, "")

    post.posted = posted
    return post


@pytest.fixture
def delivery(context) -> int:
    """Return a delivery that is due."""
    with writing() as session:
        webhooks.collect(session, ["https://hooks.example/x"], now=later())
    ask()
    with writing() as session:
        webhooks.collect(session, ["https://hooks.example/x"], now=later())
    return db.session.scalars(select(WebhookDelivery.id)).one()


def test_a_webhook_is_signed_and_says_nothing_that_was_written(delivery):
    post, now = told(), later(5)
    assert webhooks.deliver_due(KEY, now=now, post=post) == 1

    ((url, body, headers),) = post.posted
    assert url == "https://hooks.example/x"
    assert headers["webhook-signature"] == signature(KEY, headers["webhook-id"], int(headers["webhook-timestamp"]), body.decode())
    assert json.loads(body)["type"] == "request.created"
    assert b"ann@example.org" not in body
    assert b"blinks" not in body
    assert webhooks.deliver_due(KEY, now=later(500), post=post) == 0, "once is enough"


@pytest.mark.parametrize("answer", [500, 301, 404, OSError("down"), CallRefused("inside")])
def test_a_webhook_that_does_not_arrive_is_tried_again_under_the_same_id(delivery, answer):
    failing, now = told(answer=answer), later(5)
    for _ in range(webhooks.MOST_ATTEMPTS):
        webhooks.deliver_due(KEY, now=now, post=failing)
        now += timedelta(hours=1)

    db.session.rollback()
    assert db.session.get(WebhookDelivery, delivery).state == "failed"
    assert len({headers["webhook-id"] for _, _, headers in failing.posted}) == 1
    assert len(failing.posted) == webhooks.MOST_ATTEMPTS

    with writing() as session:
        webhooks.retry(session, delivery, now=now)
    assert webhooks.deliver_due(KEY, now=now, post=told()) == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::", "fd00::1",
     "fe80::1%eth0", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "255.255.255.255"],
)  # fmt: skip
def test_no_webhook_goes_into_our_own_network(address):
    with pytest.raises(CallRefused, match="not public"):
        calling_out.checked_target("https://hooks.example/", resolve=lambda host, port: ["93.184.215.14", address])


@pytest.mark.parametrize("url", ["http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"])
def test_other_spellings_of_this_machine_are_refused(url):
    with pytest.raises((CallRefused, OSError)):
        calling_out.checked_target(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://x/", "ftp://x/", "https://user:pass@hooks.example/", "//x", ""])
def test_only_web_addresses_are_called(url):
    with pytest.raises(CallRefused):
        calling_out.checked_target(url, resolve=lambda host, port: ["93.184.215.14"])


def test_the_checked_address_is_the_one_that_is_called_and_redirects_are_not_followed(tmp_path):
    """A name server that says something else the second time is never asked a second time."""
    import http.server
    import threading

    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.headers["Host"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            pass

    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        answer = calling_out.post(f"http://hooks.internal:{server.server_port}/x", b"{}", {}, inside=["hooks.internal"], resolve=resolve)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert answer.status == 302
    assert seen == [(f"hooks.internal:{server.server_port}", b"{}")]
    assert asked == ["hooks.internal"]


def test_an_export_holds_everything_and_no_formula(context):
    formula = ask('=HYPERLINK("http://evil.example")')
    ask("Plain")

    rows = list(csv.DictReader(io.StringIO("".join(exporting.as_csv(db.session)))))
    lines = [json.loads(line) for line in exporting.as_json_lines(db.session)]

    assert [row["reference"] for row in rows] == [line["reference"] for line in lines]
    assert rows[0]["reference"] == formula
    assert rows[0]["subject"].startswith("'=HYPERLINK")
    assert lines[0]["messages"][0]["text"] == "It blinks."


def test_a_forwarded_request_gives_no_key_away(context):
    reference = ask()
    with writing() as session:
        request = support.find_by_reference(session, reference)
        support.add_note(session, request, "Secret note", staff=Gus())
        forwarding.forward(session, TERMS, request, to="bob@elsewhere.example", comment="Please look.", staff=Gus())

    (mail,) = mails_to("bob@elsewhere.example")
    assert "It blinks." in mail
    assert "Please look." in mail
    assert "Secret note" not in mail
    assert "/requests/" not in mail
    assert "help+" not in mail
