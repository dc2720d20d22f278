"""A translation beside its source: what the source says now, and what has changed in it since the translation was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from helpcenter.content import library
from helpcenter.content.accepting import DIGITS, NotAccepted, with_source_hash
from helpcenter.content.differences import Row
from helpcenter.content.folder import ArticleFile
from helpcenter.content.git import GitError, open_store
from helpcenter.content.history import HistoryError, content_in, versions_in
from helpcenter.content.preparation import file_of
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import ArticleSource, read_article
from helpcenter.content.site import Site
from helpcenter.content.translations import source_language
from helpcenter.editing.comparing import differing

# How far back the source's text is looked for that the translation was made from.
MOST_VERSIONS = 40


@dataclass
class Beside:
    """The source of a translation, and how far the translation is behind it."""

    source: ArticleSource
    based_on: str
    """The hash of the source's text that the translation was made from, or its beginning; empty when nobody said."""
    changes: list[Row] | None = None
    """What has changed in the source since; None when that text is not known any more."""

    @property
    def is_current(self) -> bool:
        """Return whether the translation was accepted for the source as it is."""
        return bool(self.based_on) and self.source.text_hash.startswith(self.based_on)


def source_beside(session: Session, folder: Path, site: Site, translation: ArticleSource, *, based_on: str) -> Beside | None:
    """Return the source of *translation*, None when it is a source itself, or its source is not published or broken.

    *based_on* is what the published article is known to be made from, for files that do not say.
    """
    languages = {lang for lang, _, _ in library.translations(session, translation.key)}
    code = source_language(site, languages | {translation.lang})
    row = library.find_by_key(session, code, translation.key) if code and code != translation.lang else None
    if row is None:
        return None
    try:
        source = read_article(file_of(row.source_path, row.lang, site), folder)
    except BrokenFile:
        return None
    found = Beside(source, translation.front.source_hash or based_on)
    if found.based_on and not found.is_current:
        found.changes = changes_since(folder, source, found.based_on)
    return found


def changes_since(folder: Path, source: ArticleSource, based_on: str) -> list[Row] | None:
    """Return what has changed in *source* since its text had the hash *based_on*; None when git does not know that text."""
    try:
        with open_store(folder) as store:
            for version in versions_in(store, source.path)[:MOST_VERSIONS]:
                before = earlier_text(store, version, source.file, folder)
                if before is not None and before.text_hash.startswith(based_on):
                    return differing(folder, words_of(before), words_of(source))
    except GitError:
        pass
    return None


def earlier_text(store, version, file: ArticleFile, folder: Path) -> ArticleSource | None:
    """Return the article as *version* has it, None when it cannot be read."""
    try:
        return read_article(file, folder, content_in(store, version))
    except (HistoryError, BrokenFile):
        return None


def words_of(source: ArticleSource) -> bytes:
    """Return what translators see of *source*, a part a line."""
    return f"{source.title}\n{source.front.description}\n\n{source.markdown}".encode()


def accepted(translation: ArticleSource, folder: Path, source: ArticleSource) -> bytes:
    """Return the file of *translation* saying that it fits *source* as it is. Raises NotAccepted."""
    return with_source_hash(translation, folder, source.text_hash[:DIGITS])


__all__ = ["Beside", "NotAccepted", "accepted", "source_beside"]
