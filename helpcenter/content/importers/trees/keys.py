"""Other tools' front-matter keys as our own; what has no counterpart is counted by key."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpcenter.content.front_matter import BY_NAME, BY_OTHER, BadValue, read_inverse
from helpcenter.content.importers.article import Source
from helpcenter.content.importers.trees.page import Page

# Names beside those of front_matter.KEYS, by the key of ours that they mean.
OTHERS = {
    "summary": "description", "excerpt": "description",
    "linkTitle": "short_title", "linktitle": "short_title", "nav_title": "short_title",
    "publishdate": "publish_at", "pubdate": "publish_at", "expirydate": "expire_at", "unpublishdate": "expire_at",
    "last_modified_at": "updated", "modified": "updated", "ms.date": "updated",
    "topics": "tags", "categories": "tags",
}  # fmt: skip
# Keys that say how a page was built or looked, or that a style reads itself: nothing a reader would miss.
SILENT = frozenset({
    "id", "slug", "url", "permalink", "layout", "template", "aliases", "redirect_from", "redirects", "redirect_to", "title",
    "category", "section", "lang", "language", "locale", "translation_key", "translationKey", "translationkey", "type", "markup",
    "slugs", "ref", "lang-ref", "headless",
})  # fmt: skip
ORDER = ("title", "short_title", "description", "slug", "order", "tags", "keywords", "draft", "unlisted", "publish_at", "expire_at",
         "updated", "review_by", "related", "featured", "audience", "significance", "toc")  # fmt: skip
AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
ZONE = re.compile(r"[ \t]+([+-]\d\d:?\d\d|Z|UTC)\Z")


@dataclass
class Dropped:
    """A key without a counterpart: how many files had it, and the first place."""

    source: str
    line: int
    count: int = 0


class Keys:
    """Turns the front matter of pages into ours, and remembers what was dropped."""

    def __init__(self, lose: Callable[..., None], *, quiet: tuple[str, ...] = ()) -> None:
        self.lose = lose
        self.quiet = quiet
        """Beginnings of keys that are counted together, under the beginning."""
        self.dropped: dict[str, Dropped] = {}

    def read(self, page: Page) -> None:
        """Fill the page's own front matter."""
        given = page.front.values
        for name in sorted(given, key=lambda name: name in BY_NAME):
            self._read(page, name, given[name])
        page.ours = {key: page.ours[key] for key in ORDER if page.ours.get(key) not in (None, "", [], False)}

    def _read(self, page: Page, name: str, value: Any) -> None:
        if value in (None, "", [], {}) or name in SILENT:
            return
        if name == "published" or name in ("hide_toc", "hide_table_of_contents"):
            ours, read = ("draft" if name == "published" else "toc"), read_inverse
        elif name in BY_NAME:
            ours, read = name, BY_NAME[name][1]
        elif name in BY_OTHER:
            ours, read = BY_OTHER[name][0].name, BY_OTHER[name][1]
        elif name in OTHERS:
            ours, read = OTHERS[name], BY_NAME[OTHERS[name]][1]
        else:
            return self._drop(page, name)
        if ours not in ORDER:
            return self._drop(page, name)
        try:
            self._put(page, ours, read(_given(ours, value)), replace=name in BY_NAME)
        except (BadValue, ValueError) as error:
            self.lose(page.source, "front-matter-value", f"{name} {error}; it was left out.", page.front.lines.get(name))
        return None

    def _put(self, page: Page, ours: str, value: Any, *, replace: bool) -> None:
        if isinstance(value, datetime.date | datetime.datetime):
            value = value.isoformat()
        if isinstance(value, list | tuple):
            before = page.ours.get(ours, [])
            page.ours[ours] = list(dict.fromkeys([*before, *value]))
        elif replace or ours not in page.ours or ours == "updated":
            page.ours[ours] = value if value != BY_NAME[ours][0].default else None

    def _drop(self, page: Page, name: str) -> None:
        label = next((f"{start}*" for start in self.quiet if name.startswith(start)), name)
        dropped = self.dropped.setdefault(label, Dropped(page.source, page.front.lines.get(name, 1)))
        dropped.count += 1

    def report(self, source: Source) -> None:
        """Report every dropped key once, with the number of files that had it."""
        for name, dropped in sorted(self.dropped.items()):
            values = "value was" if dropped.count == 1 else "values were"
            detail = f"{name}: {dropped.count} {values} left out; there is no such key here."
            source.lose(dropped.source, "front-matter-key", detail, dropped.line)


def _given(ours: str, value: Any) -> Any:
    """Return a value with the dates of other tools as ISO dates, and labelled tags as their labels."""
    if isinstance(value, dict) and ours == "updated":
        value = value.get("date", "")
    if isinstance(value, list):
        return [item.get("label", item.get("name", "")) if isinstance(item, dict) else item or "" for item in value]
    if ours in ("updated", "publish_at", "expire_at", "review_by"):
        return iso_date(str(value).strip())
    if ours == "order" and re.fullmatch(r"-?\d+\.\d+", str(value)):
        return str(value).partition(".")[0]
    return value


def iso_date(text: str) -> str:
    """Return a date as other tools write it in the form of ISO 8601.

    >>> iso_date("04/21/2020"), iso_date("2020-04-21 10:00:00 +0200")
    ('2020-04-21', '2020-04-21 10:00:00+0200')
    """
    american = AMERICAN.match(text)
    if american:
        month, day, year = map(int, american.groups())
        return f"{year:04}-{month:02}-{day:02}"
    return ZONE.sub(lambda zone: "+00:00" if zone.group(1) == "UTC" else zone.group(1), text)
