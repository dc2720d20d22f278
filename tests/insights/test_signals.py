"""What is read of what people said, and what is left out."""

from datetime import timedelta

from helpcenter.insights.signals import MOST_A_DAY, read_signals, searches, without_name
from helpcenter.storage import db, writing
from tests.insights.rows import TODAY, a_request, a_search, a_talk, a_vote

SINCE = TODAY - timedelta(days=30)


def told(app, *rows) -> list:
    """Return the signals of *rows*."""
    with app.app_context():
        with writing() as session:
            session.add_all(rows)
        return read_signals(db.session, SINCE, TODAY)


def test_every_source_is_read_once_on_both_databases(storage_app):
    found = told(
        storage_app,
        a_search("zeppelin ticket"), a_search("zeppelin flight", hits=3), a_search("old", day=SINCE - timedelta(days=1)),
        a_talk("t1", ("Where do zeppelins land?", "fallback.rephrase"), ("hello", "small-talk.hello"), journey_id=None),
        a_vote("ann", "No word about zeppelins", query="zeppelin"), a_vote("bob", "Great", helpful=True),
        a_request(1, "Lost in a zeppelin"), a_request(2, "Win money", spam=True),
    )  # fmt: skip

    assert [(one.source, one.text) for one in found] == [
        ("no-click", "zeppelin flight"), ("no-hits", "zeppelin ticket"), ("miss", "Where do zeppelins land?"),
        ("vote", "No word about zeppelins"), ("request", "Lost in a zeppelin"),
    ]  # fmt: skip
    assert {one.visit for one in found} == {None, "chat-1", "visitor-ann", "request-HC-0001-AAAA"}


def test_a_query_whose_hits_are_opened_often_enough_has_its_answer(app):
    opened = [a_search("late invoice", hits=5, clicked=1), a_search("late invoice", hits=5), a_search("late invoice", hits=5)]
    seldom = [a_search("invoice abroad", hits=5, clicked=2), *(a_search("invoice abroad", hits=5) for _ in range(3))]

    assert [(one.text, one.times) for one in told(app, *opened, *seldom)] == [("invoice abroad", 3)]


def test_one_query_repeated_all_day_counts_for_no_more_than_a_few_people(app):
    with app.app_context():
        with writing() as session:
            session.add_all(a_search("zeppelin") for _ in range(MOST_A_DAY + 30))

        assert [one.times for one in searches(db.session, SINCE, TODAY)] == [MOST_A_DAY]


def test_one_visit_is_one_person_whatever_it_did(app):
    found = told(app, a_talk("t1", ("zeppelin", "fallback.person"), journey_id=7), a_request(1, "zeppelin", journey_id=7), a_vote("x", "no zeppelin", journey_id=7))

    assert {one.visit for one in found} == {"visit-7"}


def test_addresses_numbers_and_the_customers_name_are_not_shown(app):
    found = told(app, a_request(1, "Ann Berg, order 123456, ann@example.org", name="Ann Berg"))

    assert [one.text for one in found] == ["[…] […], order [number], [e-mail]"]
    assert without_name("Anna's parcel", "Ann Li") == "Anna's parcel"


def test_a_pressed_button_is_no_message_and_a_chats_first_words_are_the_requests(app):
    talk = a_talk("t1", ("Talk to a person", "fallback.person"))
    talk.messages[0].pressed = "person"
    line = {"from": "visitor", "text": "Where is the zeppelin?"}
    found = told(app, talk, a_request(1, "Chat", transcript=[{"from": "bot", "text": "Hello"}, line]))

    assert [(one.source, one.text) for one in found] == [("request", "Where is the zeppelin?")]
