"""The reading half of publishing: what changed in the content folder, rendered and ready to be written.

Nothing here writes to the database, so that votes and requests never wait for Markdown.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from helpcenter.content.alignment import align, followers
from helpcenter.content.anchors import Outlined, keep_anchors
from helpcenter.content.catalogue import Catalogue, Entry
from helpcenter.content.compilation import Compiled, compile_article
from helpcenter.content.folder import ArticleFile, list_articles, read_bytes
from helpcenter.content.languages import language_code
from helpcenter.content.models import Article, Publication, PublishedPart
from helpcenter.content.moves import find_earlier
from helpcenter.content.parts import SITE
from helpcenter.content.problems import ERROR, BrokenFile, FolderRefused, Problem
from helpcenter.content.reader import ArticleSource, hash_of, read_article
from helpcenter.content.redirects import load_redirects, places_of
from helpcenter.content.schedule import moments_of, next_change
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
    title: str
    source_path: str
    source_hash: str
    dependency_hash: str
    dependencies: list[str]
    expire_at: datetime.datetime | None
    first_published_at: datetime.datetime
    version: int

    @property
    def ref(self) -> ArticleRef:
        """The article's name in a ChangeSet."""
        return ArticleRef(self.id, self.lang, self.key)

    @property
    def entry(self) -> Entry:
        """What links need to know of the article."""
        return Entry(self.lang, self.key, self.slug, self.source_path)

    def is_live(self, now: datetime.datetime) -> bool:
        """Return whether the article has not expired at *now*."""
        return self.expire_at is None or self.expire_at > now


ROWS = select(*(getattr(Article, name) for name in Row._fields))
OF_ROWS = Article.id.in_(bindparam("numbers", expanding=True))
TEXTS = select(Article.id, Article.body_text).where(OF_ROWS)
OUTLINED = select(Article.id, Article.headings, Article.body_text).where(OF_ROWS)


