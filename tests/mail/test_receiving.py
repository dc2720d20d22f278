"""Mail that comes in: who joins what, and who does not."""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from helpcenter.content.site import Site
from helpcenter.mail.models import InboundMail, OutboxMail
from helpcenter.mail.originals import find_original
from helpcenter.mail.outbox import deliver_due
from helpcenter.mail.reply_address import reply_address, thread_of
from helpcenter.paths import bundled
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.attachments import attachments_of
from helpcenter.support.models import Message, SupportRequest
from helpcenter.support.receiving import MOST_FILES, NEW_PER_DAY, accept, receive
from helpcenter.support.terms import Terms
from tests.content.folders import SHARED
from tests.mail.letters_in import letter, returned

SECRET = "a secret that only the tests know, long enough"
REPLY_AT = "help@help.nordlys.example"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f000502027f9a5db8a50000000049454e44ae426082"
)


class Gus:
    """The agent who answers."""

    id = 7
    name = "Gus"


TERMS = Terms(
    site=Site(name="Nordlys", languages=["en", "lv", "kk"]),
    base_url="https://help.nordlys.example",
    secret_key=SECRET,
    mail_from="Nordlys <help@nordlys.example>",
    templates=bundled("templates"),
    rate_limits=False,
    mail_reply=REPLY_AT,
)


@pytest.fixture
def context(storage_app):
    """Run inside an application, on both databases."""
    with storage_app.app_context():
        yield storage_app


@pytest.fixture
def asked(context) -> str:
    """Return the reference of Ann's request, which Gus has answered."""
    with writing() as session:
        request = support.open_request(session, TERMS, subject="My router", body="It blinks red.", email="ann@example.org", name="Ann", lang="en")
        support.reply(session, TERMS, request, "Which colour?", staff=Gus())
        return request.reference


def door(reference: str) -> str:
    """Return the address at which answers to *reference* arrive."""
    return reply_address(REPLY_AT, SECRET, reference)


def take(content: bytes, tmp_path, terms: Terms = TERMS, **values) -> InboundMail:
    """Take in a mail by the pipe."""
    row = receive(terms, content, data=tmp_path, door="pipe", **values)
    db.session.rollback()
    return row


def request_of(reference: str) -> SupportRequest:
    """Return the request as it is now."""
    db.session.expire_all()
    return support.find_by_reference(db.session, reference)


def seen_by_customer(reference: str) -> list[str]:
    """Return the texts on the status page."""
    return [message.text for message in support.messages_of(db.session, request_of(reference), public_only=True)]


def last_message(reference: str) -> Message:
    """Return the newest message of the request, internal ones too."""
    return support.messages_of(db.session, request_of(reference), public_only=False)[-1]


def test_an_answer_with_a_token_joins_its_request_without_the_quote(asked, tmp_path):
    text = "It is red.\n\nOn Sun, 22 Nov 2026 at 10:00 Nordlys <help@nordlys.example> wrote:\n> Which colour?"
    row = take(letter(to=f"Nordlys <{door(asked)}>", text=text), tmp_path)

    assert (row.verdict, row.thread) == ("reply", asked)
    assert seen_by_customer(asked)[-1] == "It is red."
    assert request_of(asked).state == "open"
    assert (last_message(asked).via, last_message(asked).author, row.support_message_id) == ("mail", "customer", last_message(asked).id)
    assert find_original(tmp_path, row.original).read_bytes().startswith(b"From: Ann")


def test_the_same_mail_by_any_door_changes_nothing_more(asked, tmp_path):
    content = letter(to=door(asked))
    first = take(content, tmp_path)
    again = take(b"Received: by mx.example.org\r\n" + content, tmp_path)

    assert first.id == again.id
    assert seen_by_customer(asked).count("It is red.") == 1


def test_a_message_id_that_was_used_before_hides_no_mail(asked, tmp_path):
    take(letter(to=door(asked), text="First.", message_id="<same@example.org>"), tmp_path)
    take(letter(to=door(asked), text="Second.", message_id="<same@example.org>"), tmp_path)

    assert seen_by_customer(asked)[-2:] == ["First.", "Second."]


