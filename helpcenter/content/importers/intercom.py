"""Intercom: answers of the REST API saved as JSON files, `/articles` and `/help_center/collections`.

Documented at https://developers.intercom.com/docs/references/rest-api/api.intercom.io/articles and beside it for the
help center. A page of a list is `{"type": "list", "data": [...], "pages": ...}`; other languages are in
`translated_content`, by locale. `statistics.reactions` is a count, `happy_reaction_percentage` and
`sad_reaction_percentage` are shares of it.
"""

from __future__ import annotations

import re
from typing import Any

from helpcenter.content.importers.export_source import ExportSource, OldArticle, SectionTree, date_of, locale_of, one_line
from helpcenter.content.importers.exports import Export, number, read_json, rows_in, text


class Intercom(ExportSource):
    """A help center of Intercom."""

    kind = "intercom"
    article_address = re.compile(r"(?:/(?P<lang>[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,4})?))?/articles/(?P<id>\d+)")

    def read(self, export: Export) -> list[OldArticle]:
        """Return the articles of *export* in all their languages."""
        articles: dict[str, dict[str, Any]] = {}
        self.tree = SectionTree()
        for name, content in export.pages():
            for row in rows_in(read_json(name, content), "data", "articles", "collections"):
                if row.get("type") in ("article", "internal_article") or "body" in row:
                    articles.setdefault(text(row.get("id")), row)
                elif "name" in row:
                    self.collection(row)
        defaults = [locale_of(row.get("default_locale"), self.language) for row in articles.values()]
        found = [old for row in articles.values() for old in self.versions(row)]
        first = max(set(defaults), key=defaults.count, default=self.language)
        self.languages = list(dict.fromkeys([first, *(old.lang for old in found)]))
        self.sections = self.tree.sections(self.languages)
        return found

    def collection(self, row: dict[str, Any]) -> None:
        """Take a collection, which may stand in another one, in all its languages."""
        identity, first = text(row.get("id")), locale_of(row.get("default_locale"), self.language)
        self.tree.add(
            identity, first, text(row.get("name")), text(row.get("description")), parent=text(row.get("parent_id")),
            order=number(row.get("order")), url=text(row.get("url")),
        )  # fmt: skip
        for locale, inner in translations(row):
            self.tree.add(identity, locale_of(locale, first), text(inner.get("name")), text(inner.get("description")), url=text(inner.get("url")))

    def versions(self, row: dict[str, Any]) -> list[OldArticle]:
        """Return one article in each of its languages, the default first."""
        first = locale_of(row.get("default_locale"), self.language)
        found = [self.article(row, row, first)]
        for locale, inner in translations(row):
            lang = locale_of(locale, first)
            if lang != first and (text(inner.get("title")) or text(inner.get("body"))):
                found.append(self.article(row, inner, lang))
        found[0].votes = votes_of(row.get("statistics"))
        return found

    def article(self, row: dict[str, Any], said: dict[str, Any], lang: str) -> OldArticle:
        """Return the article *row* as *said* in one language."""
        parents = row.get("parent_ids") if isinstance(row.get("parent_ids"), list) else []
        parent = text(row.get("parent_id")) or next(map(text, parents), "")
        url = text(said.get("url"))
        short = re.match(r".*/articles/\d+", url)
        old = OldArticle(
            text(row.get("id")),
            lang,
            text(said.get("title")),
            text(said.get("body")),
            section=self.tree.key(parent),
            front={"description": one_line(text(said.get("description")), 500), "updated": date_of(said.get("updated_at"))},
            draft=text(said.get("state")) != "published",
            urls=[url, short.group()] if short else [url],
        )
        if row.get("type") == "internal_article":
            old.draft = True
            self.lose(old.source, "restricted", "only teammates could see it; it was made a draft")
        if parent and not old.section:
            self.lose(old.source, "section", f"its collection {parent} is not in the export")
        return old


def translations(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the other languages of *row*."""
    given = row.get("translated_content") or row.get("translated_content_group")
    return [(locale, inner) for locale, inner in given.items() if isinstance(inner, dict)] if isinstance(given, dict) else []


def votes_of(statistics: Any) -> tuple[int, int] | None:
    """Return how many reactions were happy and how many sad; those between are neither.

    >>> votes_of({"reactions": 10, "happy_reaction_percentage": 60.0, "sad_reaction_percentage": 10.0})
    (6, 1)
    """
    if not isinstance(statistics, dict) or (reactions := number(statistics.get("reactions"), most=10**9)) <= 0:
        return None
    shares = (number(statistics.get(f"{kind}_reaction_percentage")) for kind in ("happy", "sad"))
    happy, sad = (min(reactions, max(0, round(reactions * share / 100))) for share in shares)
    return happy, sad
