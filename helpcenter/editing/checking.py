"""Checks and renders one text before it is saved, against the library as it is published: by the publishing code itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.content.catalogue import PUBLISHED, Catalogue
from helpcenter.content.checks import check_length, check_references, check_unknown_keys
from helpcenter.content.compilation import Compiled, compile_article
from helpcenter.content.folder import ArticleFile
from helpcenter.content.models import Article
from helpcenter.content.preparation import entry_of, read_rows
from helpcenter.content.problems import ERROR, BrokenFile, Problem
from helpcenter.content.reader import ArticleSource, read_article
from helpcenter.content.review import review_dates, review_text
from helpcenter.content.site import Site


@dataclass
class Checked:
    """What is wrong or odd in one text, and the text rendered, where it can be."""

    problems: list[Problem]
    source: ArticleSource | None = None
    compiled: Compiled | None = None

    @property
    def has_errors(self) -> bool:
        """Whether the text could not be published as it stands, or has links that lead nowhere."""
        return any(problem.severity == ERROR for problem in self.problems)

    @property
    def is_broken(self) -> bool:
        """Whether the text cannot be published at all."""
        return self.compiled is None

    def line_in_text(self, problem: Problem) -> int | None:
        """Return the line of *problem* as the editor's text counts, None for one in the front matter or in another file."""
        if self.source is None or problem.path != self.source.path:
            return None
        line = problem.line - self.source.body_line + 1
        return line if line > 0 else None


def check_text(session: Session, content: bytes, file: ArticleFile, root: Path, site: Site, now: datetime) -> Checked:
    """Return what `helpcenter check` would say of *content* in *file*, and the article as readers would see it."""
    try:
        source = read_article(file, root, content)
    except BrokenFile as error:
        return Checked([error.problem])
    rows = [row for path, row in read_rows(session).items() if path != file.path]
    problems = [*same_names(source, rows), *check_length(source), *check_unknown_keys([source]), *review_text(source), *review_dates(source, now)]
    entries = [row.entry for row in rows if (row.lang, row.slug) != (source.lang, source.slug) and (row.lang, row.key) != (source.lang, source.key)]
    catalogue = Catalogue(root, site, [*entries, entry_of(source)])
    try:
        compiled = compile_article(source, catalogue)
    except BrokenFile as error:
        return Checked(sorted({*problems, error.problem}), source)
    problems += [*compiled.problems, *check_references(compiled, catalogue), *lost_anchors(session, compiled, catalogue)]
    return Checked(sorted(set(problems), key=lambda problem: (problem.line, problem)), source, compiled)


def same_names(source: ArticleSource, rows: list) -> Iterator[Problem]:
    """Yield the published articles that have the slug or the key of *source* already."""
    line = source.front.lines.get("slug", 1)
    for row in rows:
        if row.lang == source.lang and (row.slug == source.slug or row.key == source.key):
            name = f"slug {source.slug}" if row.slug == source.slug else f"key {source.key}"
            message = f"The {name} is taken by {row.source_path}; give this article another slug."
            yield Problem(source.path, line, "duplicate-slug", ERROR, message)


def lost_anchors(session: Session, compiled: Compiled, catalogue: Catalogue) -> Iterator[Problem]:
    """Yield the links to a heading that the published article they lead to does not have."""
    for line, address in compiled.rendered.anchors:
        page, _, fragment = address.partition("#")
        target = PUBLISHED.match(page)
        if not target or not fragment:
            continue
        lang, slug = target.groups()
        entry = next((catalogue.by_slug[code, slug] for code in catalogue.site.chain(lang) if (code, slug) in catalogue.by_slug), None)
        html = session.scalar(select(Article.html).where(Article.source_path == entry.path)) if entry else None
        if html is not None and f'id="{fragment}"' not in html:
            message = f"The article {entry.path} has no heading #{fragment[:80]}."
            yield Problem(*compiled.place(line), "broken-anchor", ERROR, message)
