"""What `helpcenter work` does with mail and webhooks, beside sending the outbox."""

import threading
from collections.abc import Callable

import structlog
from flask import Flask

from helpcenter.accounts.staff import all_staff
from helpcenter.mail import mailbox_state
from helpcenter.mail.mailbox import MailboxError, empty
from helpcenter.mail.originals import remove_old_originals
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import notifying, webhooks
from helpcenter.support.notifying import Person, TeamNotice
from helpcenter.support.receiving import receive
from helpcenter.support.streams import has_news
from helpcenter.web.asking import terms
from helpcenter.web.services import services

FETCH_SECONDS = 30
# A server that is down, or that counts wrong passwords, is asked ever more rarely.
LONGEST_FETCH_SECONDS = 1800
WEBHOOK_SECONDS = 5

log = structlog.get_logger(__name__)


def tell_the_team() -> None:
    """Write down whom new events are to be told, and queue the mails that may leave now."""
    people = [Person(user.id, user.email) for user in all_staff(db.session) if not user.disabled]
    is_idle = not has_news(db.session, notifying.STREAM) and db.session.query(TeamNotice.id).first() is None
    db.session.rollback()
    if is_idle:
        return
    now, said = utcnow(), terms()
    with writing() as session:
        notifying.collect(session, services().mail.team, people, now=now)
        notifying.send_digests(session, said, people)


def tidy_mail() -> None:
    """Remove originals of mail and delivered webhooks that are old."""
    now = utcnow()
    remove_old_originals(services().data_folder, now)
    with writing() as session:
        webhooks.remove_old(session, now)


def fetch_once(stopping: Callable[[], bool] = lambda: False) -> int:
    """Take in what is in the mailbox, and return how many mails. Raises MailboxError, which is written down."""
    given = services()

    def take(content: bytes) -> None:
        receive(terms(), content, data=given.data_folder, door="imap")
        db.session.rollback()

    try:
        taken = empty(given.mail.imap_url, take, stopping=stopping)
    except MailboxError as error:
        with writing() as session:
            mailbox_state.note_failure(session, str(error), now=utcnow())
        raise
    had_trouble = mailbox_state.trouble(db.session) is not None
    db.session.rollback()
    if had_trouble:
        with writing() as session:
            mailbox_state.note_success(session)
    return taken


def fetch_mail(app: Flask, stopping: threading.Event) -> None:
    """Empty the mailbox every half minute until *stopping* is set; while it cannot be read, up to half an hour apart."""

    def fetch_new_mail() -> None:
        fetch_once(stopping.is_set)

    repeat(app, stopping, FETCH_SECONDS, fetch_new_mail, longest=LONGEST_FETCH_SECONDS)


def call_webhooks(app: Flask, stopping: threading.Event) -> None:
    """Tell other programs what happened, every few seconds, until *stopping* is set."""
    repeat(app, stopping, WEBHOOK_SECONDS, call_once)


def call_once() -> int:
    """Write down what the webhooks are to be told, send what is due, and return how many arrived."""
    given, now = services().mail, utcnow()
    if has_news(db.session, webhooks.STREAM):
        db.session.rollback()
        with writing() as session:
            webhooks.collect(session, given.webhooks, now=now)
    return webhooks.deliver_due(given.webhook_secret, now=now, inside=given.webhook_hosts)


def repeat(app: Flask, stopping: threading.Event, seconds: float, work: Callable[[], object], *, longest: float = 0) -> None:
    """Do *work* every so many *seconds* until *stopping* is set; what fails now may work the next time.

    While it fails the pause doubles, up to *longest* seconds.
    """
    failures = 0
    while not stopping.is_set():
        # A context a time: each reads the database as it is then.
        with app.app_context():
            try:
                work()
                failures = 0
            except MailboxError as error:
                failures += 1
                log.warning("mailbox_failed", reason=str(error), failures=failures)
            except Exception:  # The edge of a process that must go on.
                failures += 1
                log.exception("mail_work_failed", work=work.__name__)
        stopping.wait(pause_after(failures, seconds, longest))


def pause_after(failures: int, seconds: float, longest: float) -> float:
    """Return the pause in seconds after so many failures one after the other.

    >>> [pause_after(failures, 30, 1800) for failures in (0, 1, 2, 9)], pause_after(5, 5, 0)
    ([30, 60, 120, 1800], 5)
    """
    return max(seconds, min(seconds * 2 ** min(failures, 20), longest))
