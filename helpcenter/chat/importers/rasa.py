"""Read a Rasa project (2.x and 3.x): its folder, a zip of it, or one YAML file.

The files follow https://legacy-docs-oss.rasa.com/docs/rasa/training-data-format (nlu, synonyms, regular expressions, lookup tables, rules, stories,
test stories), https://legacy-docs-oss.rasa.com/docs/rasa/domain (slots, actions), https://legacy-docs-oss.rasa.com/docs/rasa/responses and
https://legacy-docs-oss.rasa.com/docs/rasa/forms. The kind of a file is told by its keys, as Rasa does. Markdown of Rasa 1.x is not read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpcenter.chat.importers.bot import ImportedBot, language_of, open_bot, rows, strings, yaml_files
from helpcenter.chat.importers.rasa_making import make
from helpcenter.chat.importers.rasa_steps import Sequence, read_sequence
from helpcenter.chat.yaml_reading import KeyPath, Lines, line_of

# [words](entity), [words](entity:value), [words]{"entity": …} and [words][{"entity": …}, …]
ENTITY = re.compile(r"\[([^\[\]\n]*)\](?:\(([^()\n]*)\)|(\{[^{}\n]*\})|\[(\{[^\[\]\n]*\})\])")
BULLET = re.compile(r"^\s*-\s*(.*)$")
UNREAD_KEYS = ("e2e_actions",)


@dataclass
class Project:
    """Everything a project's files say, before it is made into rules."""

    bot: ImportedBot
    lang: str
    examples: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    """By intent, the words with the file and line they stand in."""
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    responses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    forms: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, Any] = field(default_factory=dict)
    rules: list[Sequence] = field(default_factory=list)
    stories: list[Sequence] = field(default_factory=list)
    sources: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Where a response or form stands."""


def read_rasa(place: Path, lang: str | None = None) -> ImportedBot:
    """Return the bot of the project at *place*; *lang* stands above what its config.yml says. Raises ImportRefused."""
    bot = ImportedBot("rasa")
    project = Project(bot, lang or "en")
    for name, value, lines in yaml_files(open_bot(place), bot):
        if isinstance(value.get("language"), str) and not lang and ("pipeline" in value or "policies" in value):
            project.lang = language_of(value["language"])
        read_nlu(project, name, value, lines)
        read_domain(project, name, value, lines)
        for key, into in (("rules", project.rules), ("stories", project.stories)):
            for place_in, one in enumerate(rows(value.get(key))):
                sequence = read_sequence(one, name, line_of(lines, (key, place_in)))
                for turn in sequence.turns:
                    turn.said = without_entities(turn.said.strip(), project)
                into.append(sequence)
    make(project)
    return bot


def read_nlu(project: Project, name: str, value: dict[str, Any], lines: Lines) -> None:
    """Keep the examples, synonyms and regular expressions of one file."""
    for place, one in enumerate(rows(value.get("nlu"))):
        line = line_of(lines, ("nlu", place))
        given = examples_of(one.get("examples"), lines, ("nlu", place, "examples"))
        if isinstance(one.get("intent"), str):
            kept = project.examples.setdefault(one["intent"], [])
            kept += [(without_entities(text, project), name, at) for text, at in given]
        elif isinstance(one.get("synonym"), str):
            project.synonyms.setdefault(one["synonym"], []).extend(text for text, _ in given)
        elif isinstance(one.get("regex"), str):
            project.patterns[one["regex"]] = "|".join(f"(?:{text})" for text, _ in given)
            project.bot.lose(name, "regex", f"the regular expression “{one['regex'][:60]}” only helps forms here, not intents.", line)
        elif isinstance(one.get("lookup"), str):
            project.bot.lose(name, "lookup", f"the lookup table “{one['lookup'][:60]}” ({len(given)} values) was left out.", line)
        else:
            project.bot.lose(name, "syntax", "an entry of `nlu` has no intent, synonym, regex or lookup.", line)


def examples_of(value: Any, lines: Lines, path: KeyPath) -> list[tuple[str, int]]:
    """Return the examples of an entry with their lines: a text of bullets, or a list."""
    if isinstance(value, str):
        first = line_of(lines, path) + 1
        found = [(match[1], first + number) for number, row in enumerate(value.split("\n")) if (match := BULLET.match(row))]
        return [(text.strip(), line) for text, line in found if text.strip()]
    found = []
    for place, one in enumerate(value if isinstance(value, list) else []):
        text = one.get("text") if isinstance(one, dict) else one
        if isinstance(text, str) and text.strip():
            # A single example may be written as a block with one bullet.
            match = BULLET.match(text.strip())
            found.append((match[1].strip() if match and isinstance(one, dict) else text.strip(), line_of(lines, (*path, place))))
    return found


def without_entities(text: str, project: Project) -> str:
    """Return an example as people say it; what its entities are called else is kept as synonyms."""

    def plain(match: re.Match[str]) -> str:
        value = match[2].partition(":")[2] if match[2] else value_in(match[3] or "")
        if value and value.casefold() != match[1].casefold():
            project.synonyms.setdefault(value, []).append(match[1])
        return match[1]

    return ENTITY.sub(plain, text)


def value_in(markup: str) -> str:
    """Return the value that the markup of an entity names, or the empty text."""
    try:
        value = json.loads(markup or "{}").get("value")
    except (ValueError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def read_domain(project: Project, name: str, value: dict[str, Any], lines: Lines) -> None:
    """Keep the responses, forms and slots of one file."""
    for key, into in (("responses", project.responses), ("forms", project.forms), ("slots", project.slots)):
        given = value.get(key)
        for one, what in given.items() if isinstance(given, dict) else ():
            project.sources.setdefault(f"{key}/{one}", (name, line_of(lines, (key, one))))
            if key == "responses":
                into.setdefault(one, []).extend(variations(what))
            else:
                into.setdefault(one, what)
    for key in UNREAD_KEYS:
        if value.get(key):
            project.bot.lose(name, "e2e", f"`{key}` was left out.", line_of(lines, (key,)))


def variations(value: Any) -> list[dict[str, Any]]:
    """Return the variations of a response; a lone text is one."""
    return [{"text": text} for text in strings(value)] or rows(value)
