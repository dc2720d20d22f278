"""One article from its source to the row that is published."""

from __future__ import annotations

import datetime
import logging
import re
from dataclasses import dataclass
from typing import Any

from helpcenter.content.catalogue import Catalogue, References
from helpcenter.content.labels import labels_in
from helpcenter.content.markup import Rendered, render
from helpcenter.content.problems import ERROR, BrokenFile, Problem
from helpcenter.content.reader import ArticleSource
from helpcenter.content.slugs import is_slug, slug_of
from helpcenter.content.snippets import Expanded, ExpansionRefused, Place, SnippetRefused, expand, expand_words
from helpcenter.content.weight import TooHeavy

logger = logging.getLogger(__name__)

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@dataclass
class Compiled:
    """A rendered article: its row, its old slugs, and what was noticed on the way."""

    source: ArticleSource
    row: dict[str, Any]
    rendered: Rendered
    old_slugs: list[str]
    problems: list[Problem]
    expanded: Expanded

    def place(self, line: int) -> Place:
        """Return the file and line of the line *line* that rendering names; it may be a snippet's."""
        return self.expanded.place(line)


def compile_article(source: ArticleSource, catalogue: Catalogue) -> Compiled:
    """Return *source* rendered against *catalogue*. Raises BrokenFile, and nothing else."""
    references = catalogue.reader(source.path, source.lang)
    said = front_words(source, references)
    expanded = expanded_text(source, references)
    try:
        rendered = render_expanded(expanded, references, said["title"])
    except TooHeavy as error:
        raise BrokenFile(*expanded.place(error.line), "too-heavy", error.message) from error
    except Exception as error:
        # An edge: whatever a parser does with a strange file, it must not stop the publishing of the others.
        logger.exception("rendering %s failed", source.path)
        message = f"The article cannot be rendered ({type(error).__name__}); simplify it."
        raise BrokenFile(source.path, source.body_line, "rendering", message) from error
    problems = [*source.problems, *findings(expanded, rendered)]
    row = row_of(source, rendered) | said
    row["dependencies"] = references.dependencies
    row["dependency_hash"] = references.hash()
    return Compiled(source, row, rendered, old_slugs(source), problems, expanded)


def front_words(source: ArticleSource, references: References) -> dict[str, str]:
    """Return the title, short title and description with their variables put in. Raises BrokenFile."""
    front = source.front
    said = {"title": source.title, "short_title": front.short_title, "description": front.description}
    try:
        return {name: expand_words(text, references) for name, text in said.items()}
    except SnippetRefused as error:
        raise BrokenFile(source.path, front.lines.get("title", 1), "snippet", error.message) from error


def expanded_text(source: ArticleSource, references: References) -> Expanded:
    """Return the Markdown of *source* with snippets and variables put in. Raises BrokenFile."""
    try:
        return expand(source.markdown, source.path, source.body_line, references)
    except ExpansionRefused as error:
        raise BrokenFile(source.path, error.line, "snippet", error.message) from error


def render_expanded(expanded: Expanded, references: References, title: str) -> Rendered:
    """Return *expanded* rendered; links and images in a snippet are relative to the snippet's file. Raises TooHeavy."""

    def follow(line: int) -> None:
        references.here = expanded.place(line).path

    return render(
        expanded.markdown,
        resolve_link=references.link,
        resolve_image=references.image,
        title=title,
        labels=labels_in(references.lang),
        follow=follow,
    )


def findings(expanded: Expanded, rendered: Rendered) -> list[Problem]:
    """Return what rendering noticed, with file and line, and links to places the article does not have."""
    found = [Problem(*expanded.place(each.line), each.code, each.severity, each.message) for each in rendered.findings]
    for line, address in rendered.anchors:
        if address.startswith("#") and address != "#" and address[1:] not in rendered.ids:
            message = f"There is no heading {address[:80]} in this article."
            found.append(Problem(*expanded.place(line), "broken-anchor", ERROR, message))
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
        "review_by": front.review_by,
        "audience": front.audience,
        "words": count_words(f"{source.title}\n{front.description}\n{rendered.text}"),
        "significance": front.significance,
        "text_hash": source.text_hash,
        "based_on": front.source_hash,
        "staleness": "",
        "expire_at": front.expire_at.astimezone(datetime.UTC) if front.expire_at else None,
        "source_path": source.path,
        "source_hash": source.source_hash,
    }


def count_words(text: str) -> int:
    """Return how many words a translator would count.

    >>> count_words("Don't pay · twice: 1.5 % of e-mail")
    6
    """
    return sum(1 for _ in WORD.finditer(text))


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