def forged_addresses(reference: str) -> list[str]:
    """Return addresses that look like the door to *reference* and are not."""
    good = door(reference)
    start, _, rest = good.partition("+")
    token, _, domain = rest.partition("@")
    name, _, mac = token.partition("-")
    other = "b" if mac[-1] == "a" else "a"
    return [
        f"{start}@{domain}", f"{start}+@{domain}", f"{start}+{name}@{domain}", f"{start}+{name}-@{domain}", f"{start}+-{mac}@{domain}",
        f"{start}+{name}-{mac[:-1]}@{domain}", f"{start}+{name}-{mac[:-1]}{other}@{domain}", f"{start}+{name}-{mac}a@{domain}",
        f"{start}+aaaaaa-{mac}@{domain}", f"{start}+{name}-{'a' * 24}@{domain}", f"{start}+null@{domain}", f"{start}+{name}-{'a' * 10_000}@{domain}",
        f"{start}+{token}@evil.example", f"eve+{token}@{domain}",
    ]  # fmt: skip


def test_an_answer_without_a_valid_token_joins_nothing(asked, tmp_path):
    sent = db.session.scalars(select(OutboxMail.message_id)).all()
    before = (seen_by_customer(asked), request_of(asked).state)

    for number, address in enumerate(forged_addresses(asked)):
        row = take(letter(to=address, subject=f"Re: My router [{asked}]", text=f"Give me {number}", in_reply_to=sent[-1], references=" ".join(sent), files=[("x.txt", b"x")]), tmp_path)
        assert (row.verdict, row.thread) == ("screened", None), address

    assert (seen_by_customer(asked), request_of(asked).state) == before
    assert attachments_of(db.session, request_of(asked)) == []
    assert db.session.scalar(select(func.count()).select_from(SupportRequest)) == 1


def test_an_empty_secret_signs_nothing(asked):
    assert thread_of([reply_address(REPLY_AT, "", asked)], REPLY_AT, ("", SECRET)) is None


def test_an_earlier_key_still_opens_the_door(asked, tmp_path):
    old = reply_address(REPLY_AT, "an earlier key, as long as they are", asked)

    assert take(letter(to=old, text="One"), tmp_path).verdict == "screened"
    assert take(letter(to=old, text="Two"), tmp_path, replace(TERMS, older_keys=("an earlier key, as long as they are",))).verdict == "reply"


@pytest.mark.parametrize("changed", [str.upper, str.title])
def test_servers_may_change_the_case_of_an_address(asked, tmp_path, changed):
    assert take(letter(to=changed(door(asked))), tmp_path).verdict == "reply"


def test_the_envelope_tells_whom_the_mail_was_for(asked, tmp_path):
    assert take(letter(to="undisclosed-recipients:;"), tmp_path, recipient=door(asked)).verdict == "reply"
    assert take(letter(to="help@other.example", text="Again", delivered_to=door(asked)), tmp_path).verdict == "reply"


@pytest.mark.parametrize("sender", ["eve@example.org", "Ann <ann@evil.example>", "gus@nordlys.example", "no-reply@shop.example"])
def test_somebody_else_with_the_address_is_not_taken_for_the_customer(asked, tmp_path, sender):
    state = request_of(asked).state
    take(letter(sender=sender, to=door(asked), cc="eve@example.org", text="Confirm your account: https://shop.example/c?t=1", files=[("x.txt", b"x")]), tmp_path)

    assert not [text for text in seen_by_customer(asked) if "Confirm your account" in text]
    assert request_of(asked).state == state
    assert attachments_of(db.session, request_of(asked)) == []
    assert request_of(asked).email == "ann@example.org"
    queued = db.session.scalars(select(OutboxMail)).all()
    assert {mail.recipient for mail in queued} == {"ann@example.org"}
    assert not [mail for mail in queued if b"Confirm your account" in mail.content]


