"""Front matter and configuration as other tools write them: YAML, TOML and JSON, read as text and never run."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from helpcenter.content.hardened_yaml import YamlRefused, load

YAML_FRONT = re.compile(r"---[ \t]*\n(?P<block>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
TOML_FRONT = re.compile(r"\+\+\+[ \t]*\n(?P<block>.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
SIMPLE = re.compile(r"^(?P<key>[A-Za-z_][\w.-]{0,60})[ \t]*:(?:[ \t]+(?P<value>.*?))?[ \t]*$")
# Tags of YAML name types and functions of the tool's own language; only the plain value after them is of use here.
TAGS = re.compile(r"(?P<before>[:\-\[,]\s+)!{1,2}[\w./:-]+(?P<after>[ \t]+(?!$)|[ \t]*$)", re.MULTILINE)
MAX_LEVELS = 30


@dataclass
class Front:
    """What an article began with: its keys, their lines, and where the Markdown begins."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    problem: tuple[int, str] | None = None
    """The line, and what is wrong, when not everything could be read."""

    def text(self, name: str) -> str:
        """Return the value of *name* as one line of text, nothing when it is none."""
        value = self.values.get(name)
        return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""

    def texts(self, name: str) -> list[str]:
        """Return the value of *name* as a list of texts."""
        value = self.values.get(name)
        parts = value if isinstance(value, list) else [value]
        return [" ".join(str(part).split()) for part in parts if isinstance(part, str | int) and str(part).strip()]


def split_front(text: str) -> Front:
    """Return what *text* begins with and the rest: `---` is YAML, `+++` TOML, `{` JSON."""
    if text.startswith("{"):
        return _json_front(text)
    found = YAML_FRONT.match(text) or TOML_FRONT.match(text)
    if not found:
        return Front(body=text)
    front = Front(body=text[found.end() :], body_line=text.count("\n", 0, found.end()) + 1)
    block = found["block"]
    if text.startswith("+++"):
        front.lines = _key_lines(block, "=")
        front.values, front.problem = read_toml(block)
    else:
        front.values, front.lines, front.problem = _read_yaml(block)
    return front


def _json_front(text: str) -> Front:
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return Front(body=text)
    # A line of Jinja or Liquid begins with { as well.
    if not isinstance(value, dict) or not value:
        return Front(body=text)
    lines = {key: text.count("\n", 0, max(text.find(f'"{key}"'), 0)) + 1 for key in value}
    return Front(plain(value), lines, text[end:].lstrip("\n"), text.count("\n", 0, end) + 2)


def _read_yaml(block: str) -> tuple[dict[str, Any], dict[str, int], tuple[int, str] | None]:
    try:
        document = load(block, aliases=True)
    except YamlRefused as error:
        values, lines = _simple_keys(block)
        return values, lines, (error.line + 1, f"{error.message} Only its lines of “key: value” were read.")
    if not isinstance(document.value, dict):
        problem = (2, "There are no keys such as title: in it.") if document.value is not None else None
        return {}, {}, problem
    return document.value, {key: document.line_of((key,)) + 1 for key in document.value}, None


def _simple_keys(block: str) -> tuple[dict[str, Any], dict[str, int]]:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(block.split("\n"), 2):
        found = SIMPLE.match(line)
        if found and found["value"]:
            values.setdefault(found["key"], found["value"].strip().strip("\"'"))
            lines.setdefault(found["key"], number)
    return values, lines


def read_toml(text: str) -> tuple[dict[str, Any], tuple[int, str] | None]:
    """Return the keys of TOML as plain values, and what is wrong with it."""
    try:
        return plain(tomllib.loads(text)), None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        return {}, (int(line.group(1)) + 1 if line else 1, f"Not valid TOML: {error}.")


def read_json(text: str) -> Any:
    """Return the value of JSON with plain texts, None when it is none."""
    try:
        return plain(json.loads(text))
    except (ValueError, RecursionError):
        return None


def read_settings(text: str) -> Any:
    """Return the value of a tool's YAML settings; tags such as `!!python/name` are passed over. None when it is none."""
    try:
        return load(TAGS.sub(lambda tag: tag["before"] + tag["after"].strip(" \t"), text), aliases=True).value
    except YamlRefused:
        return None


def plain(value: Any, levels: int = MAX_LEVELS) -> Any:
    """Return *value* of texts, numbers, lists and mappings only; numbers and dates become text as in YAML."""
    if levels == 0:
        return None
    if isinstance(value, dict):
        return {str(key): plain(inner, levels - 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, levels - 1) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else str(value)


def _key_lines(block: str, mark: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    for number, line in enumerate(block.split("\n"), 2):
        if mark in line and line[:1] not in (" ", "\t", "#", "["):
            lines.setdefault(line.partition(mark)[0].strip().strip("\"'"), number)
        elif line.startswith("["):
            lines.setdefault(line.strip("[] \t").partition(".")[0], number)
    return lines


def mapping(value: Any) -> dict[str, Any]:
    """Return *value* when it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """Return *value* when it is a list, else an empty one."""
    return value if isinstance(value, list) else []
