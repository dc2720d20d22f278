"""Read YAML that people edit: no aliases, no tags, no duplicate keys, YAML 1.2 booleans, and a line for every value.

In YAML 1.1 a choice labelled `No` would become False; here only `true` and `false` are booleans.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from helpcenter.chat.problems import BrokenYaml

LARGEST_FILE_BYTES = 512 * 1024
DEEPEST_NESTING = 40

KeyPath = tuple[str | int, ...]
Lines = dict[KeyPath, int]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PlainLoader(_Loader):
    """A safe loader that resolves only what YAML 1.2's core schema resolves."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false|True|False|TRUE|FALSE)$"), list("tTfF"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789"))

_SCALARS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda text: None,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}


def yaml_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files below *folder* that fit *pattern*, in order; those that editors lock or hide are none of ours."""
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """Return the file's value and the line of each part of it; raise BrokenYaml."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise BrokenYaml(1, "YAML-SIZE", f"the file is larger than {LARGEST_FILE_BYTES // 1024} KB; split it")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenYaml(1, "YAML-UTF8", f"the file is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise BrokenYaml(1, "YAML-READ", f"the file cannot be read ({error.strerror})") from None
    return parse_yaml(text)


def parse_yaml(text: str) -> tuple[Any, Lines]:
    """Return the text's value and the line of each part of it; raise BrokenYaml."""
    refuse_deep_nesting(text)
    try:
        loader = PlainLoader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenYaml(mark.line + 1 if mark else 1, "YAML", error.problem or str(error)) from None
    except yaml.YAMLError as error:
        raise BrokenYaml(1, "YAML", str(error).splitlines()[0]) from None
    lines: Lines = {(): 1}
    return (None if node is None else build(node, (), lines, set())), lines


def refuse_deep_nesting(text: str) -> None:
    """Raise BrokenYaml for brackets or indentation nested so deeply that reading would exhaust the stack."""
    depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            if depth > 1000:
                raise BrokenYaml(1, "YAML-DEPTH", "brackets are nested too deeply")
        elif character in "]}":
            depth = max(0, depth - 1)
    if re.search(r"(?:- ){100}", text) or re.search(r"(?m)^ {400}", text):
        raise BrokenYaml(1, "YAML-DEPTH", "lists are nested too deeply")


def build(node: Any, path: KeyPath, lines: Lines, seen: set[int]) -> Any:
    """Return a node's plain value, and note the line of everything in it."""
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > DEEPEST_NESTING:
        raise BrokenYaml(line, "YAML-DEPTH", f"nested more than {DEEPEST_NESTING} levels deep")
    if id(node) in seen:
        raise BrokenYaml(line, "YAML-ALIAS", "anchors and aliases (& and *) are not accepted; write the text again")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return build_mapping(node, path, lines, seen)
    if isinstance(node, yaml.SequenceNode):
        refuse_tag(node, "tag:yaml.org,2002:seq", line)
        return [build(child, (*path, place), lines, seen) for place, child in enumerate(node.value)]
    if node.tag not in _SCALARS:
        raise BrokenYaml(line, "YAML-TAG", f"the tag {node.tag} is not accepted")
    try:
        return _SCALARS[node.tag](node.value)
    except ValueError:
        raise BrokenYaml(line, "YAML", f"this number cannot be read: {str(node.value)[:40]}") from None


def build_mapping(node: Any, path: KeyPath, lines: Lines, seen: set[int]) -> dict[str, Any]:
    """Return a mapping's value; keys are text and come once."""
    refuse_tag(node, "tag:yaml.org,2002:map", node.start_mark.line + 1)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise BrokenYaml(line, "YAML-KEY", "a key must be a plain word")
        key = str(key_node.value)
        if key in mapping:
            raise BrokenYaml(line, "YAML-TWICE", f"the key `{key}` comes twice")
        lines[(*path, key)] = line
        mapping[key] = build(value_node, (*path, key), lines, seen)
    return mapping


def refuse_tag(node: Any, expected: str, line: int) -> None:
    """Raise BrokenYaml when a collection carries a tag of its own."""
    if node.tag != expected:
        raise BrokenYaml(line, "YAML-TAG", f"the tag {node.tag} is not accepted")


def line_of(lines: Lines, path: KeyPath) -> int:
    """Return the line of the nearest known part at or above *path*."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
