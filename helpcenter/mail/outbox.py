"""The outbox: mail is written in the transaction of what it announces, and delivered afterwards.

A worker claims a mail with one conditional UPDATE, says so in the row (`transmitting`) before it talks to the mail
server, and settles the row afterwards. When it dies in between, nobody can know whether the mail arrived: it is sent
again with the same bytes and the same Message-ID, and counted as an interruption; so is a whole mail that the server
took without an answer. So a mail is delivered at least once. Mails of one thread leave in the order they were written.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from helpcenter.mail.mailers import MailDeferred, Mailer, MailerDown, MailRefused, MailUncertain
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow

LEASE = timedelta(minutes=10)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
# An unexpected error is a defect here or a mail that nothing can carry: it is tried rarely, and not for long.
WAIT_AFTER_DEFECT = timedelta(hours=1)
MOST_DEFECTS = 5
# A mail that was handed over whole this often without an answer kills workers or servers, or has arrived: a person looks.
MOST_INTERRUPTIONS = 3
LIFETIME = timedelta(days=7)
UNSENT = ("queued", "transmitting")
LONGEST_ERROR = 500

log = structlog.get_logger(__name__)


class Delivery(NamedTuple):
    """What one pass over the outbox did."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0


class Backlog(NamedTuple):
    """What lies in the outbox: how many wait, since when, and how many were given up."""

    waiting: int
    oldest: datetime | None
    failed: int


def queue(
    session: Session, *, thread: str, envelope_sender: str, recipient: str, message_id: str, content: bytes
) -> OutboxMail:
    """Put a finished mail into the outbox, in the caller's transaction, and return its row."""
    mail = OutboxMail(
        thread=thread, envelope_sender=envelope_sender, recipient=recipient, message_id=message_id, content=content
    )
    session.add(mail)
    session.flush()
    return mail


def message_ids(session: Session, thread: str) -> list[str]:
    """Return the Message-IDs of *thread* in order, for `References`."""
    return list(session.scalars(select(OutboxMail.message_id).where(OutboxMail.thread == thread).order_by(OutboxMail.id)))


def backlog(session: Session) -> Backlog:
    """Return how full the outbox is, for the staff pages and the metrics."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(OutboxMail.created_at)).where(OutboxMail.state.in_(UNSENT))
    ).one()
    failed = session.scalar(select(func.count()).where(OutboxMail.state == "failed"))
    return Backlog(waiting, oldest, failed)


def undelivered(session: Session, thread: str) -> list[OutboxMail]:
    """Return the mails of *thread* that were given up, or that were tried and wait."""
    stuck = or_(OutboxMail.state == "failed", and_(OutboxMail.state == "queued", OutboxMail.attempts > 0))
    return list(session.scalars(select(OutboxMail).where(OutboxMail.thread == thread, stuck).order_by(OutboxMail.id)))


def deliver_due(
    mailer: Mailer, *, now: datetime | None = None, stopping: Callable[[], bool] = lambda: False, clock=utcnow
) -> Delivery:
    """Hand every mail that is due to *mailer*, each at most once, and return what became of them.

    Opens its own transactions. Stops before the next mail once *stopping* says so, and when the mail server is down:
    what would follow could only fail too. A mail that cannot be sent never stops the others.
    """
    moment = (lambda: now) if now is not None else clock
    tally = {"sent": 0, "deferred": 0, "failed": 0}
    last_id = 0
    while not stopping():
        mail = claim(moment(), after_id=last_id)
        if mail is None:
            break
        last_id = mail.id
        outcome, down = transmit(mail, mailer, moment)
        tally[outcome] += 1
        if down:
            break
    return Delivery(**tally)


def claim(now: datetime, *, after_id: int = 0) -> OutboxMail | None:
    """Take the next due mail for this worker alone and mark it `transmitting`, or return None."""
    while (mail_id := _next_due(now, after_id)) is not None:
        with writing() as session:
            taken = session.execute(_taking(mail_id, now)).rowcount == 1
            if taken:
                mail = session.get_one(OutboxMail, mail_id)
        if taken and not _given_up(mail, now):
            return mail
        after_id = mail_id
    return None


def _next_due(now: datetime, after_id: int) -> int | None:
    # Reading first keeps an idle worker from taking the write lock again and again.
    found = db.session.scalar(
        select(OutboxMail.id).where(OutboxMail.id > after_id, _due(now)).order_by(OutboxMail.id).limit(1)
    )
    db.session.rollback()
    return found


def _due(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a mail that may leave: its time has come and none of its thread is before it."""
    earlier = aliased(OutboxMail)
    first = ~exists().where(earlier.thread == OutboxMail.thread, earlier.id < OutboxMail.id, earlier.state.in_(UNSENT))
    queued = and_(OutboxMail.state == "queued", OutboxMail.next_try_at <= now)
    abandoned = and_(OutboxMail.state == "transmitting", OutboxMail.lease_until <= now)
    return and_(or_(queued, abandoned), first)


