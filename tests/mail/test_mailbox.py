"""A mailbox on a real, if small, IMAP server."""

import re
import socketserver
import threading
from dataclasses import replace
from typing import ClassVar

import pytest
from sqlalchemy import func, select

from helpcenter.cli.mail_work import fetch_mail, fetch_once
from helpcenter.mail.mailbox import MailboxError, empty
from helpcenter.mail.mailbox_state import trouble
from helpcenter.mail.models import InboundMail
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.services import EXTENSION
from tests.mail.letters_in import letter
from tests.mail.smtp_server import free_port


class Session(socketserver.StreamRequestHandler):
    """Speaks as much IMAP as emptying a mailbox needs."""

    def say(self, line: str | bytes) -> None:
        """Send one line."""
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def handle(self) -> None:
        """Answer commands until LOGOUT."""
        self.say("* OK ready")
        for raw in self.rfile:
            tag, _, rest = raw.decode().strip().partition(" ")
            name, _, given = rest.partition(" ")
            if name.upper() == "UID":
                name, _, given = given.partition(" ")
            answer = getattr(self, f"do_{name.lower()}", lambda given: "OK")(given)
            if name.upper() in self.server.dies_at:
                self.server.dies_at.remove(name.upper())
                return
            self.say(f"{tag} {answer} done")
            if name.upper() == "LOGOUT":
                return

    def do_capability(self, given: str) -> str:
        """Say what is spoken here."""
        self.say("* CAPABILITY IMAP4rev1")
        return "OK"

    def do_logout(self, given: str) -> str:
        """Say goodbye."""
        self.say("* BYE bye")
        return "OK"

    def do_login(self, given: str) -> str:
        """Let in who knows the password."""
        return "OK" if '"s3cret pass"' in given else "NO [AUTHENTICATIONFAILED] no"

    def do_select(self, given: str) -> str:
        """Open the only folder."""
        self.say(f"* {len(self.server.mails)} EXISTS")
        self.say("* OK [UIDVALIDITY 1] ok")
        return "OK [READ-WRITE] ok"

    def do_list(self, given: str) -> str:
        """Name the folder for what is done, once it was made."""
        if "Processed" in self.server.folders:
            self.say('* LIST () "/" "Processed"')
        return "OK"

    def do_create(self, given: str) -> str:
        """Make a folder."""
        self.server.folders.append(given.strip('"'))
        return "OK"

    def do_search(self, given: str) -> str:
        """Number the mails."""
        self.say("* SEARCH " + " ".join(map(str, self.server.mails)))
        return "OK"

    def do_fetch(self, given: str) -> str:
        """Give a mail."""
        uid = int(given.split()[0])
        content = self.server.mails[uid]
        self.say(f"* 1 FETCH (UID {uid} BODY[] {{{len(content)}}}".encode() + b"\r\n" + content + b")")
        return "OK"

    def do_copy(self, given: str) -> str:
        """Copy a mail aside."""
        self.server.moved.append(int(given.split()[0]))
        return "OK"

    def do_expunge(self, given: str) -> str:
        """Remove what was copied aside."""
        for uid in set(self.server.moved):
            self.server.mails.pop(uid, None)
        return "OK"


@pytest.fixture
def server():
    """Return an IMAP server with two mails."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        server.mails = {4: letter(text="One"), 9: letter(text="Two")}
        server.moved, server.folders, server.dies_at = [], [], []
        server.url = f"imap://help:s3cret%20pass@127.0.0.1:{server.server_address[1]}/INBOX"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def fetching(server, storage_app):
    """Return the application whose mailbox is on the server, on both databases."""
    given = storage_app.extensions[EXTENSION]
    storage_app.extensions[EXTENSION] = replace(given, mail=replace(given.mail, imap_url=server.url))
    yield storage_app
    storage_app.extensions[EXTENSION] = given


def test_a_mailbox_is_emptied_byte_by_byte(server):
    whole, taken = list(server.mails.values()), []

    assert empty(server.url, taken.append) == 2
    assert taken == whole
    assert server.mails == {}
    assert server.folders == ["Processed"]


def test_a_mail_that_could_not_be_kept_stays_and_comes_again(server):
    taken = []

    def crash(content: bytes) -> None:
        taken.append(content)
        if len(taken) == 2:
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        empty(server.url, crash)
    assert list(server.mails) == [9]

    assert empty(server.url, taken.append) == 1
    assert taken[1] == taken[2]


def test_a_wrong_password_is_said_without_the_password(server):
    with pytest.raises(MailboxError) as refused:
        empty(re.sub("s3cret%20pass", "wrong-one", server.url), print)

    assert "wrong" in str(refused.value)
    assert "wrong-one" not in str(refused.value)


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "COPY", "STORE", "EXPUNGE"])
def test_a_connection_that_is_lost_anywhere_loses_no_mail(server, command):
    server.dies_at.append(command)
    taken = []

    with pytest.raises(MailboxError):
        empty(server.url, taken.append)
    empty(server.url, taken.append)

    assert set(taken) == {letter(text="One"), letter(text="Two")}
    assert server.mails == {}


def test_a_mail_that_is_fetched_twice_is_taken_in_once(server, fetching):
    server.dies_at.append("COPY")
    with fetching.app_context():
        with pytest.raises(MailboxError):
            fetch_once()
        assert trouble(db.session).reason.startswith("127.0.0.1")
        assert fetch_once() == 2

        db.session.rollback()
        assert trouble(db.session) is None
        assert db.session.scalar(select(func.count()).select_from(InboundMail)) == 2


def test_a_mailbox_that_cannot_be_read_is_said_with_since_when(server, fetching):
    server.dies_at = ["LOGIN"] * 2
    with fetching.app_context():
        for _ in range(2):
            with pytest.raises(MailboxError):
                fetch_once()
        found = trouble(db.session)

    assert found.tries == 2
    assert found.since <= utcnow()
    assert "s3cret" not in found.reason


def test_a_mailbox_that_cannot_be_read_is_looked_at_ever_more_rarely(fetching, monkeypatch):
    class Stopping:
        """Remembers the pauses instead of making them."""

        pauses: ClassVar[list] = []

        def is_set(self) -> bool:
            return len(self.pauses) == 8

        def wait(self, seconds: float) -> None:
            self.pauses.append(seconds)

    def fetch(stopping):
        if len(Stopping.pauses) < 7:
            raise MailboxError("mail.example: it is down")

    monkeypatch.setattr("helpcenter.cli.mail_work.fetch_once", fetch)
    fetch_mail(fetching, Stopping())

    assert Stopping.pauses == [60, 120, 240, 480, 960, 1800, 1800, 30]


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(MailboxError, match="127.0.0.1"):
        empty(f"imap://help:x@127.0.0.1:{free_port()}/INBOX", print)
