"""Charts drawn by the server: stacked columns as plain numbers, for an inline SVG without style or script. A table stands beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# In the chart's own units.
COLUMN, GAP, HEIGHT, LEFT, BELOW, TOP = 26, 10, 120, 34, 18, 6
LABELS_AT_MOST = 14


@dataclass(frozen=True)
class Part:
    """A piece of a column: of which series, and where it stands."""

    series: str
    x: float
    y: float
    height: float
    number: int


@dataclass(frozen=True)
class Chart:
    """Columns with labels below and lines behind them."""

    width: int
    height: int
    parts: tuple[Part, ...]
    labels: tuple[tuple[float, str], ...]
    lines: tuple[tuple[float, int], ...]
    series: tuple[str, ...]
    column: int = COLUMN
    left: int = LEFT

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.parts


def stacked(rows: Sequence[tuple[str, Mapping[str, int]]], series: Sequence[str]) -> Chart:
    """Return a column for each of *rows*, a label and its numbers by the names of *series*, the first at the bottom."""
    top = nice_top(max((sum(numbers.get(name, 0) for name in series) for _, numbers in rows), default=0))
    every = -(-len(rows) // LABELS_AT_MOST) or 1
    parts, labels = [], []
    for place, (label, numbers) in enumerate(rows):
        x, y = LEFT + place * (COLUMN + GAP), float(TOP + HEIGHT)
        for name in series:
            if number := numbers.get(name, 0):
                height = HEIGHT * number / top
                y -= height
                parts.append(Part(name, x, round(y, 2), round(height, 2), number))
        if place % every == 0:
            labels.append((x + COLUMN / 2, label))
    lines = [(round(TOP + HEIGHT - HEIGHT * number / top, 2), number) for number in sorted({0, top // 2, top})]
    width = LEFT + max(len(rows), 1) * (COLUMN + GAP)
    return Chart(width, TOP + HEIGHT + BELOW, tuple(parts), tuple(labels), tuple(lines), tuple(series))


def nice_top(most: int) -> int:
    """Return a round even number that is not below *most*.

    >>> [nice_top(number) for number in (0, 3, 7, 11, 130)]
    [2, 4, 8, 20, 200]
    """
    size = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if most <= step * size:
                return step * size
        size *= 10
