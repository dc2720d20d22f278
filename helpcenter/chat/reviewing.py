"""Review the bot files beyond what is plainly wrong: manners, tests that are missing, rules that stand in each other's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from time import monotonic

from helpcenter.chat.conversation_tests import Report
from helpcenter.chat.manners import check_manners, check_same_texts
from helpcenter.chat.overlaps import Overlap, confusions, shadowed
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.reading import FileRead
from helpcenter.chat.rules import LanguageRules, Rules, read_files
from helpcenter.chat.yaml_reading import yaml_files

# Leaving examples out costs learning again; a check must not take minutes.
SECONDS_FOR_CONFUSIONS = 15.0
# One example that another rule takes is an odd one; two show that the rules overlap.
FEWEST_CONFUSED = 2


def review(
    folder: Path, languages: Sequence[str], rules: Rules, report: Report | None = None, *, clock: Callable[[], float] = monotonic
) -> Iterator[RuleProblem]:
    """Yield warnings about the bot files under *folder*; what is plainly wrong, `load_rules` has told.

    With the *report* of the conversation tests the rules that none of them reaches are named too.
    """
    files = {lang: read_files(yaml_files(folder / lang, "**/*.yaml"), folder, []) for lang in languages}
    yield from check_same_texts(files, languages)
    until = clock() + SECONDS_FOR_CONFUSIONS
    for lang, of_lang in rules.languages.items():
        places = Places(f"{folder.name}/{lang}", files.get(lang, []))
        yield from check_manners(places.files)
        yield from check_tested(places, lang, report)
        yield from check_shadowed(places, of_lang)
        yield from check_confused(places, of_lang, until, clock)


class Places:
    """Where the rules, flows and examples of a language stand."""

    def __init__(self, folder: str, files: Sequence[FileRead]) -> None:
        self.folder, self.files = folder, files

    def warning(self, code: str, message: str, kind: str, name: str, example: str = "") -> RuleProblem:
        """Return a warning at a rule (`rules`) or flow (`flows`), or at one of its examples."""
        for file in self.files:
            for number, part in enumerate(getattr(file.bot, kind)):
                if name != (part.intent if kind == "rules" else part.flow):
                    continue
                at: tuple[str | int, ...] = (kind, number)
                if example:
                    at = (*at, "examples", part.examples.index(example))
                return RuleProblem(file.path, file.line(*at), code, message, "warning")
        return self.note(code, message)

    def note(self, code: str, message: str, severity: str = "warning") -> RuleProblem:
        """Return a finding about the language as a whole."""
        return RuleProblem(self.folder, 1, code, message, severity)


def check_tested(places: Places, lang: str, report: Report | None) -> Iterator[RuleProblem]:
    """Yield the rules and flows that no conversation test of the language reaches."""
    if report is None:
        return
    covered = report.covered.get(lang, set())
    if not covered:
        yield places.note("UNTESTED", "no conversation test reaches a rule of this language; add tests/conversations/" + f"{lang}/*.yaml")
        return
    for kind in ("rules", "flows"):
        for part in (part for file in places.files for part in getattr(file.bot, kind)):
            name = part.intent if kind == "rules" else part.flow
            if name not in covered:
                yield places.warning("UNTESTED", f"no conversation test reaches {name}", kind, name)


def check_shadowed(places: Places, rules: LanguageRules) -> Iterator[RuleProblem]:
    """Yield the examples that something else takes before their rule is asked, once for each rule and what takes them."""
    for (intent, _), overlaps in grouped(shadowed(rules)):
        more = f" So {are_more(len(overlaps) - 1)} of {intent}." if len(overlaps) > 1 else ""
        yield places.warning("SHADOWED", f"“{overlaps[0].example}” {overlaps[0].why}.{more}", "rules", intent, overlaps[0].example)


def check_confused(
    places: Places, rules: LanguageRules, until: float, clock: Callable[[], float]
) -> Iterator[RuleProblem]:
    """Yield the rules whose examples another rule would answer if they were not listed."""
    result = confusions(rules, until=until, clock=clock)
    single = 0
    for (intent, other), overlaps in grouped(result.found):
        if len(overlaps) < FEWEST_CONFUSED:
            single += 1
            continue
        listed = ", ".join(f"“{one.example}”" for one in overlaps[:3])
        message = f"if they were not listed, {other} would answer {listed}; give {intent} more examples like these, or a keyword"
        yield places.warning("CONFUSED", message, "rules", intent, overlaps[0].example)
    if single:
        yield places.note("CONFUSED", f"{single} more of {result.examples} examples would be answered by another rule if they were not listed", "info")
    if not result.is_whole:
        yield places.note("CONFUSED", "not every example was left out in turn: time ran out", "info")


def grouped(overlaps: Iterator[Overlap] | Sequence[Overlap]) -> Iterator[tuple[tuple[str, str], list[Overlap]]]:
    """Yield the overlaps of each pair of rules, in the order of their names."""
    ordered = sorted(overlaps, key=pair)
    for names, group in groupby(ordered, key=pair):
        yield names, list(group)


def pair(overlap: Overlap) -> tuple[str, str]:
    """Return the rule that has the example and the one that takes it."""
    return overlap.intent, overlap.taken_by


def are_more(number: int) -> str:
    """Return "is 1 more example" or "are 2 more examples".

    >>> are_more(2)
    'are 2 more examples'
    """
    return "is 1 more example" if number == 1 else f"are {number} more examples"
