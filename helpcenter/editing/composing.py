"""A file taken apart for a form, and put together again with every byte that nobody touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from helpcenter.content.folder import MAX_ARTICLE_BYTES, ArticleFile
from helpcenter.content.hardened_yaml import YamlRefused
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import FENCE, FENCE_END, UTF8_MARK, ArticleSource, decode, hash_of, read_article
from helpcenter.editing import fields
from helpcenter.editing.front_lines import with_keys

WHOLE = "whole"
LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass
class Typed:
    """What a form sent: the fields of front matter, the text, and the hash of the file it was made from.

    With `whole` the text is all of the file, and there are no fields.
    """

    text: str
    seen: str
    fields: dict[str, str] = field(default_factory=dict)
    whole: bool = False

    def as_row(self) -> dict[str, Any]:
        """Return what a draft keeps."""
        return {"text": self.text, "seen": self.seen, "fields": self.fields, WHOLE: self.whole}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Typed:
        """Return what a draft has kept."""
        return cls(row["text"], row["seen"], dict(row["fields"]), bool(row[WHOLE]))


def open_text(content: bytes, file: ArticleFile, root: Path, zone: ZoneInfo, *, whole: bool = False) -> Typed:
    """Return the form of the file with *content*; one whose front matter cannot be read is text as a whole.

    Raises BrokenFile for what is not UTF-8.
    """
    text = decode(content, file.path)
    seen = hash_of(content)
    try:
        source = read_article(file, root, content)
    except BrokenFile:
        whole = True
    if whole:
        return Typed(text, seen, whole=True)
    return Typed(source.markdown, seen, fields.shown(source.front, zone))


def compose(content: bytes, typed: Typed, file: ArticleFile, root: Path, zone: ZoneInfo) -> bytes:
    """Return *content* with what was *typed*.

    Raises FieldRefused for a field that its key cannot take, BrokenFile for what could not be published.
    """
    text = typed.text.replace("\r\n", "\n").replace("\r", "\n")
    if not typed.whole:
        text = with_fields(read_article(file, root, content), decode(content, file.path), text, typed.fields, zone)
    made = as_bytes(content, text)
    if len(made) > MAX_ARTICLE_BYTES:
        raise BrokenFile(file.path, 1, "too-large", f"The file would have {len(made) // 1024} KB, an article at most {MAX_ARTICLE_BYTES // 1024} KB.")
    read_article(file, root, made)
    return made


def as_bytes(content: bytes, text: str) -> bytes:
    """Return *text* as the file of *content* has it: with its byte order mark and its line ends."""
    mark = UTF8_MARK if content.startswith(UTF8_MARK) else b""
    old = content.removeprefix(UTF8_MARK).decode("utf-8", "replace")
    return mark + with_line_ends(old, text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8", "replace")


def with_fields(source: ArticleSource, whole: str, text: str, typed: Mapping[str, str], zone: ZoneInfo) -> str:
    """Return the file *whole* with *text* in the place of its Markdown, and the keys that *typed* changes."""
    head = whole[: len(whole) - len(source.markdown)] if source.markdown else whole
    changed = fields.changes(source.front, typed, zone)
    if not changed:
        return f"{head}\n{text}" if head and not head.endswith("\n") and text else head + text
    opening = FENCE.match(head)
    if opening is None:
        return f"---\n{with_keys('', changed)}---\n\n{text.lstrip(chr(10))}"
    closing = FENCE_END.search(head, opening.end())
    try:
        front = with_keys(head[opening.end() : closing.start()], changed)
    except YamlRefused as error:
        raise BrokenFile(source.path, error.line + 1, "front-matter", error.message) from None
    return f"{head[: opening.end()]}{front}{closing.group()}\n{text}"


def with_line_ends(old: str, text: str) -> str:
    """Return *text* with the line ends of *old*: those of the lines that stay at its beginning and end, for new ones the usual kind.

    >>> with_line_ends("a\\r\\nb\\nc\\r\\n", "a\\nx\\nc\\n")
    'a\\r\\nx\\r\\nc\\r\\n'
    """
    if "\r" not in old:
        return text
    before, after = split_lines(old), split_lines(text)
    usual = "\r\n" if 2 * old.count("\r\n") >= old.count("\n") else "\n"
    first = last = 0
    most = min(len(before), len(after))
    while first < most and before[first][0] == after[first][0] and bool(before[first][1]) == bool(after[first][1]):
        first += 1
    while last < most - first and before[-1 - last][0] == after[-1 - last][0] and bool(before[-1 - last][1]) == bool(after[-1 - last][1]):
        last += 1
    middle = [(line, usual if end else "") for line, end in after[first : len(after) - last]]
    return "".join(line + end for line, end in [*before[:first], *middle, *before[len(before) - last :]])


def split_lines(text: str) -> list[tuple[str, str]]:
    """Return the lines of *text*, each with its end; only CR and LF end a line here, as in a text field.

    >>> split_lines("a\\r\\nb\\rc")
    [('a', '\\r\\n'), ('b', '\\r'), ('c', '')]
    """
    return [(line, end) for line, end in LINE.findall(text) if line or end]
