"""The reading half of publishing: what changed in the content folder, rendered and ready to be written.

Nothing here writes to the database, so that votes and requests never wait for Markdown.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.content.catalogue import Catalogue, Entry
from helpcenter.content.compilation import Compiled, compile_article
from helpcenter.content.folder import ArticleFile, list_articles, read_bytes
from helpcenter.content.languages import language_code
from helpcenter.content.models import Article, Publication, PublishedPart
from helpcenter.content.parts import SITE
from helpcenter.content.problems import ERROR, BrokenFile, FolderRefused, Problem
from helpcenter.content.reader import ArticleSource, hash_of, read_article
from helpcenter.content.site import Section, Site, folder_refusal, load_site

Progress = Callable[[int, int], None]


class ArticleRef(NamedTuple):
    """Names one published article."""

    id: int
    lang: str
    key: str


class Row(NamedTuple):
    """What sync needs to know of a published article."""

    id: int
    lang: str
    key: str
    slug: str
    section: str
    source_path: str
    source_hash: str
    dependency_hash: str
    dependencies: list[str]
    expire_at: datetime.datetime | None
    version: int

    @property
    def ref(self) -> ArticleRef:
        """The article's name in a ChangeSet."""
        return ArticleRef(self.id, self.lang, self.key)

    @property
    def entry(self) -> Entry:
        """What links need to know of the article."""
        return Entry(self.lang, self.key, self.slug, self.source_path)


ROWS = select(*(getattr(Article, name) for name in Row._fields))


@dataclass
class Prepared:
    """A publish that is read and rendered, but not yet written."""

    folder: Path
    revision: int
    site: Site
    compiled: list[Compiled] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)  # by path, as they were
    kept: dict[str, Row] = field(default_factory=dict)  # rows that stay as they are
    unchanged: int = 0
    broken: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def removed(self) -> list[Row]:
        """The rows whose articles are gone."""
        stay = {each.source.path for each in self.compiled} | set(self.kept)
        return [row for path, row in self.rows.items() if path not in stay]


def prepare(folder: Path, session: Session, *, now: datetime.datetime, progress: Progress | None = None) -> Prepared:
    """Return what a publish of *folder* would write; only reads. Raises FolderRefused."""
    try:
        root = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise FolderRefused(folder_refusal(folder, error)) from error
    site, site_problems = chosen_site(root, session)
    listing = list_articles(root, site)
    if not listing.files and not listing.unreadable:
        raise FolderRefused(
            f"The content folder {folder} has no articles, so nothing was changed."
            " Put Markdown files into a folder named like a language, for example en/."
        )
    prepared = Prepared(folder, revision_of(session), site)
    prepared.rows = read_rows(session)
    prepared.broken = [problem for problem in site_problems if problem.severity == ERROR][:1]
    prepared.problems = [*site_problems[len(prepared.broken) :], *listing.problems]
    keep_unreadable(prepared, listing.unreadable)
    sources = read_changed(prepared, root, listing.files, now)
    sources = claim_names(prepared, sources)
    compile_all(prepared, root, sources, progress)
    prepared.site = with_found_sections(site, prepared, session)
    return prepared


def read_rows(session: Session) -> dict[str, Row]:
    """Return all published articles by the path of their file."""
    return {row.source_path: row for row in (Row(*values) for values in session.execute(ROWS))}


def revision_of(session: Session) -> int:
    """Return the library's revision."""
    return session.scalar(select(Publication.revision)) or 0


def chosen_site(root: Path, session: Session) -> tuple[Site, list[Problem]]:
    """Return the site of *root*; with a broken site.yaml the one that is published stays."""
    site, problems = load_site(root)
    if any(problem.severity == ERROR for problem in problems):
        published = session.get(PublishedPart, SITE)
        if published is not None:
            return Site.model_validate(published.payload), problems
    return site, problems


def keep_unreadable(prepared: Prepared, folders: Iterable[str]) -> None:
    """Keep what was published from folders that cannot be listed now."""
    for folder in folders:
        for path, row in prepared.rows.items():
            if folder == "." or path.startswith(f"{folder}/"):
                prepared.kept[path] = row


def read_changed(prepared: Prepared, root: Path, files: list[ArticleFile], now: datetime.datetime) -> list[ArticleSource]:
    """Return the sources of new and changed files; rows of the others are noted as kept."""
    sources = []
    for file in files:
        row = prepared.rows.get(file.path)
        try:
            content = read_bytes(root, file.path)
            if row and row.lang == file.lang and row.source_hash == hash_of(content):
                if row.expire_at is None or row.expire_at > now:
                    prepared.kept[file.path] = row
                    prepared.unchanged += 1
                continue
            source = read_article(file, root, content)
        except BrokenFile as error:
            keep_broken(prepared, error.problem, row)
            continue
        if source.is_public(now):
            sources.append(source)
        else:
            prepared.problems += source.problems
    return sources


