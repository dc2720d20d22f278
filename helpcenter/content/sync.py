"""Publishing: the content folder becomes rows, only what changed, all or nothing.

`prepare` reads and renders outside any write transaction; `publish` writes what was prepared in the caller's one
transaction. Knows no search index: what follows a publish is told by the ChangeSet.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from helpcenter.content import translations
from helpcenter.content.addresses import record_addresses
from helpcenter.content.compilation import Compiled
from helpcenter.content.models import Article, ContentProblem
from helpcenter.content.parts import SITE, is_part_changed, next_revision, save_part
from helpcenter.content.preparation import ArticleRef, Prepared, Progress, Row, prepare, revision_of
from helpcenter.content.problems import INFO, Problem
from helpcenter.content.redirects import published_redirects, save_redirects
from helpcenter.content.schedule import save_next_change
from helpcenter.content.site import SITE_FILE

__all__ = ["ArticleRef", "ChangeSet", "Prepared", "Progress", "prepare", "publish", "sync"]

ROWS_AT_ONCE = 200
MAX_NOTED_PROBLEMS = 2_000
MAX_PATH = 500


@dataclass
class ChangeSet:
    """What one publish did."""

    added: list[ArticleRef] = field(default_factory=list)
    changed: list[ArticleRef] = field(default_factory=list)
    removed: list[ArticleRef] = field(default_factory=list)
    broken: list[Problem] = field(default_factory=list)
    """One problem for each file that is not published as it stands; its last good version is kept."""
    problems: list[Problem] = field(default_factory=list)
    """What else was noticed in the files that were read."""
    moves: dict[tuple[str, str], str] = field(default_factory=dict)
    """The new keys of articles that have another one now, by language and old key."""
    unchanged: int = 0
    revision: int | None = None
    """The library's new revision; None when nothing changed."""


def sync(folder: Path, session: Session, *, now: datetime.datetime, progress: Progress | None = None) -> ChangeSet:
    """Publish *folder* in the write transaction of *session*, and return what changed. Raises FolderRefused."""
    return publish(prepare(folder, session, now=now, progress=progress), session, now=now)


def publish(prepared: Prepared, session: Session, *, now: datetime.datetime) -> ChangeSet:
    """Write *prepared* in the transaction of *session*, and return what changed.

    When another publish came between, everything is prepared again, now under the write lock.
    """
    if revision_of(session) != prepared.revision:
        prepared = prepare(prepared.folder, session, now=now, include_unpublished=prepared.include_unpublished)
    changes = ChangeSet(broken=sorted(prepared.broken), unchanged=prepared.unchanged)
    changes.problems = sorted(set(prepared.problems))
    payload = prepared.site.model_dump(mode="json")
    removed = prepared.removed
    is_redirected = prepared.redirects is not None and prepared.redirects != published_redirects(session)
    if prepared.compiled or removed or is_redirected or is_part_changed(session, SITE, payload):
        changes.revision = next_revision(session, now)
        translations.follow(prepared, session, revision=changes.revision, now=now)
        record_addresses(prepared, session)
        changes.moves = moves_of(prepared)
        remove_rows(removed, session, changes)
        write_rows(prepared, session, changes, now)
        save_part(session, SITE, payload, revision=changes.revision, now=now)
    if is_redirected:
        save_redirects(session, prepared.redirects)
    save_next_change(session, prepared.next_change(now))
    note_problems(prepared, session, now)
    return changes


def moves_of(prepared: Prepared) -> dict[tuple[str, str], str]:
    """Return the new keys of articles that *prepared* knows again under another one, by language and old key."""
    went_on = [(row, each.source) for each in prepared.compiled if (row := prepared.earlier(each))]
    return {(row.lang, row.key): source.key for row, source in went_on if row.lang == source.lang and row.key != source.key}


def remove_rows(removed: list[Row], session: Session, changes: ChangeSet) -> None:
    """Delete the rows of articles that are gone."""
    for start in range(0, len(removed), ROWS_AT_ONCE):
        batch = removed[start : start + ROWS_AT_ONCE]
        session.execute(delete(Article).where(Article.id.in_([row.id for row in batch])))
        changes.removed += [row.ref for row in batch]


def write_rows(prepared: Prepared, session: Session, changes: ChangeSet, now: datetime.datetime) -> None:
    """Insert new articles and update changed ones."""
    updates = [each for each in prepared.compiled if each.source.path in prepared.rows]
    inserts = [each for each in prepared.compiled if each.source.path not in prepared.rows]
    free_names(updates, prepared.rows, session)

    def columns(each: Compiled, version: int) -> dict[str, Any]:
        # The row of a file that was moved is a new one, its article is not.
        earlier = prepared.earlier(each)
        first = earlier.first_published_at if earlier else now
        return each.row | {"published_at": now, "first_published_at": first, "revision": changes.revision, "version": version}

    for each in updates:
        row = prepared.rows[each.source.path]
        session.execute(update(Article).where(Article.id == row.id).values(columns(each, row.version + 1)))
        changes.changed.append(ArticleRef(row.id, each.source.lang, each.source.key))
        if row.key != each.source.key or row.lang != each.source.lang:
            changes.removed.append(row.ref)
    for start in range(0, len(inserts), ROWS_AT_ONCE):
        batch = [columns(each, 1) for each in inserts[start : start + ROWS_AT_ONCE]]
        added = session.execute(insert(Article).returning(Article.id, Article.lang, Article.key), batch)
        changes.added += [ArticleRef(*values) for values in added]


def free_names(updates: list[Compiled], rows: dict[str, Row], session: Session) -> None:
    """Give articles that change slug or key a name nobody has, so that two may swap theirs."""
    for each in updates:
        row = rows[each.source.path]
        if (row.lang, row.slug, row.key) != (each.source.lang, each.source.slug, each.source.key):
            free = f"~{row.id}"
            session.execute(update(Article).where(Article.id == row.id).values(slug=free, key=free))


def note_problems(prepared: Prepared, session: Session, now: datetime.datetime) -> None:
    """Keep what is wrong with the published files, for staff and metrics; unread files keep what was noted before."""
    noted = {Problem(p.path, p.line, p.code, p.severity, p.message): p.id for p in session.scalars(select(ContentProblem))}
    found = {storable(problem) for problem in (*prepared.broken, *prepared.problems) if problem.severity != INFO}
    read = {problem.path for problem in found} | {each.source.path for each in prepared.compiled}
    unread = set(prepared.kept) - read - {SITE_FILE}
    wanted = set(sorted(found)[:MAX_NOTED_PROBLEMS]) | {problem for problem in noted if problem.path in unread}
    stale = [number for problem, number in noted.items() if problem not in wanted]
    for start in range(0, len(stale), ROWS_AT_ONCE):
        session.execute(delete(ContentProblem).where(ContentProblem.id.in_(stale[start : start + ROWS_AT_ONCE])))
    fresh = [problem.as_dict() | {"found_at": now} for problem in sorted(wanted - set(noted))]
    if fresh:
        session.execute(insert(ContentProblem), fresh)


def storable(problem: Problem) -> Problem:
    """Return *problem* with a path that fits its column."""
    return problem if len(problem.path) <= MAX_PATH else replace(problem, path=problem.path[: MAX_PATH - 1] + "…")
