"""FreeScout: the knowledge base as the Knowledge Base API module gives it.

FreeScout's own Knowledge Base module documents no export and its API (https://api-docs.freescout.net) has no articles.
The community module that adds them (https://github.com/EcomGraduates/KnowledgeBaseApiModule) is read here:
`GET /api/knowledgebase/{mailbox}/export?locale=xx` gives
`{"mailbox_id", "name", "categories": [{"id", "name", "description", "url", "articles": [{"id", "title", "text", "status",
"url"}]}]}`, and `/categories/{id}` gives one category with its articles. A file has one language and does not say which:
its name does (`kb.lv.json`, `lv/export.json`), else the option `--language`. What the numbers in `status` mean is
documented nowhere; where they differ, drafts are among the articles (`include_hidden`), and all become drafts.
"""

from __future__ import annotations

import re
from typing import Any

from helpcenter.content.importers.export_source import ExportSource, OldArticle, SectionTree, standard
from helpcenter.content.importers.exports import Export, read_json, rows_in, text
from helpcenter.content.languages import language_code


class FreeScout(ExportSource):
    """A knowledge base of FreeScout."""

    kind = "freescout"
    article_address = re.compile(r"/(?:kb/article|hc/\d+/(?:[\w-]+/)?article|article)/(?P<id>\d+)")

    def read(self, export: Export) -> list[OldArticle]:
        """Return the articles of *export*, each file in its language."""
        self.tree = SectionTree()
        found: list[OldArticle] = []
        statuses: set[str] = set()
        for name, content in export.pages():
            given = read_json(name, content)
            if not isinstance(given, dict):
                continue
            self.site_name = self.site_name or text(given.get("name"))
            lang = language_of(name, self.language)
            for category in self.categories(given):
                found += self.category(category, lang)
                statuses |= {text(row.get("status")) for row in rows_in(category.get("articles")) if "status" in row}
        if len(statuses) > 1:
            self.lose(self.place.name, "draft", "hidden articles are among the others and cannot be told apart; all were made drafts")
            for old in found:
                old.draft = True
        self.languages = list(dict.fromkeys(sorted((old.lang for old in found), key=lambda lang: lang != self.language)))
        self.sections = self.tree.sections(self.languages)
        return found

    def categories(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the categories of one answer with their articles."""
        alone = given.get("category")
        if isinstance(alone, dict):
            return [{**alone, "articles": given.get("articles")}]
        return rows_in(given.get("categories"))

    def category(self, row: dict[str, Any], lang: str) -> list[OldArticle]:
        """Return the articles of one category."""
        identity = text(row.get("id"))
        self.tree.add(identity, lang, text(row.get("name")), text(row.get("description")), parent=text(row.get("parent_id")), url=text(row.get("url")))
        return [
            OldArticle(
                text(article.get("id")),
                lang,
                text(article.get("title")),
                text(article.get("text")),
                section=self.tree.key(identity),
                front={"order": place},
                urls=[url for url in (text(article.get("url")), text(article.get("client_url"))) if url],
            )
            for place, article in enumerate(rows_in(row.get("articles")), 1)
        ]


def language_of(name: str, default: str) -> str:
    """Return the language that a file's path says.

    >>> language_of("kb.lv.json", "en"), language_of("pl/export.json", "en"), language_of("export.json", "en")
    ('lv', 'pl', 'en')
    """
    for part in reversed(re.split(r"[/._]", name.removesuffix(".json"))):
        code = language_code(part) if len(part) in (2, 5) else None
        if code:
            return standard(code)
    return default
