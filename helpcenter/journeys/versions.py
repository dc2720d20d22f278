"""What became of each version of an article: how often it was read by anybody, and how many who read it asked a person."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.journeys.models import VersionReads
from helpcenter.storage.upsert import upsert

READING = ("view", "taken")
UNIQUE = ("lang", "key", "version")


class Reads(NamedTuple):
    """How often a version was read, and how many of the visits that read it ended with a person."""

    views: int
    escalated: int


def count(session: Session, lang: str, key: str, version: int, day: date, *, views: int = 0, escalated: int = 0) -> None:
    """Count that a version was read on *day*, or that those who read it asked a person."""
    row = {"lang": lang, "key": key, "version": version, "views": views, "escalated": escalated, "last_day": day}
    changes = {"views": VersionReads.views + views, "escalated": VersionReads.escalated + escalated, "last_day": day}
    upsert(session, VersionReads, row, unique=UNIQUE, changes=changes)


def count_escalated(session: Session, steps: Iterable[tuple[str, Mapping]], day: date) -> None:
    """Count for every article that *steps* read, in the version that was last read, that a person was asked."""
    read = {}
    for kind, details in steps:
        if kind in READING and details.get("article") and details.get("version"):
            read[details["lang"], details["article"]] = details["version"]
    for (lang, key), version in sorted(read.items()):
        count(session, lang, key, version, day, escalated=1)


def of_article(session: Session, lang: str, key: str) -> dict[int, Reads]:
    """Return what became of each version of an article that anybody has read since versions are counted."""
    columns = (VersionReads.version, VersionReads.views, VersionReads.escalated)
    rows = session.execute(select(*columns).where(VersionReads.lang == lang, VersionReads.key == key))
    return {version: Reads(views, escalated) for version, views, escalated in rows}
