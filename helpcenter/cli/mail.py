"""`helpcenter mail`: mail that comes in by a pipe of the mail server, or that waits in a mailbox."""

import sys

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from helpcenter.cli.mail_work import fetch_once
from helpcenter.cli.refusal import Refusal
from helpcenter.cli.running import with_app
from helpcenter.mail.incoming import LARGEST_MAIL_BYTES
from helpcenter.mail.mailbox import MailboxError
from helpcenter.support.receiving import receive as take_in
from helpcenter.web.asking import terms
from helpcenter.web.services import services

# What mail servers understand as "bring it again later" (EX_TEMPFAIL), and as "it is too large" (EX_UNAVAILABLE).
TRY_AGAIN, NEVER = 75, 69


@click.group(short_help="Take in mail.")
def mail() -> None:
    """Take in mail that answers a request or begins one. See docs/mail.md.

    \b
    Examples:
      helpcenter mail receive < mail.eml
      helpcenter mail fetch
    """


@mail.command(short_help="Take in one mail from standard input.")
@click.option("--recipient", default="", help="Whom the envelope names, such as ${original_recipient} of Postfix.")
@with_app
def receive(app: Flask, recipient: str) -> None:
    """Take in the mail on standard input, and say what became of it.

    Exits with 0 once the mail is kept, whatever it says; with 75 when it must be brought again, as mail servers do.

    \b
    Examples:
      helpcenter mail receive < mail.eml
      helpcenter mail receive --recipient "$ORIGINAL_RECIPIENT" < mail.eml
    """
    content = sys.stdin.buffer.read(LARGEST_MAIL_BYTES + 1)
    if len(content) > LARGEST_MAIL_BYTES:
        click.echo(f"The mail is larger than {LARGEST_MAIL_BYTES // 1024 // 1024} MB.", err=True)
        sys.exit(NEVER)
    if not content.strip():
        raise Refusal("There is no mail on standard input.")
    try:
        row = take_in(terms(), content, data=services().data_folder, door="pipe", recipient=recipient)
    except (OSError, OperationalError) as error:
        click.echo(f"The mail cannot be kept now: {error}", err=True)
        sys.exit(TRY_AGAIN)
    click.echo(" ".join(filter(None, (row.verdict, row.thread, row.reason))))


@mail.command(short_help="Empty the mailbox once.")
@with_app
def fetch(app: Flask) -> None:
    """Take in what is in the mailbox of HELPCENTER_IMAP_URL. `helpcenter work` and `serve` do so every half minute.

    \b
    Examples:
      helpcenter mail fetch
    """
    if not services().mail.imap_url:
        raise Refusal("HELPCENTER_IMAP_URL names no mailbox.")
    try:
        click.echo(f"{fetch_once()} taken in")
    except MailboxError as error:
        raise Refusal(str(error)) from error
