"""Which article a file of a publish goes on with: the one it held before, or one that another file held.

Git may know, but a content folder need not be a repository; so what the files say decides. In this order, the surest
first: the same bytes, the same path, the same key, the same slug, the same title, and at least half of the same text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING

from helpcenter.content.compilation import Compiled

if TYPE_CHECKING:
    from helpcenter.content.preparation import Row

# Texts are compared only while that takes no time that anybody notices: not when a whole tree moves with edits.
MOST_PAIRS = 20_000
FEWEST_WORDS = 12
SHINGLE = 3
LIKE_ENOUGH = 0.5

Texts = Callable[[list[int]], Mapping[int, str]]


def find_earlier(published: Iterable[Row], compiled: Iterable[Compiled], texts: Texts) -> dict[str, Row]:
    """Return, by the path of a file that is to be written, the row of the article that it goes on with.

    *published* are the rows that are to be removed or written anew; *texts* gives their text by their id. A row and a file
    are matched once, within one language, and only when nothing else could be meant.
    """
    rows, files = list(published), list(compiled)
    moves: dict[str, Row] = {}
    for name_row, name_file in (
        (lambda row: row.source_hash, lambda each: each.source.source_hash),
        (lambda row: row.source_path, lambda each: each.source.path),
        (lambda row: row.key, lambda each: each.source.key),
        (lambda row: row.slug, lambda each: each.source.slug),
        (lambda row: row.title, lambda each: each.source.title),
    ):
        moves |= by_name(rows, files, name_row, name_file)
        rows, files = without(moves, rows, files)
    return moves | by_text(rows, files, texts)


def without(moves: Mapping[str, Row], rows: list[Row], files: list[Compiled]) -> tuple[list[Row], list[Compiled]]:
    """Return the rows and files that are not matched yet."""
    matched = {row.id for row in moves.values()}
    return [row for row in rows if row.id not in matched], [each for each in files if each.source.path not in moves]


def by_name(
    rows: list[Row], files: list[Compiled], name_row: Callable[[Row], Hashable], name_file: Callable[[Compiled], Hashable]
) -> dict[str, Row]:
    """Return the moves of articles that share a name which only the two of them have."""
    named_rows, named_files = defaultdict(list), defaultdict(list)
    for row in rows:
        named_rows[row.lang, name_row(row)].append(row)
    for each in files:
        named_files[each.source.lang, name_file(each)].append(each)
    return {
        found[0].source.path: named_rows[name][0]
        for name, found in named_files.items()
        if len(found) == 1 and len(named_rows.get(name, ())) == 1
    }


def by_text(rows: list[Row], files: list[Compiled], texts: Texts) -> dict[str, Row]:
    """Return the moves of articles that share at least half of their text, the likest first."""
    if not rows or not files or len(rows) * len(files) > MOST_PAIRS:
        return {}
    published = {number: shingles(text) for number, text in texts([row.id for row in rows]).items()}
    written = {each.source.path: shingles(each.row["body_text"]) for each in files}
    pairs = [
        (likeness(published.get(row.id, frozenset()), written[each.source.path]), each.source.path, row)
        for row in rows
        for each in files
        if row.lang == each.source.lang
    ]
    moves: dict[str, Row] = {}
    taken = set()
    for like, path, row in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2].source_path)):
        if like >= LIKE_ENOUGH and path not in moves and row.id not in taken:
            moves[path] = row
            taken.add(row.id)
    return moves


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return every three words of *text* that stand together; none of a text too short to be told by them.

    >>> shingles("Pay us.")
    frozenset()
    """
    words = text.casefold().split()
    if len(words) < FEWEST_WORDS:
        return frozenset()
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))


def likeness(one: frozenset, other: frozenset) -> float:
    """Return the share of what two texts have together, from 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0
