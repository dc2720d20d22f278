"""redirects.yaml with the old addresses of imported articles added; what editors wrote there stays, letter by letter."""

from __future__ import annotations

import json
import re

from helpcenter.content.hardened_yaml import YamlRefused, load
from helpcenter.content.redirects import KEY, MOST_REDIRECTS, plain_address, rows_of

PLAIN = re.compile(r"/[A-Za-z0-9._~/?&=%+-]*\Z")
ENTRY = re.compile(r"^( +)\S.*:", re.MULTILINE)
EMPTY = re.compile(rf"^{KEY}:[ \t]*(?:\{{[ \t]*\}}|null|~)?[ \t]*(#.*)?$", re.MULTILINE)


class RedirectsRefused(ValueError):
    """redirects.yaml is not in a state to be added to; the message says why."""


def extend(text: str, wanted: dict[str, str], ours: dict[str, str]) -> tuple[str, list[str]]:
    """Return the file *text* with the old addresses *wanted* added, and which were.

    *ours* are those that earlier imports added, with their targets: one that is not there any more was taken out by an
    editor and stays out, one that still leads where we led it follows the article. Raises RedirectsRefused.
    """
    rows = read_rows(text)
    standing = {plain_address(path): target for path, target in rows.items()}
    fresh: dict[str, str] = {}
    for path, target in wanted.items():
        plain = plain_address(path)
        if plain is None or plain in ("/", "/*") or standing.get(plain) == target:
            continue
        if plain not in standing and path not in ours:
            fresh[path] = target
            standing[plain] = target
        elif path in ours and standing.get(plain) == ours[path] and line(path, ours[path]) in text:
            text = text.replace(line(path, ours[path]), line(path, target), 1)
    if len(rows) + len(fresh) > MOST_REDIRECTS:
        raise RedirectsRefused(f"it would have {len(rows) + len(fresh)} lines, at most {MOST_REDIRECTS} are read")
    if not fresh:
        return text, []
    text = append(text, fresh)
    added = read_rows(text)
    if any(added.get(path) != target for path, target in (rows | fresh).items()):
        raise RedirectsRefused("lines cannot be added at its end; write it with one line for each address")
    return text, list(fresh)


def read_rows(text: str) -> dict[str, str]:
    """Return what the file says now. Raises RedirectsRefused."""
    try:
        return dict(rows_of(load(text, most_nodes=2 * MOST_REDIRECTS + 10)))
    except YamlRefused as refused:
        raise RedirectsRefused(f"line {refused.line}: {refused.message}") from None


def append(text: str, fresh: dict[str, str]) -> str:
    """Return *text* with lines for *fresh* at its end, indented like those before."""
    if not text.strip() or KEY not in text:
        text = f"{text.rstrip()}\n{KEY}:\n".lstrip()
    text = EMPTY.sub(lambda found: f"{KEY}:" + (f" {found.group(1)}" if found.group(1) else ""), text)
    indent = found.group(1) if (found := ENTRY.search(text.partition(f"{KEY}:")[2])) else "  "
    return text.rstrip("\n") + "\n" + "".join(f"{indent}{line(path, target)}\n" for path, target in fresh.items())


def line(path: str, target: str) -> str:
    """Return one line of the file.

    >>> line("/hc/1", "/en/articles/pay"), line("/a: b", "gone")
    ('/hc/1: /en/articles/pay', '"/a: b": gone')
    """
    return f"{scalar(path)}: {scalar(target)}"


def scalar(text: str) -> str:
    """Return *text* as YAML reads it back; a JSON string is one."""
    return text if PLAIN.match(text) or text == "gone" else json.dumps(text, ensure_ascii=False)
