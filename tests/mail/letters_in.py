"""Mails as people and machines send them, to be read by the tests; all written for these tests."""

from email.message import EmailMessage
from email.policy import SMTP


def letter(*, sender: str = "Ann <ann@example.org>", to: str = "help@help.nordlys.example", subject: str = "Hello", text: str = "It is red.", html: str | None = None, files=(), **headers: str) -> bytes:
    """Return a mail; *headers* are further ones, `auto_submitted="no"` for `Auto-Submitted: no`."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = headers.pop("message_id", f"<{abs(hash((sender, to, subject, text)))}@example.org>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in files:
        kind = ("image", "png") if name.endswith(".png") else ("text", "plain") if name.endswith(".txt") else ("application", "octet-stream")
        mail.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return mail.as_bytes()


def returned(message_id: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """Return what a server sends back when it cannot deliver the mail *message_id*."""
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: help@help.nordlys.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <returned-{action}@mx.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ann@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user here

--b
Content-Type: message/rfc822

From: help@nordlys.example
To: ann@example.org
Message-ID: {message_id}
Subject: Re: My router

Hold the button.
--b--
""".replace("\n", "\r\n").encode()
