"""Surveys: one answer to an occasion, nobody asked too often, nothing kept that names anybody."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from helpcenter.feedback import survey_reports, surveys
from helpcenter.feedback.statistics import Share
from helpcenter.feedback.survey_models import Survey, SurveyPerson
from helpcenter.feedback.survey_reports import Degrees, Given, months_of, summary_of
from helpcenter.feedback.surveys import Answer, Occasion, read_answer
from helpcenter.journeys import trail
from helpcenter.journeys.models import Journey
from helpcenter.storage import db, writing

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
KEY = "a secret that only the tests know, long enough"
GOOD = Answer({"expected": 3, "received": 5, "effort": 6, "recommend": 9}, "Thank you")


@pytest.fixture
def opened(storage_app):
    """Open the database."""
    with storage_app.app_context():
        yield storage_app


def request(name: str) -> Occasion:
    """Return the occasion of a solved request."""
    return Occasion("request", name, section="payments")


def invite(occasion: Occasion, person: str | None = "ann", now: datetime = NOW) -> bool:
    """Invite somebody."""
    with writing() as session:
        return surveys.invite(session, occasion, lang="en", person=person, now=now)


def answer(occasion: Occasion, given: Answer = GOOD, person: str | None = None, now: datetime = NOW) -> bool:
    """Answer."""
    with writing() as session:
        return surveys.record(session, occasion, given, lang="en", person=person, now=now)


def test_an_invitation_has_one_answer(opened):
    assert invite(request("1"))
    assert answer(request("1"))
    assert not answer(request("1"), Answer({"expected": 1, "received": 1}, None))

    (kept,) = db.session.scalars(select(Survey)).all()
    assert (kept.expected, kept.received, kept.effort, kept.recommend, kept.comment) == (3, 5, 6, 9, "Thank you")
    assert (kept.place, kept.section, kept.answered_at) == ("request", "payments", NOW)


def test_nobody_is_asked_twice_within_thirty_days(opened):
    assert invite(request("1"))
    assert not invite(request("2"), now=NOW + timedelta(days=29, hours=23))
    assert invite(request("3"), person="bob", now=NOW + timedelta(days=1))
    assert invite(request("2"), now=NOW + timedelta(days=30))


def test_nobody_is_asked_about_the_same_thing_twice(opened):
    assert invite(request("1"))
    assert not invite(request("1"), now=NOW + timedelta(days=90))


def test_who_answered_without_an_invitation_was_asked_as_well(opened):
    answer(Occasion("chat", "c1"), person="ann")

    assert not surveys.may_ask(db.session, "ann", now=NOW + timedelta(days=1))
    assert surveys.may_ask(db.session, "ann", now=NOW + timedelta(days=30))


def test_who_does_not_want_to_be_asked_is_never_asked(opened):
    with writing() as session:
        surveys.never_ask(session, "ann", now=NOW)

    assert not invite(request("1"), now=NOW + timedelta(days=4000))
    assert not surveys.may_ask(db.session, "ann", now=NOW + timedelta(days=4000))


def test_a_person_is_a_digest_that_needs_the_key():
    ann = surveys.person_of(KEY, "Ann+shop@Example.org")

    assert ann == surveys.person_of(KEY, "ann@example.org")
    assert ann != surveys.person_of(KEY + "2", "ann@example.org")
    assert "ann" not in ann
    assert len(ann) == SurveyPerson.__table__.c.person.type.length


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, ["expected", "received"]),
        ({"expected": "1", "received": "5"}, []),
        ({"expected": "0", "received": "6"}, ["expected", "received"]),
        ({"expected": "3", "received": "3", "effort": "8", "recommend": "11"}, ["effort", "recommend"]),
        ({"expected": "3", "received": "3", "effort": "1", "recommend": "0"}, []),
        ({"expected": "٣", "received": "-1", "recommend": "1e1"}, ["expected", "received", "recommend"]),
    ],
)
def test_an_answer_outside_its_scale_is_named(given, wrong):
    assert read_answer(given).wrong == wrong


def test_a_comment_is_cut_and_masked():
    given = read_answer({"expected": "3", "received": "3", "comment": "Write to ann@example.org\x00" + "x" * 2000})

    assert given.comment.startswith("Write to [e-mail]")
    assert len(given.comment) <= surveys.LONGEST_COMMENT


def given(*rows: tuple) -> list[Given]:
    """Return answers: expected, received, effort, recommend."""
    return [Given(NOW, *row) for row in rows]


def test_a_summary_is_what_can_be_counted_by_hand():
    said = summary_of(given((3, 5, 7, 10), (4, 4, 5, 9), (5, 2, 2, 3), (3, 3, None, 7), (4, 5, 6, None)))

    assert said.answers == 5
    assert said.satisfied == Share(3, 5)
    assert said.degrees == Degrees(below=1, as_expected=2, above=2)
    assert (said.mean_expected, said.mean_received, said.gap) == (3.8, 3.8, 0)
    assert (said.easy, said.mean_effort) == (Share(3, 4), 5)
    assert (said.recommend.value, said.recommend.total) == (25, 4)


def test_no_answers_say_nothing():
    said = summary_of([])

    assert (said.satisfied, said.gap, said.mean_effort, said.recommend) == (Share(0, 0), None, None, None)


def test_a_month_without_answers_is_there():
    months = months_of(given((3, 4, None, None)), date(2026, 1, 20), date(2026, 4, 2))

    assert [(month.first.month, month.summary.answers) for month in months] == [(1, 0), (2, 0), (3, 1), (4, 0)]


def test_reports_count_a_period_and_a_place(opened):
    invite(request("1"))
    invite(request("2"), person="bob")
    answer(request("1"), now=NOW + timedelta(days=2))
    answer(Occasion("block", "b", page="checkout"), now=NOW + timedelta(days=40))
    march = (date(2026, 3, 1), date(2026, 3, 31))

    assert survey_reports.response(db.session, *march) == Share(1, 2)
    assert len(survey_reports.answers(db.session, *march)) == 1
    assert len(survey_reports.answers(db.session, date(2026, 3, 12), date(2026, 3, 12), place="request", lang="en", section="payments")) == 1
    assert survey_reports.answers(db.session, *march, place="block") == []
    assert [row.page for row in survey_reports.rows_for_export(db.session, date(2026, 4, 1), date(2026, 4, 30))] == ["checkout"]


def test_loyalty_counts_who_came_back_and_whose_end_is_known(opened):
    with writing() as session:
        for visitor, outcome in (("ann", "resolved"), ("ann", "resolved"), ("bob", "escalated"), ("eve", "left"), (None, "resolved")):
            journey = trail.start(session, "en", visitor)
            trail.close(session, journey, outcome)
            session.get(Journey, journey.id).started_at = NOW

    said = survey_reports.loyalty(db.session, NOW.date(), NOW.date())
    assert said.returning == Share(1, 3)
    assert said.alone == Share(3, 4)
