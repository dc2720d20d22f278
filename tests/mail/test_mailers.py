"""The ways a mail leaves."""

import ssl
import subprocess

import pytest

from helpcenter.mail.mailers import FolderMailer, MailDeferred, MailerDown, MailRefused, SmtpMailer
from tests.mail.smtp_server import MailServer, running
from tests.mail.test_outbox import mail_bytes

CONTENT = mail_bytes("ann@example.org", "<1@nordlys.example>")


@pytest.fixture
def server():
    """Return a mail server without encryption."""
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """Return a certificate for this machine that this process trusts, and its key."""
    names = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
         "-addext", "subjectAltName=IP:127.0.0.1", "-out", names[0], "-keyout", names[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(names[0]))
    return names


def test_mail_is_encrypted_as_soon_as_the_server_offers_it(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with running(MailServer(), tls=context) as server:
        SmtpMailer(server.url.replace("//", "//ann:p%40ss@")).send("help@nordlys.example", "ann@example.org", CONTENT)

    assert len(server.arrived) == 1
    assert server.signed_in == [("ann", "p@ss", True)]


def test_a_certificate_that_nobody_vouches_for_stops_the_mail(certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with running(MailServer(), tls=context) as server, pytest.raises(MailerDown, match="CERTIFICATE"):
        SmtpMailer(server.url).send("help@nordlys.example", "ann@example.org", CONTENT)

    assert server.arrived == []


def test_a_password_may_travel_unencrypted_to_this_machine_only(server):
    SmtpMailer(server.url.replace("//", "//ann:secret@")).send("", "ann@example.org", CONTENT)

    assert server.signed_in == [("ann", "secret", False)]


def test_automatic_mail_has_an_empty_envelope_sender(server):
    SmtpMailer(server.url).send("", "ann@example.org", CONTENT)

    assert server.arrived[0].mail_from == "<>"


def test_a_relay_that_takes_no_empty_sender_gets_the_author(server):
    server.refusals["<>"] = "501 Invalid MAIL FROM address provided"

    SmtpMailer(server.url).send("", "ann@example.org", CONTENT)

    assert server.arrived[0].mail_from == "help@nordlys.example"


@pytest.mark.parametrize(
    ("answer", "kind"), [("550 not you", MailerDown), ("451 later", MailerDown), ("552 too large", MailRefused)]
)
def test_a_refused_sender_is_about_us_unless_the_mail_is_too_large(server, answer, kind):
    server.refusals["help@nordlys.example"] = answer

    with pytest.raises(kind, match=answer[:3]):
        SmtpMailer(server.url).send("help@nordlys.example", "ann@example.org", CONTENT)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("450 mailbox busy", MailDeferred), ("421 closing", MailDeferred), ("550 unknown", MailRefused), ("553 odd", MailRefused)],
)
def test_the_answer_about_a_recipient_decides(server, answer, kind):
    server.refusals["ann@example.org"] = answer

    with pytest.raises(kind, match=answer[:3]):
        SmtpMailer(server.url).send("help@nordlys.example", "ann@example.org", CONTENT)


def test_nobody_listening_is_said_to_be_down():
    with pytest.raises(MailerDown, match="127.0.0.1:9"):
        SmtpMailer("smtp://127.0.0.1:9").send("help@nordlys.example", "ann@example.org", CONTENT)


@pytest.mark.parametrize(("url", "port", "encrypted"), [("smtp://mail.example", 25, False), ("smtps://mail.example", 465, True), ("smtp://mail.example:587", 587, False)])
def test_the_address_tells_port_and_encryption(url, port, encrypted):
    mailer = SmtpMailer(url)

    assert (mailer.port, mailer.encrypted) == (port, encrypted)


def test_a_mailer_never_shows_its_password():
    assert "secret" not in repr(SmtpMailer("smtp://ann:secret@mail.example"))


def test_without_a_server_a_mail_is_a_file(tmp_path):
    mailer = FolderMailer(tmp_path / "mail")
    mailer.send("", "ann@example.org", CONTENT)
    mailer.send("", "ann@example.org", CONTENT)

    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert file.read_bytes() == CONTENT
