"""What every reader of another tool's bot hands over: rules, forms and tests in our form, and what could not come along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpcenter.chat.checking import RESERVED
from helpcenter.chat.problems import BrokenYaml
from helpcenter.chat.yaml_reading import Lines, parse_yaml
from helpcenter.content.importers.article import ImportRefused, Loss
from helpcenter.content.importers.exports import Export, open_export, read_json
from helpcenter.content.languages import language_code
from helpcenter.language.analysis import fold
from helpcenter.language.cleaning import TextRefused, clean_text, cut_text

# A bot of a thousand intents has less than 2 MB of text.
LARGEST_FILE_BYTES = 16 * 1024 * 1024
MOST_BYTES = 128 * 1024 * 1024
LONGEST_TEXT = 2000
LONGEST_NAME = 100
LONGEST_LABEL = 80
GZIP = b"\x1f\x8b"
UNSAFE = re.compile(r"[^a-z0-9]+")

# The bubbles of an answer, each with its variants.
Bubbles = list[list[str]]


@dataclass
class ImportedRule:
    """One intent in one language."""

    lang: str
    intent: str
    source: str
    line: int | None = None
    examples: list[tuple[str, int | None]] = field(default_factory=list)
    """Each with the line it stood in."""
    patterns: list[str] = field(default_factory=list)
    priority: int = 0
    small_talk: bool = False
    answer: Bubbles = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    flow: str = ""


@dataclass
class ImportedFlow:
    """A form, with its questions and what is said when it is filled in; or one step with buttons, which hears other words for them."""

    lang: str
    name: str
    source: str
    form: list[dict[str, Any]] = field(default_factory=list)
    answer: Bubbles = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Story:
    """A conversation that could become a test: what is said, and which rule must answer."""

    name: str
    source: str
    line: int | None
    turns: list[tuple[str, str]]


@dataclass
class ImportedBot:
    """A whole bot of another tool."""

    kind: str
    losses: list[Loss] = field(default_factory=list)
    rules: dict[tuple[str, str], ImportedRule] = field(default_factory=dict)
    flows: dict[tuple[str, str], ImportedFlow] = field(default_factory=dict)
    welcome: dict[str, Bubbles] = field(default_factory=dict)
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    """By language, lines of a synonyms file."""
    stories: dict[str, list[Story]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def lose(self, source: str, what: str, detail: str, line: int | None = None) -> None:
        """Note that something did not come along as it was."""
        self.losses.append(Loss(source, line, what, detail))

    def rule(self, lang: str, intent: str, source: str, line: int | None = None) -> ImportedRule:
        """Return the rule of an intent, made when it is new; *intent* is the other tool's name."""
        name = self.name("intent", intent)
        return self.rules.setdefault((lang, name), ImportedRule(lang, name, source, line))

    def find(self, lang: str, intent: str) -> ImportedRule | None:
        """Return the rule of an intent by the other tool's name, or None."""
        return self.rules.get((lang, self.names.get(("intent", intent), "")))

    def name(self, kind: str, given: str) -> str:
        """Return the name that a rule (*kind* is `intent`), a `flow` or a `slot` has here, the same for the same *given* one."""
        if (kind, given) not in self.names:
            stem = valid_name(kind, given)
            taken = {name for (of, _), name in self.names.items() if of == kind} if kind != "intent" else self._intents
            name, number = stem, 2
            while name in taken:
                name, number = f"{stem[:34]}_{number}" if kind == "slot" else f"{stem[:74]}-{number}", number + 1
            self.names[(kind, given)] = name
            self._intents.add(name) if kind == "intent" else None
        return self.names[(kind, given)]

    def __post_init__(self) -> None:
        self._intents: set[str] = set()

    def text(self, value: Any, source: str, *, line: int | None = None, lines: bool = True) -> str:
        """Return a text cleaned; the empty one, and a loss, when it cannot be taken."""
        try:
            return clean_text(value, limit=LONGEST_TEXT, lines=lines)
        except TextRefused as error:
            self.lose(source, "text", f"{str(value)[:40]!r} was left out: {error}.", line)
            return ""


