"""Did the edit help? Votes and escalations by version, with an interval and without a hasty verdict."""

from datetime import date
from typing import NamedTuple

import pytest

from helpcenter.feedback import editing, votes
from helpcenter.feedback.statistics import BETTER, FEW
from helpcenter.journeys import trail, versions
from helpcenter.storage import db, writing


class Read(NamedTuple):
    """An article as somebody read it."""

    lang: str
    key: str
    version: int


def vote(session, version: int, *, yes: int, no: int, escalated: int = 0) -> None:
    """Store votes on one version, of which the first few visits ended with a person."""
    for number in range(yes + no):
        journey = trail.start(session, "en", f"{version}-{number}")
        if number < escalated:
            trail.close(session, journey, "escalated")
        read = Read("en", "payments/fees", version)
        votes.cast(session, read, f"{version}-{number}", helpful=number < yes, journey_id=journey.id)


@pytest.fixture
def voted(storage_app):
    """Store Newcombe's example (a) as votes before and after an edit, and three votes on a third version."""
    with storage_app.app_context():
        with writing() as session:
            vote(session, 1, yes=48, no=32, escalated=40)
            vote(session, 3, yes=56, no=14, escalated=14)
            vote(session, 4, yes=0, no=3)
        yield


def test_an_edit_is_compared_with_the_version_before(voted):
    first, second, _third = editing.versions_of(db.session, "en", "payments/fees")

    assert (first.version, first.helpful, first.helpful_change) == (1, (48, 80), None)
    assert (second.version, second.helpful, second.escalated) == (3, (56, 70), (14, 70))
    assert [round(edge, 4) for edge in second.helpful_change.interval] == [0.0524, 0.3339]
    assert (second.helpful_change.verdict, second.escalated_change.verdict) == (BETTER, BETTER)


def test_a_few_votes_say_nothing(voted):
    third = editing.versions_of(db.session, "en", "payments/fees")[-1]

    assert third.helpful == (0, 3)
    assert third.helpful_change.verdict == FEW


def test_a_vote_without_a_journey_says_nothing_of_escalation(voted):
    with writing() as session:
        votes.cast(session, Read("en", "payments/fees", 4), "nowhere", helpful=True)

    third = editing.versions_of(db.session, "en", "payments/fees")[-1]
    assert (third.helpful, third.escalated) == ((1, 4), (0, 3))


def test_articles_with_votes_on_one_version_only_are_not_listed(voted):
    with writing() as session:
        votes.cast(session, Read("lv", "payments/fees", 1), "ann", helpful=True)

    (one,) = editing.edited_articles(db.session)
    assert (one.lang, one.key, one.versions, one.votes) == ("en", "payments/fees", 3, 153)
    assert editing.edited_articles(db.session, lang="lv") == []


def test_all_readings_are_compared_too_and_nothing_is_said_of_more_who_asked_than_read(voted):
    with writing() as session:
        for version, views, escalated in ((1, 80, 48), (3, 70, 14), (4, 2, 3)):
            versions.count(session, "en", "payments/fees", version, date(2026, 11, 22), views=views, escalated=escalated)

    first, second, third = editing.versions_of(db.session, "en", "payments/fees")
    assert (first.reads, first.reads_change) == ((48, 80), None)
    assert (second.reads, second.reads_change.verdict) == ((14, 70), BETTER)
    assert (third.reads, third.reads_change) == (None, None)