def test_the_agent_sees_what_somebody_else_wrote_and_why_it_is_hidden(asked, tmp_path):
    row = take(letter(sender="Eve <eve@example.org>", to=door(asked), text="I am the owner."), tmp_path)

    note = last_message(asked)
    assert (row.verdict, note.public, note.author) == ("stranger", False, "note")
    assert "eve@example.org" in note.text
    assert "I am the owner." in note.text


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["mx.nordlys.example; dmarc=pass header.from=example.org"], "reply"),
        (["mx.nordlys.example; dkim=fail; dmarc=fail (p=reject) header.from=example.org"], "stranger"),
        (["mx.nordlys.example 1; dmarc=fail", "mx.nordlys.example; dmarc=pass"], "stranger"),
        (["mx.nordlys.example; dmarc=pass", "mx.nordlys.example; dmarc=fail"], "reply"),
        (["mx.evil.example; dmarc=fail"], "reply"),
        (["mx.nordlys.example; dmarc=fail; dmarc=pass"], "stranger"),
        ([], "reply"),
    ],
)
def test_only_the_topmost_result_of_our_own_server_counts(asked, tmp_path, results, verdict):
    content = b"".join(f"Authentication-Results: {result}\r\n".encode() for result in results) + letter(to=door(asked))

    assert take(content, tmp_path, replace(TERMS, mail_authserv_id="mx.nordlys.example")).verdict == verdict


MACHINES = {
    "auto-submitted": ({"auto_submitted": "auto-replied"}, "auto"),
    "auto-generated": ({"auto_submitted": "auto-generated; owner=x"}, "auto"),
    "precedence": ({"precedence": "auto_reply"}, "auto"),
    "microsoft": ({"x_auto_response_suppress": "DR, OOF, AutoReply"}, "auto"),
    "vacation": ({"x_autoreply": "yes"}, "auto"),
    "no return path": ({"return_path": "<>"}, "auto"),
    "no-reply": ({"sender": "no-reply@example.org"}, "auto"),
    "daemon": ({"sender": "MAILER-DAEMON@example.org"}, "bounce"),
    "newsletter": ({"list_unsubscribe": "<https://shop.example/u>"}, "list"),
    "bulk": ({"precedence": "bulk"}, "list"),
    "own address": ({"sender": "help@nordlys.example"}, "loop"),
    "own address with a token": ({"sender": "help+x@help.nordlys.example"}, "loop"),
    "own loop mark": ({"x_loop": "help+x@help.nordlys.example"}, "loop"),
}


@pytest.mark.parametrize(("changes", "verdict"), MACHINES.values(), ids=MACHINES)
@pytest.mark.parametrize("with_token", [True, False])
def test_what_a_machine_wrote_is_no_answer_and_gets_none(asked, tmp_path, changes, verdict, with_token):
    before, state = seen_by_customer(asked), request_of(asked).state
    queued = db.session.scalar(select(func.count()).select_from(OutboxMail))
    row = take(letter(to=door(asked) if with_token else REPLY_AT, **changes), tmp_path)

    assert row.verdict == verdict
    assert (seen_by_customer(asked), request_of(asked).state) == (before, state)
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == queued


@pytest.mark.parametrize("changes", [{"precedence": "list", "list_id": "<all.example.org>"}, {"auto_submitted": "no"}])
def test_a_person_who_writes_through_a_list_is_a_person(asked, tmp_path, changes):
    assert take(letter(to=door(asked), **changes), tmp_path).verdict == "reply"


def test_returned_mail_is_shown_at_the_mail_that_was_lost(asked, tmp_path, mailer):
    deliver_due(mailer)
    lost = db.session.scalars(select(OutboxMail).where(OutboxMail.thread == asked).order_by(OutboxMail.id.desc())).first()
    row = take(returned(lost.message_id), tmp_path)

    db.session.expire_all()
    assert (row.verdict, row.thread) == ("bounce", asked)
    assert (lost.state, lost.last_error) == ("failed", "returned: smtp; 550 5.1.1 no such user here")


