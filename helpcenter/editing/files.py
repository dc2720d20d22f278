"""Which file an address of the editor means: one that publishing would list, decided here and never by what was sent."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.content.folder import ArticleFile, list_articles
from helpcenter.content.models import Article
from helpcenter.content.site import Site


def find_file(session: Session, folder: Path, site: Site, lang: str, key: str) -> ArticleFile | None:
    """Return the file of the article *key* in *lang*, published or not, or None. Raises FolderRefused.

    A published article is known by its key, any other by its path without language and suffix.
    """
    listed = {file.path: file for file in list_articles(folder.resolve(), site).files if file.lang == lang}
    path = session.scalar(select(Article.source_path).where(Article.lang == lang, Article.key == key))
    return listed.get(path) or next((file for file in listed.values() if file.key == key), None)
