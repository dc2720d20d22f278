"""A request goes its whole way in Latvian and in Kazakh: chat, agent, mail, answer by mail, status page, solved, survey, opened again."""

import re
import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import yaml
from sqlalchemy import select

from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.staff import add_staff
from helpcenter.app import create_app
from helpcenter.content import library
from helpcenter.feedback.survey_models import Survey
from helpcenter.mail.mailers import SmtpMailer
from helpcenter.mail.outbox import deliver_due
from helpcenter.publishing import publish
from helpcenter.storage import db, migrate, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import handling
from helpcenter.support import requests as support
from helpcenter.support.attachments import attachments_of
from helpcenter.support.models import Message, SupportRequest
from helpcenter.web import feedback_chores
from helpcenter.web.asking import terms
from helpcenter.web.services import services
from tests.conftest import close
from tests.mail.smtp_server import MailServer, running
from tests.mail.test_receiving import PIXEL
from tests.web.test_staff import PASSWORD, SAME_SITE, send, signed_in
from tests.web.test_surveys import GOOD

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
    site = yaml.safe_load((settings.articles / "site.yaml").read_text(encoding="utf-8"))
    site |= {"languages": ["en", *SAID], "feedback": {"surveys": {"after_request": True}}}
    (settings.articles / "site.yaml").write_text(yaml.safe_dump(site), encoding="utf-8")
    app = create_app(settings.model_copy(update=changes), mailer=SmtpMailer(server.url))
    migrate(app)
    with app.app_context():
        publish(settings.articles, services().index)
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
    assert state_of(help_center, reference) == "solved"
    answer_the_survey(help_center, server, lang, reference)

    # Within reopen_days what the customer writes opens it again; later it is a request of its own beside it.
    assert write_on_status_page(help_center, status_path, said["text"]) == reference
    assert state_of(help_center, reference) == "open"
    send(gus, f"/staff/requests/{reference}/state", state="solved")
    with help_center.app_context(), writing() as session:
        later = utcnow() + timedelta(days=library.site(session).requests.reopen_days, minutes=1)
        assert handling.close_old(session, library.site(session), now=later) == 1
    followed_by = write_on_status_page(help_center, status_path, said["answer"])
    assert followed_by != reference
    assert (state_of(help_center, reference), state_of(help_center, followed_by)) == ("closed", "new")


def state_of(app, reference: str) -> str:
    """Return what the request is now."""
    with app.app_context():
        return support.find_by_reference(db.session, reference).state


def answer_the_survey(app, server, lang: str, reference: str) -> None:
    """Get the invitation that comes a while after the solution, and answer it as the customer."""
    with app.test_request_context():
        feedback_chores.invite_solved(now=utcnow() + timedelta(days=2))
    invitation = deliver(app, server)
    assert reference in invitation.get_body(("plain",)).get_content()
    path = re.search(r"https?://[^/\s]+(/\S+/survey/\S+)", invitation.get_body(("plain",)).get_content())[1]
    assert path.startswith(f"/{lang}/")
    browser = app.test_client()
    thanked = browser.post(path, data=GOOD, headers=SAME_SITE, follow_redirects=True)
    assert thanked.status_code == 200
    with app.app_context():
        assert db.session.scalars(select(Survey.recommend)).all()[-1] == 9


def write_on_status_page(app, path: str, text: str) -> str:
    """Write on the status page as the customer, and return the reference of the request that the words reached."""
    browser = app.test_client()
    browser.get(path)
    browser.post(path, data={"text": text}, headers=SAME_SITE)
    with app.app_context():
        message = db.session.scalars(select(Message).where(Message.author == "customer").order_by(Message.id.desc())).first()
        assert message.text == text
        return db.session.get(SupportRequest, message.request_id).reference
