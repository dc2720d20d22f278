"""All requests as JSON lines or CSV, one after the other, so that any number fits into memory."""

import csv
import io
import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.support.models import Message, SupportRequest

COLUMNS = (
    "reference", "subject", "kind", "priority", "state", "section", "team", "lang", "email", "name", "created_at", "changed_at",
    "answered_at", "solved_at", "spam",
)  # fmt: skip
BATCH = 200
# What a spreadsheet would take for a formula when a cell begins with it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def each_request(session: Session) -> Iterator[SupportRequest]:
    """Give every request in order, a batch at a time; what was given is not kept."""
    last_id = 0
    while found := session.scalars(select(SupportRequest).where(SupportRequest.id > last_id).order_by(SupportRequest.id).limit(BATCH)).all():
        last_id = found[-1].id
        yield from found
        session.expunge_all()


def as_json_lines(session: Session) -> Iterator[str]:
    """Give every request with its messages, transcript and trail as one line of JSON."""
    for request in each_request(session):
        messages = session.scalars(select(Message).where(Message.request_id == request.id).order_by(Message.id)).all()
        whole = {
            **{name: _plain(getattr(request, name)) for name in COLUMNS},
            "slots": request.slots,
            "messages": [
                {"from": one.author, "name": one.author_name, "public": one.public, "via": one.via, "at": one.created_at.isoformat(), "text": one.text}
                for one in messages
            ],
            "transcript": request.transcript,
            "trail": request.trail,
        }
        yield json.dumps(whole, ensure_ascii=False) + "\n"


def as_csv(session: Session) -> Iterator[str]:
    """Give a line of CSV for the heads of the columns, then one for every request."""
    yield _line([*COLUMNS, "answers"])
    for request in each_request(session):
        answers = "; ".join(f"{name}: {answer}" for name, answer in request.slots.items())
        yield _line([*(_plain(getattr(request, name)) for name in COLUMNS), answers])


def _line(values) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(value) for value in values])
    return line.getvalue()


def safe_cell(value: object) -> str:
    """Return *value* as a cell that no spreadsheet computes.

    >>> safe_cell("=1+1"), safe_cell("late"), safe_cell(None)
    ("'=1+1", 'late', '')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) or text.startswith(FORMULAS) else text


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value
