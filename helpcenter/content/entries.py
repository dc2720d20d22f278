"""What a link needs to know of an article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """Names one article: its language, key, slug and file."""

    lang: str
    key: str
    slug: str
    path: str
