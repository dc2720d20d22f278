"""Publishing: the content folder becomes rows, only what changed, all or nothing.

`prepare` reads and renders outside any write transaction; `publish` writes what was prepared in the caller's one
transaction. Knows no search index: what follows a publish is told by the ChangeSet.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from helpcenter.content.compilation import Compiled
from helpcenter.content.models import Article, ContentProblem, Redirect
from helpcenter.content.parts import SITE, is_part_changed, next_revision, save_part
from helpcenter.content.preparation import ArticleRef, Prepared, Progress, Row, prepare, revision_of
from helpcenter.content.problems import INFO, Problem
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
        prepared = prepare(prepared.folder, session, now=now)
    changes = ChangeSet(broken=sorted(prepared.broken), unchanged=prepared.unchanged)
    changes.problems = sorted(set(prepared.problems))
    payload = prepared.site.model_dump(mode="json")
    removed = prepared.removed
    if prepared.compiled or removed or is_part_changed(session, SITE, payload):
        changes.revision = next_revision(session, now)
        record_renames(prepared, removed, session)
        remove_rows(removed, session, changes)
        write_rows(prepared, session, changes, now)
        save_part(session, SITE, payload, revision=changes.revision, now=now)
    note_problems(prepared, session, now)
    return changes


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
    stamp = {"published_at": now, "revision": changes.revision}
    for each in updates:
        row = prepared.rows[each.source.path]
        session.execute(update(Article).where(Article.id == row.id).values(**each.row, **stamp, version=row.version + 1))
        changes.changed.append(ArticleRef(row.id, each.source.lang, each.source.key))
        if row.key != each.source.key or row.lang != each.source.lang:
            changes.removed.append(row.ref)
    for start in range(0, len(inserts), ROWS_AT_ONCE):
        batch = [each.row | stamp | {"version": 1} for each in inserts[start : start + ROWS_AT_ONCE]]
        added = session.execute(insert(Article).returning(Article.id, Article.lang, Article.key), batch)
        changes.added += [ArticleRef(*values) for values in added]
    write_redirects(prepared.compiled, session)


def free_names(updates: list[Compiled], rows: dict[str, Row], session: Session) -> None:
    """Give articles that change slug or key a name nobody has, so that two may swap theirs."""
    for each in updates:
        row = rows[each.source.path]
        if (row.lang, row.slug, row.key) != (each.source.lang, each.source.slug, each.source.key):
            free = f"~{row.id}"
            session.execute(update(Article).where(Article.id == row.id).values(slug=free, key=free))


def record_renames(prepared: Prepared, removed: list[Row], session: Session) -> None:
    """Let old slugs lead on: of articles whose slug changed, and of files that were moved without a change."""
    gone = {(row.lang, row.source_hash): row for row in removed}
    for each in prepared.compiled:
        source = each.source
        row = prepared.rows.get(source.path) or gone.get((source.lang, source.source_hash))
        if row is None:
            continue
        if row.key != source.key:
            moved = update(Redirect).where(Redirect.lang == row.lang, Redirect.article_key == row.key)
            session.execute(moved.values(article_key=source.key))
        if row.slug != source.slug:
            replace_redirect(session, row.lang, row.slug, source.key, "rename")


def write_redirects(compiled: list[Compiled], session: Session) -> None:
    """Record the old slugs that front matter names."""
    for each in compiled:
        lang, key = each.source.lang, each.source.key
        mine = (Redirect.lang == lang, Redirect.article_key == key, Redirect.source == "front_matter")
        session.execute(delete(Redirect).where(*mine))
        for slug in each.old_slugs:
            replace_redirect(session, lang, slug, key, "front_matter")


def replace_redirect(session: Session, lang: str, old_slug: str, key: str, source: str) -> None:
    """Let *old_slug* lead to the article *key*, wherever it led before."""
    session.execute(delete(Redirect).where(Redirect.lang == lang, Redirect.old_slug == old_slug))
    session.execute(insert(Redirect).values(lang=lang, old_slug=old_slug, article_key=key, source=source))


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
