"""Front matter: the keys an article may begin with, and the names other tools have for them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helpcenter.content.hardened_yaml import Document
from helpcenter.content.problems import WARNING, BrokenFile, Problem
from helpcenter.language.cleaning import TextRefused, clean_text

TRUE = frozenset({"true", "yes", "on", "1", "y"})
FALSE = frozenset({"false", "no", "off", "0", "n"})
SIGNIFICANCES = ("typo", "medium", "major")
# SHA-256 as hex digits; the beginning of one is enough.
TEXT_HASH = re.compile(r"[0-9a-f]{8,64}")


class BadValue(ValueError):
    """A value that its key cannot take; the message says what it takes."""


def read_text(limit: int) -> Callable[[Any], str]:
    """Return the reader of one line of text with at most *limit* characters."""

    def read(value: Any) -> str:
        if isinstance(value, list | dict):
            raise BadValue("takes one line of text; put it in quotes if it has : or [ in it")
        try:
            return clean_text("" if value is None else value, limit=limit, lines=False)
        except TextRefused as error:
            raise BadValue(f"cannot be used: {error}") from None

    return read


def read_texts(value: Any) -> list[str]:
    """Return a list of short texts; a text with commas is a list too."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    read = read_text(200)
    return list(dict.fromkeys(text for text in map(read, parts) if text))


def read_flag(value: Any) -> bool:
    """Return whether *value* says yes."""
    word = str(value).strip().lower()
    if word not in TRUE | FALSE:
        raise BadValue(f"takes true or false, not {str(value)[:40]}")
    return word in TRUE


def read_inverse(value: Any) -> bool:
    """Return the opposite of what *value* says."""
    return not read_flag(value)


def read_number(value: Any) -> int:
    """Return *value* as a whole number that a list can be ordered by."""
    try:
        number = int(str(value))
    except ValueError:
        raise BadValue(f"takes a whole number, not {str(value)[:40]}") from None
    if abs(number) > 1_000_000:
        raise BadValue("takes a number between -1000000 and 1000000")
    return number


