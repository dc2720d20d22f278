"""The editors' own search tests: what people type, and the article that must be found.

A file under articles/tests/searches/ is a list of rows such as
``{query: late invoice, lang: en, article: payments/late-payment, within: 3}``.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpcenter.content.hardened_yaml import YamlRefused, load
from helpcenter.search.engine import SearchEngine

__all__ = ["Failure", "SearchTest", "SearchTestProblem", "load_search_tests", "run_search_tests"]

WITHIN = 3
MOST_WITHIN = 50
KEYS = {"query", "lang", "article", "within"}


@dataclass(frozen=True)
class SearchTest:
    """One row: *article* must be among the first *within* hits for *query*."""

    path: Path
    line: int
    query: str
    lang: str
    article: str
    within: int = WITHIN


@dataclass(frozen=True)
class SearchTestProblem:
    """A row that is no test."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Failure:
    """A search that did not find its article in time; ``place`` is where it was, None when nowhere."""

    test: SearchTest
    place: int | None
    found: tuple[str, ...]

    def __str__(self) -> str:
        test = self.test
        was = f"it was number {self.place}" if self.place else "it was not found"
        first = ", ".join(self.found[:3]) or "nothing"
        return (
            f"{test.path}:{test.line}: {test.query!r} ({test.lang}) must find {test.article} "
            f"among the first {test.within}; {was}; found: {first}; "
            f"why: helpcenter search {shlex.quote(test.query)} --lang {test.lang} --explain"
        )


def load_search_tests(folder: Path) -> tuple[list[SearchTest], list[SearchTestProblem]]:
    """Return the search tests under *folder*, and the rows and files that are none."""
    tests: list[SearchTest] = []
    problems: list[SearchTestProblem] = []
    for path in sorted(folder.rglob("*.y*ml")) if folder.is_dir() else ():
        try:
            document = load(path.read_text("utf-8-sig"))
        except YamlRefused as refused:
            problems.append(SearchTestProblem(path, refused.line, refused.message))
            continue
        except (OSError, UnicodeDecodeError) as error:
            problems.append(SearchTestProblem(path, 1, f"cannot be read as UTF-8 text: {error}"))
            continue
        rows = document.value if isinstance(document.value, list) else []
        if document.value is not None and not isinstance(document.value, list):
            problems.append(SearchTestProblem(path, 1, "a list of searches is expected"))
        for number, row in enumerate(rows):
            try:
                tests.append(read_row(path, document.line_of((number,)), row))
            except ValueError as error:
                problems.append(SearchTestProblem(path, document.line_of((number,)), str(error)))
    return tests, problems


def read_row(path: Path, line: int, row: Any) -> SearchTest:
    """Return one row as a test; raises ValueError that says what to change."""
    if not isinstance(row, dict):
        raise ValueError("a row with query, lang and article is expected")
    missing = [name for name in ("query", "lang", "article") if not isinstance(row.get(name), str)]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing")
    unknown = sorted(set(row) - KEYS)
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; a row has query, lang, article and within")
    within = str(row.get("within") or WITHIN)
    if not within.isdecimal() or not 1 <= int(within) <= MOST_WITHIN:
        raise ValueError(f"within is {within!r}, expected a number from 1 to {MOST_WITHIN}")
    return SearchTest(path, line, row["query"], row["lang"], row["article"].strip("/"), int(within))


def run_search_tests(engine: SearchEngine, tests: Iterable[SearchTest]) -> list[Failure]:
    """Return the tests whose article *engine* does not find in time."""
    failures = []
    for test in tests:
        hits = engine.search(test.query, test.lang, limit=max(test.within, MOST_WITHIN)).hits
        found = tuple(hit.key for hit in hits)
        named = [{hit.key, f"{hit.section}/{hit.slug}"} for hit in hits]
        place = next((number for number, names in enumerate(named, 1) if test.article in names), None)
        if place is None or place > test.within:
            failures.append(Failure(test, place, found))
    return failures
