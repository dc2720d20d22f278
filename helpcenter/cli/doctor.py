"""`helpcenter doctor`: is everything as it should be, and if not, what to do. It changes nothing."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask
from sqlalchemy import func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from helpcenter import storage
from helpcenter.accounts.models import StaffUser
from helpcenter.app import create_app
from helpcenter.cli.content import checked_problems
from helpcenter.content import library
from helpcenter.content.problems import ERROR as CONTENT_ERROR
from helpcenter.content.problems import FolderRefused
from helpcenter.mail import mailbox_state
from helpcenter.mail.mailers import MailerDown, SmtpMailer
from helpcenter.mail.models import OutboxMail
from helpcenter.mail.outbox import backlog
from helpcenter.search.engine import IndexBusy
from helpcenter.settings import Settings, SettingsError, load_settings
from helpcenter.storage import StorageError, db
from helpcenter.storage.columns import utcnow
from helpcenter.storage.copying import inspect_sqlite
from helpcenter.storage.database import schemas
from helpcenter.web import logs
from helpcenter.web.services import services

OK, WARNING, ERROR = "ok", "warning", "error"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000
FEWEST_DIFFERENT_CHARACTERS = 10
NOBODY_DELIVERS = timedelta(minutes=2)
OLD_MAIL = timedelta(hours=1)
LARGEST_SKEW = timedelta(seconds=5)


@dataclass(frozen=True)
class Finding:
    """What a look at one thing found: its *name*, "ok", "warning" or "error", and what it is or what to do."""

    name: str
    state: str
    said: str


Findings = Iterator[Finding]


@click.command(short_help="Look whether everything is as it should be.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Look at settings, folders, database, index, content, mail, clock and accounts; change nothing.

    One line each: ok, warning or error, and what to do. The exit code is 1 when there is an error, else 0.

    \b
    Examples:
      helpcenter doctor
      helpcenter doctor --json
    """
    logs.configure("critical")
    findings = list(examine())
    if as_json:
        counts = {state: sum(each.state == state for each in findings) for state in (OK, WARNING, ERROR)}
        click.echo(json.dumps({"findings": [asdict(each) for each in findings], **counts}, ensure_ascii=False))
    else:
        for each in findings:
            click.echo(f"{each.state:8} {each.name}: {each.said}")
    if any(each.state == ERROR for each in findings):
        sys.exit(1)


def examine() -> Findings:
    """Give what each look found, the ones that others need first."""
    try:
        settings = load_settings()
    except SettingsError as error:
        yield from (Finding("settings", ERROR, line) for line in str(error).splitlines())
        return
    yield Finding("settings", OK, "all known and readable")
    yield from look_at_secret(settings)
    yield from look_at_address(settings)
    data = list(look_at_data(settings.data))
    yield from data
    yield from look_at_content(settings.articles)
    if not any(each.state == ERROR for each in data):
        yield from look_inside(settings)


def look_at_secret(settings: Settings) -> Findings:
    """Look at the secret key; its value is never shown."""
    try:
        secret = settings.require_secret()
    except SettingsError as error:
        yield Finding("secret key", ERROR, str(error))
        return
    if len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS:
        yield Finding("secret key", WARNING, "it repeats few characters. Make a random one; put this one into HELPCENTER_SECRET_KEY_FALLBACKS.")
    else:
        yield Finding("secret key", OK, f"{len(secret)} characters")


def look_at_address(settings: Settings) -> Findings:
    """Look whether the public address, the hosts and the proxies fit together."""
    address = urlsplit(settings.base_url)
    here = address.hostname in LOOPBACK
    if here and settings.smtp_url:
        yield Finding("address", ERROR, f"links in mail lead to {settings.base_url}, which only this machine can open. Set HELPCENTER_BASE_URL.")
    elif here:
        yield Finding("address", WARNING, f"{settings.base_url} is this machine only. Set HELPCENTER_BASE_URL before anybody else comes.")
    elif address.scheme == "http":
        yield Finding("address", WARNING, f"{settings.base_url} is not encrypted. Use https, and set HELPCENTER_BASE_URL.")
    elif not settings.proxy_hops:
        yield Finding("address", WARNING, "https ends at a proxy, and HELPCENTER_PROXY_HOPS is 0, so all visitors have its address: they share one limit.")
    else:
        yield Finding("address", OK, f"{settings.base_url}; answers to {', '.join(settings.trusted_hosts)}")
    if settings.rate_limits == "off":
        yield Finding("limits", WARNING, "HELPCENTER_RATE_LIMITS is off, which is for load tests only.")


