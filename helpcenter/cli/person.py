"""`helpcenter person`: what is kept of one person, to give to them or to erase."""

import sys

import click
from flask import Flask

from helpcenter.cli.refusal import Refusal
from helpcenter.cli.running import with_app
from helpcenter.feedback import surveys
from helpcenter.privacy import person as persons
from helpcenter.privacy.person import Found
from helpcenter.storage import db, writing
from helpcenter.storage.database import WRITER
from helpcenter.web.services import services

LOGS = "Logs hold no addresses and nothing that was typed. Mail servers, proxies and backups keep their own: see docs/privacy.md."


@click.group(short_help="Export or erase what is kept of one person.")
def person() -> None:
    """Export or erase everything that is kept of one person.

    \b
    Examples:
      helpcenter person export ann@example.org > ann.json
      helpcenter person erase ann@example.org
    """


@person.command(short_help="Print everything that is kept of one person.")
@click.argument("who", metavar="EMAIL|CONVERSATION")
@with_app
def export(app: Flask, who: str) -> None:
    """Print as JSON what is kept of EMAIL, or of whoever held CONVERSATION; files are named on standard error.

    \b
    Examples:
      helpcenter person export ann@example.org > ann.json
      helpcenter person export 5f0c1d9ab2e47c3386d1a4f0
    """
    found = found_of(who)
    click.echo(persons.as_json(found))
    for path in persons.files_of(found, services().data_folder, who):
        click.echo(f"file {path}", err=True)


@person.command(short_help="Erase everything that is kept of one person.")
@click.argument("who", metavar="EMAIL|CONVERSATION")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_app
def erase(app: Flask, who: str, yes: bool) -> None:
    """Erase what is kept of EMAIL, or of whoever held CONVERSATION: rows, outbox, files. Votes stay as numbers.

    Ends with exit code 1 when the address still stands somewhere, and says where.

    \b
    Examples:
      helpcenter person erase ann@example.org
      helpcenter person erase 5f0c1d9ab2e47c3386d1a4f0 --yes
    """
    found = found_of(who)
    files = persons.files_of(found, services().data_folder, who)
    if not yes:
        click.confirm(f"Erase {sum(map(len, found.values()))} rows and {len(files)} files of {who}?", abort=True)
    for path in files:
        path.unlink(missing_ok=True)
    with writing() as session:
        done = persons.erase(session, found)
    persons.compact(app.extensions[WRITER])
    for table, rows in sorted(done.items()):
        click.echo(f"{table:24} {rows}")
    click.echo(f"{'files':24} {len(files)}\n{LOGS}")
    left = persons.remains(db.session, services().data_folder, [who])
    for place in left:
        click.echo(f"{who} still stands in {place}", err=True)
    sys.exit(1 if left else 0)


def found_of(who: str) -> Found:
    """Return what is kept of *who*. Raises Refusal when that is nothing."""
    found = persons.find(db.session, who, surveys.person_of(services().secret_key, who) if "@" in who else None)
    if not any(found.values()):
        raise Refusal(f"Nothing is kept of {who}. Give the e-mail address of a request, or the name of a conversation.")
    return found
