"""Sessions of the staff."""

from datetime import timedelta

from sqlalchemy import select

from helpcenter.accounts import sessions
from helpcenter.accounts.models import StaffSession
from helpcenter.storage.columns import utcnow


def test_a_token_opens_its_session(writer, gus):
    token = sessions.start(writer, gus)

    found = sessions.find(writer, token)

    assert found.user is gus
    assert found.csrf_token not in ("", token)


def test_what_is_no_token_opens_nothing(writer, gus):
    sessions.start(writer, gus)

    for token in ("", " ", "\x00", "null", "a", "A" * 43, "A" * 10_240, "\x00" * 43, "ж" * 43, None, 0, b"A" * 43):
        assert sessions.find(writer, token) is None, token


def test_what_the_database_holds_opens_nothing(writer, gus):
    token = sessions.start(writer, gus)
    row = writer.scalars(select(StaffSession)).one()

    assert token != row.token_digest
    assert sessions.find(writer, row.token_digest) is None
    assert sessions.find(writer, row.csrf_token) is None


def test_a_session_ends_after_an_hour_without_a_click(writer, gus):
    token, now = sessions.start(writer, gus), utcnow()

    assert sessions.find(writer, token, now=now + timedelta(minutes=59))
    assert sessions.find(writer, token, now=now + timedelta(minutes=61)) is None


def test_a_session_in_use_ends_after_twelve_hours(writer, gus):
    begun = utcnow()
    token = sessions.start(writer, gus, now=begun)
    for half_hours in range(1, 24):
        moment = begun + timedelta(minutes=30 * half_hours)
        found = sessions.find(writer, token, now=moment)
        assert sessions.is_seen_long_ago(found, now=moment)
        sessions.touch(writer, found, now=moment)
        writer.expire_all()

    assert sessions.find(writer, token, now=begun + timedelta(hours=11, minutes=59))
    assert sessions.find(writer, token, now=begun + timedelta(hours=12)) is None


def test_a_click_within_a_minute_writes_nothing(writer, gus):
    now = utcnow()
    found = sessions.find(writer, sessions.start(writer, gus, now=now))

    assert not sessions.is_seen_long_ago(found, now=now + timedelta(seconds=59))


def test_signing_out_ends_one_session_and_not_the_others(writer, gus):
    here, there = sessions.start(writer, gus), sessions.start(writer, gus)

    sessions.end(writer, sessions.find(writer, here))

    assert sessions.find(writer, here) is None
    assert sessions.find(writer, there)


def test_sessions_of_yesterday_are_cleared_away(writer, gus):
    sessions.start(writer, gus, now=utcnow() - timedelta(days=1))
    sessions.start(writer, gus)

    assert len(writer.scalars(select(StaffSession)).all()) == 1
