"""The one table of how long anything is kept, and the command that keeps to it.

Tables are named, not imported: what concerns everybody's rows would otherwise import everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Date, Table, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from helpcenter.storage import db


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Rule:
    """Rows of *table* go when *column* is older than the days of *keep*; with *clears* only these columns are emptied."""

    name: str
    keep: str
    said: str
    table: str
    column: str
    clears: tuple[str, ...] = ()
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    # *column* is one of another table: this table's column with the id there, and its name.
    of: tuple[str, str] | None = None


VISITS = _("The trail of your visit, once you have voted, chatted or asked us")
COMMENTS = _("What you write with a vote or in a survey; the vote itself stays as a number")
CHATS = _("What you say in the chat")
REQUESTS = _("What you ask us and what we answer, after it is solved")
MAIL = _("Copies of mail")
COUNTS = _("How often something was read, searched or done, without anything that says by whom")
RULES = (
    Rule("visits", "visits", VISITS, "journey", "last_at"),
    Rule("vote comments", "comments", COMMENTS, "vote", "changed_at", clears=("comment", "query")),
    Rule("addresses left with votes", "comments", COMMENTS, "feedback_comment_state", "changed_at", ("email", "note", "answer"), of=("vote_id", "vote")),
    Rule("survey comments", "comments", COMMENTS, "survey", "answered_at", clears=("comment",)),
    Rule("chats", "chats", CHATS, "conversation", "last_at"),
    Rule("requests", "requests", REQUESTS, "support_request", "changed_at", only=(("state", ("solved", "closed")),)),
    Rule("sent mail", "mail", MAIL, "outbox_mail", "created_at", only=(("state", ("sent", "failed")),)),
    Rule("received mail", "mail", MAIL, "inbound_mail", "received_at"),
    Rule("searches", "counts", COUNTS, "search_record", "day"),
    Rule("views", "counts", COUNTS, "article_views", "day"),
    Rule("articles read together", "counts", COUNTS, "read_together", "last_day"),
    Rule("acts", "counts", COUNTS, "act_count", "day"),
)
# Counters have no person in them, so their time is nobody's choice.
FIXED_DAYS = {"counts": 400}


def run(session: Session, keep: Mapping[str, int], now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Forget what is older than the days of *keep*, 0 meaning for ever; return how many rows by the name of their rule."""
    done = {}
    for rule in RULES:
        table, days = db.metadata.tables.get(rule.table), {**keep, **FIXED_DAYS}[rule.keep]
        if table is None or not days:
            continue
        due = _due(rule, table, now - timedelta(days=days))
        done[rule.name] = session.scalar(select(func.count()).select_from(table).where(due))
        if not dry_run and done[rule.name]:
            emptied = dict.fromkeys(rule.clears)
            session.execute(update(table).where(due).values(emptied) if emptied else delete(table).where(due))
    return done


def _due(rule: Rule, table: Table, cutoff: datetime):
    key, other = rule.of or ("", table.name)
    column = db.metadata.tables[other].c[rule.column]
    is_old = column < (cutoff.date() if isinstance(column.type, Date) else cutoff)
    due = [table.c[key].in_(select(column.table.c.id).where(is_old)) if key else is_old]
    due += [table.c[name].in_(values) for name, values in rule.only]
    if rule.clears:
        due.append(or_(*(table.c[name].is_not(None) for name in rule.clears)))
    return and_(*due)


def old_mail_files(data: Path, keep: Mapping[str, int], now: datetime) -> list[Path]:
    """Return the files of mail in the folder *data* that are older than mail is kept."""
    if not keep["mail"]:
        return []
    cutoff = (now - timedelta(days=keep["mail"])).timestamp()
    return sorted(path for path in (data / "mail").glob("*.eml") if path.stat().st_mtime < cutoff)
