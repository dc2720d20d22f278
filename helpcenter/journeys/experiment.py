"""The hold-out experiment: what the suggestions of the contact form save.

By chance, a small share of those who open the form see it without suggestions. How many forms of each kind were opened
and sent tells the difference. The chance lies in the form's own random name: no cookie, nothing about anybody.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from helpcenter.storage import db
from helpcenter.storage.upsert import upsert

KEPT_DAYS = 400


class FormCount(db.Model):
    """How many contact forms of one kind were opened and sent on one day; nothing tells by whom."""

    __tablename__ = "contact_form_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    held_out: Mapped[bool] = mapped_column(primary_key=True)
    opened: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)


class FormAct(NamedTuple):
    """A contact form was opened, or with *sent* its request was stored."""

    day: date
    held_out: bool
    sent: bool = False


class Forms(NamedTuple):
    """How many forms were opened, and how many of them were sent."""

    opened: int
    sent: int


class Result(NamedTuple):
    """The forms with suggestions and those without."""

    with_suggestions: Forms
    held_out: Forms


def is_held_out(form_name: str, percent: int) -> bool:
    """Return whether the form *form_name* is among the *percent* of all forms that have no suggestions.

    The same form always gets the same answer, also when it comes back with a mistake in it.
    """
    place = int.from_bytes(hashlib.sha256(f"hold-out:{form_name}".encode()).digest()[:8], "big")
    return place * 100 < percent * 2**64


def store(session: Session, acts: Sequence[FormAct]) -> None:
    """Count *acts*."""
    for act, times in Counter(acts).items():
        opened, sent = (0, times) if act.sent else (times, 0)
        row = {"day": act.day, "held_out": act.held_out, "opened": opened, "sent": sent}
        changes = {"opened": FormCount.opened + opened, "sent": FormCount.sent + sent}
        upsert(session, FormCount, row, unique=["day", "held_out"], changes=changes)


def result(session: Session, since: date, until: date) -> Result:
    """Return what was counted from *since* to *until*, both included."""
    rows = session.execute(
        select(FormCount.held_out, func.sum(FormCount.opened), func.sum(FormCount.sent))
        .where(FormCount.day.between(since, until))
        .group_by(FormCount.held_out)
    )
    found = {bool(held_out): Forms(int(opened), int(sent)) for held_out, opened, sent in rows}
    return Result(found.get(False, Forms(0, 0)), found.get(True, Forms(0, 0)))


def remove_old(session: Session, today: date) -> None:
    """Forget the counts of more than 400 days ago."""
    session.execute(delete(FormCount).where(FormCount.day < today - timedelta(days=KEPT_DAYS)))
