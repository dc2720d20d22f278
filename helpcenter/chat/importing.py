"""Make rules from utterances that somebody has collected: one rule for each intent, with its examples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from helpcenter.chat.evaluation import Utterance
from helpcenter.content.importers.target import portable
from helpcenter.language.analysis import fold
from helpcenter.language.cleaning import TextRefused, clean_text

LONGEST_EXAMPLE = 2000
UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass
class ImportReport:
    """What was written and what was lost."""

    files: list[Path] = field(default_factory=list)
    rules: int = 0
    examples: int = 0
    out_of_scope: int = 0
    repeated: int = 0
    contradicting: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report in words."""
        said = [f"{self.rules} rules with {self.examples} examples in {len(self.files)} files"]
        losses = {
            "out of scope, belongs to no rule": self.out_of_scope,
            "the same words again": self.repeated,
            "the same words with another intent": len(self.contradicting),
            "text that cannot be taken": len(self.refused),
        }
        said += [f"left out: {count} ({why})" for why, count in losses.items() if count]
        said += [f"  {one}" for one in (*self.contradicting[:10], *self.refused[:10])]
        if self.rules:
            said.append("the source has no answers: each rule holds a placeholder; write its answer before you publish")
        return said


def bot_folder(folder: Path) -> Path:
    """Return where rules live under a folder: itself when it is a bot folder, else its `bot`."""
    is_bot = folder.name == "bot" or (not (folder / "bot").is_dir() and any(folder.glob("[a-z][a-z]*/*.yaml")))
    return folder if is_bot else folder / "bot"


def import_utterances(utterances: Iterable[Utterance], folder: Path) -> ImportReport:
    """Write one rule file per intent and language under the bot folder of *folder*; return what was lost.

    Existing files of the same name are overwritten, others stay.
    """
    report = ImportReport()
    collected = collect(utterances, report)
    taken: set[Path] = set()
    for (lang, intent), examples in collected.items():
        path = free_path(bot_folder(folder) / language_folder(lang), intent, taken)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rule_file(intent, examples), encoding="utf-8")
        report.files.append(path)
        report.rules += 1
        report.examples += len(examples)
    return report


def language_folder(lang: str) -> str:
    """Return a language's folder name; nothing of it can lead out of the bot folder."""
    return UNSAFE.sub("-", lang.lower()).strip("-") or "en"


def collect(utterances: Iterable[Utterance], report: ImportReport) -> dict[tuple[str, str], list[str]]:
    """Return the examples by language and intent, each only once."""
    collected: dict[tuple[str, str], list[str]] = {}
    owners: dict[tuple[str, str], str] = {}
    for utterance in utterances:
        if utterance.intent is None:
            report.out_of_scope += 1
            continue
        try:
            text = clean_text(utterance.text, limit=LONGEST_EXAMPLE, lines=False)
            intent = clean_text(utterance.intent, limit=100, lines=False)
        except TextRefused as error:
            report.refused.append(f"{utterance.text[:40]!r}: {error}")
            continue
        owner = owners.setdefault((utterance.lang, text.casefold()), intent)
        if not text or owner != intent:
            report.contradicting.append(f"“{text[:60]}” is {owner} and {intent}; kept with {owner}")
            continue
        examples = collected.setdefault((utterance.lang, intent), [])
        if text in examples:
            report.repeated += 1
        else:
            examples.append(text)
    return collected


def free_path(folder: Path, intent: str, taken: set[Path]) -> Path:
    """Return a file name for an intent that no other intent of this import has."""
    stem = portable(UNSAFE.sub("-", fold(intent)).strip("-")[:60] or "intent")
    path, number = folder / f"{stem}.yaml", 2
    while path in taken:
        path, number = folder / f"{stem}-{number}.yaml", number + 1
    taken.add(path)
    return path


def rule_file(intent: str, examples: list[str]) -> str:
    """Return a bot file with one rule; its answer has yet to be written."""
    rule = {"intent": intent, "examples": examples, "answer": [f"(The answer of “{intent}” has yet to be written.)"]}
    return yaml.safe_dump({"rules": [rule]}, allow_unicode=True, sort_keys=False, width=1000)