def keep_broken(prepared: Prepared, problem: Problem, row: Row | None) -> None:
    """Note a broken file; its last good version stays published."""
    prepared.broken.append(problem)
    if row is not None:
        prepared.kept[row.source_path] = row


def claim_names(prepared: Prepared, sources: list[ArticleSource]) -> list[ArticleSource]:
    """Return the sources whose slug and key are free: who is published with a name keeps it, else the first path."""
    slugs = {(row.lang, row.slug): row.source_path for row in prepared.kept.values()}
    keys = {(row.lang, row.key): row.source_path for row in prepared.kept.values()}

    def is_newcomer(source: ArticleSource) -> bool:
        row = prepared.rows.get(source.path)
        return row is None or (row.slug, row.key) != (source.slug, source.key)

    accepted = []
    for source in sorted(sources, key=lambda source: (is_newcomer(source), source.path)):
        slug, key = (source.lang, source.slug), (source.lang, source.key)
        first = slugs.get(slug) or keys.get(key)
        if first is None:
            slugs[slug] = keys[key] = source.path
            accepted.append(source)
            continue
        name = f"slug {source.slug}" if slug in slugs else f"key {source.key}"
        message = f"The {name} is taken by {first}; give this article another slug."
        line = source.front.lines.get("slug", 1)
        row = prepared.rows.get(source.path)
        free = row and (row.lang, row.slug) not in slugs and (row.lang, row.key) not in keys
        keep_broken(prepared, Problem(source.path, line, "duplicate-slug", ERROR, message), row if free else None)
        if row and free:
            slugs[row.lang, row.slug] = keys[row.lang, row.key] = row.source_path
    return accepted


def compile_all(prepared: Prepared, root: Path, sources: list[ArticleSource], progress: Progress | None) -> None:
    """Render *sources*, and those kept articles whose links or images now lead elsewhere."""
    entries = {path: row.entry for path, row in prepared.kept.items()}
    entries |= {source.path: Entry(source.lang, source.key, source.slug, source.path) for source in sources}
    catalogue = Catalogue(root, prepared.site, entries.values())
    unpublished = []
    sources = [*sources, *read_moved(prepared, root, catalogue)]
    for done, source in enumerate(sources, 1):
        try:
            compiled = compile_article(source, catalogue)
            prepared.compiled.append(compiled)
            prepared.problems += compiled.problems
        except BrokenFile as error:
            row = prepared.rows.get(source.path)
            keep_broken(prepared, error.problem, row)
            if row is None:
                unpublished.append(source.path)
        if progress:
            progress(done, len(sources))
    if unpublished:
        relink(prepared, root, [entry for path, entry in entries.items() if path not in unpublished])


def read_moved(prepared: Prepared, root: Path, catalogue: Catalogue) -> list[ArticleSource]:
    """Return the sources of kept articles for which a link or an image now leads elsewhere."""
    broken = {problem.path for problem in prepared.broken}
    moved = []
    for path, row in list(prepared.kept.items()):
        if path in broken or catalogue.reader(path, row.lang).ask_again(row.dependencies) == row.dependency_hash:
            continue
        file = file_of(path, row.lang, prepared.site)
        try:
            source = read_article(file, root)
        except BrokenFile as error:
            prepared.broken.append(error.problem)
            continue
        if source.source_hash == row.source_hash:
            # Otherwise the file changed this very moment: the next sync takes it.
            moved.append(source)
            del prepared.kept[path]
            prepared.unchanged -= 1
    return moved


def relink(prepared: Prepared, root: Path, entries: list[Entry]) -> None:
    """Render again what links to a new article that turned out to be broken."""
    catalogue = Catalogue(root, prepared.site, entries)
    for place, compiled in enumerate(prepared.compiled):
        source = compiled.source
        if catalogue.reader(source.path, source.lang).ask_again(compiled.row["dependencies"]) != compiled.row["dependency_hash"]:
            prepared.compiled[place] = compile_article(source, catalogue)


def file_of(path: str, lang: str, site: Site) -> ArticleFile:
    """Return the article file at *path*, whose language is known."""
    tree = path.partition("/")[0]
    return ArticleFile(path, lang, tree if language_code(tree) == lang else "")


def with_found_sections(site: Site, prepared: Prepared, session: Session) -> Site:
    """Return *site* with the sections that only articles name, titled by their category."""
    listed = {section.key for section in site.sections if not section.found}
    published = session.get(PublishedPart, SITE)
    earlier = Site.model_validate(published.payload).sections if published else []
    titles: dict[str, dict[str, str]] = {section.key: dict(section.title) for section in earlier if section.found}
    used = {row.section for row in prepared.kept.values()}
    for compiled in prepared.compiled:
        source = compiled.source
        used.add(source.section)
        if source.section_title:
            titles.setdefault(source.section, {})[source.lang] = source.section_title
    found = [
        Section(key=key, title=titles.get(key, {}), found=True)
        for key in sorted(used - listed)
    ]
    return site.model_copy(update={"sections": [s for s in site.sections if not s.found] + found})
