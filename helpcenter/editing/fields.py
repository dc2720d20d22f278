"""The front matter as fields of a form: what stands in each, and which keys of the file what was typed changes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from helpcenter.content.front_matter import BY_NAME, BadValue, FrontMatter

LINE, LINES, NUMBER, LIST, FLAG, DAY, MOMENT, CHOICE = "line", "lines", "number", "list", "flag", "day", "moment", "choice"
# Every key an editor may want to change, in the order of the form. What is not here stays in the file as it is.
FIELDS: dict[str, str] = {
    "title": LINE,
    "description": LINES,
    "section": CHOICE,
    "draft": FLAG,
    "publish_at": MOMENT,
    "expire_at": MOMENT,
    "review_by": DAY,
    "tags": LIST,
    "keywords": LIST,
    "short_title": LINE,
    "slug": LINE,
    "redirect_from": LIST,
    "related": LIST,
    "order": NUMBER,
    "updated": DAY,
    "featured": FLAG,
    "unlisted": FLAG,
    "toc": FLAG,
    "audience": LINE,
    "significance": CHOICE,
}
# As much as a form may hold in one field; the reader of each key has its own limit.
LONGEST_FIELD = 16 * 1024

Values = dict[str, str]


class FieldRefused(ValueError):
    """A field holds what its key cannot take; `name` says which."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def shown(front: FrontMatter, zone: ZoneInfo) -> Values:
    """Return what stands in each field for *front*; moments as the clocks of *zone* say them."""
    return {name: as_typed(kind, front.values[name], zone) if name in front.lines or kind == FLAG else "" for name, kind in FIELDS.items()}


def as_typed(kind: str, value: Any, zone: ZoneInfo) -> str:
    """Return *value* as a field of *kind* holds it."""
    if value is None or value == "":
        return ""
    if kind == FLAG:
        return "1" if value else ""
    if kind == LIST:
        return ", ".join(value)
    if kind == DAY:
        return value.isoformat()
    if kind == MOMENT:
        return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return str(value)


def changes(front: FrontMatter, typed: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """Return the keys that *typed* changes, each with its new value, None for one that goes. Raises FieldRefused."""
    before = shown(front, zone)
    changed = {}
    for name, kind in FIELDS.items():
        text = typed.get(name, before[name]).strip()
        if text != before[name].strip():
            changed[name] = read(name, kind, text, zone)
    return changed


def read(name: str, kind: str, text: str, zone: ZoneInfo) -> Any:
    """Return what *text* in the field *name* means. Raises FieldRefused."""
    default = BY_NAME[name][0].default
    if kind == FLAG:
        return None if bool(text) == default else bool(text)
    if not text:
        return None
    try:
        value = BY_NAME[name][1](text)
    except BadValue as error:
        raise FieldRefused(name, str(error)) from None
    if kind == MOMENT:
        return on_clocks(text, zone)
    return list(value) if kind == LIST else value


def on_clocks(text: str, zone: ZoneInfo) -> str:
    """Return the moment *text*, which without a zone of its own is one on the clocks of *zone*, as front matter has it."""
    moment = datetime.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat(timespec="minutes")
