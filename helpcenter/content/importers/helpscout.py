"""Help Scout Docs: answers of the Docs API saved as JSON files.

Documented at https://developer.helpscout.com/docs-api/objects/article and beside it for collections, categories, sites
and redirects. A list is `{"articles": {"page": 1, "items": [...]}}` and has no texts; an article with its text is
`{"article": {...}}`, from `/articles/{id}`. Articles have no language of their own, and no votes.
"""

from __future__ import annotations

import re
from typing import Any

from helpcenter.content.importers.article import ImportedSection
from helpcenter.content.importers.export_source import ExportSource, OldArticle, SectionTree, date_of, old_paths
from helpcenter.content.importers.exports import Export, number, read_json, rows_in, text

LISTS = {"articles": "article", "categories": "category", "collections": "collection", "redirects": "redirect", "sites": "site"}
Rows = dict[str, dict[str, dict[str, Any]]]


class HelpScout(ExportSource):
    """A Docs site of Help Scout."""

    kind = "helpscout"
    article_address = re.compile(r"/article/(?P<id>\d+)")

    def read(self, export: Export) -> list[OldArticle]:
        """Return the articles of *export* that have their text."""
        rows = self.rows(export)
        self.languages = [self.language]
        self.site_name = next((text(site.get("title")) for site in rows["sites"].values()), "")
        self.private = {identity for identity, row in rows["collections"].items() if row.get("visibility") == "private"}
        self.private |= {identity for identity, row in rows["categories"].items() if row.get("visibility") == "private"}
        self.tree = self.sections_of(rows)
        self.moved = self.redirects_of(rows)
        found = [self.article(row, rows) for row in rows["articles"].values() if row.get("text") is not None]
        for row in rows["articles"].values():
            if row.get("text") is None:
                self.lose(f"{text(row.get('name'))} ({text(row.get('id'))})", "text", "its text is not in the export: save /articles/{id} too")
        self.sections: list[ImportedSection] = self.tree.sections(self.languages)
        return found

    def rows(self, export: Export) -> Rows:
        """Return the objects of all files by what they are and by id; one with a text replaces one without."""
        rows: Rows = {name: {} for name in LISTS}
        for name, content in export.pages():
            value = read_json(name, content)
            if not isinstance(value, dict):
                continue
            for plural, single in LISTS.items():
                for row in [*rows_in(value.get(plural)), *rows_in(value.get(single))]:
                    identity = text(row.get("id"))
                    if identity not in rows[plural] or rows[plural][identity].get("text") is None:
                        rows[plural][identity] = row
        return rows

    def sections_of(self, rows: Rows) -> SectionTree:
        """Return collections and the categories in them."""
        tree = SectionTree()
        for identity, row in [*rows["collections"].items(), *rows["categories"].items()]:
            tree.add(
                identity, self.language, text(row.get("name")), text(row.get("description")),
                parent=text(row.get("collectionId")), order=number(row.get("order")), url=text(row.get("publicUrl")),
            )  # fmt: skip
        return tree

    def redirects_of(self, rows: Rows) -> dict[str, list[str]]:
        """Return, by the id of an article, the old paths that led to it."""
        moved: dict[str, list[str]] = {}
        for row in rows["redirects"].values():
            path, target = text(row.get("urlMapping")), text(row.get("documentId"))
            if row.get("type") == "article" and target in rows["articles"]:
                moved.setdefault(target, []).append(path)
            elif path.startswith("/") and row.get("type") == "custom" and text(row.get("redirect")).startswith("https://"):
                self.redirects[path] = text(row.get("redirect"))
            else:
                self.lose(path or "a redirect", "redirect", f"it led to {text(row.get('redirect'))[:200]}, which is no article of the export")
        return moved

    def article(self, row: dict[str, Any], rows: Rows) -> OldArticle:
        """Return one article; links name it by its number, so that is its id here."""
        identity = text(row.get("id"))
        categories = [text(each) for each in row.get("categories") or [] if text(each) in rows["categories"]]
        numbers = {key: text(other.get("number")) for key, other in rows["articles"].items()}
        words, related = row.get("keywords"), row.get("related")
        old = OldArticle(
            text(row.get("number")) or identity,
            self.language,
            text(row.get("name")),
            text(row.get("text")),
            section=self.tree.key(categories[0]) if categories else self.tree.key(text(row.get("collectionId"))),
            name=text(row.get("slug")),
            front={
                "keywords": [text(word) for word in words if text(word)] if isinstance(words, list) else [],
                "updated": date_of(row.get("updatedAt") or row.get("lastPublishedAt") or row.get("createdAt")),
            },
            draft=text(row.get("status")) != "published",
            urls=[text(row.get("publicUrl")), *old_paths(self.moved.get(identity, []))],
            related=[numbers.get(text(each), "") for each in related] if isinstance(related, list) else [],
        )
        self.judge(old, row, categories)
        return old

    def judge(self, old: OldArticle, row: dict[str, Any], categories: list[str]) -> None:
        """Report what an article had that has no place here, and keep back what was not for everybody."""
        if {text(row.get("collectionId")), *categories} & self.private:
            old.draft = True
            self.lose(old.source, "restricted", "its collection or category was private; it was made a draft")
        if row.get("hasDraft") is True:
            self.lose(old.source, "unpublished-changes", "it had changes that were not published; they are not in the export")
        for other in categories[1:]:
            self.lose(old.source, "category", f"it was also in {self.tree.key(other)}; it stands in {old.section} only")
