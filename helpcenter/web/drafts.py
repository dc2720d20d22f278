"""The rules of the content folder as they are saved now: read again when a file changes, learned once per revision."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from helpcenter.chat.confusion import ConfusionReport, report_confusion
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.rules import LanguageRules, Rules, load_rules

# Each language's latest few revisions, whoever tries them.
MOST_KEPT = 12
SECONDS_FOR_A_REPORT = 15.0


@dataclass(frozen=True)
class Draft:
    """What the content folder says now, and what is wrong with it."""

    rules: Rules
    problems: Sequence[RuleProblem]
    missing: bool = False
    """Whether there is no folder with rules at all."""


@dataclass
class Kept:
    """The values that were asked for last, by name."""

    most: int = MOST_KEPT
    values: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    def get(self, name: Hashable, make: Callable[[], Any], *, keep: Callable[[Any], bool] = lambda value: True) -> Any:
        """Return the value kept as *name*, made if there is none; what *keep* refuses is made anew next time."""
        if name not in self.values:
            value = make()
            if not keep(value):
                return value
            self.values[name] = value
        self.values.move_to_end(name)
        while len(self.values) > self.most:
            self.values.popitem(last=False)
        return self.values[name]


class Drafts:
    """Reads and learns the saved rules for a process. One at a time: who comes second finds what the first has learned."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._lock, self._reporting = threading.Lock(), threading.Lock()
        self._read: tuple[Hashable, Draft] | None = None
        self._learned, self._reports = Kept(most), Kept(most)

    def read(self, folder: Path, languages: Sequence[str], article_keys: Collection[str]) -> Draft:
        """Return the rules under *folder* as they are saved."""
        name = (folder, stamp_of(folder), tuple(languages), frozenset(article_keys))
        with self._lock:
            if self._read is None or self._read[0] != name:
                rules, problems = load_rules(folder, languages, article_keys=article_keys)
                self._read = (name, Draft(rules, problems, missing=not folder.is_dir()))
            return self._read[1]

    def learned(self, draft: Draft, lang: str, published: Rules) -> LanguageRules:
        """Return the rules of *lang* ready to answer; what is published, or was learned before, is not learned again."""
        rules = draft.rules.of(lang)
        revision = draft.rules.revisions.get(lang)
        with self._lock:
            if "matcher" not in vars(rules):
                if revision is not None and revision == published.revisions.get(lang):
                    rules.learn_from(published.of(lang))
                else:
                    rules.learn_from(self._learned.get((lang, revision), lambda: rules))
        return rules

    def report(self, rules: LanguageRules, revision: str) -> ConfusionReport:
        """Return which rules are mistaken for which; kept when time did not run out."""

        def make() -> ConfusionReport:
            return report_confusion(rules, until=monotonic() + SECONDS_FOR_A_REPORT)

        with self._reporting:
            return self._reports.get((rules.lang, revision), make, keep=lambda report: report.is_whole)


def stamp_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes whenever a file with rules is saved."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            state = path.stat()
        except OSError:
            continue
        found.append((path.relative_to(folder).as_posix(), state.st_mtime_ns, state.st_size))
    return tuple(found)
