"""What is known of an article before anything is asked decides between articles that fit alike, and nothing else."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from helpcenter.search.engine import Document
from helpcenter.search.priors import standings
from helpcenter.search.weights import WEIGHTS
from helpcenter.search.whoosh_engine import WhooshEngine

from .conftest import document

OTHER = [document("en", f"other-{number}", f"Other {number}", "Nothing to see.") for number in range(8)]
FULL = WEIGHTS.featured + WEIGHTS.votes + WEIGHTS.freshness


def twin(name: str, **more: object) -> Document:
    """Return one of the articles that say the same."""
    return document("en", name, "Cancel an order", "Open your orders and choose Cancel.", **more)


def engine_over(folder: Path, *documents: Document, weights=WEIGHTS) -> WhooshEngine:
    """Return an engine over *documents* and some that have nothing to do with them."""
    engine = WhooshEngine(folder / "index", weights=weights)
    engine.rebuild([*documents, *OTHER], 1)
    return engine


def found(engine: WhooshEngine, votes: dict[str, tuple[int, int]] | None = None, text: str = "cancel order") -> list[str]:
    """Return what is found when articles have *votes*, best first."""
    engine.set_votes({"en": votes or {}})
    return [hit.key for hit in engine.search(text, "en").hits]


def test_of_equal_articles_the_one_that_helped_most_stands_first(tmp_path) -> None:
    engine = engine_over(tmp_path, twin("disliked"), twin("liked"))
    assert found(engine) == ["disliked", "liked"]
    assert found(engine, {"liked": (60, 2), "disliked": (5, 55)}) == ["liked", "disliked"]
    assert found(engine, {"liked": (5, 55), "disliked": (60, 2)}) == ["disliked", "liked"]
    assert found(engine) == ["disliked", "liked"]


def test_few_votes_do_not_lift_a_new_article(tmp_path) -> None:
    engine = engine_over(tmp_path, twin("plain"), twin("proven"), twin("new"))
    assert found(engine, {"proven": (60, 2), "new": (2, 0)}) == ["proven", "plain", "new"]


def test_votes_in_one_language_say_nothing_in_another(tmp_path) -> None:
    engine = engine_over(tmp_path, twin("first"), twin("second"))
    engine.set_votes({"lv": {"second": (60, 2)}})
    assert [hit.key for hit in engine.search("cancel order", "en").hits] == ["first", "second"]


def test_no_votes_bring_a_worse_match_before_a_clearly_better_one(tmp_path) -> None:
    better = twin("better", updated=date(2010, 1, 1))
    worse = document("en", "worse", "Your orders", "To change an order, do not cancel it.", featured=True, updated=date(2026, 1, 1))
    engine = engine_over(tmp_path, better, worse)
    assert found(engine, {"better": (0, 100_000), "worse": (100_000, 0)}) == ["better", "worse"]


def test_votes_find_nothing_and_hide_nothing(tmp_path) -> None:
    engine = engine_over(tmp_path, twin("only"))
    assert found(engine, {"only": (0, 100_000), "other-1": (100_000, 0)}) == ["only"]


@pytest.mark.parametrize("votes", [(100_000, 0), (0, 100_000), (50, 0), (7, 0), (3, 0)])
def test_votes_move_a_score_by_no_more_than_their_weight(tmp_path, votes) -> None:
    engine = engine_over(tmp_path, twin("only"))
    before = engine.search("cancel order", "en").hits[0].score
    engine.set_votes({"en": {"only": votes}})
    assert abs(engine.search("cancel order", "en").hits[0].score / before - 1) <= WEIGHTS.votes + 1e-6


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("usual", [{}, {f"many-{n}": (1000, 0) for n in range(40)}, {f"many-{n}": (0, 1000) for n in range(40)}])
def test_three_votes_say_nothing_whatever_is_usual(number, usual) -> None:
    assert {"yes", "no"}.isdisjoint(standings({**usual, "yes": (number, 0), "no": (0, number)}))


def test_a_handful_of_votes_says_little_and_fifty_say_much() -> None:
    assert 0 <= standings({"few": (6, 0)}).get("few", 0) < 0.1
    assert -0.1 < standings({"few": (0, 6)}).get("few", 0) <= 0
    assert standings({"many": (50, 0)})["many"] > 0.5


def test_where_most_readers_complain_an_ordinary_article_is_not_punished() -> None:
    usual = {f"usual-{number}": (30, 70) for number in range(40)}
    assert standings(usual) == {}
    assert standings({**usual, "good": (60, 40)})["good"] > 0


@pytest.mark.parametrize("counts", [{}, {"none": (0, 0)}])
def test_no_votes_are_no_mistake(counts) -> None:
    assert standings(counts) == {}


def test_of_equal_articles_a_featured_one_stands_first_and_then_the_newer(tmp_path) -> None:
    old, new = twin("old", updated=date(2020, 1, 1)), twin("new", updated=date(2026, 1, 1))
    featured = twin("featured", updated=date(2020, 1, 1), featured=True)
    engine = engine_over(tmp_path, old, new, featured)
    assert found(engine) == ["featured", "new", "old"]


def test_an_old_article_loses_less_than_freshness_weighs(tmp_path) -> None:
    engine = engine_over(tmp_path, twin("old", updated=date(2000, 1, 1)), twin("new", updated=date(2026, 1, 1)))
    new, old = engine.search("cancel order", "en").hits
    assert 0 < new.score - old.score < WEIGHTS.freshness * new.score


def test_the_parts_say_what_was_added_and_are_the_whole_score(tmp_path) -> None:
    engine = engine_over(tmp_path, twin("all", featured=True, updated=date(2026, 1, 1)))
    engine.set_votes({"en": {"all": (60, 2)}})
    (hit,) = engine.search("cancel order", "en").hits
    known = {name: value for name, value in hit.parts.items() if name.startswith("prior.")}
    assert set(known) == {"prior.featured", "prior.votes", "prior.fresh"}
    assert all(value > 0 for value in known.values())
    assert sum(hit.parts.values()) == pytest.approx(hit.score, abs=1e-5)
    assert sum(known.values()) < FULL * (hit.score - sum(known.values()))


def test_without_weights_nothing_is_added(tmp_path) -> None:
    off = replace(WEIGHTS, featured=0.0, votes=0.0, freshness=0.0)
    engine = engine_over(tmp_path, twin("first"), twin("second", featured=True, updated=date(2026, 1, 1)), weights=off)
    assert found(engine, {"second": (60, 2), "first": (5, 55)}) == ["first", "second"]


def test_a_section_is_searched_with_the_sections_in_it(tmp_path) -> None:
    cards, payments = twin("cards", section="payments/cards"), twin("pay", section="payments")
    engine = engine_over(tmp_path, cards, payments, twin("alike", section="payments-abroad"))
    named = {name: {hit.key for hit in engine.search("cancel order", "en", section=name).hits} for name in ("payments", "payments/cards")}
    assert named == {"payments": {"pay", "cards"}, "payments/cards": {"cards"}}
