"""Readings and escalations of each version of an article: numbers of everybody, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from helpcenter.journeys import reading, trail, versions
from helpcenter.journeys.models import VersionReads
from helpcenter.journeys.moving import move_readings
from helpcenter.journeys.reading import View
from helpcenter.storage import writing

TODAY = date(2026, 11, 22)


@pytest.fixture
def session(storage_app):
    """Return a session for writing."""
    with storage_app.app_context(), writing() as session:
        yield session


def read(session, key: str, version: int, times: int) -> None:
    """Count readings."""
    reading.store(session, [View(TODAY, "en", key, None, version)] * times)


def step(key: str, version: int | None, kind: str = "view") -> tuple[str, dict]:
    """Return the step of a visit that read an article."""
    return kind, {"article": key, "lang": "en", "version": version}


def test_readings_are_counted_by_version(session):
    read(session, "a", 1, 3)
    read(session, "a", 2, 1)
    read(session, "a", 2, 1)
    read(session, "a", 0, 5)

    assert versions.of_article(session, "en", "a") == {1: (3, 0), 2: (2, 0)}
    assert versions.of_article(session, "lv", "a") == {}


def test_a_visit_that_asks_a_person_counts_once_for_each_article_in_the_version_read_last(session):
    read(session, "a", 1, 2)
    visit = trail.start(session, "en")
    trail.record_steps(session, visit, [step("a", 1), step("a", 2), step("b", 7, "taken"), step("old", None), ("view", {"page": "/x"}), ("chat", {})])

    trail.close(session, visit, "escalated")
    trail.close(session, visit, "escalated")

    assert versions.of_article(session, "en", "a") == {1: (2, 0), 2: (0, 1)}
    assert versions.of_article(session, "en", "b") == {7: (0, 1)}
    assert session.scalar(select(func.count()).select_from(VersionReads)) == 3


def test_a_visit_that_ends_otherwise_counts_nothing(session):
    visit = trail.start(session, "en")
    trail.record_steps(session, visit, [step("a", 1)])

    trail.close(session, visit, "resolved")

    assert versions.of_article(session, "en", "a") == {}


def test_they_move_with_their_article_and_are_forgotten_after_400_days(session):
    read(session, "a", 1, 2)
    read(session, "b", 1, 3)
    read(session, "b", 2, 1)

    move_readings(session, {("en", "a"): "b", ("en", "b"): "a"})

    assert (versions.of_article(session, "en", "a"), versions.of_article(session, "en", "b")) == ({1: (3, 0), 2: (1, 0)}, {1: (2, 0)})
    reading.remove_old(session, TODAY + timedelta(days=400))
    assert versions.of_article(session, "en", "b")
    reading.remove_old(session, TODAY + timedelta(days=401))
    assert not versions.of_article(session, "en", "b")
