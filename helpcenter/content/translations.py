"""How old a translation is: which text it was made from, and how much that text has changed since.

A key's *source* is its article in the site's default language; where there is none, in the first of the site's
languages that has one. Every text an article had is a row of ArticleRevision, a *step* that says how much it matters
to translations. A translation remembers the text it was made from; it is as stale as the greatest step since.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from helpcenter.content import library
from helpcenter.content.compilation import Compiled
from helpcenter.content.front_matter import SIGNIFICANCES
from helpcenter.content.models import Article, ArticleRevision, PublishedPart
from helpcenter.content.parts import SITE
from helpcenter.content.preparation import Prepared
from helpcenter.content.site import Site

FRESH = ""
TYPO, MEDIUM, MAJOR = SIGNIFICANCES
RANKS = {name: rank for rank, name in enumerate((FRESH, *SIGNIFICANCES))}
KEYS_AT_ONCE = 500


class Text(NamedTuple):
    """What is to be known of one article to tell how old it is."""

    id: int
    lang: str
    key: str
    text_hash: str
    based_on: str
    staleness: str
    significance: str
    version: int


class Step(NamedTuple):
    """One text that an article had, and how much the step to it mattered."""

    id: int
    lang: str
    key: str
    text_hash: str
    significance: str
    published_at: datetime.datetime


TEXTS = select(*(getattr(Article, name) for name in Text._fields))
STEPS = select(*(getattr(ArticleRevision, name) for name in Step._fields)).order_by(ArticleRevision.id)


def source_order(site: Site) -> list[str]:
    """Return the languages of *site* in the order in which they are looked in for a key's source."""
    return list(dict.fromkeys([*site.chain(site.default_language), *site.languages]))


def source_language(site: Site, languages: Collection[str]) -> str | None:
    """Return which of *languages*, those that have an article, holds the source of the others."""
    return next((lang for lang in source_order(site) if lang in languages), None)


class Original(NamedTuple):
    """The source of a translation, as a page links it."""

    lang: str
    slug: str
    title: str


def find_original(session: Session, site: Site, shown: Article) -> Original | None:
    """Return the source of *shown* when readers should rather read that: after a major change; else None."""
    if shown.staleness != MAJOR:
        return None
    found = {lang: Original(lang, slug, title) for lang, slug, title in library.translations(session, shown.key)}
    original = found.get(source_language(site, found) or "")
    return original if original and original.lang != shown.lang else None


def greatest(steps: Iterable[str]) -> str:
    """Return the greatest significance of *steps*; nothing when there are none.

    >>> greatest(["typo", "major", "medium"]), greatest([])
    ('major', '')
    """
    return max(steps, key=RANKS.__getitem__, default=FRESH)


