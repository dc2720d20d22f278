"""A mailbox on a real, if small, IMAP server."""

import re
import socketserver
import threading

import pytest

from helpcenter.mail.mailbox import MailboxError, empty
from tests.mail.letters_in import letter


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
        server.moved, server.folders = [], []
        server.url = f"imap://help:s3cret%20pass@127.0.0.1:{server.server_address[1]}/INBOX"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


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
