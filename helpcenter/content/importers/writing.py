"""Writing imported articles into a content folder, so that a second import changes nothing and no editor loses a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from helpcenter.content.folder import MAX_ARTICLE_BYTES
from helpcenter.content.importers.article import ASSETS, Asset, ImportedArticle, Loss, Source
from helpcenter.content.importers.old_addresses import RedirectsRefused
from helpcenter.content.importers.report import Report
from helpcenter.content.importers.settling import add_redirects, add_votes, missing_from_site, site_text, wanted_redirects
from helpcenter.content.importers.target import Entry, Ledger, Target, UnsafePath, hash_of, ledger_path, read_ledger
from helpcenter.content.languages import language_code
from helpcenter.content.redirects import REDIRECTS_FILE
from helpcenter.content.site import SITE_FILE
from helpcenter.content.slugs import is_slug, section_key

Progress = Callable[[int, int | None], None]
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write(source: Source, folder: Path, *, progress: Progress | None = None, dry_run: bool = False, prune: bool = False) -> Report:
    """Write the articles of *source* into *folder*, and return what was done and what could not come along.

    Files that an editor changed since the last import stay. With *prune*, files whose source is gone are deleted, unless
    they were changed. With *dry_run* nothing is written. Raises ImportRefused, UnsafePath, OSError.
    """
    target = Target(folder, dry_run=dry_run)
    ledger = read_ledger(target, source.kind)
    source.known_names = dict(ledger.names)
    writer = Writer(target, ledger, Report(kind=source.kind, dry_run=dry_run, losses=source.losses))
    try:
        for number, article in enumerate(source.articles(), 1):
            writer.put(article)
            if progress:
                progress(number, source.total)
        writer.report.figures = source.figures()
        writer.settle_files(prune=prune)
        writer.settle_site(source)
    finally:
        # Also after a failure half-way: what was written is known as ours next time.
        writer.save_ledger(source.kind)
    return writer.report


class Writer:
    """Puts articles and assets into the target, and keeps the ledger."""

    def __init__(self, target: Target, ledger: Ledger, report: Report) -> None:
        self.target = target
        self.ledger = ledger
        self.report = report
        self.seen: dict[str, ImportedArticle | None] = {}
        """By path, the article that this import put there; None for an asset."""

    def put(self, article: ImportedArticle) -> None:
        """Write one article with its assets, or report why not."""
        refusal = refusal_of(article) or ("Another article of this import has the same path." if article.path in self.seen else None)
        if refusal:
            return self._lose(article, "path", f"{article.path}: {refusal}")
        self.seen[article.path] = article
        for asset in article.assets:
            self.put_asset(article, asset)
        content = file_of(article).encode("utf-8", "replace")
        if len(content) > MAX_ARTICLE_BYTES:
            self._lose(article, "too-large", f"{article.path} has {len(content) // 1024} KB; split it, or it is not published.")
        try:
            outcome = self._put(article.path, content, Entry(hash_of(content), article.source, article.id))
        except UnsafePath as error:
            return self._lose(article, "path", str(error))
        if outcome == "both":
            self._lose(article, "edited", f"{article.path}: changed here and in the source; the file here was kept.")
        self._count(outcome, article.path)
        if article.id:
            self.ledger.names[article.id] = article.name
        return None

    def put_asset(self, article: ImportedArticle, asset: Asset) -> None:
        """Write an asset, or report why not; the same one again costs nothing."""
        path = f"{ASSETS}/{asset.name}"
        if path in self.seen:
            return
        try:
            content = asset.read()
            outcome = self._put(path, content, Entry(hash_of(content), article.source))
        except (UnsafePath, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return self._lose(article, "asset", f"{asset.name} could not be copied: {reason}.")
        self.seen[path] = None
        self.report.assets += outcome in ("added", "changed")

    def _put(self, path: str, content: bytes, entry: Entry) -> str:
        before, known = self.target.read(path), self.ledger.files.get(path)
        if before is not None and hash_of(before) == entry.hash:
            self.ledger.files[path] = entry
            return "unchanged"
        if before is None and known is None:
            outcome = "added"
        elif known is None or before is None:
            return "edited"
        elif hash_of(before) != known.hash:
            return "edited" if known.hash == entry.hash else "both"
        else:
            outcome = "changed"
        self.target.write(path, content)
        self.ledger.files[path] = entry
        return outcome

    def _count(self, outcome: str, path: str) -> None:
        if outcome == "unchanged":
            self.report.unchanged += 1
        else:
            {"added": self.report.added, "changed": self.report.changed}.get(outcome, self.report.edited).append(path)

    def settle_files(self, *, prune: bool) -> None:
        """Look at the files of earlier imports that this one did not give: moved, or gone."""
        here = {(article.id, article.lang): path for path, article in self.seen.items() if article and article.id}
        for path, entry in list(self.ledger.files.items()):
            if path in self.seen or path == SITE_FILE:
                continue
            moved_to = here.get((entry.id, path.partition("/")[0])) if entry.id else None
            is_asset = path.startswith(f"{ASSETS}/")
            if (moved_to or prune) and self._remove(path, entry):
                if moved_to:
                    self.report.moved.append(f"{path} → {moved_to}")
                else:
                    self.report.pruned.append(path)
            elif not is_asset:
                self.report.vanished.append(path)

    def _remove(self, path: str, entry: Entry) -> bool:
        try:
            content = self.target.read(path)
            if content is not None and hash_of(content) != entry.hash:
                return False
            self.target.remove(path)
        except UnsafePath:
            return False
        del self.ledger.files[path]
        return True

    def settle_site(self, source: Source) -> None:
        """Write site.yaml when there is none, and add old addresses and votes; what editors wrote stays."""
        articles = [article for article in self.seen.values() if article]
        if not articles:
            return
        if SITE_FILE in self.ledger.files or self.target.read(SITE_FILE) is None:
            content = site_text(source, articles).encode()
            self.report.site_written = self._put(SITE_FILE, content, Entry(hash_of(content))) in ("added", "changed")
        elif not self.target.dry_run or self.target.root.is_dir():
            for sentence in missing_from_site(self.target.root, source, articles):
                self.report.losses.append(Loss(SITE_FILE, None, "site", sentence))
        self.report.votes = add_votes(self.target, source.kind, articles)
        try:
            self.report.redirects = add_redirects(self.target, self.ledger, wanted_redirects(source, articles))
        except (RedirectsRefused, UnicodeDecodeError) as error:
            self.report.losses.append(Loss(REDIRECTS_FILE, None, "redirects", f"no old address was added: {error}"))

    def save_ledger(self, kind: str) -> None:
        """Write the ledger when it has changed."""
        content = self.ledger.text().encode()
        if self.ledger.files and self.target.read(ledger_path(kind)) != content:
            self.target.write(ledger_path(kind), content)

    def _lose(self, article: ImportedArticle, what: str, detail: str) -> None:
        self.report.losses.append(Loss(article.source, None, what, detail))


def refusal_of(article: ImportedArticle) -> str | None:
    """Return why *article* cannot have the path it asks for, or None."""
    if language_code(article.lang) != article.lang:
        return f"{article.lang[:40]!r} is no language code such as en or pt-br."
    if article.section != section_key(article.section):
        return f"{article.section[:80]!r} is no section key."
    return None if is_slug(article.name) else f"{article.name[:80]!r} is no slug."


def file_of(article: ImportedArticle) -> str:
    """Return the text of the article's file: its front matter and its Markdown."""
    front = front_matter(article.front)
    return f"{front}\n{article.markdown.strip()}\n" if article.markdown.strip() else front


def front_matter(keys: dict[str, Any]) -> str:
    """Return the keys that say something as front matter.

    >>> front_matter({"title": "Pay: by card", "tags": [], "draft": False})
    '---\\ntitle: \\'Pay: by card\\'\\n---\\n'
    """
    said = {key: value for key, value in keys.items() if value not in (None, "", [], (), False)}
    text = yaml.dump(said, Dumper=DUMPER, allow_unicode=True, sort_keys=False, width=1000) if said else ""
    return f"---\n{text}---\n"
