"""Readings are counted by article and day, on both databases, and forgotten after a year."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from helpcenter.journeys.models import ArticleViews, ReadTogether
from helpcenter.journeys.reading import View, most_read, read_next, remove_old, store
from helpcenter.storage import db, writing

TODAY = date(2026, 11, 22)


@pytest.fixture
def read(storage_app):
    """Return a function that counts readings."""
    with storage_app.app_context():

        def count(*keys: str, day: date = TODAY, lang: str = "en", before: str | None = None) -> None:
            with writing() as session:
                store(session, [View(day, lang, key, before) for key in keys])

        yield count


def test_readings_of_one_day_are_one_row(read):
    read("a", "b", "a")
    read("a")
    read("a", day=TODAY - timedelta(days=1))
    read("a", lang="lv")

    rows = db.session.execute(select(ArticleViews.lang, ArticleViews.key, ArticleViews.day, ArticleViews.views)).all()
    assert set(map(tuple, rows)) == {
        ("en", "a", TODAY, 3), ("en", "b", TODAY, 1), ("en", "a", TODAY - timedelta(days=1), 1), ("lv", "a", TODAY, 1),
    }  # fmt: skip


def test_what_is_read_most_needs_five_readings_in_thirty_days(read):
    read(*"aaaa", *"bbbbbb", *"ccccc")
    read("a", day=TODAY - timedelta(days=30))
    read(*"ddddd", day=TODAY - timedelta(days=29))
    read(*"eeeeee", lang="lv")

    assert most_read(db.session, "en", TODAY) == ["b", "c", "d"]


def test_who_goes_on_from_one_article_to_another_is_counted(read):
    read("b", "b", "c", before="a")
    read("b", before="a")
    read("a", before="a")
    read("x", before="a", lang="lv")

    assert read_next(db.session, "en", "a") == {"b": 3, "c": 1}
    assert read_next(db.session, "en", "b") == {}


def test_what_is_old_is_forgotten(read):
    read("a", day=TODAY - timedelta(days=401), before="z")
    read("b", day=TODAY - timedelta(days=400), before="z")
    with writing() as session:
        remove_old(session, TODAY)

    assert db.session.scalars(select(ArticleViews.key)).all() == ["b"]
    assert db.session.scalars(select(ReadTogether.other_key)).all() == ["b"]
