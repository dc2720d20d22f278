"""`helpcenter mail`: the exit codes that mail servers understand, and a mailbox that says what is wrong with it."""

import json

import pytest
from click.testing import CliRunner

from helpcenter.cli import program
from helpcenter.cli.mail import NEVER, TRY_AGAIN
from helpcenter.mail.incoming import LARGEST_MAIL_BYTES
from tests.mail.letters_in import letter
from tests.mail.smtp_server import free_port


def run(environ: dict, *words: str, mail: bytes = b""):
    """Run the command with *mail* on standard input."""
    return CliRunner(env=environ).invoke(program, ["mail", *words], input=mail)


def test_a_mail_is_taken_in_once_whatever_brings_it(environ):
    first, again = run(environ, "receive", mail=letter()), run(environ, "receive", mail=letter())

    assert (first.exit_code, first.stdout.strip()) == (0, "screened")
    assert (again.exit_code, again.stdout) == (0, first.stdout)


def test_a_mail_of_30_megabytes_is_refused_for_good_and_the_next_one_comes_in(environ):
    refused = run(environ, "receive", mail=b"From: a@example.org\r\n\r\n" + b"x" * (LARGEST_MAIL_BYTES + 5 * 1024 * 1024))

    assert refused.exit_code == NEVER
    assert "25 MB" in refused.stderr
    assert run(environ, "receive", mail=letter()).exit_code == 0


def test_a_mail_that_cannot_be_kept_now_is_to_be_brought_again(environ, tmp_path):
    run(environ, "receive", mail=letter(text="First"))
    kept = tmp_path / "data" / "mail-in"
    kept.rename(tmp_path / "data" / "elsewhere")
    kept.write_text("in the way")

    assert run(environ, "receive", mail=letter(text="Second")).exit_code == TRY_AGAIN


@pytest.mark.parametrize("words", [("receive",), ("fetch",)])
def test_what_is_missing_is_said_in_a_line(environ, words):
    refused = run(environ, *words)

    assert refused.exit_code != 0
    assert "Traceback" not in refused.output
    assert "no mail on standard input" in refused.stderr or "HELPCENTER_IMAP_URL" in refused.stderr


def test_a_mailbox_that_is_down_is_said_here_and_by_the_doctor(environ):
    environ |= {"HELPCENTER_IMAP_URL": f"imap://help:s3cret@127.0.0.1:{free_port()}/INBOX"}
    refused = run(environ, "fetch")
    found = json.loads(CliRunner(env=environ).invoke(program, ["doctor", "--json"]).stdout)["findings"]
    (mailbox,) = [each for each in found if each["name"] == "mailbox"]

    assert refused.exit_code != 0
    assert "127.0.0.1" in refused.stderr
    assert mailbox["state"] == "error"
    assert "not readable since" in mailbox["said"]
    assert "s3cret" not in refused.output + json.dumps(found)