def look_at_data(folder: Path) -> Findings:
    """Look at the data folder: there, ours, private, with space."""
    if not folder.is_dir():
        yield Finding("data folder", ERROR, f"{folder} is not there. Start `helpcenter serve` once, or set HELPCENTER_DATA.")
        return
    wrong = [path for path in (folder, *folder.glob("*")) if not os.access(path, os.R_OK | os.W_OK)]
    if wrong:
        yield Finding("data folder", ERROR, f"{wrong[0]} cannot be written by this user. Run this as the user of the service, or give it to them (chown).")
    elif folder.stat().st_mode & 0o007:
        yield Finding("data folder", WARNING, f"everybody on this machine may look into {folder}: chmod o= {folder}")
    else:
        yield Finding("data folder", OK, str(folder))
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:.1f} GB free"
    if free < LITTLE_SPACE:
        yield Finding("disk", ERROR if free < NO_SPACE else WARNING, f"{said}. Without space nothing can be stored, or removed.")
    else:
        yield Finding("disk", OK, said)


def look_at_content(folder: Path) -> Findings:
    """Look at the content folder as `helpcenter check` does."""
    try:
        problems = checked_problems(folder)[1]
    except FolderRefused as error:
        yield Finding("content", ERROR, str(error))
        return
    errors = sum(problem.severity == CONTENT_ERROR for problem in problems)
    if errors:
        yield Finding("content", ERROR, f"{errors} errors. See: helpcenter check --quiet")
    elif not os.access(folder, os.W_OK):
        yield Finding("content", WARNING, f"{folder} cannot be written, so nobody can edit in the browser.")
    else:
        yield Finding("content", OK, f"{folder}, {len(problems)} warnings and notes")


def look_inside(settings: Settings) -> Findings:
    """Look at what needs the database; a look that breaks is a finding, and the next one is made all the same."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database).is_file():
        yield Finding("database", ERROR, f"there is no {url.database}. It is made by `helpcenter serve`, or brought back by `helpcenter restore`.")
        return
    try:
        app = create_app(settings)
    except (SettingsError, StorageError, SQLAlchemyError) as error:
        yield Finding("database", ERROR, " ".join(str(error).split()))
        return
    try:
        with app.app_context():
            database = list(tried("database", lambda: look_at_database(app)))
            yield from database
            if any(each.state == ERROR for each in database):
                return
            for name, look in LOOKS.items():
                yield from tried(name, look)
            yield from tried("mail server", lambda: look_at_mail_server(settings))
    finally:
        storage.close(app)


def tried(name: str, look: Callable[[], Findings]) -> list[Finding]:
    """Return what *look* found, or that the database did not answer."""
    try:
        return list(look())
    except (SQLAlchemyError, StorageError, OSError) as error:
        return [Finding(name, ERROR, " ".join(str(error).split()))]


def look_at_database(app: Flask) -> Findings:
    """Look whether the database answers, has this version's tables, and is whole; and whether its clock is ours."""
    with db.engine.connect() as connection:
        current, wanted = schemas(connection)
        is_sqlite = connection.dialect.name == "sqlite"
        theirs = None if is_sqlite else connection.execute(select(func.clock_timestamp())).scalar_one()
    if current != wanted:
        yield Finding("database", ERROR, f"its tables are those of {current or 'no version'}, and this version wants {wanted}. Start `helpcenter serve`.")
        return
    if is_sqlite:
        contents = inspect_sqlite(Path(db.engine.url.database))
        yield Finding("database", OK, f"SQLite, schema {current}, whole, {sum(contents.tables.values())} rows")
        return
    yield Finding("database", OK, f"PostgreSQL, schema {current}")
    skew = abs(theirs - utcnow())
    state = OK if skew <= LARGEST_SKEW else ERROR
    yield Finding("clock", state, f"{skew.total_seconds():.1f} s from the database's{'' if state == OK else '. Let both machines ask a time server.'}")


