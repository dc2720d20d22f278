"""Old addresses of articles: an address that was published once answers for ever.

A publish tells which slugs were left: by an article that has another now, and by one that left the library. Each leads to
an article's key, never to another address, so that there are no chains and no loops. A key without an article is one that
was withdrawn. Decision 0034.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from helpcenter.content.compilation import Compiled
from helpcenter.content.models import Redirect
from helpcenter.content.preparation import Prepared, Row

FRONT_MATTER, RENAME, WITHDRAWN = "front_matter", "rename", "withdrawn"
ROWS_AT_ONCE = 200

Address = tuple[str, str]  # language and slug
Name = tuple[str, str]  # language and key


@dataclass(frozen=True)
class Old:
    """Where an old address leads, why, and what the article was called when it left."""

    key: str
    source: str
    last_title: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """The row, without the address."""
        return {"article_key": self.key, "source": self.source, "last_title": self.last_title}


def record_addresses(prepared: Prepared, session: Session) -> None:
    """Bring the old addresses to what *prepared* changes: names that were left, taken, and named in front matter."""
    columns = (Redirect.lang, Redirect.old_slug, Redirect.article_key, Redirect.source, Redirect.last_title)
    rows = session.execute(select(*columns).order_by(Redirect.id))
    before = {(lang, slug): Old(*rest) for lang, slug, *rest in rows}
    after = next_addresses(before, prepared)
    for (lang, slug), old in before.items():
        mine = (Redirect.lang == lang, Redirect.old_slug == slug)
        if (lang, slug) not in after:
            session.execute(delete(Redirect).where(*mine))
        elif after[lang, slug] != old:
            session.execute(update(Redirect).where(*mine).values(after[lang, slug].columns))
    fresh = [{"lang": lang, "old_slug": slug} | old.columns for (lang, slug), old in after.items() if (lang, slug) not in before]
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        session.execute(insert(Redirect), fresh[start : start + ROWS_AT_ONCE])


def next_addresses(before: Mapping[Address, Old], prepared: Prepared) -> dict[Address, Old]:
    """Return the old addresses as they are after *prepared* is published."""
    addresses = Addresses(before)
    went_on = [(row, each) for each in prepared.compiled if (row := prepared.earlier(each))]
    live = {(row.lang, row.key) for row in prepared.kept.values()} | {(each.source.lang, each.source.key) for each in prepared.compiled}
    addresses.rename_keys({(row.lang, row.key): each.source.key for row, each in went_on})
    stay = set()
    for row, each in went_on:
        stay.add(row.id)
        if (row.lang, row.slug) != (each.source.lang, each.source.slug):
            addresses.leave(row, Old(each.source.key, RENAME))
    for path, row in prepared.rows.items():
        if path not in prepared.kept and row.id not in stay:
            addresses.leave(row, Old(row.key, WITHDRAWN, row.title))
    addresses.take(prepared.compiled, live)
    for each in prepared.compiled:
        addresses.claim(each)
    return addresses.known


class Addresses:
    """The old addresses while a publish changes them."""

    def __init__(self, known: Mapping[Address, Old]) -> None:
        self.known = dict(known)

    def rename_keys(self, keys: Mapping[Name, str]) -> None:
        """Let what led to an article lead to it under its new key; all at once, so that two may swap theirs."""
        for (lang, slug), old in self.known.items():
            if (lang, old.key) in keys:
                self.known[lang, slug] = Old(keys[lang, old.key], old.source, old.last_title)

    def leave(self, row: Row, old: Old) -> None:
        """Note that the article of *row* no longer has its slug; what another's front matter says of the slug stands."""
        present = self.known.get((row.lang, row.slug))
        if present and present.source == FRONT_MATTER and present.key != old.key:
            old = Old(present.key, RENAME)
        self.known[row.lang, row.slug] = old

    def take(self, compiled: Iterable[Compiled], live: set[Name]) -> None:
        """Let tombstones yield to the articles that have their address or their key now."""
        heirs: dict[Name, str] = {}
        for each in compiled:
            source = each.source
            name = (source.lang, source.key)
            heirs[name] = source.key
            old = self.known.get((source.lang, source.slug))
            if old is None:
                continue
            if old.source == WITHDRAWN and (source.lang, old.key) not in live:
                heirs[source.lang, old.key] = source.key
            if old.source == WITHDRAWN or (old.source == RENAME and old.key == source.key):
                del self.known[source.lang, source.slug]
        for (lang, slug), old in self.known.items():
            heir = heirs.get((lang, old.key))
            if heir is not None and (heir != old.key or old.source == WITHDRAWN):
                self.known[lang, slug] = Old(heir, RENAME if old.source == WITHDRAWN else old.source)

    def claim(self, each: Compiled) -> None:
        """Note the old slugs that front matter names. One that was an article's own stays known without the line too."""
        lang, key = each.source.lang, each.source.key
        mine = [address for address, old in self.known.items() if address[0] == lang and old == Old(key, FRONT_MATTER)]
        for address in mine:
            if address[1] not in each.old_slugs:
                del self.known[address]
        for slug in each.old_slugs:
            present = self.known.get((lang, slug))
            source = FRONT_MATTER if present is None or present.source == FRONT_MATTER else RENAME
            self.known[lang, slug] = Old(key, source)