@dataclass
class Prepared:
    """A publish that is read and rendered, but not yet written."""

    folder: Path
    revision: int
    site: Site
    compiled: list[Compiled] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)  # by path, as they were
    kept: dict[str, Row] = field(default_factory=dict)  # rows that stay as they are
    went_on: dict[str, Row] = field(default_factory=dict)  # by path, the rows that compiled articles go on with
    redirects: dict[str, str] | None = None
    """What redirects.yaml says; None when it cannot be read, and what is published stays."""
    moments: list[datetime.datetime] = field(default_factory=list)
    """When the files that were read are to be published or to expire."""
    unchanged: int = 0
    broken: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    include_unpublished: bool = False
    """Whether this is a preview: drafts, and articles whose time has not come or is over, count as published."""

    @property
    def removed(self) -> list[Row]:
        """The rows whose articles are gone."""
        stay = {each.source.path for each in self.compiled} | set(self.kept)
        return [row for path, row in self.rows.items() if path not in stay]

    def earlier(self, compiled: Compiled) -> Row | None:
        """Return the row that the article had before, if it was published: under the same path, or another."""
        return self.went_on.get(compiled.source.path)

    def next_change(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return when the library, once this is published, is due to change by itself."""
        return next_change([*self.moments, *(row.expire_at for row in self.kept.values())], now)


def prepare(
    folder: Path, session: Session, *, now: datetime.datetime, progress: Progress | None = None, include_unpublished: bool = False
) -> Prepared:
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
    prepared = Prepared(folder, revision_of(session), site, include_unpublished=include_unpublished)
    prepared.rows = read_rows(session)
    prepared.broken = [problem for problem in site_problems if problem.severity == ERROR][:1]
    prepared.problems = [*site_problems[len(prepared.broken) :], *listing.problems]
    keep_unreadable(prepared, listing.unreadable)
    sources = read_changed(prepared, root, listing.files, now)
    sources = claim_names(prepared, sources)
    sources += read_followers(prepared, root, sources)
    compile_all(prepared, root, sources, progress, published_sections(session))
    stale = [row for path, row in prepared.rows.items() if path not in prepared.kept]
    prepared.went_on = find_earlier(stale, prepared.compiled, lambda numbers: read_texts(session, numbers))
    numbers = {path: row.id for path, row in prepared.went_on.items()}
    keep_anchors(prepared.compiled, numbers, lambda rows: read_outlined(session, rows))
    prepared.site = with_found_sections(site, prepared, session)
    read_redirects(prepared, root)
    return prepared


def read_redirects(prepared: Prepared, root: Path) -> None:
    """Read redirects.yaml against the library as it will be."""
    entries = [row.entry for row in prepared.kept.values()] + [entry_of(each.source) for each in prepared.compiled]
    sections = {section.key for section in prepared.site.sections}
    found = load_redirects(root, places_of(Catalogue(root, prepared.site, entries), sections))
    prepared.redirects = found.targets
    (prepared.broken if found.targets is None else prepared.problems).extend(found.problems)


def entry_of(source: ArticleSource) -> Entry:
    """Return what links need to know of the article in *source*."""
    return Entry(source.lang, source.key, source.slug, source.path)


def read_rows(session: Session) -> dict[str, Row]:
    """Return all published articles by the path of their file."""
    return {row.source_path: row for row in (Row(*values) for values in session.execute(ROWS))}


def read_texts(session: Session, numbers: list[int]) -> dict[int, str]:
    """Return the published text of some rows by their id."""
    return dict(session.execute(TEXTS, {"numbers": numbers}).all())


def read_outlined(session: Session, numbers: list[int]) -> dict[int, Outlined]:
    """Return the published headings of some rows by their id."""
    return {number: Outlined(headings, text) for number, headings, text in session.execute(OUTLINED, {"numbers": numbers})}


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
                if row.is_live(now):
                    prepared.kept[file.path] = row
                    prepared.unchanged += 1
                continue
            source = read_source(prepared, file, root, content)
        except BrokenFile as error:
            keep_broken(prepared, error.problem, row if row and row.is_live(now) else None)
            continue
        prepared.moments += moments_of(source.front)
        if source.is_public(now):
            sources.append(source)
        else:
            prepared.problems += source.problems
    return sources


def read_source(prepared: Prepared, file: ArticleFile, root: Path, content: bytes | None = None) -> ArticleSource:
    """Return the article in *file*; in a preview as if it were published. Raises BrokenFile."""
    source = read_article(file, root, content)
    if prepared.include_unpublished:
        source.front.values.update(draft=False, publish_at=None, expire_at=None)
    return source


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


def read_followers(prepared: Prepared, root: Path, sources: list[ArticleSource]) -> list[ArticleSource]:
    """Return the kept articles that must follow one of *sources* into another section."""
    found = []
    for path in followers(sources, prepared.kept, prepared.site):
        try:
            source = read_article(file_of(path, prepared.kept[path].lang, prepared.site), root)
        except BrokenFile:
            continue  # It stays as it was; the next publish that reads it says what is wrong.
        if source.section_title and source.source_hash == prepared.kept[path].source_hash:
            del prepared.kept[path]
            prepared.unchanged -= 1
            found.append(source)
    return found


def published_sections(session: Session) -> list[Section]:
    """Return the sections that are published and that only articles name."""
    published = session.get(PublishedPart, SITE)
    return [section for section in Site.model_validate(published.payload).sections if section.found] if published else []


def compile_all(
    prepared: Prepared, root: Path, sources: list[ArticleSource], progress: Progress | None, earlier: list[Section]
) -> None:
    """Render *sources*, and those kept articles whose links or images now lead elsewhere.

    *earlier* are the sections that are published and only articles name.
    """
    entries = {path: row.entry for path, row in prepared.kept.items()}
    entries |= {source.path: entry_of(source) for source in sources}
    catalogue = Catalogue(root, prepared.site, entries.values())
    unpublished = []
    sources = [*sources, *read_moved(prepared, root, catalogue)]
    align(sources, prepared.kept.values(), prepared.site, earlier)
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
            source = read_source(prepared, file, root)
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
    titles: dict[str, dict[str, str]] = {section.key: dict(section.title) for section in published_sections(session)}
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
