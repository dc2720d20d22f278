"""Zendesk Guide: answers of the Help Center API saved as JSON files.

Documented at https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/ and beside it for
sections, categories, translations and article_attachments. A page of a list is `{"articles": [...], "next_page": ...}`;
articles of several locales come from `/api/v2/help_center/{locale}/articles.json`, or as translations. `vote_count` is
the number of votes and `vote_sum` those up less those down. An article with a `user_segment_id` is not for everybody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from helpcenter.content.importers.export_source import ExportSource, OldArticle, SectionTree, date_of, locale_of
from helpcenter.content.importers.exports import Export, number, read_json, rows_in, text

LISTS = ("articles", "sections", "categories", "translations", "article_attachments")
SINGLE = {"article": "articles", "section": "sections", "category": "categories", "translation": "translations"}
ATTACHMENT = re.compile(r"/article_attachments/(\d+)")
Rows = dict[str, list[dict[str, Any]]]


class Zendesk(ExportSource):
    """A Help Center of Zendesk."""

    kind = "zendesk"
    article_address = re.compile(r"/hc/(?:(?P<lang>[a-z]{2,3}(?:-[a-z0-9]{2,4})?)/)?articles/(?P<id>\d+)")

    def read(self, export: Export) -> list[OldArticle]:
        """Return the articles of *export* in all their locales."""
        rows = self.rows(export)
        source_locales = [text(row.get("source_locale") or row.get("locale")) for row in rows["articles"]]
        most = max(set(source_locales), key=source_locales.count, default="en")
        self.language = locale_of(most, self.language)
        self.tree = self.sections_of(rows)
        self.take_attachments(rows["article_attachments"])
        found = [self.article(row) for row in sorted(rows["articles"], key=is_translated)]
        found += self.translated(rows)
        languages = dict.fromkeys([self.language, *(old.lang for old in found)])
        self.languages = [lang for lang in languages if any(old.lang == lang for old in found)]
        self.sections = self.tree.sections(self.languages)
        return found

    def rows(self, export: Export) -> Rows:
        """Return the objects of all files, by what they are."""
        rows: Rows = defaultdict(list)
        for name, content in export.pages():
            value = read_json(name, content)
            for key in LISTS if isinstance(value, dict) else ():
                rows[key] += rows_in(value.get(key))
            for single, key in SINGLE.items() if isinstance(value, dict) else ():
                rows[key] += rows_in(value.get(single))
            if isinstance(value, list):
                kind = next((key for key in LISTS if key in name.lower()), "articles")
                rows[kind] += rows_in(value)
        return rows

    def sections_of(self, rows: Rows) -> SectionTree:
        """Return categories and the sections in them."""
        tree = SectionTree()
        for row in [*rows["categories"], *rows["sections"]]:
            is_category = "category_id" not in row and "parent_section_id" not in row
            identity = f"{'c' if is_category else 's'}{text(row.get('id'))}"
            above = f"s{text(row['parent_section_id'])}" if row.get("parent_section_id") else ""
            above = above or (f"c{text(row['category_id'])}" if row.get("category_id") else "")
            lang = locale_of(row.get("locale"), self.language)
            tree.add(
                identity, lang, text(row.get("name")), text(row.get("description")), parent=above,
                order=number(row.get("position")), url=text(row.get("html_url")),
            )  # fmt: skip
        for row in rows["translations"]:
            letter = {"Section": "s", "Category": "c"}.get(text(row.get("source_type")))
            identity = f"{letter}{text(row.get('source_id'))}"
            if letter and identity in tree.titles:
                lang = locale_of(row.get("locale"), self.language)
                tree.add(identity, lang, text(row.get("title")), text(row.get("body")), url=text(row.get("html_url")))
        return tree

    def take_attachments(self, rows: list[dict[str, Any]]) -> None:
        """Note the file names of attachments, and which articles list them for downloading."""
        self.downloads: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            name = text(row.get("file_name"))
            self.attachment_names[text(row.get("id"))] = name
            if not row.get("inline") and name:
                self.downloads[text(row.get("article_id"))].append(name)

    def file_of(self, path: str) -> str | None:
        """Return the file of the export that an attachment's address names.

        Many attachments are called `image.png`: a file counts when its path has the attachment's id, or when no other
        attachment has its name.
        """
        found = ATTACHMENT.search(path)
        if found is None:
            return super().file_of(path)
        identity = found.group(1)
        name = self.attachment_names.get(identity) or unquote(PurePosixPath(path).name)
        files = self.export.by_name.get(name.lower(), [])
        with_id = self.export.by_name.get(f"{identity}-{name}".lower(), [])
        named = [each for each in (*files, *with_id) if identity in re.split(r"[/_.-]", each)]
        is_only = len(files) == 1 and list(self.attachment_names.values()).count(name) <= 1
        return named[0] if named else files[0] if is_only else None

    def article(self, row: dict[str, Any]) -> OldArticle:
        """Return one article in the locale of its row."""
        identity, lang = text(row.get("id")), locale_of(row.get("locale"), self.language)
        count, total = number(row.get("vote_count"), most=10**9), number(row.get("vote_sum"), most=10**9)
        helpful = min(max(0, (count + total) // 2), max(0, count))
        labels = row.get("label_names")
        old = OldArticle(
            identity,
            lang,
            text(row.get("title") or row.get("name")),
            text(row.get("body")),
            section=self.tree.key(f"s{text(row.get('section_id'))}"),
            front={
                "order": number(row.get("position")) or None,
                "keywords": [text(label) for label in labels if text(label)] if isinstance(labels, list) else [],
                "featured": row.get("promoted") is True,
                "updated": date_of(row.get("edited_at") or row.get("updated_at")),
            },
            draft=row.get("draft") is True,
            urls=addresses(text(row.get("html_url"))),
            # Votes are of the article, whatever the locale; they are counted once.
            votes=(helpful, max(0, count) - helpful) if count > 0 and not is_translated(row) else None,
            attachments=self.downloads.get(identity, []),
        )
        self.judge(old, row)
        return old

    def judge(self, old: OldArticle, row: dict[str, Any]) -> None:
        """Report what an article had that has no place here, and keep back what was not for everybody."""
        if row.get("user_segment_id") is not None or row.get("user_segment_ids"):
            old.draft = True
            self.lose(old.source, "restricted", "only some readers could see it; it was made a draft")
        if row.get("outdated") is True:
            self.lose(old.source, "outdated", "its translation was marked as outdated")
        if row.get("content_tag_ids"):
            self.lose(old.source, "content-tags", "its content tags have only numbers in the export")
        if not old.section and row.get("section_id"):
            self.lose(old.source, "section", f"its section {text(row['section_id'])} is not in the export")

    def translated(self, rows: Rows) -> list[OldArticle]:
        """Return the translations of articles that come as such."""
        originals = {text(row.get("id")): row for row in rows["articles"]}
        found = []
        for row in rows["translations"]:
            original = originals.get(text(row.get("source_id")))
            if original is None or text(row.get("source_type") or "Article") != "Article":
                continue
            merged = {**original, "locale": row.get("locale"), "title": row.get("title"), "body": row.get("body")}
            merged |= {"draft": row.get("draft"), "outdated": row.get("outdated"), "html_url": row.get("html_url")}
            merged |= {"edited_at": row.get("updated_at"), "vote_count": 0}
            if (text(row.get("source_id")), locale_of(row.get("locale"), self.language)) not in self.listed(rows):
                found.append(self.article(merged))
        return found

    def listed(self, rows: Rows) -> set[tuple[str, str]]:
        """Return id and language of what the lists of articles have."""
        if not hasattr(self, "_listed"):
            self._listed = {(text(row.get("id")), locale_of(row.get("locale"), self.language)) for row in rows["articles"]}
        return self._listed


def is_translated(row: dict[str, Any]) -> bool:
    """Return whether *row* is an article in another locale than the one it was written in."""
    return bool(row.get("source_locale")) and row.get("source_locale") != row.get("locale")


def addresses(url: str) -> list[str]:
    """Return the addresses an article answered at: with its title, and with its number alone.

    >>> addresses("https://help.example.com/hc/en-us/articles/360-Pay")
    ['https://help.example.com/hc/en-us/articles/360-Pay', 'https://help.example.com/hc/en-us/articles/360']
    """
    short = re.match(r".*/articles/\d+", url)
    return list(dict.fromkeys([url, short.group()])) if short else [url] if url else []
