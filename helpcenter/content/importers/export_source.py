"""From the records of another tool's export to articles: names, links, images, attachments; what all such tools share."""

from __future__ import annotations

import base64
import binascii
import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from babel.core import get_global

from helpcenter.content.assets import TYPES
from helpcenter.content.importers.article import (
    ASSETS,
    Asset,
    ImportedArticle,
    ImportedSection,
    ImportRefused,
    Names,
    Source,
    asset_name,
    relative_link,
)
from helpcenter.content.importers.exports import MAX_ASSET_BYTES, Export, open_export
from helpcenter.content.importers.html_cleaning import Surroundings
from helpcenter.content.importers.html_markdown import to_markdown
from helpcenter.content.languages import language_code
from helpcenter.content.sanitising import has_known_scheme
from helpcenter.content.slugs import section_key
from helpcenter.language.cleaning import cut_text

DATA_IMAGE = re.compile(r"data:image/(png|jpe?g|gif|webp|svg\+xml);base64,", re.IGNORECASE)
LONGEST_OLD_PATH = 500
MARKS = re.compile(r"([][\\*_`<])")
BACKSLASHED = r"\\\1"


@dataclass
class OldArticle:
    """One article in one language, as the other tool knew it."""

    id: str
    lang: str
    title: str
    html: str
    section: str = ""
    name: str = ""
    """What its name is made from; the title when nothing is said."""
    front: dict[str, Any] = field(default_factory=dict)
    """Our front-matter keys beside title and draft."""
    draft: bool = False
    urls: list[str] = field(default_factory=list)
    votes: tuple[int, int] | None = None
    attachments: list[str] = field(default_factory=list)
    """Names of files that readers could download."""
    related: list[str] = field(default_factory=list)
    """Ids of other articles."""

    @property
    def source(self) -> str:
        """How the report names the article."""
        return f"{self.title[:80] or 'untitled'} ({self.id}, {self.lang})"


class ExportSource(Source):
    """An export of a help center. A tool's reader says what its records mean, and how its addresses look."""

    article_address = re.compile(r"(?!)")
    """Finds the id of an article, and its language when there is one, in the path of an address: groups `id` and `lang`."""

    def __init__(self, place: Path, *, language: str = "en") -> None:
        super().__init__()
        self.place = place
        self.language = language
        """The language of exports that do not say theirs."""
        self.hosts: set[str] = set()
        self.by_id: dict[str, dict[str, ImportedArticle]] = {}
        self.attachment_names: dict[str, str] = {}
        """By the old tool's id of an attachment, its file name."""

    def file_of(self, path: str) -> str | None:
        """Return the file of the export that the path of an old address names, None when there is none."""
        return self.export.find(unquote(PurePosixPath(path).name))

    def identify(self, address: str) -> tuple[str, str] | None:
        """Return the id of the article at an old address and the language that it says, None for no article."""
        found = self.article_address.search(address)
        return (found["id"], found.groupdict().get("lang") or "") if found else None

    def read(self, export: Export) -> list[OldArticle]:
        """Return the articles of *export*, and fill sections and languages. Raises ImportRefused."""
        raise NotImplementedError

    def articles(self) -> Iterator[ImportedArticle]:
        """Yield the articles, with links between them led to their new places."""
        self.export = open_export(self.place)
        found = self.unique(self.read(self.export))
        if not found:
            raise ImportRefused(f"{self.place} has no articles of {self.kind}; see docs/importing.md for what to save")
        self.total = len(found)
        self.languages = self.languages or list(dict.fromkeys(old.lang for old in found))
        pairs = [(old, article) for old, article in zip(found, self.named(found), strict=True)]
        for old, article in pairs:
            self.by_id.setdefault(old.id, {})[old.lang] = article
            self.hosts.update(host for url in old.urls if (host := host_of(url)))
        for old, article in pairs:
            yield self.converted(old, article)

    def unique(self, found: Iterable[OldArticle]) -> list[OldArticle]:
        """Return *found*, each article once in each language; the rest is reported when it says something else."""
        kept: dict[tuple[str, str], OldArticle] = {}
        for old in found:
            if not old.id:
                self.lose(old.source, "no-id", "a record without an id was left out")
                continue
            before = kept.setdefault((old.id, old.lang), old)
            if before is not old and (before.section != old.section):
                self.lose(old.source, "category", f"it was also in {old.section}; it stands in {before.section} only")
        return list(kept.values())

    def named(self, found: list[OldArticle]) -> list[ImportedArticle]:
        """Return *found* as articles with a name and a place, still without text."""
        names = Names(dict(self.known_names))
        first_language = self.languages[0]
        wanted = {old.id: old.name or old.title for old in sorted(found, key=lambda old: old.lang == first_language)}
        sections = {old.id: old.section for old in sorted(found, key=lambda old: old.lang == first_language)}
        return [
            ImportedArticle(
                old.source, old.lang, sections[old.id], names.take(old.id, wanted[old.id]), {}, "", id=old.id, votes=old.votes,
                old_paths=old_paths(old.urls),
            )
            for old in found
        ]  # fmt: skip

    def converted(self, old: OldArticle, article: ImportedArticle) -> ImportedArticle:
        """Return *article* with the text of *old*."""

        def lose(what: str, detail: str) -> None:
            self.lose(old.source, what, detail)

        place = Place(self, article, lose)
        around = Surroundings(old.lang, old.title, place.link, place.image, lose)
        article.markdown = to_markdown(old.html, around)
        article.markdown += place.attachment_list(old.attachments)
        title = cut_text(old.title, limit=300) or article.name
        related = [self.by_id[each][min(self.by_id[each])].key for each in old.related if each in self.by_id]
        article.front = {"title": title, **old.front, "related": related, "draft": old.draft}
        return article


