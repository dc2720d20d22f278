"""Headings: their ids as the old tool made them, so that links to a part of an article keep leading there."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from helpcenter.content.dialect import parser
from helpcenter.content.importers.trees.text import Text
from helpcenter.content.markup import github_id, words

ATX = re.compile(r"^(?P<lead>(?:>[ \t]?)* {0,3})(?P<marks>#{1,6})(?P<gap>[ \t]+)(?P<words>.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
SETEXT = re.compile(r"(?P<before>\A|\n[ \t]*\n)(?P<words>[^\s#>|=\-+*<][^\n|]*)\n(?P<line>=+|-{2,})[ \t]*(?=\n|\Z)")
EXPLICIT = re.compile(r"[ \t]*\{#(?P<id>[A-Za-z][\w:.-]{0,199})\}[ \t]*$")
NAMED = re.compile(r"<a\s+(?:name|id)=[\"']?(?P<id>[^\s\"'<>]{1,200})[\"']?\s*(?:/>|>\s*</a>)[ \t]*", re.IGNORECASE)
ANY_ID = re.compile(r"<[a-z][a-z0-9]*\b[^<>]*?\s(?:id|name)=[\"']?(?P<id>[^\s\"'<>]{1,200})", re.IGNORECASE)
USABLE = re.compile(r"[A-Za-z][\w:.-]{0,199}\Z")
MARKED = frozenset("*_`<&\\~[:")

Slug = Callable[[str], str]


def python_markdown_id(words: str) -> str:
    """Return the id that Python-Markdown gives to a heading: ASCII only.

    >>> python_markdown_id("Kā samaksāt? 2.0")
    'ka-samaksat-20'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


@dataclass(frozen=True)
class Ids:
    """How a tool makes ids: from the words, and how it tells two of the same apart."""

    slug: Slug = github_id
    between: str = "-"
    when_empty: str = ""


GITHUB = Ids()
PYTHON_MARKDOWN = Ids(python_markdown_id, "_", "_1")


def without_setext(text: Text) -> None:
    """Turn underlined headings into those with #."""
    if "\n=" in text.text or "\n--" in text.text:
        text.sub(SETEXT, lambda m, _line: f"{m['before']}{'#' if m['line'][0] == '=' else '##'} {m['words']}")


def words_of(heading: str) -> str:
    """Return a heading's Markdown as readers see it.

    >>> words_of("Use `git` **now** &amp; [here](x.md)")
    'Use git now & here'
    """
    plain = NAMED.sub("", heading)
    if not MARKED & set(plain):
        return plain
    inline = parser().parseInline(plain, {})
    return html.unescape(words(inline[0])) if inline else plain


def take_title(text: Text) -> tuple[str, set[str]]:
    """Return the words and the ids of a first heading of the first level, which is taken away; else nothing."""
    lines = text.lines
    for index, (_number, line) in enumerate(lines):
        if not line.strip():
            continue
        found = ATX.match(line)
        if not found or len(found["marks"]) != 1 or found["lead"]:
            return "", set()
        heading = text.restore(found["words"])
        ids = {name["id"] for name in NAMED.finditer(heading)}
        explicit = EXPLICIT.search(heading)
        if explicit:
            ids.add(explicit["id"])
            heading = heading[: explicit.start()]
        title = words_of(heading).strip()
        text.lines = lines[index + 1 :] or [(1, "")]
        return title, ids | {github_id(title)}
    return "", set()


def settle_ids(text: Text, old: Ids) -> set[str]:
    """Return all ids of the article; a heading whose old id was another than the one made here gets the old one."""
    ours: dict[str, int] = {}
    theirs: dict[str, int] = {}
    found = {match["id"] for match in ANY_ID.finditer(text.text)}

    def settle(match: re.Match[str], _line: int) -> str:
        heading = match["words"]
        explicit = EXPLICIT.search(heading)
        name = NAMED.match(heading.lstrip())
        wanted = explicit["id"] if explicit else name["id"] if name and USABLE.match(name["id"]) else ""
        bare = EXPLICIT.sub("", heading)
        if name and wanted == name["id"]:
            bare = bare.lstrip()[name.end() :]
        visible = words_of(text.restore(bare))
        own = _numbered(github_id(visible) or "section", ours, "-")
        other = wanted or _numbered(old.slug(visible) or old.when_empty, theirs, old.between)
        if other and other != own and USABLE.match(other) and other not in ours:
            ours[other] = 0
            found.add(other)
            return f"{match['lead']}{match['marks']} {bare.strip()} {{#{other}}}"
        found.add(own)
        return f"{match['lead']}{match['marks']} {bare.strip()}"

    text.sub(ATX, settle)
    return found


def _numbered(wanted: str, taken: dict[str, int], between: str) -> str:
    name = wanted
    while name and name in taken:
        taken[wanted] += 1
        name = f"{wanted}{between}{taken[wanted]}"
    taken.setdefault(name, 0)
    return name