def look_at_index() -> Findings:
    """Look whether the search index is whole and at the library's revision."""
    wanted, engine = library.revision(db.session), services().index
    if not wanted:
        yield Finding("index", WARNING, "nothing is published yet: helpcenter sync")
        return
    try:
        is_whole = engine.is_whole()
    except IndexBusy:
        yield Finding("index", OK, "it is being written now")
        return
    if not is_whole:
        yield Finding("index", ERROR, "it is missing or damaged. `helpcenter work` builds it again; or remove it, and run helpcenter sync.")
    elif engine.revision != wanted:
        yield Finding("index", WARNING, f"at revision {engine.revision}, the library at {wanted}. `helpcenter work` brings it up to date.")
    else:
        yield Finding("index", OK, f"whole, at revision {wanted}")


def look_at_queue() -> Findings:
    """Look whether mail leaves: how much waits, since when, what nobody delivers and what was given up."""
    now, found = utcnow(), backlog(db.session)
    forgotten = select(func.count()).where(OutboxMail.state == "queued", OutboxMail.next_try_at < now - NOBODY_DELIVERS)
    if due := db.session.scalar(forgotten):
        yield Finding("mail queue", ERROR, f"{due} mails are due and nobody delivers them. Is `helpcenter work` running?")
    elif found.oldest and now - found.oldest > OLD_MAIL:
        yield Finding("mail queue", WARNING, f"{found.waiting} wait, the oldest for {(now - found.oldest).total_seconds() / 3600:.0f} hours.")
    else:
        yield Finding("mail queue", OK, f"{found.waiting} wait")
    if found.failed:
        yield Finding("failed mail", WARNING, f"{found.failed} mails were given up; the pages of their requests say why.")


def look_at_mailbox() -> Findings:
    """Look whether whoever empties the mailbox could, the last time."""
    found = mailbox_state.trouble(db.session)
    if services().mail.imap_url:
        said = f"not readable since {found.since:%Y-%m-%d %H:%M} UTC: {found.reason}. See HELPCENTER_IMAP_URL." if found else "no trouble the last time"
        yield Finding("mailbox", ERROR if found else OK, said)


def look_at_mail_server(settings: Settings) -> Findings:
    """Look whether a mail would leave now."""
    if not settings.smtp_url:
        yield Finding("mail server", WARNING, f"none: mail becomes files in {settings.data / 'mail'}. Set HELPCENTER_SMTP_URL.")
        return
    try:
        SmtpMailer(settings.smtp_url).probe()
    except MailerDown as error:
        yield Finding("mail server", ERROR, f"{error}. See HELPCENTER_SMTP_URL.")
        return
    if "localhost" in settings.mail_from:
        yield Finding("mail server", WARNING, f"it answers, but mail comes from {settings.mail_from}. Set HELPCENTER_MAIL_FROM.")
    else:
        yield Finding("mail server", OK, "it answers")


def look_at_staff() -> Findings:
    """Look whether somebody may sign in, and whether admins have a second factor."""
    people = db.session.scalars(select(StaffUser).where(StaffUser.disabled.is_(False))).all()
    admins = [person for person in people if person.role == "admin"]
    bare = [person.email for person in admins if not person.totp_secret]
    if not admins:
        yield Finding("staff", WARNING, "there is no admin. Make one: helpcenter staff add you@example.org --role admin")
    elif bare:
        yield Finding("staff", WARNING, f"admins without a second factor: {', '.join(bare)}. They add one on their account page.")
    else:
        yield Finding("staff", OK, f"{len(people)} accounts, {len(admins)} admins with a second factor")


LOOKS = {"index": look_at_index, "mail queue": look_at_queue, "mailbox": look_at_mailbox, "staff": look_at_staff}