def test_a_mail_that_is_only_late_is_not_lost(asked, tmp_path, mailer):
    deliver_due(mailer)
    late = db.session.scalars(select(OutboxMail).where(OutboxMail.thread == asked).order_by(OutboxMail.id.desc())).first()
    take(returned(late.message_id, action="delayed", status="4.4.1"), tmp_path)

    db.session.expire_all()
    assert late.state == "sent"


def test_a_forged_report_changes_nothing(asked, tmp_path):
    row = take(returned("<guessed@nordlys.example>"), tmp_path)

    assert (row.verdict, row.thread) == ("bounce", None)
    assert db.session.scalar(select(func.count()).where(OutboxMail.state == "failed")) == 0


def test_an_unknown_sender_waits_for_a_person_and_is_told_nothing(context, tmp_path):
    row = take(letter(subject="Rūteris", text="Mans rūteris mirgo sarkanā krāsā, ko lai es daru?", files=[("photo.png", PIXEL)]), tmp_path)
    assert row.verdict == "screened"
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0

    with writing() as session:
        request = accept(session, TERMS, session.get(InboundMail, row.id), data=tmp_path)
    db.session.rollback()

    assert (request.subject, request.email, request.name, request.lang) == ("Rūteris", "ann@example.org", "Ann", "lv")
    assert [file.name for file in attachments_of(db.session, request)] == ["photo.png"]
    assert request.acknowledged
    with writing() as session:
        assert accept(session, TERMS, session.get(InboundMail, row.id), data=tmp_path) is None, "only once"


def test_whom_our_server_vouches_for_and_we_have_answered_comes_in_at_once(asked, tmp_path):
    terms = replace(TERMS, mail_authserv_id="mx.nordlys.example")
    known = b"Authentication-Results: mx.nordlys.example; dmarc=pass\r\n" + letter(subject="Another thing")
    unknown = b"Authentication-Results: mx.nordlys.example; dmarc=pass\r\n" + letter(sender="bob@example.org")

    assert take(letter(subject="Not vouched for"), tmp_path, terms).verdict == "screened"
    assert take(known, tmp_path, terms).verdict == "accepted"
    assert take(unknown, tmp_path, terms).verdict == "screened"


def test_a_flood_of_one_sender_is_put_aside(context, tmp_path):
    limited = replace(TERMS, rate_limits=True)
    verdicts = [take(letter(text=f"Mail {number}"), tmp_path, limited).verdict for number in range(NEW_PER_DAY + 2)]

    assert verdicts == ["screened"] * NEW_PER_DAY + ["flood"] * 2


def test_files_are_kept_as_far_as_they_are_allowed(asked, tmp_path):
    files = [("photo.png", PIXEL), ("run.exe", b"MZ"), ("virus.png", b"MZ"), *((f"{number}.txt", b"text") for number in range(MOST_FILES))]
    take(letter(to=door(asked), files=files), tmp_path)

    assert [file.name for file in attachments_of(db.session, request_of(asked))] == ["photo.png", "0.txt", "1.txt"]
    assert all(name in last_message(asked).text for name in ("run.exe", "virus.png", "4.txt"))
    assert not last_message(asked).public


def test_an_answer_to_a_closed_request_is_a_new_one_with_its_files(asked, tmp_path):
    with writing() as session:
        support.find_by_reference(session, asked).state = "closed"
    row = take(letter(to=door(asked), text="It is red again.", files=[("red.png", PIXEL)]), tmp_path)

    opened = request_of(row.thread)
    assert (row.verdict, row.thread != asked, request_of(asked).state) == ("reply", True, "closed")
    assert seen_by_customer(row.thread) == ["It is red again."]
    assert [file.name for file in attachments_of(db.session, opened)] == ["red.png"]


def test_an_answer_to_a_request_that_was_merged_goes_where_that_went(asked, tmp_path):
    with writing() as session:
        other = support.open_request(session, TERMS, subject="The same", body="Again.", email="ann@example.org", lang="en")
        session.get(SupportRequest, support.find_by_reference(session, asked).id).merged_into_id = other.id
        reference = other.reference

    assert take(letter(to=door(asked)), tmp_path).thread == reference


