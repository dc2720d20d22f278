"""The translations of the published library as a matrix: keys down, languages across; and what is left to translate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.content.models import Article, is_live
from helpcenter.content.site import Site
from helpcenter.content.translations import FRESH, TYPO, source_language

SOURCE, FRESH_STATE, STALE, MISSING = "source", "fresh", "stale", "missing"
STATES = (MISSING, STALE, FRESH_STATE)


class Present(NamedTuple):
    """What the matrix needs to know of one published article."""

    lang: str
    key: str
    slug: str
    section: str
    title: str
    words: int
    staleness: str


PRESENT = select(*(getattr(Article, name) for name in Present._fields)).order_by(Article.key, Article.lang)


class Cell(NamedTuple):
    """One article in one language."""

    state: str
    """`source`, `fresh`, `stale` or `missing`."""
    step: str = ""
    """How stale: `typo`, `medium` or `major`."""
    shown: str = ""
    """The language that readers get instead of a missing one; empty when they get nothing."""
    slug: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the cell as JSON has it: only what says something."""
        return {name: value for name, value in self._asdict().items() if value}


@dataclass(frozen=True)
class Row:
    """One key in all languages."""

    key: str
    section: str
    title: str
    source: str
    words: int
    """The words of the source: what a translator would have to translate."""
    cells: dict[str, Cell]


@dataclass
class Total:
    """What there is and what is left to do in one language."""

    lang: str
    source: int = 0
    fresh: int = 0
    typo: int = 0
    medium: int = 0
    major: int = 0
    missing: int = 0
    words: int = 0
    """The words of the sources that are missing here, or have changed by more than a typo."""

    def count(self, cell: Cell, words: int) -> None:
        """Add one article."""
        name = cell.step or cell.state
        setattr(self, name, getattr(self, name) + 1)
        if cell.state == MISSING or (cell.state == STALE and cell.step != TYPO):
            self.words += words


@dataclass
class Matrix:
    """All keys of the library in the languages that were asked for."""

    languages: list[str]
    rows: list[Row] = field(default_factory=list)

    @property
    def totals(self) -> list[Total]:
        """What there is in each language."""
        totals = {lang: Total(lang) for lang in self.languages}
        for row in self.rows:
            for lang, cell in row.cells.items():
                totals[lang].count(cell, row.words)
        return list(totals.values())

    def only(self, wanted: Callable[[Cell], bool]) -> list[Row]:
        """Return the rows that have a cell that is *wanted*."""
        return [row for row in self.rows if any(wanted(cell) for cell in row.cells.values())]


def load_matrix(session: Session, site: Site, *, languages: Sequence[str] = (), section: str = "") -> Matrix:
    """Return the matrix of the published library; of *languages* only, or of one *section* and what is below it."""
    matrix = Matrix(list(languages) or site.languages)
    present: dict[str, dict[str, Present]] = defaultdict(dict)
    for values in session.execute(PRESENT.where(is_live())):
        one = Present(*values)
        present[one.key][one.lang] = one
    for key, by_lang in present.items():
        source = by_lang[source_language(site, by_lang) or min(by_lang)]
        if not section or f"{source.section}/".startswith(f"{section}/"):
            cells = {lang: cell_of(site, lang, source, by_lang) for lang in matrix.languages}
            matrix.rows.append(Row(key, source.section, source.title, source.lang, source.words, cells))
    return matrix


def cell_of(site: Site, lang: str, source: Present, by_lang: dict[str, Present]) -> Cell:
    """Return how the article of *source* stands in *lang*."""
    here = by_lang.get(lang)
    if here is None:
        return Cell(MISSING, shown=next((code for code in site.chain(lang) if code in by_lang), ""))
    if here is source:
        return Cell(SOURCE, slug=here.slug)
    return Cell(FRESH_STATE if here.staleness == FRESH else STALE, here.staleness, slug=here.slug)


def matrix_as_dict(matrix: Matrix, rows: Iterable[Row]) -> dict[str, Any]:
    """Return the totals of *matrix*, and *rows*, as JSON has them."""
    return {
        "languages": [vars(total) for total in matrix.totals],
        "articles": [
            {
                "key": row.key,
                "section": row.section,
                "title": row.title,
                "source": row.source,
                "words": row.words,
                "translations": {lang: cell.as_dict() for lang, cell in row.cells.items()},
            }
            for row in rows
        ],
    }
