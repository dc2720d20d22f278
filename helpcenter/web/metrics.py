"""Numbers for Prometheus, counted in the database at the moment they are asked for, so every worker says the same.

Labels hold only words of our own code, never what somebody typed, and so no more than a few rows each.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpcenter import __version__
from helpcenter.chat.models import Conversation
from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.feedback.models import Vote
from helpcenter.mail.outbox import backlog
from helpcenter.support.models import SupportRequest


class Metric(NamedTuple):
    """One number by its labels, `""` when it has none; all are gauges, because rows are forgotten after a while."""

    name: str
    help: str
    values: dict[str, float]


def exposition(session: Session, index_revision: int | None, now: datetime) -> str:
    """Return all metrics in Prometheus' text form 0.0.4."""
    lines = []
    for metric in (*stored(session, now), *indexed(session, index_revision), *of_worker()):
        name = f"helpcenter_{metric.name}"
        lines += [f"# HELP {name} {metric.help}", f"# TYPE {name} gauge"]
        lines += [f"{name}{labels} {value}" for labels, value in sorted(metric.values.items())]
    return "\n".join(lines) + "\n"


def stored(session: Session, now: datetime) -> Iterator[Metric]:
    """Give what the database holds."""
    mail = backlog(session)
    oldest = (now - mail.oldest).total_seconds() if mail.oldest else 0
    yield Metric("outbox_waiting", "Mails that wait to be sent.", {"": mail.waiting})
    yield Metric("outbox_oldest_seconds", "For how long the oldest of them waits.", {"": max(0, oldest)})
    yield Metric("outbox_failed", "Mails that were given up.", {"": mail.failed})
    yield Metric("requests", "Requests that are kept, by state.", by(session, SupportRequest.state, "state"))
    yield Metric("conversations", "Conversations that are kept, by state.", by(session, Conversation.status, "state"))
    yield Metric("articles", "Published articles, by language.", by(session, Article.lang, "lang"))
    votes = {bool(helpful): number for helpful, number in session.execute(select(Vote.helpful, func.count()).group_by(Vote.helpful))}
    yield Metric("votes", "Votes that are kept.", {f'{{helpful="{name}"}}': votes.get(name == "yes", 0) for name in ("yes", "no")})


def by(session: Session, column, label: str) -> dict[str, float]:
    """Return the number of rows by *column*, whose values are words of ours or languages of site.yaml."""
    return {f'{{{label}="{value}"}}': number for value, number in session.execute(select(column, func.count()).group_by(column))}


def indexed(session: Session, index_revision: int | None) -> Iterator[Metric]:
    """Give where the library is, and how far the index of this worker is behind."""
    revision = library.revision(session)
    yield Metric("library_revision", "The revision that is published.", {"": revision})
    yield Metric("index_healthy", "1 when the search index can be read.", {"": int(index_revision is not None)})
    yield Metric("index_behind_revisions", "How many revisions the search index is behind the library.", {"": revision - (index_revision or 0)})


def of_worker() -> Iterator[Metric]:
    """Give what is known of the worker process that answers; where /proc is missing, only the version."""
    yield Metric("info", "The version that runs.", {f'{{version="{__version__}"}}': 1})
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[1])
        files = len(os.listdir("/proc/self/fd"))
    except OSError:
        return
    yield Metric("worker_resident_memory_bytes", "Memory of the worker that answered; workers take turns.", {"": pages * os.sysconf("SC_PAGE_SIZE")})
    yield Metric("worker_open_files", "Open files of the worker that answered.", {"": files})
