"""BM25 over remembered postings, then a closer look at the best articles.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond" (2009): one saturated sum a word, for the short parts (title, headings,
keywords) and the body apart; a group of keys counts as one word.
"""

from array import array
from collections.abc import Mapping
from heapq import nlargest
from typing import Any

from helpcenter.language.analysis import Token
from helpcenter.search.query import Group, Query
from helpcenter.search.snapshot import LanguageView

__all__ = ["Scored", "best"]

Scored = tuple[int, float, dict[str, float]]


def best(query: Query, view: LanguageView, *, only: frozenset[int] | None = None, limit: int) -> tuple[list[Scored], int]:
    """Return number, score and its parts of the *limit* best documents, and how many match."""
    scores = sum_scores(query, view)
    if only is not None:
        scores = {number: score for number, score in scores.items() if number in only}
    # The same documents are looked at for every page, so that no hit is on two pages or on none.
    looked_at = view.weights.looked_at
    top = nlargest(max(looked_at, limit), scores.items(), key=lambda item: (item[1], -item[0]))
    ranked = [look_closer(number, score, query, view) for number, score in top[:looked_at]]
    ranked.sort(key=lambda scored: (-scored[1], scored[0]))
    ranked.extend((number, score, {"words": score}) for number, score in top[looked_at:])
    return ranked[:limit], len(scores)


def sum_scores(query: Query, view: LanguageView) -> dict[int, float]:
    """Return the BM25 score of every document that has a word of *query*."""
    scores: dict[int, float] = {}
    get = scores.get
    for group in query.groups:
        for number, impact in zip(*impacts(group, view), strict=True):
            scores[number] = get(number, 0.0) + impact
    return scores


def impacts(group: Group, view: LanguageView) -> tuple[array, array]:
    """Return the documents of *group* and what it adds to the score of each."""
    name = (group.keys, round(group.idf, 3))
    found = view.groups.get(name)
    if found is None:
        found = count_impacts(group, view)
        view.groups.put(name, found, len(found[0]) + 1)
    return found


def count_impacts(group: Group, view: LanguageView) -> tuple[array, array]:
    """Return the documents of *group* and what it adds to the score of each, from the postings."""
    short: dict[int, float] = {}
    body: dict[int, float] = {}
    for key, weight in group.keys:
        found = view.postings(key)
        for number, count in zip(found.short_ids, found.short, strict=True):
            short[number] = short.get(number, 0.0) + weight * count
        for number, count in zip(found.body_ids, found.body, strict=True):
            body[number] = body.get(number, 0.0) + weight * count
    total: dict[int, float] = {}
    k1 = view.weights.saturation
    gain = group.idf * (k1 + 1)
    for number, count in body.items():
        total[number] = gain * count / (k1 + count)
    gain *= view.weights.title
    for number, count in short.items():
        total[number] = total.get(number, 0.0) + gain * count / (k1 + count)
    return array("I", total.keys()), array("f", total.values())


def look_closer(number: int, score: float, query: Query, view: LanguageView) -> Scored:
    """Return the score of a document with what nearness and exact spelling add."""
    article, weights = view.snapshot.article(number), view.weights
    worth = {key: group.idf for group in query.groups for key in group.own}
    places = words_in(article, worth)
    parts = {
        "words": score,
        "nearby": weights.nearby * nearby(places, query, worth, weights.nearby_span, weights.saturation),
        "stretch": weights.stretch * stretch(places, worth, weights.stretch_words),
        "exact": weights.exact * exact(article["title"], query),
    }
    return number, sum(parts.values()), parts


def words_in(article: Mapping[str, Any], wanted: Mapping[str, float]) -> list[tuple[int, str]]:
    """Return where the *wanted* keys stand in title and body; the body begins a few places after the title."""
    title = article["title_keys"].split(" ")
    found = [(place, key) for place, key in enumerate(title) if key in wanted]
    after = len(title) + 3
    found.extend([(place, key) for place, key in enumerate(article["keys"].split(" "), after) if key in wanted])
    return found


def nearby(
    places: list[tuple[int, str]], query: Query, worth: Mapping[str, float], span: int, saturation: float
) -> float:
    """Return what neighbouring words of the query that also stand close in the article are worth."""
    order: dict[tuple[str, str], float] = {}
    for one, two in zip(query.groups, query.groups[1:], strict=False):
        for first in one.own:
            for second in two.own:
                order[first, second] = 1.0
                order.setdefault((second, first), 0.5)
    seen: dict[tuple[str, str], float] = {}
    for (place, key), (next_place, next_key) in zip(places, places[1:], strict=False):
        if next_place - place <= span and (key, next_key) in order and key != next_key:
            pair = (key, next_key) if key < next_key else (next_key, key)
            seen[pair] = seen.get(pair, 0.0) + order[key, next_key] / (next_place - place)
    return sum(
        min(worth[one], worth[two]) * count * (saturation + 1) / (count + saturation)
        for (one, two), count in seen.items()
    )


def stretch(places: list[tuple[int, str]], worth: Mapping[str, float], words: int) -> float:
    """Return the worth of the distinct words in the best stretch of the article."""
    counts: dict[str, int] = {}
    best_sum = now = 0.0
    first = 0
    for place, key in places:
        counts[key] = counts.get(key, 0) + 1
        if counts[key] == 1:
            now += worth[key]
        while places[first][0] < place - words:
            gone = places[first][1]
            counts[gone] -= 1
            if not counts[gone]:
                now -= worth[gone]
            first += 1
        best_sum = max(best_sum, now)
    return best_sum


def exact(title: str, query: Query) -> float:
    """Return the worth of words with diacritics that stand in *title* as they were typed."""
    written = title.casefold()
    return sum(group.idf for group in query.groups if is_marked(group.token) and group.token.surface in written)


def is_marked(token: Token) -> bool:
    """Return whether *token* was typed with diacritics."""
    return token.surface != token.folded
