"""Every figure against a count of the rows that is made another way."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from helpcenter.insights import figures, reception
from helpcenter.insights.falling import monday_of
from helpcenter.insights.periods import Period
from helpcenter.journeys.models import ArticleViews, Journey
from helpcenter.storage import db, writing
from tests.insights.rows import TODAY, a_request, a_search, a_talk, a_vote, noon

PERIOD = Period(TODAY - timedelta(days=40), TODAY)
KEYS = ("payments/find-an-invoice", "payments/cards/lost", "delivery/where")
RULES = ("fallback.rephrase", "fallback.ask", "payments.invoice")


def some_day(rng: random.Random) -> date:
    """Return a day in the period, or shortly before it."""
    return TODAY - timedelta(days=rng.randrange(60))


@pytest.fixture
def filled(storage_app):
    """Return an application with two months of everything, and the rows."""
    rng = random.Random(5)
    rows = {
        "searches": [
            a_search(rng.choice(("zeppelin", "late invoice", "refnud", "boat")), lang=rng.choice(("en", "lv")), day=some_day(rng),
                     hits=rng.choice((-1, 0, 3)), clicked=rng.choice((None, 1)))
            for _ in range(300)
        ],
        "journeys": [
            Journey(public_id=f"j{n}", lang=rng.choice(("en", "lv")), outcome=rng.choice((None, "resolved", "escalated", "left")), started_at=noon(some_day(rng)))
            for n in range(120)
        ],
        "talks": [a_talk(f"t{n}", ("hello", rng.choice(RULES)), ("again", rng.choice(RULES)), lang=rng.choice(("en", "lv")), day=some_day(rng)) for n in range(60)],
        "votes": [a_vote(f"v{n}", "", key=rng.choice(KEYS), day=some_day(rng), helpful=rng.random() < 0.5, version=rng.choice((1, 2))) for n in range(90)],
        "requests": [requested(n, rng) for n in range(80)],
        "views": [ArticleViews(lang="en", key=key, day=TODAY - timedelta(days=n), views=rng.randrange(9)) for key in KEYS for n in range(50)],
    }  # fmt: skip
    for one in rows["searches"]:
        one.corrected = one.query == "refnud" and one.hits > 0
        one.clicked = one.clicked if one.hits else None
    with storage_app.app_context():
        with writing() as session:
            session.add_all([row for some in rows.values() for row in some])
        yield rows


def requested(number: int, rng: random.Random):
    """Return a request with times of every kind."""
    day = some_day(rng)
    due = noon(day) + timedelta(hours=4) if rng.random() < 0.8 else None
    done = noon(day) + timedelta(hours=rng.choice((2, 9))) if rng.random() < 0.7 else None
    return a_request(
        number, "Help", day=day, lang=rng.choice(("en", "lv")), section=rng.choice((None, "payments", "payments/cards")), spam=rng.random() < 0.1,
        kind=rng.choice(("question", "complaint")), answer_due_at=due, answered_at=done, solution_due_at=due, solved_at=done,
    )  # fmt: skip


def is_in(day: date) -> bool:
    """Return whether *day* lies in the period."""
    return PERIOD.since <= day <= PERIOD.until


def test_searches_and_visits_agree_with_the_rows(filled):
    for row in figures.searches(db.session, PERIOD):
        mine = [one for one in filled["searches"] if is_in(one.day) and monday_of(one.day) == row.week and one.hits >= 0]
        opened, empty = sum(one.clicked is not None for one in mine), sum(one.hits == 0 for one in mine)

        assert row[1:] == (len(mine), opened, len(mine) - opened - empty, empty, sum(one.corrected for one in mine))
    views = Counter()
    for one in filled["views"]:
        views[monday_of(one.day)] += one.views if is_in(one.day) else 0
    for row in figures.visits(db.session, PERIOD):
        ends = Counter(one.outcome for one in filled["journeys"] if is_in(one.started_at.date()) and monday_of(one.started_at.date()) == row.week)

        assert row[1:7] == (ends.total(), ends["resolved"], ends["escalated"], ends["left"], ends[None], views[row.week])
    assert sum(row.searches for row in figures.visits(db.session, PERIOD)) == sum(one.hits >= 0 and is_in(one.day) for one in filled["searches"])


def test_queries_words_and_the_bot_agree_with_the_rows(filled):
    lost = Counter((one.query, one.lang) for one in filled["searches"] if is_in(one.day) and one.hits >= 0 and one.clicked is None)

    assert {(row.query, row.lang): row.searches - row.opened for row in figures.queries(db.session, PERIOD)} == {k: n for k, n in lost.items() if n >= 3}
    assert {row.query for row in figures.misspelt(db.session, PERIOD)} == {"refnud"}
    for row in figures.bot(db.session, PERIOD):
        mine = [one for one in filled["talks"] if is_in(one.created_at.date()) and monday_of(one.created_at.date()) == row.week]
        rules = Counter(message.rule for one in mine for message in one.messages)

        assert row[1:] == (len(mine), 2 * len(mine), rules["fallback.ask"], rules["fallback.rephrase"])


def test_votes_requests_and_service_levels_agree_with_the_rows(filled):
    votes = Counter((one.key, one.version, one.helpful) for one in filled["votes"] if is_in(one.changed_at.date()))
    for row in reception.helpfulness(db.session, PERIOD):
        assert (row.helpful, row.not_helpful) == (votes.pop((row.key, row.version, True), 0), votes.pop((row.key, row.version, False), 0))
    assert not votes
    mine = [one for one in filled["requests"] if is_in(one.created_at.date()) and not one.spam]
    sections, complaints = Counter(one.section or "" for one in mine), Counter(one.section or "" for one in mine if one.kind == "complaint")
    views = Counter()
    for one in filled["views"]:
        views[one.key.rpartition("/")[0]] += one.views if is_in(one.day) else 0
    assert {row.section: row[1:] for row in reception.escalations(db.session, PERIOD)} == {
        name: (sections[name], complaints[name], views[name]) for name in {*sections, *views}
    }
    for row in reception.service_levels(db.session, PERIOD, noon(TODAY) + timedelta(days=1)):
        some = [one for one in mine if monday_of(one.created_at.date()) == row.week]
        due = [one for one in some if one.answer_due_at]
        in_time = sum(one.answered_at is not None and one.answered_at <= one.answer_due_at for one in due)

        assert row[1:] == (len(some), in_time, len(due) - in_time, 0, in_time, len(due) - in_time, 0)


def test_a_language_and_a_topic_leave_only_their_rows(filled):
    lv = Period(PERIOD.since, PERIOD.until, lang="lv", section="payments")
    mine = [one for one in filled["requests"] if is_in(one.created_at.date()) and not one.spam and one.lang == "lv"]

    assert sum(row.requests for row in reception.service_levels(db.session, lv, noon(TODAY))) == sum(one.section is not None for one in mine)
    assert sum(row.searches for row in figures.searches(db.session, lv)) == sum(is_in(one.day) and one.hits >= 0 and one.lang == "lv" for one in filled["searches"])


def test_what_is_not_due_yet_waits(app):
    due = noon(TODAY) + timedelta(hours=4)
    with app.app_context():
        with writing() as session:
            session.add(a_request(1, "Help", answer_due_at=due))

        (row,) = reception.service_levels(db.session, Period(TODAY, TODAY), noon(TODAY))
        assert (row.answer_waiting, row.answered_late) == (1, 0)
        (row,) = reception.service_levels(db.session, Period(TODAY, TODAY), due + timedelta(minutes=1))
        assert (row.answer_waiting, row.answered_late) == (0, 1)


def test_a_word_is_new_when_nobody_searched_for_it_before(app):
    before = [a_search("old router", day=TODAY - timedelta(weeks=6)) for _ in range(3)]
    late = [a_search(query) for query in ("router zeppelin", "zeppelins", "a zeppelin", "seldom")]
    with app.app_context():
        with writing() as session:
            session.add_all([*before, *late])

        assert [tuple(row) for row in figures.new_words(db.session, PERIOD)] == [("zeppelin", "en", 3)]


def test_rules_between_which_the_bot_asked_back_are_paired(app):
    talk = a_talk("t1", ("money", "fallback.ask"), ("money", "fallback.ask"))
    for message in talk.messages[1::2]:
        message.choices = [{"label": "A", "value": "rule:pay.a"}, {"label": "B", "value": "rule:pay.b"}, {"label": "No", "value": "fallback"}]
    with app.app_context():
        with writing() as session:
            session.add(talk)

        assert [tuple(row) for row in figures.confusions(db.session, PERIOD)] == [("pay.a", "pay.b", "en", 2)]
