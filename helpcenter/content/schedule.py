"""When time alone changes the library: articles whose publishing or expiry lies ahead."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.content.front_matter import FrontMatter
from helpcenter.content.models import Publication

FIRST_PAUSE = datetime.timedelta(seconds=2)
LONGEST_PAUSE = datetime.timedelta(minutes=5)


def moments_of(front: FrontMatter) -> list[datetime.datetime]:
    """Return the moments that an article's front matter names; none of a draft, which stays away whatever the time."""
    return [] if front.draft else [moment for moment in (front.publish_at, front.expire_at) if moment]


def next_change(moments: Iterable[datetime.datetime | None], now: datetime.datetime) -> datetime.datetime | None:
    """Return the first of *moments* that is still to come."""
    return min((moment.astimezone(datetime.UTC) for moment in moments if moment and moment > now), default=None)


def find_next_change(session: Session) -> datetime.datetime | None:
    """Return when the published library is due to change, None when it is not."""
    return session.scalar(select(Publication.next_change_at))


def save_next_change(session: Session, moment: datetime.datetime | None) -> None:
    """Remember when the library is due to change next."""
    publication = session.get(Publication, 1)
    if publication is not None and publication.next_change_at != moment:
        publication.next_change_at = moment


class Schedule:
    """Tells a worker when to publish; after a failure it waits, each time twice as long."""

    def __init__(self) -> None:
        self.not_before: datetime.datetime | None = None
        self.pause = FIRST_PAUSE

    def is_due(self, session: Session, now: datetime.datetime) -> bool:
        """Return whether the library is to be published at *now*."""
        if self.not_before is not None and now < self.not_before:
            return False
        moment = find_next_change(session)
        return moment is not None and moment <= now

    def failed(self, now: datetime.datetime) -> None:
        """Note that publishing failed at *now*."""
        self.not_before = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def succeeded(self) -> None:
        """Note that publishing went well."""
        self.not_before, self.pause = None, FIRST_PAUSE
