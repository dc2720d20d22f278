"""The staff's page about mail, and the door for programs that bring some."""

# The fixtures of another module are asked for by their names.
# ruff: noqa: F811

import pytest
from sqlalchemy import func, select, update

from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.staff import add_staff
from helpcenter.app import create_app
from helpcenter.mail.models import InboundMail, OutboxMail
from helpcenter.storage import close, db, migrate, writing
from helpcenter.support import requests as support
from helpcenter.support.receiving import receive
from helpcenter.web.asking import terms
from helpcenter.web.services import services
from tests.mail.letters_in import letter
from tests.web.test_staff import PASSWORD, asked, help_center, send, signed_in  # noqa: F401

HOOK = "h" * 32
EVIL = '<p>Hello</p><script>alert(1)</script><img src="https://evil.example/p.png"><form action="https://evil.example"><input></form><svg onload=alert(1)>'


def bring(app, **values) -> int:
    """Take in a mail, and return its number."""
    with app.test_request_context():
        return receive(terms(), letter(**values), data=services().data_folder, door="pipe").id


def test_a_mail_that_waits_is_shown_and_becomes_a_request(help_center):
    number = bring(help_center, subject="<b>Rūteris</b>", text="Mirgo sarkans.", html=EVIL)
    browser = signed_in(help_center)

    assert "&lt;b&gt;Rūteris&lt;/b&gt;" in browser.get("/staff/mail").text
    assert "Mirgo sarkans." in browser.get(f"/staff/mail/in/{number}").text

    answered = send(browser, f"/staff/mail/in/{number}/accept")
    assert answered.location.startswith("/staff/requests/R-")
    assert "Mirgo sarkans." in browser.get(answered.location).text


def test_the_request_leads_to_the_mail_it_came_by_and_to_forwarding(help_center):
    number = bring(help_center, html=EVIL)
    browser = signed_in(help_center)
    answered = send(browser, f"/staff/mail/in/{number}/accept")

    page = browser.get(answered.location).text
    assert f'href="/staff/mail/in/{number}"' in page
    assert f'href="/staff/mail/forward/{answered.location.rpartition("/")[2].partition("#")[0]}"' in page


def test_the_html_of_a_mail_does_nothing_and_loads_nothing(help_center):
    number = bring(help_center, html=EVIL)
    answer = signed_in(help_center).get(f"/staff/mail/in/{number}/html")

    assert "<p>Hello</p>" in answer.text
    assert not [word for word in ("script", "img", "form", "svg", "alert", "evil") if word in answer.text]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "allow-scripts" not in answer.headers["Content-Security-Policy"]


def test_an_original_is_only_ever_downloaded(help_center):
    answer = signed_in(help_center).get(f"/staff/mail/in/{bring(help_center)}/original")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"
    assert answer.data.startswith(b"From: Ann")
    answer.close()


def test_a_mail_that_failed_can_be_sent_again_or_given_up(help_center, asked):
    with help_center.app_context(), writing() as session:
        mail = session.scalars(select(OutboxMail)).one()
        mail.state, mail.last_error, mail.attempts = "failed", "550 unknown", 3
        number = mail.id
    browser = signed_in(help_center)
    assert "550 unknown" in browser.get("/staff/mail").text

    send(browser, f"/staff/mail/outbox/{number}/retry")
    with help_center.app_context():
        assert (db.session.get(OutboxMail, number).state, db.session.get(OutboxMail, number).attempts) == ("queued", 0)
    send(browser, f"/staff/mail/outbox/{number}/discard")
    with help_center.app_context():
        assert db.session.get(OutboxMail, number).state == "discarded"


def test_a_request_is_forwarded_to_a_valid_address_only(help_center, asked):
    browser = signed_in(help_center)

    assert send(browser, f"/staff/mail/forward/{asked}", to="nobody", comment="").status_code == 422
    assert send(browser, f"/staff/mail/forward/{asked}", to="bob@elsewhere.example", comment="Look").status_code == 303
    with help_center.app_context():
        assert db.session.scalar(select(func.count()).where(OutboxMail.recipient == "bob@elsewhere.example")) == 1


def test_editors_see_no_mail_and_agents_no_webhooks(help_center):
    assert signed_in(help_center, "ed@example.org").get("/staff/mail").status_code == 403
    assert signed_in(help_center).get("/staff/mail/webhooks").status_code == 403
    assert signed_in(help_center, "ada@example.org").get("/staff/mail/webhooks").status_code == 200


@pytest.fixture
def hooked(settings, mailer):
    """Return an application that takes mail from a program."""
    from pydantic import SecretStr

    app = create_app(settings.model_copy(update={"mail_hook_secret": SecretStr(HOOK), "mail_reply": "help@help.nordlys.example"}), mailer=mailer)
    migrate(app)
    yield app
    close(app)


@pytest.mark.parametrize("header", ["", " ", "Bearer", "Bearer ", "Bearer null", "Bearer \x00", f"Bearer {HOOK[:-1]}", f"bearer {HOOK}", f"Bearer {HOOK}x", "Bearer " + "h" * 9000, "Bearer ф"])
def test_the_hook_takes_nothing_without_its_secret(hooked, header):
    answer = hooked.test_client().post("/hooks/mail", data=letter(), headers={"Authorization": header.encode("utf-8").decode("latin-1")} if header else {})

    assert answer.status_code in (400, 403)
    with hooked.app_context():
        assert db.session.scalar(select(func.count()).select_from(InboundMail)) == 0


def test_the_hook_does_not_exist_without_a_secret(help_center):
    assert help_center.test_client().post("/hooks/mail", data=letter(), headers={"Authorization": "Bearer "}).status_code == 404


def test_a_program_brings_mail_larger_than_any_form(hooked):
    answer = hooked.test_client().post("/hooks/mail", data=letter(files=[("a.txt", b"a" * 400_000)]), headers={"Authorization": f"Bearer {HOOK}"})

    assert answer.status_code == 204
    with hooked.app_context():
        row = db.session.scalars(select(InboundMail)).one()
        assert (row.door, row.verdict, row.files) == ("hook", "screened", ["a.txt"])
        assert support.count_by_state(db.session)["new"] == 0


def test_answers_in_the_domain_of_the_staff_are_warned_of(settings):
    app = create_app(settings.model_copy(update={"mail_reply": "help@example.org", "mail_from": "help@example.org"}))
    migrate(app)
    with app.app_context(), writing() as session:
        add_staff(session, email="gus@example.org", name="Gus", role="agent", password=PASSWORD)
    warned = "Use a domain of its own for HELPCENTER_MAIL_REPLY"

    assert warned in signed_in(app).get("/staff/mail").text
    with app.app_context(), writing() as session:
        session.execute(update(StaffUser).values(email="gus@other.example"))
    assert warned not in signed_in(app, "gus@other.example").get("/staff/mail").text
    close(app)
