"""Changes keys of front matter line by line, so that everything an editor did not touch keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from helpcenter.content.front_matter import BY_NAME
from helpcenter.content.hardened_yaml import YamlRefused, load
from helpcenter.content.new_files import as_yaml

# What belongs to the key above it: what is indented, and the items of a list.
CONTINUED = re.compile(r"[ \t]+\S|-(?:[ \t]|$)")


def with_keys(front: str, changes: Mapping[str, Any]) -> str:
    """Return the lines *front* with *changes*: a value, or None for a key that goes. Other keys and comments stay.

    Front matter written in a way that lines cannot change is written anew as a whole, with every key that it had.
    Raises YamlRefused when *front* cannot be read.

    >>> with_keys("title: Pay\\n# Words\\ntags:\\n- a\\nx: 1\\n", {"title": "Pay: now", "tags": None})
    "title: 'Pay: now'\\n# Words\\nx: 1\\n"
    """
    given = load(front).value or {}
    wanted = merged(given, changes)
    lines = front.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    for name, value in changes.items():
        lines = with_key(lines, name, value)
    changed = "".join(lines)
    return changed if says(changed, wanted) else as_yaml(wanted)


def merged(given: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys *given* with *changes* in the place of the first name that each had, ours or another tool's."""
    found: dict[str, Any] = {}
    names = {other: name for name in changes for other in names_of(name)}
    for key, value in given.items():
        ours = names.get(key)
        if ours is None:
            found[key] = value
        elif changes[ours] is not None:
            found.setdefault(ours, changes[ours])
    return found | {name: value for name, value in changes.items() if value is not None}


def names_of(name: str) -> tuple[str, ...]:
    """Return *name*, and what other tools call that key."""
    return (name, *(other for other, _ in BY_NAME[name][0].others)) if name in BY_NAME else (name,)


def with_key(lines: list[str], name: str, value: Any) -> list[str]:
    """Return *lines* with the key *name*: where it or another name of it stood first, else at the end."""
    start = re.compile(rf"(?:{'|'.join(map(re.escape, names_of(name)))})[ \t]*:(?:[ \t\n]|$)")
    own = [] if value is None else as_yaml({name: value}).splitlines(keepends=True)
    kept: list[str] = []
    place, inside = None, False
    for line in lines:
        if start.match(line):
            place, inside = len(kept) if place is None else place, True
        elif not (inside and CONTINUED.match(line)):
            inside = False
        if not inside:
            kept.append(line)
    place = len(kept) if place is None else place
    return kept[:place] + own + kept[place:]


def says(front: str, wanted: Mapping[str, Any]) -> bool:
    """Return whether *front* can be read and says *wanted*."""
    try:
        return (load(front).value or {}) == plain(wanted)
    except YamlRefused:
        return False


def plain(value: Any) -> Any:
    """Return *value* as our YAML reads it back: text, lists and mappings."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)
