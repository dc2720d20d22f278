"""The parts of the library that are not articles, and the library's revision."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpcenter.content.models import Publication, PublishedPart

SITE = "site"


def next_revision(session: Session, now: datetime.datetime) -> int:
    """Raise the library's revision by one, and return it."""
    publication = session.get(Publication, 1)
    if publication is None:
        publication = Publication(id=1, revision=0)
        session.add(publication)
    publication.revision += 1
    publication.published_at = now
    session.flush()
    return publication.revision


def is_part_changed(session: Session, name: str, payload: dict[str, Any]) -> bool:
    """Return whether *payload* differs from what is published as *name*."""
    part = session.get(PublishedPart, name)
    return part is None or part.payload != payload


def save_part(session: Session, name: str, payload: dict[str, Any], *, revision: int, now: datetime.datetime) -> bool:
    """Publish *payload* as *name* at *revision*; return whether it differs from what was there."""
    part = session.get(PublishedPart, name)
    if part is None:
        session.add(PublishedPart(name=name, payload=payload, revision=revision, updated_at=now))
        return True
    if part.payload == payload:
        return False
    part.payload, part.revision, part.updated_at = payload, revision, now
    return True