def _taking(mail_id: int, now: datetime):
    """Return the UPDATE that only one of several workers succeeds with."""
    abandoned = OutboxMail.interruptions + case((OutboxMail.state == "transmitting", 1), else_=0)
    return (
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, _due(now))
        .values(state="transmitting", lease_until=now + LEASE, attempts=OutboxMail.attempts + 1, interruptions=abandoned)
        .execution_options(synchronize_session=False)
    )


def _given_up(mail: OutboxMail, now: datetime) -> bool:
    """Set *mail* aside when it is too old or keeps killing its workers, and return whether it was."""
    if mail.interruptions >= MOST_INTERRUPTIONS:
        reason = f"no answer came {mail.interruptions} times while it was sent, so it may have arrived; last answer: {mail.last_error}"
    elif mail.created_at + LIFETIME < now:
        reason = f"it could not be delivered in {LIFETIME.days} days; last answer: {mail.last_error}"
    else:
        return False
    _settle(mail, state="failed", last_error=reason[:LONGEST_ERROR])
    log.error("mail_given_up", mail=mail.id, thread=mail.thread, reason=reason)
    return True


def transmit(mail: OutboxMail, mailer: Mailer, moment: Callable[[], datetime]) -> tuple[str, bool]:
    """Hand the claimed *mail* over; return what became of it and whether the mail server is down."""
    try:
        mailer.send(mail.envelope_sender, mail.recipient, mail.content)
    except MailRefused as error:
        return _fail(mail, str(error)), False
    except MailDeferred as error:
        unanswered = mail.interruptions + isinstance(error, MailUncertain)
        return _defer(mail, str(error), moment() + wait_before(mail.attempts + 1), unanswered), isinstance(error, MailerDown)
    except Exception as error:  # The edge: whatever a mail does to the mailer, the others must leave.
        log.exception("mail_defect", mail=mail.id, thread=mail.thread)
        if mail.attempts >= MOST_DEFECTS:
            return _fail(mail, repr(error)), False
        return _defer(mail, repr(error), moment() + WAIT_AFTER_DEFECT, mail.interruptions), False
    _settle(mail, state="sent", sent_at=moment(), last_error=None)
    log.info("mail_sent", mail=mail.id, thread=mail.thread, attempts=mail.attempts, interruptions=mail.interruptions)
    return "sent", False


def _fail(mail: OutboxMail, reason: str) -> str:
    _settle(mail, state="failed", last_error=reason[:LONGEST_ERROR])
    log.error("mail_failed", mail=mail.id, thread=mail.thread, reason=reason)
    return "failed"


def _defer(mail: OutboxMail, reason: str, until: datetime, interruptions: int) -> str:
    _settle(mail, state="queued", next_try_at=until, interruptions=interruptions, last_error=reason[:LONGEST_ERROR])
    log.warning("mail_deferred", mail=mail.id, thread=mail.thread, attempts=mail.attempts, reason=reason)
    return "deferred"


def _settle(mail: OutboxMail, **values: object) -> None:
    """Write the outcome, unless the lease ran out and another worker has the mail now."""
    mine = (OutboxMail.id == mail.id, OutboxMail.state == "transmitting", OutboxMail.attempts == mail.attempts)
    with writing() as session:
        session.execute(update(OutboxMail).where(*mine).values(lease_until=None, **values))


def wait_before(attempt: int) -> timedelta:
    """Return how long to wait before *attempt* (2, 3, …): doubling, half of it by chance.

    The chance keeps many mails that failed together from coming back together.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt - 2, 20))
    return longest * random.uniform(0.5, 1.0)


def list_stuck(session: Session, *, limit: int) -> list[OutboxMail]:
    """Return the mails that were given up or that were tried and wait, the oldest first."""
    stuck = or_(OutboxMail.state == "failed", and_(OutboxMail.state.in_(UNSENT), OutboxMail.attempts > 0))
    return list(session.scalars(select(OutboxMail).where(stuck).order_by(OutboxMail.id).limit(limit)))


def retry(session: Session, mail_id: int, *, now: datetime) -> None:
    """Let a mail that was given up or that waits leave now; its seven days begin anew."""
    anew = {"state": "queued", "attempts": 0, "interruptions": 0, "next_try_at": now, "created_at": now}
    session.execute(update(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.state.in_(("failed", "queued"))).values(**anew))


def discard(session: Session, mail_id: int) -> None:
    """Put a mail that did not leave aside for good; the next one of its thread may leave."""
    session.execute(
        update(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.state.in_(("failed", "queued"))).values(state="discarded")
    )
