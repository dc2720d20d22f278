"""Language codes, and the folders of the content folder that hold one language each."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.localedata import exists

# Folders beside the languages that never hold articles, whatever Babel thinks of their names.
RESERVED_FOLDERS = frozenset({"_assets", "bot", "synonyms", "snippets", "tests"})
SHAPE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|\d{3}))?\Z")


@lru_cache(maxsize=1024)
def language_code(name: str) -> str | None:
    """Return *name* as the language code used in URLs, or None when it names no language.

    >>> language_code("pt_BR"), language_code("LV"), language_code("media")
    ('pt-br', 'lv', None)
    """
    if not SHAPE.match(name) or name.lower() in RESERVED_FOLDERS:
        return None
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    # Babel answers `xx_YY` with `xx` when it does not know the territory's variant; the language itself must exist.
    return name.replace("_", "-").lower() if exists(locale.language) else None


def language_folders(folder: Path) -> dict[str, Path]:
    """Return the folders directly in *folder* that are named like a language, by code.

    Two spellings of one code (`pt-BR` and `pt_br`) keep the first in alphabetical order.
    """
    return {code: entries[0] for code, entries in spellings(folder).items()}


def spellings(folder: Path) -> dict[str, list[Path]]:
    """Return all folders directly in *folder* that are named like each language, in alphabetical order."""
    found: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        code = language_code(entry.name)
        if code and entry.is_dir():
            found.setdefault(code, []).append(entry)
    return found
