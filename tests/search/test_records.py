"""What is kept of searches: enough to learn from, nothing that says who searched."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from helpcenter.search.records import Click, Search, SearchRecord, mask, popular_queries, remove_old, store
from helpcenter.storage import db, writing

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Late   INVOICE ", "late invoice"),
        ("I am ann.o-hara+x@mail.example.org, help", "i am [e-mail], help"),
        ("order 48113", "order [number]"),
        ("order 4811", "order 4811"),
        ("call +371 6700 0100 now", "call [number] now"),
        ("card 4111-1111-1111-1111", "card [number]"),
        ("kods 010190‑12345", "kods [number]"),
        ("LV80BANK0000435195001", "lv80bank[number]"),
        ("٤٨١١٣٢", "[number]"),
        ("error 0x80070005", "error 0x[number]"),
        ("wifi 2.4 or 5 ghz", "wifi 2.4 or 5 ghz"),
        ("windows 10 or 11", "windows 10 or 11"),
        ("x" * 500, "x" * 200),
    ],
)
def test_addresses_and_long_numbers_are_masked(typed: str, kept: str) -> None:
    assert mask(typed) == kept


def searched(query: str, *, hits: int = 3, corrected: bool = False, day: date = TODAY, lang: str = "en") -> Search:
    """Return a search."""
    return Search(day, lang, query, hits, corrected)


def clicked(query: str, place: int = 1, *, day: date = TODAY, lang: str = "en") -> Click:
    """Return a click."""
    return Click(day, lang, query, place)


def kept() -> list[tuple]:
    """Return what the table has."""
    return [(row.query, row.hits, row.corrected, row.clicked) for row in db.session.scalars(select(SearchRecord).order_by(SearchRecord.id))]


def test_a_click_belongs_to_the_last_search_of_the_same_words(storage_app) -> None:
    with storage_app.app_context():
        with writing() as session:
            store(session, [searched("Invoice"), searched("invoice"), clicked("INVOICE", 4), searched("router", hits=0)])

        assert kept() == [("invoice", 3, False, None), ("invoice", 3, False, 4), ("router", 0, False, None)]


def test_a_click_without_a_search_is_none(storage_app) -> None:
    acts = [clicked("invoice"), searched("router", hits=0), clicked("router"), searched("sim", lang="lv"), clicked("sim")]
    with storage_app.app_context():
        with writing() as session:
            store(session, acts)

        assert [row[3] for row in kept()] == [None, None]


def test_popular_queries_have_three_clicks_within_ninety_days(storage_app) -> None:
    old = TODAY - timedelta(days=91)
    acts = []
    for _ in range(3):
        acts += [searched("late invoice"), clicked("late invoice")]
        acts += [searched("ann@example.org"), clicked("ann@example.org")]
        acts += [searched("invoise", corrected=True), clicked("invoise")]
        acts += [searched("old news", day=old), clicked("old news", day=old)]
        acts += [searched("rēķins", lang="lv"), clicked("rēķins", lang="lv"), searched("never opened")]
    acts += [searched("twice"), clicked("twice")] * 2 + [searched("late invoice"), clicked("late invoice")]
    with storage_app.app_context():
        with writing() as session:
            store(session, acts)

        assert popular_queries(db.session, "en", TODAY) == ["late invoice"]
        assert popular_queries(db.session, "lv", TODAY) == ["rēķins"]


def test_searches_are_forgotten_after_a_year_and_a_month(storage_app) -> None:
    with storage_app.app_context():
        with writing() as session:
            store(session, [searched("gone", day=TODAY - timedelta(days=401)), searched("kept", day=TODAY - timedelta(days=400))])
            remove_old(session, TODAY)

        assert [row[0] for row in kept()] == ["kept"]