@pytest.mark.parametrize(
    "sender",
    ["alice@a.org)bob@evil.org", "ann@example.org, eve@example.org", "Ann", "", '"ann@example.org" <>', "ann@example.org <eve@example.org"],
)
def test_an_author_that_nobody_can_read_is_nobody(asked, tmp_path, sender):
    row = take(f"From: {sender}\r\nTo: {door(asked)}\r\nSubject: x\r\n\r\nHello".encode(), tmp_path)

    assert row.verdict in ("nobody", "stranger")
    assert "Hello" not in seen_by_customer(asked)




def test_a_mail_that_breaks_the_reader_is_kept_and_named(asked, tmp_path, monkeypatch):
    monkeypatch.setattr("helpcenter.support.receiving.read_mail", lambda content: 1 / 0)
    row = take(letter(to=door(asked)), tmp_path)
    again = take(letter(to=door(asked)), tmp_path)

    assert (row.verdict, again.id) == ("unreadable", row.id)
    assert "ZeroDivisionError" in row.reason
    assert find_original(tmp_path, row.original).read_bytes() == letter(to=door(asked))


def test_a_disk_that_keeps_nothing_is_said_to_whoever_brings_the_mail(asked, tmp_path):
    (tmp_path / "mail-in").write_text("in the way")

    with pytest.raises(OSError, match="mail-in"):
        take(letter(to=door(asked)), tmp_path)
    assert db.session.scalar(select(func.count()).select_from(InboundMail)) == 0


NASTY = {
    "nothing": b"",
    "no header": b"\r\n\r\nHello",
    "no body": b"From: ann@example.org",
    "only bytes": bytes(range(256)) * 40,
    "unknown charset": b"From: a@example.org\nContent-Type: text/plain; charset=klingon\n\n\xff\xfe\x00",
    "half base64": b"From: a@example.org\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVsbG8=====!!",
    "uu": b"From: a@example.org\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\nXXXX",
    "boundary that never comes": b"From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--y\nHello",
    "multipart without boundary": b"From: a@example.org\nContent-Type: multipart/mixed\n\nHello",
    "nested": b"From: a@example.org\n" + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(300)) + b"Hello",
    "rfc2231": b"From: a@example.org\nContent-Type: text/plain; name*0*=utf-8''%ff; name*2=x; charset*=''\n\nHello",
    "rfc2231 with and without a number": b"From: a@example.org\nContent-Type: text/plain; x*=1; x*0=2; format=flowed\n\nHello",
    "encoded word": b"From: =?utf-8?b?////?= <a@example.org>\nSubject: =?utf-8?q?a=0D=0ABcc:_v@x?= =?x?y?z?=\n\nHello",
    "NUL and half a pair": b"From: a@example.org\nSubject: a\x00b\n\n\x00 \xed\xa0\x80 text",
    "huge header": b"From: a@example.org\nSubject: " + b"a" * 300_000 + b"\n\nHello",
    "many parts": b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: application/x-y\n\nx\n" * 3000 + b"--b--",
    "deep html": b"From: a@example.org\nContent-Type: text/html\n\n" + b"<div>" * 20_000,
    "report of nothing": b"From: a@example.org\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n",
}


@pytest.mark.parametrize("content", NASTY.values(), ids=NASTY)
def test_no_mail_stops_the_others(asked, tmp_path, content):
    take(content, tmp_path)

    assert take(letter(to=door(asked)), tmp_path).verdict == "reply"


def test_the_collected_nasty_mails_pass(app, tmp_path):
    """Where the evaluation data lies beside the checkout; everywhere, our own samples above."""
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, content in enumerate(NASTY.values()):
        (folder / f"{number}.eml").write_bytes(content)
    if (SHARED / "nasty-email-mime").exists():
        shutil.copytree(SHARED / "nasty-email-mime", folder / "collected")

    with app.app_context():
        verdicts = [take(path.read_bytes(), tmp_path).verdict for path in sorted(folder.rglob("*")) if path.is_file()]

    assert len(verdicts) >= len(NASTY)
    assert "unreadable" not in verdicts
