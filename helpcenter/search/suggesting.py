"""Titles and headings for a query that is still being typed."""

from collections.abc import Mapping
from typing import Any

from helpcenter.language.analysis import analyse
from helpcenter.search.engine import Suggestion
from helpcenter.search.query import READ_CHARACTERS, Group, group_for, idf
from helpcenter.search.snapshot import LanguageView

__all__ = ["suggest"]

MOST_WORDS = 12


def suggest(text: str, view: LanguageView, *, limit: int) -> list[Suggestion]:
    """Return titles and headings that *text* begins to ask for; the last word may be half a word."""
    tokens = analyse(text[:READ_CHARACTERS], view.lang, limit=60)
    if not tokens:
        return []
    last, before = tokens[-1], [token for token in tokens[:-1] if not token.stop][-MOST_WORDS:]
    finished = text[last.end :][:1].isspace()
    groups = [group_for(token, view, (), half_typed=False) for token in before]
    if not (finished and last.stop):
        groups.append(half_word(last, view) if not finished else group_for(last, view, (), half_typed=False))
    scores = title_scores(groups, view)
    best = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
    return [suggestion(view.snapshot.article(number), groups, view.lang) for number in best]


def half_word(token: Any, view: LanguageView) -> Group:
    """Return the words *token* may become; when there are none, those it may be a slip of."""
    keys = dict.fromkeys(view.vocabulary.starting_with(token.folded, view.weights.prefix_words), view.weights.prefix)
    keys.update(dict.fromkeys(view.vocabulary.keys_of(token.key, token.folded), 1.0))
    if not keys:
        return group_for(token, view, (), half_typed=False)
    return Group(token, tuple(keys.items()), idf(keys, view), frozenset(keys))


def title_scores(groups: list[Group], view: LanguageView) -> dict[int, float]:
    """Return how well the short parts of each document fit; the word being typed must be among them."""
    scores: dict[int, float] = {}
    for group in groups:
        of_group: dict[int, float] = {}
        for key, weight in group.keys:
            found = view.postings(key)
            for number, count in zip(found.short_ids, found.short, strict=True):
                of_group[number] = max(of_group.get(number, 0.0), weight * count)
        gain = group.idf
        for number, count in of_group.items():
            scores[number] = scores.get(number, 0.0) + gain * count / (1.0 + count)
        if group is groups[-1] and of_group:
            scores = {number: score for number, score in scores.items() if number in of_group}
    return scores


def suggestion(article: Mapping[str, Any], groups: list[Group], lang: str) -> Suggestion:
    """Return the title of *article*, or a heading of it that has more of the words."""
    wanted = [group.marked for group in groups]
    best, number = fitting(article["title_keys"].split(" "), wanted), -1
    for place, heading in enumerate(article["headings"]):
        fit = fitting([token.key for token in analyse(heading, lang)], wanted)
        if fit > best and place < len(article["heading_ids"]):
            best, number = fit, place
    if number < 0:
        return Suggestion(article["title"], article["slug"], article["section"])
    heading, fragment = article["headings"][number], article["heading_ids"][number]
    return Suggestion(heading, article["slug"], article["section"], kind="heading", fragment=fragment)


def fitting(keys: list[str], wanted: list[set[str]]) -> int:
    """Return how many of the *wanted* words are among *keys*."""
    return sum(not marked.isdisjoint(keys) for marked in wanted)