@dataclass
class Place:
    """Where an article's text is read: resolves its links and images, and collects its assets."""

    source: ExportSource
    article: ImportedArticle
    lose: Any

    def link(self, href: str) -> str | None:
        """Return where *href* leads now, None to drop it."""
        if not has_known_scheme(href):
            self.lose("link", f"a link with an address that is not allowed: {href[:80]}")
            return None
        if href.startswith("#") or href.lower().startswith(("mailto:", "tel:")):
            return href
        try:
            parts = urlsplit(href)
        except ValueError:
            self.lose("link", f"a link with an address that cannot be read: {href[:80]}")
            return None
        if parts.hostname and parts.hostname not in self.source.hosts:
            return href
        return self.old_link(parts.path, parts.query, parts.fragment) or self.stranded(href, parts.hostname)

    def old_link(self, path: str, query: str, fragment: str) -> str | None:
        """Return the new place of an address of the old help center, None when it is not in the export."""
        found = self.source.identify(f"{path}?{query}" if query else path)
        versions = self.source.by_id.get(found[0]) if found else None
        if found and versions:
            wanted = language_code(found[1]) or self.article.lang
            target = versions.get(standard(wanted)) or versions.get(wanted) or versions.get(self.article.lang) or next(iter(versions.values()))
            anchor = f"#{fragment}" if fragment else ""
            return relative_link(self.article.path, target.path) + anchor
        return self.file_link(path)

    def file_link(self, path: str) -> str | None:
        """Return the link to a file of the export that *path* names, None when there is none."""
        name = self.source.file_of(path)
        return self.asset(name) if name else None

    def stranded(self, href: str, host: str | None) -> str | None:
        """Return a link to a page that the export does not have, as an address of the old site, and report it."""
        self.lose("link", f"it links to {href[:200]}, which is not in the export")
        base = f"https://{min(self.source.hosts)}/" if self.source.hosts else ""
        return href if host or not base else base + href.lstrip("/")

    def image(self, source: str) -> str | None:
        """Return the new place of an image, None to drop it."""
        if embedded := DATA_IMAGE.match(source):
            return self.embedded(embedded.group(1).lower(), source[embedded.end() :])
        if not source or not has_known_scheme(source):
            self.lose("image", f"an image that cannot be shown: {source[:80] or 'it has no address'}")
            return None
        try:
            path = urlsplit(source).path
        except ValueError:
            path = ""
        if (found := self.file_link(path)) is not None:
            return found
        is_address = source.lower().startswith(("https://", "http://", "//"))
        self.lose("image", f"{source[:200]} is not in the export" + ("; readers get a link to it" if is_address else ""))
        return source if is_address else None

    def embedded(self, kind: str, code: str) -> str | None:
        """Return the new place of an image that is written into the text."""
        try:
            content = base64.b64decode(code, validate=False)
        except (binascii.Error, ValueError):
            self.lose("image", "an image written into the text is damaged")
            return None
        return self.add("image." + {"jpeg": "jpg", "svg+xml": "svg"}.get(kind, kind), content)

    def asset(self, name: str) -> str | None:
        """Return the link to the file *name* of the export, which becomes an asset."""
        content = self.source.export.read(name)
        return self.add(PurePosixPath(name).name, content)

    def add(self, filename: str, content: bytes) -> str | None:
        """Return the link to a new asset, None when it is too large."""
        if len(content) > MAX_ASSET_BYTES:
            self.lose("asset", f"{filename[:80]} is larger than {MAX_ASSET_BYTES // 2**20} MB")
            return None
        asset = Asset(asset_name(self.source.kind, filename, content), content)
        if PurePosixPath(asset.name).suffix not in TYPES:
            self.lose("attachment", f"{filename[:80]} was copied to {ASSETS}/{asset.name}, but the site does not give out files of its kind")
        if all(each.name != asset.name for each in self.article.assets):
            self.article.assets.append(asset)
        return relative_link(self.article.path, f"{ASSETS}/{asset.name}")

    def attachment_list(self, names: list[str]) -> str:
        """Return a list of links to files that readers could download."""
        lines = []
        for name in names:
            found = self.source.export.find(name)
            if found is None:
                self.lose("attachment", f"{name[:80]} is not in the export")
            elif (link := self.asset(found)) is not None:
                lines.append(f"- [{MARKS.sub(BACKSLASHED, name[:120])}]({link})")
        return "\n\n" + "\n".join(lines) if lines else ""


