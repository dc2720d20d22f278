"""BM25 over remembered postings, then a closer look at the best articles.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond" (2009): one saturated sum a word, for the short parts (title, headings,
keywords) and the body apart; a group of keys counts as one word.
"""

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from helpcenter.language.analysis import Token
from helpcenter.search.query import Group, Query, idf
from helpcenter.search.snapshot import LanguageView

__all__ = ["Scored", "best", "places_of"]

# Where a word of the query stands: which word of the body it is, and its key.
Places = list[tuple[int, str]]
# Which word of the query a key stands for, and what it is worth there.
Meaning = tuple[int, float]
# Words between the last of the title and the first of the body.
GAP = 3


@dataclass(slots=True)
class Scored:
    """A document with its score, what the score is made of, and where the words stand in its body."""

    number: int
    score: float
    parts: dict[str, float]
    places: Places | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a closer look at an article needs of a query, worked out once.

    ``weights`` says how far each key is what was asked, ``worth`` what the keys
    that are the words themselves are worth, ``meanings`` which word any key
    stands for, and ``order`` which keys are neighbours.
    """

    query: Query
    weights: dict[str, float]
    worth: dict[str, float]
    meanings: dict[str, Meaning]
    order: dict[tuple[str, str], float]

    @classmethod
    def of(cls, query: Query) -> "Asked":
        """Return what is needed of *query*."""
        weights: dict[str, float] = {}
        meanings: dict[str, Meaning] = {}
        for number, group in enumerate(query.groups):
            for key, weight in group.keys:
                weights[key] = max(weights.get(key, 0.0), weight)
                worth = group.idf * (1.0 if key in group.own else weight)
                if key not in meanings or worth > meanings[key][1]:
                    meanings[key] = number, worth
        worth = {key: group.idf for group in query.groups for key in group.own}
        return cls(query, weights, worth, meanings, expected_order(query))


def best(query: Query, view: LanguageView, *, only: frozenset[int] | None = None, limit: int) -> tuple[list[Scored], int]:
    """Return the *limit* best documents, and how many match."""
    scores = sum_scores(query, view)
    if only is not None:
        scores = {number: score for number, score in scores.items() if number in only}
    # The same documents are looked at for every page, so that no hit is on two pages or on none.
    looked_at = view.weights.looked_at
    top = highest(scores, max(looked_at, limit))
    asked = Asked.of(query)
    ranked = [look_closer(number, scores[number], asked, view) for number in top[:looked_at]]
    ranked.sort(key=lambda scored: (-scored.score, scored.number))
    ranked.extend(Scored(number, scores[number], {"words": scores[number]}) for number in top[looked_at:])
    return ranked[:limit], len(scores)


def highest(scores: dict[int, float], limit: int) -> list[int]:
    """Return the *limit* documents that score most; of equals the lower number, so that pages keep their order."""
    if len(scores) > limit:
        least = nlargest(limit, scores.values())[-1]
        scores = {number: score for number, score in scores.items() if score >= least}
    return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


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


def look_closer(number: int, score: float, asked: Asked, view: LanguageView) -> Scored:
    """Return a document with what its title, nearness and exact spelling add to its *score*."""
    article, weights = view.snapshot.article(number), view.weights
    places = places_of(article["keys"], asked.weights)
    title = article["title_keys"].split()
    after = len(title) + GAP
    everywhere = [(place, key) for place, key in enumerate(title) if key in asked.weights]
    everywhere.extend([(after + place, key) for place, key in places])
    own = [(place, key) for place, key in everywhere if key in asked.worth]
    parts = {
        "words": score,
        "title": weights.whole_title * whole_title(number, title, asked.weights, view),
        "nearby": weights.nearby * nearby(own, asked.order, asked.worth, weights.nearby_span, weights.saturation),
        "stretch": weights.stretch * stretch(everywhere, asked.meanings, weights.stretch_words),
        "exact": weights.exact * exact(article["title"], asked.query),
        "keywords": weights.keyword_phrase * phrase(article["keyword_keys"], asked.worth),
    }
    return Scored(number, sum(parts.values()), parts, places)


def places_of(words: str, keys: Collection[str]) -> Places:
    """Return where *keys* stand among *words*."""
    return [(place, key) for place, key in enumerate(words.split(" ")) if key in keys]


def expected_order(query: Query) -> dict[tuple[str, str], float]:
    """Return the pairs of keys that are neighbours in *query*; in the other order they count half."""
    order: dict[tuple[str, str], float] = {}
    for one, two in zip(query.groups, query.groups[1:], strict=False):
        for first in one.own:
            for second in two.own:
                order[first, second] = 1.0
                order.setdefault((second, first), 0.5)
    return order


def nearby(
    places: Places, order: Mapping[tuple[str, str], float], worth: Mapping[str, float], span: int, saturation: float
) -> float:
    """Return what neighbouring words of the query that also stand close in the article are worth."""
    seen: dict[tuple[str, str], float] = {}
    for (place, key), (next_place, next_key) in zip(places, places[1:], strict=False):
        if next_place - place <= span and (key, next_key) in order and key != next_key:
            pair = (key, next_key) if key < next_key else (next_key, key)
            seen[pair] = seen.get(pair, 0.0) + order[key, next_key] / (next_place - place)
    return sum(
        min(worth[one], worth[two]) * count * (saturation + 1) / (count + saturation)
        for (one, two), count in seen.items()
    )


def whole_title(number: int, title: Sequence[str], weights: Mapping[str, float], view: LanguageView) -> float:
    """Return the worth of the words of the query in *title*, times the share of the title they are.

    A title that was asked in full says more than the same words in a long one.
    """
    asked = sum(weights[key] * idf([key], view) for key in {*title} if key in weights)
    if not asked:
        return 0.0
    if number not in view.titles:
        view.titles[number] = sum(idf([key], view) for key in {*title})
    return asked * asked / view.titles[number]


def stretch(places: Places, meanings: Mapping[str, Meaning], words: int) -> float:
    """Return the worth of the different words of the query in the best stretch of the article.

    A word counts as the likest of its forms that was met since it came into the stretch.
    """
    counts: dict[int, int] = {}
    counted: dict[int, float] = {}
    best_sum = now = 0.0
    first = 0
    for place, key in places:
        word, worth = meanings[key]
        counts[word] = counts.get(word, 0) + 1
        if worth > counted.get(word, 0.0):
            now += worth - counted.get(word, 0.0)
            counted[word] = worth
        while places[first][0] < place - words:
            gone = meanings[places[first][1]][0]
            counts[gone] -= 1
            if not counts[gone]:
                now -= counted.pop(gone, 0.0)
            first += 1
        best_sum = max(best_sum, now)
    return best_sum


def phrase(keywords: list[tuple[str, ...]], worth: Mapping[str, float]) -> float:
    """Return the worth of the best keyword of several words that was asked as a whole."""
    return max((sum(worth[key] for key in keys) for keys in keywords if all(key in worth for key in keys)), default=0.0)


def exact(title: str, query: Query) -> float:
    """Return the worth of words with diacritics that stand in *title* as they were typed."""
    written = title.casefold()
    return sum(group.idf for group in query.groups if is_marked(group.token) and group.token.surface in written)


def is_marked(token: Token) -> bool:
    """Return whether *token* was typed with diacritics."""
    return token.surface != token.folded
