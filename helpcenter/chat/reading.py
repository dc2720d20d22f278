"""Read one bot file: YAML, then the schema; every finding has its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from helpcenter.chat import schema
from helpcenter.chat.problems import BrokenYaml, RuleProblem, nearest
from helpcenter.chat.schema import BotFile
from helpcenter.chat.yaml_reading import KeyPath, Lines, line_of, read_yaml

CODES = {
    "extra_forbidden": "UNKNOWN-KEY",
    "missing": "MISSING-KEY",
    "literal_error": "NOT-ONE-OF",
    "string_pattern_mismatch": "BAD-NAME",
    "string_too_long": "TOO-LONG",
    "too_long": "TOO-MANY",
    "value_error": "BAD-VALUE",
}


@dataclass(frozen=True)
class FileRead:
    """A bot file that was read, and the line of each part."""

    path: str
    bot: BotFile
    lines: Lines

    def line(self, *place: str | int) -> int:
        """Return the line where a part of the file stands."""
        return line_of(self.lines, place)


def read_bot_file(path: Path, shown_path: str) -> tuple[FileRead | None, list[RuleProblem]]:
    """Return the file, or None, and what is wrong with it.

    Rules and flows that are wrong are left out one by one; the others of the file are kept.
    """
    try:
        value, lines = read_yaml(path)
    except BrokenYaml as error:
        return None, [RuleProblem(shown_path, error.line, error.code, error.message)]
    if value is None:
        return None, []
    if not isinstance(value, dict):
        return None, [RuleProblem(shown_path, 1, "YAML-KEY", "the file must hold keys such as `rules:` and `flows:`")]
    bot, problems = validate(value, lines, shown_path)
    return (None if bot is None else FileRead(shown_path, bot, lines)), problems


def validate(value: dict[str, Any], lines: Lines, shown_path: str) -> tuple[BotFile | None, list[RuleProblem]]:
    """Return the valid part of a file and what is wrong with the rest."""
    try:
        return BotFile.model_validate(value), []
    except ValidationError as error:
        problems = describe(error, BotFile, value, lines, shown_path)
        bad = {(one["loc"][0], one["loc"][1]) for one in error.errors() if len(one["loc"]) > 1}
        kept = {key: keep(key, part, bad) for key, part in value.items() if key in ("rules", "flows")}
    try:
        return BotFile.model_validate(kept), problems
    except ValidationError:
        return None, problems


def keep(key: str, part: Any, bad: set[tuple[Any, Any]]) -> Any:
    """Return the entries of a list that are not bad."""
    return [entry for place, entry in enumerate(part) if (key, place) not in bad] if isinstance(part, list) else []


def describe(
    error: ValidationError, model: type[BaseModel], value: Any, lines: Lines, shown_path: str
) -> list[RuleProblem]:
    """Return pydantic's findings as problems with line, code and a hint."""
    problems: dict[tuple[int, str, str], RuleProblem] = {}
    for one in error.errors(include_url=False):
        path = real_path(one["loc"], value)
        code = CODES.get(one["type"], "BAD-VALUE")
        message = explain(one, path)
        line = line_of(lines, path)
        problems.setdefault((line, code, message), RuleProblem(shown_path, line, code, message))
    return sorted(problems.values(), key=lambda problem: problem.line)


def real_path(location: tuple[Any, ...], value: Any) -> KeyPath:
    """Return the part of pydantic's location that exists in the file; it adds names of types in between."""
    path: list[str | int] = []
    for step in location:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            continue
        path.append(step)
    return tuple(path)


def explain(one: Any, path: KeyPath) -> str:
    """Return one finding in words that name what to change."""
    where = " → ".join(str(step) for step in path if isinstance(step, str)) or "the file"
    name = str(one["loc"][-1]) if one["loc"] else ""
    if one["type"] == "extra_forbidden":
        return f"the key `{name}` is not known here{nearest(name, keys_near(one['loc']))}"
    if one["type"] == "missing":
        return f"{where}: the key `{name}` is missing"
    if one["type"] == "literal_error":
        given = str(one.get("input"))
        return f"{where}: `{given[:40]}` is not one of {one['ctx']['expected']}"
    return f"{where}: {one['msg'].removeprefix('Value error, ')}"


KEYS_OF = {
    "rules": schema.Rule,
    "flows": schema.Flow,
    "answer": schema.Answer,
    "intro": schema.Answer,
    "choices": schema.ChoiceSource,
    "form": schema.Slot,
    "keywords": schema.Keywords,
    "when": schema.When,
    "then": schema.Then,
    "request": schema.RequestSource,
    "welcome": schema.Welcome,
    "settings": schema.Settings,
    "types": schema.SlotType,
    "steps": schema.Step,
    "fallback": schema.Near,
}


def keys_near(location: tuple[Any, ...]) -> list[str]:
    """Return the keys that are known at the place of an unknown one."""
    for step in reversed(location[:-1]):
        if step in KEYS_OF:
            return list(KEYS_OF[step].model_fields)
    return list(BotFile.model_fields)
