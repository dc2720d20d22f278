"""Gaps from the first failed search to the week in which nobody fails any more."""

from datetime import timedelta

from sqlalchemy import select

from helpcenter.insights import gaps
from helpcenter.insights.models import Gap, GapExample, GapPass, GapWeek
from helpcenter.search.records import SearchRecord
from helpcenter.storage import db, writing
from tests.insights.rows import TODAY, a_request, a_search, a_talk, a_vote, noon

WEEK = timedelta(weeks=1)


def look(app, *rows, day=TODAY) -> list[Gap]:
    """Add *rows*, group everything on *day*, and return the gaps."""
    with app.app_context():
        with writing() as session:
            session.add_all(rows)
        found = gaps.find_gaps(db.session, day)
        with writing() as session:
            assert gaps.store_gaps(session, found, noon(day))
        return list(db.session.scalars(select(Gap).order_by(Gap.id)))


def in_vain(*queries: str, day=TODAY) -> list[SearchRecord]:
    """Return searches that found nothing."""
    return [a_search(query, day=day) for query in queries]


def test_a_gap_has_its_evidence_by_source_and_week(storage_app):
    talk = a_talk("t1", ("zeppelin timetable please", "fallback.rephrase"), journey_id=7)
    last_week = in_vain("zeppelin timetable", "zeppelin timetable", day=TODAY - WEEK)
    (gap,) = look(storage_app, *last_week, talk, a_request(1, "Zeppelin timetable", journey_id=7), a_vote("bob", "timetable of the zeppelin?"))

    assert (gap.lang, gap.name, gap.state, gap.visits, gap.searches, gap.people) == ("en", "zeppelin timetable", "open", 2, 2, 4)
    assert (gap.first_day, gap.last_day) == (TODAY - WEEK, TODAY)
    assert [word for _, word, _ in gap.words][:2] in (["timetable", "zeppelin"], ["zeppelin", "timetable"])
    with storage_app.app_context():
        examples = db.session.execute(select(GapExample.source, GapExample.times, GapExample.place)).all()
        weeks = db.session.execute(select(GapWeek.week, GapWeek.source, GapWeek.visits, GapWeek.searches)).all()
    monday = gaps.monday_of(TODAY)
    assert sorted(map(tuple, examples), key=str) == [("miss", 1, None), ("no-hits", 2, None), ("request", 1, "HC-0001-AAAA"), ("vote", 1, "1")]
    # The visit that chatted and then wrote is one person in the week as a whole.
    assert {tuple(row) for row in weeks} == {
        (monday - WEEK, "no-hits", 0, 2), (monday - WEEK, "all", 0, 2),
        (monday, "miss", 1, 0), (monday, "request", 1, 0), (monday, "vote", 1, 0), (monday, "all", 2, 0),
    }  # fmt: skip


def test_fewer_than_three_people_are_chance(app):
    assert look(app, *in_vain("zeppelin", "zeppelin")) == []


def test_languages_are_apart(app):
    found = look(app, *in_vain(*["hotel"] * 3), *(a_search("hotel", lang="sv") for _ in range(3)))

    assert [gap.lang for gap in found] == ["en", "sv"]


def test_a_gap_is_the_same_row_the_next_time_and_its_old_weeks_stay(app):
    (before,) = look(app, *in_vain(*["zeppelin"] * 4))
    (after,) = look(app, *in_vain(*["zeppelin landing"] * 3, day=TODAY + 15 * WEEK), day=TODAY + 15 * WEEK)

    assert (after.id, after.people, after.name) == (before.id, 3, "zeppelin landing")
    with app.app_context():
        assert sum(gaps.weeks_of(db.session, after).values()) == 7


def act(app, gap_id: int, day) -> None:
    """Note that something was done about a gap on *day*."""
    with app.app_context(), writing() as session:
        gap = session.get(Gap, gap_id)
        gap.state, gap.acted_as, gap.acted_at = "acted", "article", noon(day)


def test_a_gap_closes_only_when_its_number_falls_and_opens_when_it_rises(app):
    rows = [one for week in range(1, 5) for one in in_vain(*["zeppelin"] * 10, day=TODAY - week * WEEK)]
    (gap,) = look(app, *rows)
    act(app, gap.id, TODAY)

    assert [one.state for one in look(app, day=TODAY + WEEK)] == ["acted"]
    still = [one for week in (1, 2) for one in in_vain(*["zeppelin"] * 9, day=TODAY + week * WEEK)]
    assert [one.state for one in look(app, *still, day=TODAY + 3 * WEEK)] == ["acted"]
    with app.app_context(), writing() as session:
        session.query(SearchRecord).filter(SearchRecord.day > TODAY).delete()
    (closed,) = look(app, day=TODAY + 4 * WEEK)
    assert (closed.state, closed.closed_at) == ("closed", noon(TODAY + 4 * WEEK))
    again = [one for week in (5, 6) for one in in_vain(*["zeppelin"] * 10, day=TODAY + week * WEEK)]
    (opened,) = look(app, *again, day=TODAY + 7 * WEEK)
    assert (opened.state, opened.acted_at, opened.closed_at) == ("open", None, None)


def test_a_gap_that_nobody_touched_or_meets_is_forgotten_and_a_dismissed_one_is_not(app):
    first, _second = look(app, *in_vain(*["zeppelin"] * 3, *["submarine"] * 3))
    with app.app_context(), writing() as session:
        session.get(Gap, first.id).state = "dismissed"

    assert [(gap.id, gap.people) for gap in look(app, day=TODAY + 20 * WEEK)] == [(first.id, 0)]


def test_of_two_passes_at_once_the_slower_one_stores_nothing(app):
    with app.app_context():
        with writing() as session:
            session.add_all(in_vain(*["zeppelin"] * 3))
        first, second = gaps.find_gaps(db.session, TODAY), gaps.find_gaps(db.session, TODAY)
        for found, is_kept in ((first, True), (second, False)):
            with writing() as session:
                assert gaps.store_gaps(session, found, noon(TODAY)) is is_kept
        assert len(db.session.scalars(select(Gap)).all()) == 1
        assert db.session.scalars(select(GapPass)).one().number == 1