def standard(locale: str) -> str:
    """Return a locale without its country when that is the usual one of its language.

    >>> standard("en-us"), standard("en-gb"), standard("pt-br")
    ('en', 'en-gb', 'pt')
    """
    language, _, country = locale.partition("-")
    usual = get_global("likely_subtags").get(language, "").rpartition("_")[2]
    return language if country and country.upper() == usual else locale


def locale_of(given: Any, default: str) -> str:
    """Return what a tool calls a locale as one of our language codes; *default* for what is none."""
    return standard(language_code(str(given or "").replace("_", "-")) or default)


def date_of(value: Any) -> str:
    """Return the day of a moment, given as text or as seconds since 1970; nothing for what is neither."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.datetime.fromtimestamp(value, datetime.UTC).date().isoformat()
        return datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00")).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def host_of(url: str) -> str | None:
    """Return the host of an address, None for what has none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def old_paths(urls: Iterable[str]) -> list[str]:
    """Return the paths of old addresses, with the query, each once."""
    found = []
    for url in urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if path.startswith("/") and path != "/" and len(path) <= LONGEST_OLD_PATH and path.isprintable():
            found.append(path)
    return list(dict.fromkeys(found))


def one_line(value: str, limit: int = 300) -> str:
    """Return *value* as one clean line."""
    return cut_text(value, limit=limit)


@dataclass
class SectionTree:
    """Sections of the old tool, which may stand in each other, as keys of ours."""

    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    """By id, the title in each language; the first is the one that the key is made from."""
    descriptions: dict[str, dict[str, str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    urls: dict[str, dict[str, str]] = field(default_factory=dict)
    """By id, old addresses with their languages."""
    keys: dict[str, str] = field(default_factory=dict)

    def add(self, identity: str, lang: str, title: str, description: str = "", *, parent: str = "", order: int = 0, url: str = "") -> None:
        """Take one section in one language."""
        if not identity:
            return
        self.titles.setdefault(identity, {}).setdefault(lang, one_line(title) or identity)
        if description:
            self.descriptions.setdefault(identity, {}).setdefault(lang, one_line(description, 500))
        if parent and parent != identity:
            self.parents.setdefault(identity, parent)
        self.orders.setdefault(identity, order)
        for path in old_paths([url]):
            self.urls.setdefault(identity, {})[path] = lang

    def key(self, identity: str) -> str:
        """Return the key of a section, below those it stands in; the empty one for a section that is not in the export."""
        if identity in self.keys or identity not in self.titles:
            return self.keys.get(identity, "")
        above, seen = self.parents.get(identity, ""), {identity}
        while above in self.titles and above not in seen:
            seen.add(above)
            above = self.parents.get(above, "")
        # A chain that leads back to itself has no top; the section then stands alone.
        parent = self.parents.get(identity, "") if above not in seen else ""
        stem = "/".join(part for part in (self.key(parent), section_key(next(iter(self.titles[identity].values())).replace("/", "-"))) if part)
        key, count = stem, 1
        while key in self.keys.values():
            count += 1
            key = f"{stem}-{count}"
        self.keys[identity] = key
        return key

    def sections(self, languages: list[str]) -> list[ImportedSection]:
        """Return all sections, in the order of the old tool, each below the one it stands in."""
        found = []
        for identity in self.titles:
            title = {lang: self.titles[identity][lang] for lang in languages if lang in self.titles[identity]}
            key = self.key(identity)
            found.append(ImportedSection(key, title, self.descriptions.get(identity, {}), old_paths=self.urls.get(identity, {})))
        found.sort(key=lambda section: self._path(section.key))
        for place, section in enumerate(found):
            section.order = place
        return found

    def _path(self, key: str) -> tuple[tuple[int, str], ...]:
        by_key = {known: identity for identity, known in self.keys.items()}
        parts = key.split("/")
        whole = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        return tuple((self.orders.get(by_key.get(each, ""), 0), each) for each in whole)