def valid_name(kind: str, given: str) -> str:
    """Return the name nearest to *given* that our rules accept."""
    if kind == "intent":
        name = cut_text(given, limit=LONGEST_NAME).strip() or "intent"
        return f"imported.{name}"[:LONGEST_NAME] if name.startswith(RESERVED) else name
    joint = "_" if kind == "slot" else "-"
    name = UNSAFE.sub(joint, fold(given[:200])).strip(joint)
    if kind == "slot":
        return (name if name[:1].isalpha() else f"slot_{name}")[:40].strip("_")
    return name[:74].strip("-") or "form"


def choice(label: str, **target: Any) -> dict[str, Any]:
    """Return a button; its label is cut to what fits."""
    return {"label": cut_text(label, limit=LONGEST_LABEL), **target}


def placeholder(intent: str) -> str:
    """Return what stands where an answer has yet to be written."""
    return f"(The answer of “{intent}” has yet to be written.)"


def language_of(given: str, default: str = "en") -> str:
    """Return a language's code as our folders are named."""
    return language_code(given) or default


def open_bot(place: Path) -> Export:
    """Return the files of a bot at *place*: a file, a folder or a zip. Raises ImportRefused."""
    if place.is_file() and first_bytes(place) == GZIP:
        raise ImportRefused(f"{place.name} is a gzip archive; unpack it and name the folder")
    return open_export(place)


def first_bytes(place: Path) -> bytes:
    """Return the two bytes that tell an archive."""
    try:
        with place.open("rb") as file:
            return file.read(2)
    except OSError as error:
        raise ImportRefused(f"{place} cannot be read: {error.strerror}") from None


def files_of(export: Export, suffixes: tuple[str, ...], bot: ImportedBot) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of the files with one of *suffixes*, smallest path first; larger ones are a loss."""
    try:
        total = 0
        for name in export.names:
            if not name.lower().endswith(suffixes) and (export.archive or export.place.is_dir()):
                continue
            size = size_of(export, name)
            if size > LARGEST_FILE_BYTES or total + size > MOST_BYTES:
                most = f"at most {LARGEST_FILE_BYTES // 2**20} MB a file and {MOST_BYTES // 2**20} MB in all are read"
                bot.lose(name, "too-large", f"the file has {size // 2**20} MB; {most}.")
                continue
            total += size
            if (content := content_of(export, name, bot)) is not None:
                yield name, content
    finally:
        if export.archive is not None:
            export.archive.close()


def content_of(export: Export, name: str, bot: ImportedBot) -> bytes | None:
    """Return the bytes of a file of a bot; None, and a loss, when it cannot be read."""
    try:
        return export.read(name)
    except (ImportRefused, OSError) as error:
        bot.lose(name, "unreadable", f"the file cannot be read: {error}.")
        return None


def size_of(export: Export, name: str) -> int:
    """Return how many bytes a file of a bot has."""
    if export.archive is not None:
        return export.archive.getinfo(name).file_size
    return (export.place / name if export.place.is_dir() else export.place).stat().st_size


def texts_of(export: Export, suffixes: tuple[str, ...], bot: ImportedBot) -> Iterator[tuple[str, str]]:
    """Yield the name and text of the files with one of *suffixes*; what is not UTF-8 is a loss."""
    for name, content in files_of(export, suffixes, bot):
        try:
            yield name, content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            bot.lose(name, "not-utf-8", "the file is not UTF-8; save it as UTF-8 and import again.", line)


def yaml_files(export: Export, bot: ImportedBot) -> Iterator[tuple[str, dict[str, Any], Lines]]:
    """Yield the name, keys and lines of each YAML file; aliases and tags are refused as in our own files."""
    for name, text in texts_of(export, (".yml", ".yaml"), bot):
        try:
            value, lines = parse_yaml(text)
        except (BrokenYaml, ValueError, RecursionError) as error:
            bot.lose(name, "unreadable", f"{error}.".replace("..", "."), getattr(error, "line", None))
            continue
        if isinstance(value, dict):
            yield name, value, lines
        elif value is not None:
            bot.lose(name, "unreadable", "the file has no keys at its top.", 1)


def json_files(export: Export, bot: ImportedBot) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of each JSON file."""
    for name, content in files_of(export, (".json",), bot):
        try:
            yield name, read_json(name, content)
        except ImportRefused as refused:
            bot.lose(name, "unreadable", f"{refused}.")


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list; nothing of anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """Return the texts in a list, or a lone one."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
