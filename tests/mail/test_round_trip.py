"""A request goes its whole way in Latvian and in Kazakh: chat, agent, mail, answer by mail, status page, solved."""

import re
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.staff import add_staff
from helpcenter.app import create_app
from helpcenter.mail.mailers import SmtpMailer
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage import db, migrate, writing
from helpcenter.support import requests as support
from helpcenter.support.attachments import attachments_of
from helpcenter.web.asking import terms
from tests.conftest import close
from tests.mail.smtp_server import MailServer, running
from tests.mail.test_receiving import PIXEL
from tests.web.test_staff import PASSWORD, send, signed_in

pytestmark = pytest.mark.timeout(300)
REPLY_AT = "help@help.nordlys.example"
SAID = {
    "lv": {
        "name": "Ādams Bērziņš", "subject": "Rūteris mirgo sarkanā krāsā", "text": "Kopš vakardienas mirgo sarkans. Ko darīt?",
        "reply": "Lūdzu, nospiediet pogu WPS piecas sekundes.", "answer": "Paldies, tagad deg zaļa gaismiņa!", "file": "ekrānuzņēmums.png",
        "above": "svētd., 2026. g. 22. nov., plkst. 10:00 — lietotājs Nordlys (<{door}>) rakstīja:",
    },
    "kk": {
        "name": "Қайрат Әбілов", "subject": "Роутер қызыл болып жанып тұр", "text": "Кешеден бері қызыл жанып тұр. Не істеу керек?",
        "reply": "WPS түймесін бес секунд басып тұрыңыз.", "answer": "Рақмет, енді жасыл жанып тұр!", "file": "экран суреті.png",
        "above": "2026 ж. 22 қар., жс 10:00, Nordlys <{door}> жазды:",
    },
}  # fmt: skip


@pytest.fixture
def server():
    """Return a real mail server."""
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def environ(settings, server) -> dict[str, str]:
    """Return the environment of an operator whose mail server hands answers to a pipe."""
    return {
        "HELPCENTER_ARTICLES": str(settings.articles), "HELPCENTER_DATA": str(settings.data), "HELPCENTER_SECRET_KEY": settings.secret_key.get_secret_value(),
        "HELPCENTER_MAIL_FROM": "Nordlys <help@nordlys.example>", "HELPCENTER_MAIL_REPLY": REPLY_AT, "HELPCENTER_RATE_LIMITS": "off",
    }  # fmt: skip


@pytest.fixture
def help_center(settings, server):
    """Return the help center, whose mail goes to the server, with Gus who answers."""
    changes = {"mail_reply": REPLY_AT, "mail_from": "Nordlys <help@nordlys.example>"}
    app = create_app(settings.model_copy(update=changes), mailer=SmtpMailer(server.url))
    migrate(app)
    with app.app_context(), writing() as session:
        add_staff(session, email="gus@example.org", name="Gus", role="agent", password=PASSWORD)
    yield app
    close(app)


def deliver(app, server) -> EmailMessage:
    """Send what is due, and return the mail that arrived last."""
    with app.app_context():
        deliver_due(SmtpMailer(server.url))
    return message_from_bytes(server.arrived[-1].content, policy=policy.default)


def answer_to(mail: EmailMessage, said: dict) -> bytes:
    """Return the customer's answer to *mail*, as their program writes it, with a picture."""
    door = str(mail["Reply-To"])
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = f'"{said["name"]}" <ann@example.org>', door, f"Re: {mail['Subject']}"
    answer["Message-ID"], answer["In-Reply-To"], answer["References"] = "<answer@example.org>", mail["Message-ID"], mail["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in mail.get_body(("plain",)).get_content().splitlines())
    answer.set_content(f"{said['answer']}\n\n{said['above'].format(door=door)}\n{quoted}\n")
    answer.add_attachment(PIXEL, maintype="image", subtype="png", filename=said["file"])
    return answer.as_bytes()


@pytest.mark.parametrize("lang", SAID)
def test_a_request_goes_its_whole_way(help_center, environ, server, lang):
    said = SAID[lang]
    with help_center.test_request_context(), writing() as session:
        request = support.open_request(
            session, terms(), subject=said["subject"], body=said["text"], email="ann@example.org", name=said["name"], lang=lang, via="chat",
            transcript=[{"from": "visitor", "text": said["text"], "rule": None}],
        )  # fmt: skip
        reference = request.reference
    acknowledged = deliver(help_center, server)
    status_path = re.search(r"(/requests/\S+)", acknowledged.get_body(("plain",)).get_content())[1]
    assert said["subject"] not in acknowledged.as_string()
    assert str(acknowledged["Reply-To"]).startswith("help+")

    gus = signed_in(help_center)
    page = gus.get(f"/staff/requests/{reference}").text
    assert said["subject"] in page
    with help_center.test_request_context(), writing() as session:
        support.reply(session, terms(), support.find_by_reference(session, reference), said["reply"], staff=session.get_one(StaffUser, 1))
    reply = deliver(help_center, server)
    assert (reply["Subject"], reply["In-Reply-To"]) == (f"Re: {said['subject']} [{reference}]", acknowledged["Message-ID"])
    assert said["reply"] in reply.get_body(("plain",)).get_content()

    done = subprocess.run(
        [sys.executable, "-m", "helpcenter", "mail", "receive"], input=answer_to(reply, said), env=environ, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode().split()) == (0, ["reply", reference]), done.stderr.decode()

    status = help_center.test_client().get(status_path).text
    assert said["answer"] in status
    assert said["reply"] in status
    assert status.count(said["reply"]) == 1, "the quote was cut"
    with help_center.app_context():
        found = support.find_by_reference(db.session, reference)
        assert found.state == "open"
        assert [file.name for file in attachments_of(db.session, found)] == [said["file"]]

    send(gus, f"/staff/requests/{reference}/state", state="solved")
    with help_center.app_context():
        assert support.find_by_reference(db.session, reference).state == "solved"
