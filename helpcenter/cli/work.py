"""`helpcenter work`: what happens beside the web: mail goes out, the index is kept, what editors save is published."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click
import structlog
from flask import Flask

from helpcenter.cli.chores import CHORES, Chore
from helpcenter.cli.mail_work import call_webhooks, fetch_mail
from helpcenter.cli.running import with_app
from helpcenter.content.schedule import Schedule
from helpcenter.content.watch import notify
from helpcenter.content.watch import watch as watch_folder
from helpcenter.mail.outbox import Delivery, deliver_due
from helpcenter.publishing import publish
from helpcenter.search.following import Keeper
from helpcenter.settings import load_settings
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web import logs
from helpcenter.web.services import EXTENSION, services

POLL_SECONDS = 2
INDEX_SECONDS = 3
SCHEDULE_SECONDS = 1
PUBLISHING = threading.Lock()

log = structlog.get_logger(__name__)


@click.command(short_help="Send mail, publish on time; with --watch also what editors save.")
@click.option("--once", is_flag=True, help="Deliver what is due now, then end.")
@click.option("--watch", is_flag=True, help="Publish the content folder whenever a file in it changes.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the process that started this one is gone.")
@with_app
def work(app: Flask, once: bool, watch: bool, with_parent: bool) -> None:
    """Deliver the mail in the outbox, publish what is due, and build the search index again when it is damaged.

    Articles appear at their publish_at and leave at their expire_at, with or without --watch. Several may run at once.

    SIGTERM and Ctrl+C let the mail that is being sent finish. Mail that cannot leave now is tried again for seven days.

    \b
    Examples:
      helpcenter work
      helpcenter work --watch
      helpcenter work --once
    """
    if once:
        done = deliver_due(services().mailer)
        click.echo(f"{done.sent} sent, {done.deferred} to be tried again, {done.failed} failed")
        return
    logs.configure(load_settings().log_level)
    stopping = stop_on_signals()
    if with_parent:
        stop_without_parent(stopping)
    beside = [start_thread("keep-index", keep_index, app, stopping)]
    beside.append(start_thread("publish-on-time", publish_on_time, app, stopping))
    if services().mail.imap_url:
        beside.append(start_thread("fetch-mail", fetch_mail, app, stopping))
    if services().mail.webhooks and services().mail.webhook_secret:
        beside.append(start_thread("call-webhooks", call_webhooks, app, stopping))
    if watch:
        beside.append(start_thread("watch-content", publish_changes, app, stopping))
    deliver_until(stopping)
    for thread in beside:
        thread.join()


def stop_on_signals() -> threading.Event:
    """Return the event that SIGTERM and Ctrl+C set."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def stop_without_parent(stopping: threading.Event) -> None:
    """Set *stopping* when the parent of this process is gone, even killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent and not stopping.wait(1):
            pass
        stopping.set()

    threading.Thread(target=watch, name="with-parent", daemon=True).start()


def deliver_until(stopping: threading.Event) -> None:
    """Deliver what is due every few seconds, and do the chores, until *stopping* is set."""
    seconds = 0
    while not stopping.is_set():
        deliver_safely(stopping)
        for chore in CHORES:
            if seconds % chore.seconds == 0:
                do_safely(chore)
        stopping.wait(POLL_SECONDS)
        seconds += POLL_SECONDS


def deliver_safely(stopping: threading.Event) -> Delivery:
    """Deliver what is due; a database that does not answer now may answer the next time."""
    try:
        return deliver_due(services().mailer, stopping=stopping.is_set)
    except Exception:  # The edge of a process that must go on.
        log.exception("delivery_failed")
        return Delivery()


def do_safely(chore: Chore) -> None:
    """Do *chore*; what fails now may work the next time."""
    try:
        chore.do()
    except Exception:  # The edge of a process that must go on.
        db.session.rollback()
        log.exception("chore_failed", chore=chore.name)


def start_thread(name: str, work: Callable[[Flask, threading.Event], None], app: Flask, stopping: threading.Event) -> threading.Thread:
    """Start a thread that does *work* until *stopping* is set, and return it."""
    thread = threading.Thread(target=work, args=(app, stopping), name=name)
    thread.start()
    return thread


def keep_index(app: Flask, stopping: threading.Event) -> None:
    """Build the search index again whenever it is damaged, missing or left behind, until *stopping* is set."""
    keeper = Keeper(app.extensions[EXTENSION].index)
    while not stopping.wait(INDEX_SECONDS):
        # A context a look: each reads the database as it is now.
        with app.app_context():
            look_safely(keeper)


def look_safely(keeper: Keeper) -> None:
    """Look after the index once; what fails now may work the next time."""
    try:
        if keeper.look(db.session):
            log.info("index_built")
    except Exception:  # The edge of a process that must go on.
        log.exception("index_not_built")


def publish_changes(app: Flask, stopping: threading.Event) -> None:
    """Publish once, for what was saved before the watch began, and then on every change until *stopping* is set.

    A folder that cannot be published stops nothing.
    """
    folder = app.extensions[EXTENSION].content_folder

    def publish_now() -> None:
        # A context a publish: none leaves a transaction open until the next save.
        with app.app_context():
            publish_folder(folder)

    notify(publish_now)
    watch_folder(folder, publish_now, stopping)


def publish_on_time(app: Flask, stopping: threading.Event) -> None:
    """Publish whenever an article is due to appear or to expire, until *stopping* is set."""
    schedule = Schedule()
    while not stopping.wait(SCHEDULE_SECONDS):
        # A context a look, as above.
        with app.app_context():
            publish_due(schedule, services().content_folder)


def publish_due(schedule: Schedule, folder: Path) -> None:
    """Publish *folder* when *schedule* says so; what fails now is tried again, later each time."""
    try:
        if schedule.is_due(db.session, utcnow()):
            log.info("publish_due")
            publish_folder(folder)
            schedule.succeeded()
    except Exception:  # The edge of a process that must go on.
        log.exception("publish_on_time_failed", again_in_seconds=schedule.pause.total_seconds())
        schedule.failed(utcnow())


def publish_folder(folder: Path) -> None:
    """Publish *folder* and log what changed; what is broken stands on the staff's page."""
    # One at a time: the schedule and a save may come together.
    with PUBLISHING:
        published = publish(folder, services().index)
    changes = published.changes
    if changes.revision is None and not published.has_errors:
        return
    log.info(
        "published",
        added=len(changes.added),
        changed=len(changes.changed),
        removed=len(changes.removed),
        broken=[str(problem) for problem in changes.broken],
    )