def read_moment(value: Any) -> datetime.datetime:
    """Return a date or a moment; without a zone it is UTC."""
    text = str(value.get("date") if isinstance(value, dict) else value).strip()
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(f"takes a date such as 2026-11-22, not {text[:40]}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def read_date(value: Any) -> datetime.date:
    """Return a date; a moment loses its time of day."""
    return read_moment(value).date()


def read_significance(value: Any) -> str:
    """Return how much the last change matters to translations."""
    if value not in SIGNIFICANCES:
        raise BadValue(f"takes {', '.join(SIGNIFICANCES)}, not {str(value)[:40]}")
    return value


def read_text_hash(value: Any) -> str:
    """Return the hash of a text, or its beginning, in small letters."""
    text = str(value).strip().lower()
    if not TEXT_HASH.fullmatch(text):
        raise BadValue(f"takes 8 to 64 digits and letters a-f, not {str(value)[:40]}; leave it out when it is not known")
    return text


@dataclass(frozen=True)
class Key:
    """One front-matter key: how it is read, what it means, and who else calls it what.

    `others` are other tools' names; a value there that cannot be read is ignored with a warning, while our own key
    with such a value makes the file broken.
    """

    name: str
    read: Callable[[Any], Any]
    meaning: str
    default: Any = None
    others: tuple[tuple[str, Callable[[Any], Any]], ...] = ()


def key(name: str, read: Callable[[Any], Any], meaning: str, default: Any = None, *others: Any) -> Key:
    """Return a Key; each of *others* is a name, or a name with its own reader."""
    named = tuple((other, read) if isinstance(other, str) else other for other in others)
    return Key(name, read, meaning, default, named)


# The one table: docs/writing.md is tested against it.
KEYS = (
    key("title", read_text(300), "The article's title. Without it, the first heading.", ""),
    key("short_title", read_text(300), "A shorter title for lists and breadcrumbs.", "", "shortTitle", "sidebar_label"),
    key("description", read_text(2000), "One or two sentences for lists and search results.", "", "intro"),
    key("slug", read_text(300), "The article's name in its address. Without it, the file's name.", "",
        "permalink", "url"),
    key("section", read_text(200), "The section's key. Without it, the folder the file is in.", ""),
    key("category", read_text(200), "A section's title, for trees without section folders.", ""),
    key("order", read_number, "The place in its section, smallest first.", 1000,
        "sidebar_position", "weight", "nav_order", "position"),
    key("tags", read_texts, "Words that group articles.", ()),
    key("keywords", read_texts, "Words people search for that the text does not have.", ()),
    key("draft", read_flag, "true: not published.", False, ("published", read_inverse)),
    key("unlisted", read_flag, "true: has an address, but is in no list and no search.", False),
    key("publish_at", read_moment, "Not published before this moment.", None, "publishDate", "publish_date"),
    key("expire_at", read_moment, "Not published from this moment on.", None, "expiryDate", "expiry_date"),
    key("updated", read_date, "When the text last changed, shown to readers.", None,
        "last_update", "lastmod", "last_modified", "date"),
    key("review_by", read_date, "When an editor should read the article again.", None),
    key("redirect_from", read_texts, "Old slugs or addresses that lead here.", (), "aliases", "redirects"),
    key("related", read_texts, "Keys or slugs of articles to read next.", ()),
    key("featured", read_flag, "true: shown on the home page.", False, "promoted"),
    key("audience", read_text(200), "Who the article is for; a note to editors.", ""),
    key("translation_key", read_text(400), "The key shared by translations. Without it, the path without language.", "",
        "translationKey"),
    key("source_hash", read_text_hash, "The hash of the source this translation was made from.", ""),
    key("significance", read_significance, "How much the last change matters: typo, medium or major.", "medium"),
    key("toc", read_flag, "false: no table of contents.", True,
        "showMiniToc", ("hide_toc", read_inverse), ("hide_table_of_contents", read_inverse)),
    key("lang", read_text(35), "The language; the folder decides, a difference is reported.", "", "language", "locale"),
)  # fmt: skip

BY_NAME = {each.name: (each, each.read) for each in KEYS}
BY_OTHER = {name: (each, read) for each in KEYS for name, read in each.others}
NAMES = tuple(BY_NAME) + tuple(BY_OTHER)


@dataclass
class FrontMatter:
    """The keys of one article, each with a value, and what was odd about them."""

    values: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    """Keys nobody knows, with their lines."""
    problems: list[Problem] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name) from None


def read_front_matter(document: Document, path: str) -> FrontMatter:
    """Return the keys of *document*, which begins on line 2 of the file *path*. Raises BrokenFile."""
    found = FrontMatter({each.name: each.default for each in KEYS})
    given = document.value if document.value is not None else {}
    if not isinstance(given, dict):
        raise BrokenFile(path, 2, "front-matter", "Expected keys such as title: between the two --- lines.")
    # Other tools' names first, so that our own name wins where both stand.
    for name in sorted(given, key=lambda name: name in BY_NAME):
        line = document.line_of((name,)) + 1
        if name in BY_NAME:
            _read_own(found, name, given[name], path, line)
        elif name in BY_OTHER:
            _read_other(found, name, given[name], path, line)
        else:
            found.unknown[re.sub(r"\s+", " ", name)[:60]] = line
    return found


def _read_own(found: FrontMatter, name: str, value: Any, path: str, line: int) -> None:
    if value is None:
        return
    try:
        found.values[name] = BY_NAME[name][1](value)
    except BadValue as error:
        raise BrokenFile(path, line, "front-matter", f"{name} {error}.") from None
    found.lines[name] = line


def _read_other(found: FrontMatter, name: str, value: Any, path: str, line: int) -> None:
    ours, read = BY_OTHER[name]
    if value is None:
        return
    try:
        found.values[ours.name] = read(value)
    except BadValue as error:
        found.problems.append(Problem(path, line, "ignored-value", WARNING, f"{name} {error}; the key is ignored."))
        return
    found.lines[ours.name] = line