@dataclass
class History:
    """The texts that some articles had, oldest first. A step without an id is to be written."""

    steps: dict[str, dict[str, list[Step]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    """By key and language; an article that is gone keeps its history."""
    altered: list[dict[str, Any]] = field(default_factory=list)

    def copy(self, moves: list[tuple[Text, Compiled]]) -> None:
        """Give each article that has another name now the history it had under its old one.

        What stays behind is for translations that did not move along.
        """
        taken = [(list(self.steps[text.key][text.lang]), each.source) for text, each in moves]
        for steps, source in taken:
            there = self.steps[source.key][source.lang]
            if not there or not steps or there[-1].text_hash != steps[-1].text_hash:
                there += [step._replace(id=0, lang=source.lang, key=source.key) for step in steps]

    def add(self, each: Compiled, now: datetime.datetime) -> None:
        """Note the text of *each* when it is a new one, and a significance that was put right afterwards."""
        source, row = each.source, each.row
        steps = self.steps[source.key][source.lang]
        last = steps[-1] if steps else None
        if last is None or last.text_hash != row["text_hash"]:
            steps.append(Step(0, source.lang, source.key, row["text_hash"], row["significance"], now))
        elif last.significance != row["significance"] and "significance" in source.front.lines:
            steps[-1] = last._replace(significance=row["significance"])
            if last.id:
                self.altered.append({"id": last.id, "significance": row["significance"]})

    def since(self, key: str, lang: str, based_on: str) -> str | None:
        """Return the greatest step of an article since the text *based_on*; None when it never had that text."""
        steps = self.steps[key].get(lang, [])
        last = next((place for place in reversed(range(len(steps))) if steps[place].text_hash.startswith(based_on)), None)
        return None if last is None else greatest(step.significance for step in steps[last + 1 :])

    def write(self, session: Session) -> None:
        """Write what is new and what was altered."""
        languages = (steps for by_lang in self.steps.values() for steps in by_lang.values())
        fresh = [step._asdict() for steps in languages for step in steps if not step.id]
        for values in fresh:
            del values["id"]
        if fresh:
            session.execute(insert(ArticleRevision), fresh)
        if self.altered:
            session.execute(update(ArticleRevision), self.altered)


def follow(prepared: Prepared, session: Session, *, revision: int, now: datetime.datetime) -> None:
    """Tell how old each translation is once *prepared* is published; called before its rows are written.

    The rows of what was compiled get their `based_on` and `staleness`. Translations whose file did not change, but
    whose age did, are written here and get *revision*, so that pages and caches follow.
    """
    keys = touched_keys(prepared, session)
    texts = {text.id: text for text in load(session, TEXTS, Article.key, keys, Text)}
    history = History()
    for step in load(session, STEPS, ArticleRevision.key, keys, Step):
        history.steps[step.key][step.lang].append(step)
    before = earlier_texts(prepared, texts)
    moved = [(text, each) for text, each in before.values() if text and (text.key, text.lang) != (each.source.key, each.source.lang)]
    history.copy(moved)
    for each in prepared.compiled:
        history.add(each, now)
    write_ages(Ages(prepared, texts, before, history), session, revision)
    history.write(session)


def touched_keys(prepared: Prepared, session: Session) -> list[str]:
    """Return the keys whose articles change; all of them when another language holds the sources."""
    published = session.get(PublishedPart, SITE)
    if published and source_order(Site.model_validate(published.payload)) != source_order(prepared.site):
        rows = list(prepared.rows.values())
    else:
        rows = [*prepared.removed, *(prepared.rows[each.source.path] for each in prepared.compiled if each.source.path in prepared.rows)]
    return sorted({row.key for row in rows} | {each.source.key for each in prepared.compiled})


def load(session: Session, statement: Any, column: Any, keys: list[str], kind: Any) -> Iterator[Any]:
    """Yield the rows of *statement* whose *column* is one of *keys*, as *kind*."""
    for start in range(0, len(keys), KEYS_AT_ONCE):
        yield from (kind(*values) for values in session.execute(statement.where(column.in_(keys[start : start + KEYS_AT_ONCE]))))


def earlier_texts(prepared: Prepared, texts: dict[int, Text]) -> dict[str, tuple[Text | None, Compiled]]:
    """Return by path what was compiled, and the article that it was before: the same file, or a file that was moved."""
    found = {}
    for each in prepared.compiled:
        row = prepared.earlier(each)
        found[each.source.path] = (texts.get(row.id) if row else None, each)
    return found


class Ages:
    """The articles of the touched keys as they will be, and how old each is."""

    def __init__(
        self, prepared: Prepared, texts: dict[int, Text], before: dict[str, tuple[Text | None, Compiled]], history: History
    ) -> None:
        self.site = prepared.site
        self.history = history
        self.before = before
        self.present: dict[str, dict[str, Text]] = defaultdict(dict)
        gone = {row.id for row in prepared.removed}
        gone |= {prepared.rows[path].id for path in before if path in prepared.rows}
        self.kept = {number: text for number, text in texts.items() if number not in gone}
        for text in self.kept.values():
            self.present[text.key][text.lang] = text
        for text, each in before.values():
            source, row = each.source, each.row
            origin = row["based_on"] or (text.based_on if text and text.text_hash == row["text_hash"] else "")
            values = (0, source.lang, source.key, row["text_hash"], origin, FRESH, row["significance"], 1)
            self.present[source.key][source.lang] = Text(*values)

    def source(self, key: str) -> Text:
        """Return the source of *key*."""
        languages = self.present[key]
        return languages[source_language(self.site, languages) or min(languages)]

    def origin(self, text: Text) -> str:
        """Return the hash of the text that *text* was made from; where nothing says so, the present source."""
        source = self.source(text.key)
        return text.based_on or ("" if source is text else source.text_hash)

    def staleness(self, text: Text, passed: tuple[str, ...] = ()) -> str:
        """Return how stale *text* is.

        It is measured against the language it was made from, be that the source or not; what is made from a stale
        translation is as stale. A text that nobody had counts as medium, or as the source's last step if that is more.
        """
        key, source, origin = text.key, self.source(text.key), self.origin(text)
        if source is text or not source.text_hash:
            return FRESH
        for lang in (source.lang, *sorted(self.history.steps[key].keys() - {source.lang, text.lang, *passed})):
            since = self.history.since(key, lang, origin)
            if since is not None:
                other = self.present[key].get(lang)
                return greatest([since, self.staleness(other, (*passed, text.lang)) if other else FRESH])
        return greatest([MEDIUM, source.significance])


def write_ages(ages: Ages, session: Session, revision: int) -> None:
    """Put the ages into the rows that will be written, and write those of the rows that stay."""
    for _, each in ages.before.values():
        text = ages.present[each.source.key][each.source.lang]
        each.row["based_on"] = ages.origin(text)
        each.row["staleness"] = ages.staleness(text)
    changed = []
    for text in ages.kept.values():
        origin, staleness = ages.origin(text), ages.staleness(text)
        if staleness != text.staleness:
            stamp = {"version": text.version + 1, "revision": revision}
            changed.append({"id": text.id, "based_on": origin, "staleness": staleness, **stamp})
        elif origin != text.based_on:
            changed.append({"id": text.id, "based_on": origin})
    for length in {len(values) for values in changed}:
        session.execute(update(Article), [values for values in changed if len(values) == length])
