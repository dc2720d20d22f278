"""Old anchors: a heading whose words changed answers to its old id too, so links to it from anywhere still arrive there.

What a heading was called before is known from the published row, so nothing of this is in rendering. The old ids are empty
elements in the heading, and stand with it in the row, so that the next publish knows them too. Decision 0063.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from helpcenter.content.compilation import Compiled
from helpcenter.content.sanitising import ID, PAGE_IDS

MOST_OLD_IDS = 8
ROWS_AT_ONCE = 200
OPENING_TAG = re.compile(r"<h[1-6](?:\s+[\w-]+(?:=\"[^\"]*\")?)*>")
ID_OF_TAG = re.compile(r"\sid=\"([^\"]+)\"")

Heading = dict[str, Any]


class Outlined(NamedTuple):
    """The headings of an article with the text they stand in."""

    headings: list[Heading]
    text: str


Before = Callable[[list[int]], Mapping[int, Outlined]]


def keep_anchors(compiled: Iterable[Compiled], numbers: Mapping[str, int], before: Before) -> None:
    """Give the headings of *compiled* the ids they had before.

    *numbers* are the rows that the files go on with, by path; *before* gives what is published of rows by their id.
    """
    going_on = [each for each in compiled if each.source.path in numbers]
    for start in range(0, len(going_on), ROWS_AT_ONCE):
        batch = going_on[start : start + ROWS_AT_ONCE]
        published = before([numbers[each.source.path] for each in batch])
        for each in batch:
            old = published.get(numbers[each.source.path])
            if old is not None:
                keep_ids(each, old)


def keep_ids(compiled: Compiled, old: Outlined) -> None:
    """Put the old ids of *old* into the headings of *compiled*, none that the article uses for something else."""
    row = compiled.row
    live = compiled.rendered.ids | PAGE_IDS
    found = old_ids(old, Outlined(row["headings"], row["body_text"]), live)
    if found:
        row["headings"] = [heading | {"aliases": found[heading["id"]]} if heading["id"] in found else heading for heading in row["headings"]]
        row["html"] = with_old_ids(row["html"], found)


def old_ids(old: Outlined, new: Outlined, live: Iterable[str]) -> dict[str, list[str]]:
    """Return the old ids of the headings of *new* by their id, the last one first; none is in *live*."""
    taken = set(live)
    found: dict[str, list[str]] = {}
    for was, now in pairs(named(old), named(new)):
        names = [was.name, *was.aliases]
        mine = [name for name in dict.fromkeys(names) if name not in taken and ID.match(name)][:MOST_OLD_IDS]
        taken.update(mine)
        if mine:
            found[now.name] = mine
    return found


class Named(NamedTuple):
    """A heading with an id, and the text that follows it."""

    name: str
    level: int
    following: str
    aliases: list[str]


def named(outlined: Outlined) -> list[Named]:
    """Return the headings that can be linked to, each id once; the label of a tab is none of them."""
    starts = [int(heading["start"]) for heading in outlined.headings]
    found: dict[str, Named] = {}
    for heading, end in zip(outlined.headings, [*starts[1:], len(outlined.text)], strict=False):
        if heading["id"] and not heading.get("tab"):
            following = outlined.text[int(heading["start"]) + len(str(heading["text"])) : end].strip()
            found.setdefault(heading["id"], Named(heading["id"], heading["level"], following, list(heading.get("aliases", ()))))
    return list(found.values())


def pairs(old: list[Named], new: list[Named]) -> list[tuple[Named, Named]]:
    """Return which heading of *new* each of *old* became: one of its id, of its text, or the one in its place."""
    places = {each.name: place for place, each in enumerate(new)}
    became = {number: places[each.name] for number, each in enumerate(old) if each.name in places}
    pair_by_text(old, new, became)
    pair_by_place(old, new, became)
    return [(old[number], new[place]) for number, place in sorted(became.items())]


def pair_by_text(old: list[Named], new: list[Named], became: dict[int, int]) -> None:
    """Add the headings with the same text below them, where only the two of them have it."""
    taken = set(became.values())
    left = [number for number in range(len(old)) if number not in became]
    free = [place for place in range(len(new)) if place not in taken]
    olds, news = Counter(of_text(old[number]) for number in left), Counter(of_text(new[place]) for place in free)
    places = {of_text(new[place]): place for place in free}
    for number in left:
        text = of_text(old[number])
        if text[1] and olds[text] == news[text] == 1:
            became[number] = places[text]


def of_text(heading: Named) -> tuple[int, str]:
    """Return by what a heading is known whose own words changed."""
    return heading.level, heading.following


def pair_by_place(old: list[Named], new: list[Named], became: dict[int, int]) -> None:
    """Add the headings between the same neighbours, where as many stand there now as did before, and of the same levels."""
    fixed = [(-1, -1), *sorted(became.items()), (len(old), len(new))]
    taken = set(became.values())
    for (number, place), (next_number, next_place) in pairwise(fixed):
        left, free = range(number + 1, next_number), range(place + 1, next_place)
        if len(left) == len(free) and taken.isdisjoint(free) and [old[at].level for at in left] == [new[at].level for at in free]:
            became.update(zip(left, free, strict=True))


def with_old_ids(html: str, found: Mapping[str, list[str]]) -> str:
    """Return clean *html* with an empty element for each old id at the beginning of its heading; it stays clean.

    >>> with_old_ids('<h2 id="new">New</h2>', {"new": ["old"]})
    '<h2 id="new"><span id="old"></span>New</h2>'
    """
    left = dict(found)

    def add(tag: re.Match) -> str:
        name = ID_OF_TAG.search(tag[0])
        return tag[0] + "".join(f'<span id="{old}"></span>' for old in (left.pop(name[1], ()) if name else ()))

    return OPENING_TAG.sub(add, html)
