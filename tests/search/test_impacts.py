"""Leaving out what cannot be among the best changes nothing of what is found."""

import random

import pytest

from helpcenter.search.impacts import FEW, highest, sum_scores
from helpcenter.search.query import build_query
from helpcenter.search.snapshot import LanguageView
from helpcenter.search.whoosh_engine import WhooshEngine

from .conftest import document

# From words of every article to words of one.
WORDS = [f"word{letter}" for letter in "abcdefghijklmnop"]
EVERYWHERE = frozenset(range(5_000))


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LanguageView:
    """Return a library of 1,500 articles, some of which were replaced or removed after they were indexed."""
    chance = random.Random(5)
    engine = WhooshEngine(tmp_path_factory.mktemp("index"))
    articles = [
        document("en", f"a{number}", " ".join(chance.choices(WORDS[:8], k=2)), " ".join(chance.choices(WORDS, range(160, 0, -10), k=9)))
        for number in range(1_500)
    ]
    engine.rebuild(articles, 1)
    engine.apply([document("en", f"a{number}", "wordp", "wordo worda") for number in range(0, 300, 7)], ["en:a1", "en:a8"], 2)
    found = engine.view("en")
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(25))
def test_the_best_and_their_number_are_those_of_the_whole_sum(view: LanguageView, seed: int) -> None:
    chance = random.Random(seed)
    query = build_query(" ".join(chance.sample(WORDS, chance.randint(1, 7))), view, {})

    quick, counted = sum_scores(query, view, None, 20)
    whole, total = sum_scores(query, view, EVERYWHERE, 20)

    assert counted == total == len(whole)
    assert highest(quick, 20) == highest(whole, 20)
    assert all(quick[number] == pytest.approx(whole[number]) for number in highest(whole, 20))


def test_long_lists_are_left_out_when_the_best_are_known(view: LanguageView) -> None:
    query = build_query("wordp worda wordb wordc", view, {})

    quick, total = sum_scores(query, view, None, 5)

    assert total > FEW
    assert len(quick) < total / 4


def test_an_article_that_was_removed_is_not_counted(view: LanguageView) -> None:
    assert view.documents == 1_498
    assert sum_scores(build_query(" ".join(WORDS), view, {}), view, None, 20)[1] == 1_498
