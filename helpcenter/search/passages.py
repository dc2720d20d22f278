"""The section of an article that answers a question, for hits and for the chat."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from helpcenter.search.engine import Passage
from helpcenter.search.query import Query

__all__ = ["best_section", "coverage", "passage"]

PASSAGE_CHARACTERS = 700
SENTENCE_END = re.compile(r"[.!?…。](?=\s|$)")
REPEATED = 0.15


def passage(article: Mapping[str, Any], places: list[tuple[int, str]], query: Query, score: float) -> Passage:
    """Return the best section of *article* as the chat shows it."""
    heading, start, end = best_section(article, places, query)
    text = article["body"][start:end]
    title = article["headings"][heading] if heading >= 0 else None
    if title:
        text = text.strip().removeprefix(title)
    return Passage(
        key=article["key"],
        lang=article["lang"],
        slug=article["slug"],
        title=article["title"],
        heading=title,
        fragment=fragment(article, heading),
        text=shortened(text.strip()) or article["description"],
        score=score,
        confidence=coverage(article, query),
    )


def best_section(article: Mapping[str, Any], places: list[tuple[int, str]], query: Query) -> tuple[int, int, int]:
    """Return number of the heading, start and end of the section that has most of *query*; the first wins a tie."""
    sections = article["sections"]
    if len(sections) == 1:
        return sections[0]
    worth = worth_of(query)
    ends = [start for _, start, _ in sections]
    starts = array("I")
    starts.frombytes(article["starts"])
    totals = [0.0] * len(sections)
    seen: set[tuple[int, str]] = set()
    for place, key in places:
        section = bisect_right(ends, starts[place]) - 1
        totals[section] += worth[key] * (REPEATED if (section, key) in seen else 1.0)
        seen.add((section, key))
    return sections[max(range(len(sections)), key=lambda number: (totals[number], -number))]


def worth_of(query: Query) -> dict[str, float]:
    """Return what each key of *query* is worth: its share of the word's idf."""
    worth: dict[str, float] = {}
    for group in query.groups:
        for key, weight in group.keys:
            worth[key] = max(worth.get(key, 0.0), weight * group.idf)
    return worth


def coverage(article: Mapping[str, Any], query: Query) -> float:
    """Return from 0 to 1 how much of what was asked *article* speaks of, rare words counting more."""
    asked = [group for group in query.groups if not group.is_synonym]
    total = sum(group.idf for group in asked)
    if not total:
        return 0.0
    here = {*article["title_keys"].split(" "), *article["about_keys"].split(" "), *article["keys"].split(" ")}
    covered = sum(
        group.idf * max((weight for key, weight in group.keys if key in here), default=0.0) for group in asked
    )
    return covered / total


def fragment(article: Mapping[str, Any], heading: int) -> str | None:
    """Return the address of a section within its article."""
    ids = article["heading_ids"]
    return ids[heading] if 0 <= heading < len(ids) else None


def shortened(text: str) -> str:
    """Return *text* up to the last sentence that fits."""
    if len(text) <= PASSAGE_CHARACTERS:
        return text
    ends = [match.end() for match in SENTENCE_END.finditer(text, 0, PASSAGE_CHARACTERS)]
    if ends and ends[-1] > PASSAGE_CHARACTERS // 3:
        return text[: ends[-1]]
    return text[: PASSAGE_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"
