"""One article from its source to the row that is published."""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass
from typing import Any

from helpcenter.content.catalogue import Catalogue
from helpcenter.content.labels import labels_in
from helpcenter.content.markup import Rendered, render
from helpcenter.content.problems import ERROR, BrokenFile, Problem
from helpcenter.content.reader import ArticleSource
from helpcenter.content.slugs import is_slug, slug_of
from helpcenter.content.weight import TooHeavy

logger = logging.getLogger(__name__)


@dataclass
class Compiled:
    """A rendered article: its row, its old slugs, and what was noticed on the way."""

    source: ArticleSource
    row: dict[str, Any]
    rendered: Rendered
    old_slugs: list[str]
    problems: list[Problem]


def compile_article(source: ArticleSource, catalogue: Catalogue) -> Compiled:
    """Return *source* rendered against *catalogue*. Raises BrokenFile, and nothing else."""
    references = catalogue.reader(source.path, source.lang)
    try:
        rendered = render(
            source.markdown,
            resolve_link=references.link,
            resolve_image=references.image,
            title=source.title,
            labels=labels_in(source.lang),
        )
    except TooHeavy as error:
        raise BrokenFile(source.path, source.body_line + error.line - 1, "too-heavy", error.message) from error
    except Exception as error:
        # An edge: whatever a parser does with a strange file, it must not stop the publishing of the others.
        logger.exception("rendering %s failed", source.path)
        message = f"The article cannot be rendered ({type(error).__name__}); simplify it."
        raise BrokenFile(source.path, source.body_line, "rendering", message) from error
    problems = [*source.problems, *findings(source, rendered)]
    row = row_of(source, rendered)
    row["dependencies"] = references.dependencies
    row["dependency_hash"] = references.hash()
    return Compiled(source, row, rendered, old_slugs(source), problems)


def findings(source: ArticleSource, rendered: Rendered) -> list[Problem]:
    """Return what rendering noticed, with lines of the file, and links to places the article does not have."""
    start = source.body_line - 1
    found = [Problem(source.path, start + each.line, each.code, each.severity, each.message) for each in rendered.findings]
    for line, address in rendered.anchors:
        if address.startswith("#") and address != "#" and address[1:] not in rendered.ids:
            message = f"There is no heading {address[:80]} in this article."
            found.append(Problem(source.path, start + line, "broken-anchor", ERROR, message))
    return sorted(found)


def row_of(source: ArticleSource, rendered: Rendered) -> dict[str, Any]:
    """Return the columns of the article that its file decides."""
    front = source.front
    return {
        "lang": source.lang,
        "key": source.key,
        "slug": source.slug,
        "section": source.section,
        "title": source.title,
        "short_title": front.short_title,
        "description": front.description,
        "html": rendered.html,
        "body_text": rendered.text,
        "headings": rendered.headings,
        "keywords": list(front.keywords),
        "tags": list(front.tags),
        "related": [related.removesuffix(".md").strip("/") for related in front.related],
        "position": front.order,
        "featured": front.featured,
        "unlisted": front.unlisted,
        "toc": front.toc,
        "updated": front.updated,
        "expire_at": front.expire_at.astimezone(datetime.UTC) if front.expire_at else None,
        "source_path": source.path,
        "source_hash": source.source_hash,
    }


def old_slugs(source: ArticleSource) -> list[str]:
    """Return the slugs that `redirect_from` names; of an address only the last part counts."""
    found = []
    for old in source.front.redirect_from:
        name = old.partition("?")[0].partition("#")[0].strip("/").rpartition("/")[2]
        name = name.removesuffix(".html").removesuffix(".md")
        slug = name if is_slug(name) else slug_of(name) if name else ""
        if slug and slug != source.slug:
            found.append(slug)
    return list(dict.fromkeys(found))
