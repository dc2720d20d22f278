"""Drafts: what somebody typed into the editor and has not saved into the content folder yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpcenter.editing.composing import Typed
from helpcenter.editing.models import EditDraft
from helpcenter.storage.upsert import upsert


def keep(session: Session, staff_id: int, path: str, typed: Typed, *, now: datetime) -> None:
    """Keep what the person typed for the file *path*, in the place of what was kept before."""
    # No database takes a NUL in a text.
    row = typed.as_row()
    row["text"] = row["text"].replace("\0", "")
    row["fields"] = {name: value.replace("\0", "") for name, value in row["fields"].items()}
    upsert(session, EditDraft, {"staff_id": staff_id, "path": path, "typed": row, "updated_at": now}, unique=("staff_id", "path"))


def find(session: Session, staff_id: int, path: str) -> EditDraft | None:
    """Return what the person has typed for the file *path*, or None."""
    return session.scalar(select(EditDraft).where(EditDraft.staff_id == staff_id, EditDraft.path == path))


def forget(session: Session, staff_id: int, path: str) -> None:
    """Throw the draft away."""
    session.execute(delete(EditDraft).where(EditDraft.staff_id == staff_id, EditDraft.path == path))


def drafts_of(session: Session, staff_id: int, *, limit: int) -> list[EditDraft]:
    """Return the drafts of a person, the latest first."""
    return list(session.scalars(select(EditDraft).where(EditDraft.staff_id == staff_id).order_by(EditDraft.updated_at.desc()).limit(limit)))


def others_at(session: Session, staff_id: int, path: str) -> list[int]:
    """Return who else has a draft of the file *path*, by the numbers of their accounts."""
    return list(session.scalars(select(EditDraft.staff_id).where(EditDraft.path == path, EditDraft.staff_id != staff_id)))
