"""A closer look at the articles whose words fit best: their titles, and how near to each other the words stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from types import MappingProxyType

from helpcenter.language.analysis import Token
from helpcenter.search.impacts import highest, sum_scores
from helpcenter.search.letters import numbers_of, shared_letters
from helpcenter.search.priors import newest, prior_parts
from helpcenter.search.query import Query, idf, rarity
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
    stands for, ``order`` which keys are neighbours, and ``letters`` what each
    run of letters is worth, by its number. ``total`` is what all words are worth.
    """

    query: Query
    weights: dict[str, float]
    worth: dict[str, float]
    meanings: dict[str, Meaning]
    order: dict[tuple[str, str], float]
    letters: list[tuple[int, float]]
    total: float

    @classmethod
    def of(cls, query: Query, view: LanguageView) -> "Asked":
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
        total = sum(group.idf for group in query.groups if not group.is_synonym)
        return cls(query, weights, worth, meanings, expected_order(query), letters_asked(query, view), total)


def best(
    query: Query,
    view: LanguageView,
    *,
    only: frozenset[int] | None = None,
    limit: int,
    standings: Mapping[str, float] = MappingProxyType({}),
) -> tuple[list[Scored], int]:
    """Return the *limit* best documents, and how many match; *standings* says by key how readers found articles."""
    # The same documents are looked at for every page, so that no hit is on two pages or on none.
    looked_at = view.weights.looked_at
    scores, total = sum_scores(query, view, only, max(looked_at, limit))
    top = highest(scores, max(looked_at, limit))
    asked = Asked.of(query, view)
    ranked = [look_closer(number, scores[number], asked, view) for number in top[:looked_at]]
    add_priors(ranked, view, standings)
    ranked.sort(key=lambda scored: (-scored.score, scored.number))
    ranked.extend(Scored(number, scores[number], {"words": scores[number]}) for number in top[looked_at:])
    return ranked[:limit], total


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
        "title": of_title(number, title, asked, view),
        "nearby": weights.nearby * nearby(own, asked.order, asked.worth, weights.nearby_span, weights.saturation),
        "stretch": weights.stretch * stretch(everywhere, asked.meanings, weights.stretch_words),
        "beginning": weights.beginning * beginning(places, asked.meanings, weights.beginning_words),
        "letters": shared_letters(article["letters"], asked.letters),
        "exact": weights.exact * exact(article["title"], asked.query),
        "keywords": weights.keyword_phrase * phrase(article["keyword_keys"], asked.worth),
    }
    return Scored(number, sum(parts.values()), parts, places)


def add_priors(ranked: Sequence[Scored], view: LanguageView, standings: Mapping[str, float]) -> None:
    """Add to the score of each of *ranked* what is known of its article before anything is asked."""
    articles = [view.snapshot.article(scored.number) for scored in ranked]
    latest = newest(articles)
    for scored, article in zip(ranked, articles, strict=True):
        parts = prior_parts(article, standings.get(article["key"], 0.0), latest, scored.score, view.weights)
        scored.parts |= parts
        scored.score += sum(parts.values())


def places_of(words: str, keys: Collection[str]) -> Places:
    """Return where *keys* stand among *words*."""
    every = words.split(" ")
    return [(place, every[place]) for place in compress(count(), map(keys.__contains__, every))]


def letters_asked(query: Query, view: LanguageView) -> list[tuple[int, float]]:
    """Return what each run of letters in the words of *query* is worth, by its number: rare ones more."""
    weights = view.weights
    weight = weights.letters_by_language.get(view.lang, weights.letters)
    runs = {number: run for group in query.groups if not group.is_synonym for number, run in numbers_of(group.token.folded).items()}
    return [(number, weight * rarity(view.vocabulary.frequency_of(run), view.documents)) for number, run in runs.items()] if weight else []


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


def of_title(number: int, title: Sequence[str], asked: Asked, view: LanguageView) -> float:
    """Return the worth of the words of the query in *title*, times the share they are of the title, and of the query.

    A title that was asked in full says more than the same words in a long one, and so does a title that has all that was asked.
    """
    found = sum(asked.weights[key] * idf([key], view) for key in {*title} if key in asked.weights)
    if not found:
        return 0.0
    if number not in view.titles:
        view.titles[number] = sum(idf([key], view) for key in {*title})
    of_query = min(1.0, found / asked.total) if asked.total else 0.0
    return found * (view.weights.whole_title * found / view.titles[number] + view.weights.whole_question * of_query**3)


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


def beginning(places: Places, meanings: Mapping[str, Meaning], words: int) -> float:
    """Return the worth of the different words of the query among the first *words* of the article."""
    found: dict[int, float] = {}
    for place, key in places:
        if place >= words:
            break
        word, worth = meanings[key]
        found[word] = max(found.get(word, 0.0), worth)
    return sum(found.values())


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
