"""phpMyFAQ: the JSON or XML file of its export page.

Its form is what the classes phpMyFAQ\\Export\\Json and phpMyFAQ\\Export\\Xml write
(https://github.com/thorsten/phpMyFAQ/tree/main/phpmyfaq/src/phpMyFAQ/Export): a list of
`{"faq": {"id", "language", "category", "keywords", "question", "answer", "author", "last_modified"}}`, or
`<phpmyfaq><article id="">` with the same elements and `<data>` for the date. Answers are HTML, escaped once; the category
is its path, with ` >> ` between. Addresses have the category's number, which only the site's `sitemap.xml` tells: saved
beside the export, it gives the old addresses.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from helpcenter.content.importers.article import ImportRefused
from helpcenter.content.importers.export_source import ExportSource, OldArticle, SectionTree, date_of, locale_of
from helpcenter.content.importers.exports import Export, read_json, text

PRETTY = re.compile(r"/content/(\d+)/(\d+)/([a-z]{2,3}(?:[-_][a-zA-Z]{2,4})?)/")
LOCATION = re.compile(r"<loc>\s*([^<\s]{1,2000})\s*</loc>")
DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
MOST_LEVELS = 6


class PhpMyFaq(ExportSource):
    """An installation of phpMyFAQ."""

    kind = "phpmyfaq"

    def identify(self, address: str) -> tuple[str, str] | None:
        """Return the id and language of the question at an old address, in either form."""
        if pretty := PRETTY.search(address):
            return pretty.group(2), pretty.group(3)
        query = parse_qs(address.partition("?")[2])
        if query.get("action") in (["faq"], ["artikel"]) and query.get("id"):
            return query["id"][0], query.get("artlang", [""])[0]
        return None

    def read(self, export: Export) -> list[OldArticle]:
        """Return the questions of *export* with their answers."""
        self.urls: dict[tuple[str, str], list[str]] = {}
        rows: list[dict[str, Any]] = []
        for name, content in export.pages((".json", ".xml")):
            is_xml = content.lstrip()[:1] == b"<" or content.startswith(b"\xef\xbb\xbf<")
            if is_xml and b"<urlset" in content[:5000]:
                self.take_addresses(content.decode("utf-8", "replace"))
            elif is_xml:
                rows += rows_of_xml(name, content)
            else:
                given = read_json(name, content)
                rows += [row["faq"] for row in given if isinstance(row, dict) and isinstance(row.get("faq"), dict)] if isinstance(given, list) else []
        self.tree = SectionTree()
        found = [self.article(row) for row in rows]
        self.languages = list(dict.fromkeys(sorted((old.lang for old in found), key=lambda lang: lang != self.language)))
        self.sections = self.tree.sections(self.languages)
        if found and not self.urls:
            self.lose("sitemap.xml", "redirects", "old addresses are not in the export; save the site's sitemap.xml beside it")
        return found

    def take_addresses(self, sitemap: str) -> None:
        """Note the old addresses that a sitemap lists, in both forms that phpMyFAQ answers."""
        for found in LOCATION.finditer(sitemap):
            url = html.unescape(found.group(1))
            parts = urlsplit(url)
            query = parse_qs(parts.query)
            if pretty := PRETTY.search(parts.path):
                category, identity, lang = pretty.groups()
            elif query.get("action") in (["faq"], ["artikel"]) and query.get("id") and query.get("artlang"):
                category, identity, lang = query.get("cat", ["0"])[0], query["id"][0], query["artlang"][0]
            else:
                continue
            plain = f"https://{parts.hostname}{parts.path[: pretty.start()] if pretty else parts.path.rpartition('/')[0]}/index.php"
            plain += f"?action=faq&cat={category}&id={identity}&artlang={lang}"
            self.urls.setdefault((identity, locale_of(lang, self.language)), []).extend([url, plain])

    def article(self, row: dict[str, Any]) -> OldArticle:
        """Return one question in one language."""
        identity, lang = text(row.get("id")), locale_of(row.get("language"), self.language)
        keywords = text(row.get("keywords"))
        return OldArticle(
            identity,
            lang,
            html.unescape(text(row.get("question"))),
            html.unescape(text(row.get("answer"))),
            section=self.section(text(row.get("category")), lang),
            front={
                "keywords": [word for word in (part.strip() for part in html.unescape(keywords).split(",")) if word],
                "updated": date_of(row.get("last_modified")),
            },
            urls=self.urls.get((identity, lang), []),
        )

    def section(self, path: str, lang: str) -> str:
        """Return the key of the category *path*, such as `Paying >> Cards`."""
        above = ""
        for title in [part.strip() for part in html.unescape(path).split(">>") if part.strip()][:MOST_LEVELS]:
            identity = f"{above} >> {title}"
            self.tree.add(identity, lang, title, parent=above)
            above = identity
        return self.tree.key(above)


def rows_of_xml(name: str, content: bytes) -> list[dict[str, Any]]:
    """Return the articles of an XML export as the JSON one has them. Raises ImportRefused."""
    if DECLARATION.search(content):
        raise ImportRefused(f"{name}: an export of phpMyFAQ declares no entities; this file is refused")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ImportRefused(f"{name}: not valid XML: {error}") from error
    rows = []
    for article in root.iter("article") if root.tag == "phpmyfaq" else ():
        row: dict[str, Any] = {child.tag: child.text or "" for child in article}
        rows.append(row | {"id": article.get("id", ""), "last_modified": row.get("data", "")})
    return rows
