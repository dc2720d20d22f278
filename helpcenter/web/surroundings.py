"""What stands around an article and costs queries to find: translations, related articles, the day of its last change.

Found once for each article, language and state of library and index, and kept by the process.
"""

import threading
from collections import OrderedDict
from datetime import date, datetime
from typing import Any, NamedTuple

from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.journeys.reading import read_next
from helpcenter.storage import db
from helpcenter.web.locale import current_outline, current_state
from helpcenter.web.related import Related, related_to
from helpcenter.web.services import services

MOST_KEPT = 2_000


class Surroundings(NamedTuple):
    """What belongs to one article on its page in one language."""

    translations: list[library.Translation]
    related: list[Related]
    changed: date | datetime
    """When the text last changed: the editor's date, else when a publish saw it."""


class Kept:
    """The surroundings that were asked for last."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[Any, ...], Surroundings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: tuple[Any, ...]) -> Surroundings | None:
        """Return what is kept as *name*."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def put(self, name: tuple[Any, ...], found: Surroundings) -> Surroundings:
        """Keep *found* as *name*, and return it."""
        with self._lock:
            self._kept[name] = found
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return found


KEPT = Kept()


def surroundings_of(shown: Article, lang: str) -> Surroundings:
    """Return what stands around *shown* for readers of *lang*."""
    name = (current_state().stamp, services().index.revision, lang, shown.lang, shown.key, current_outline(lang).until)
    return KEPT.get(name) or KEPT.put(name, find_surroundings(shown, lang))


def find_surroundings(shown: Article, lang: str) -> Surroundings:
    """Look up what stands around *shown*."""
    readers = read_next(db.session, shown.lang, shown.key)
    changed = shown.updated or library.text_changes(db.session, shown.lang, [shown.key]).get(shown.key)
    return Surroundings(
        translations=library.versions(db.session, shown.key),
        related=related_to(shown, current_outline(lang), services().engine, readers),
        changed=changed or shown.first_published_at,
    )
