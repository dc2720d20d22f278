"""How often a sign-in may fail."""

from datetime import timedelta

from sqlalchemy import select

from helpcenter.accounts import throttle
from helpcenter.accounts.models import SignInAttempt
from helpcenter.storage.columns import utcnow


def test_an_account_is_tried_ten_times_an_hour_from_wherever(writer):
    now = utcnow()
    tried = [throttle.admit(writer, "gus@example.org", f"192.0.2.{number}", now=now) for number in range(12)]

    assert tried == [True] * 10 + [False] * 2
    assert not throttle.admit(writer, " GUS@example.org", "198.51.100.1", now=now), "the same account, written otherwise"
    assert throttle.admit(writer, "ed@example.org", "198.51.100.1", now=now)
    assert throttle.admit(writer, "gus@example.org", "198.51.100.1", now=now + timedelta(minutes=61))


def test_an_address_tries_twenty_times_an_hour_with_whatever_names(writer):
    now = utcnow()
    for address in ("192.0.2.1", "2001:db8::1", "::ffff:192.0.2.2", "not an address"):
        tried = [throttle.admit(writer, f"{number}@{address}", address, now=now) for number in range(22)]
        assert tried == [True] * 20 + [False] * 2, address

    assert not throttle.admit(writer, "gus@example.org", None, now=now), "no address is one address"
    assert throttle.admit(writer, "gus@example.org", "203.0.113.9", now=now)


def test_a_whole_ipv6_network_is_one_address(writer):
    tried = [throttle.admit(writer, f"{number}@example.org", f"2001:db8::{number:x}") for number in range(21)]

    assert tried[-1] is False


def test_refused_attempts_do_not_prolong_the_hour(writer):
    now = utcnow()
    for minutes in range(0, 60, 2):
        throttle.admit(writer, "gus@example.org", "192.0.2.1", now=now + timedelta(minutes=minutes))

    assert throttle.admit(writer, "gus@example.org", "192.0.2.1", now=now + timedelta(minutes=61))


def test_a_sign_in_that_succeeds_forgets_the_failures_of_its_account_only(writer):
    for _ in range(9):
        throttle.admit(writer, "gus@example.org", "192.0.2.1")
    for _ in range(9):
        throttle.admit(writer, "ed@example.org", "192.0.2.1")
    throttle.admit(writer, "gus@example.org", "192.0.2.1")
    throttle.forget(writer, "gus@example.org", "192.0.2.1")

    again = [throttle.admit(writer, "gus@example.org", "192.0.2.1") for _ in range(2)]
    assert again == [True, True], "its own failures are forgotten, and one attempt of the address"
    assert not throttle.admit(writer, "gus@example.org", "192.0.2.1"), "those of the address are not"


def test_names_and_addresses_are_not_kept(writer):
    throttle.admit(writer, "a mistyped password", "192.0.2.1")

    kept = writer.scalars(select(SignInAttempt.subject)).all()
    assert all(len(subject) == 64 and set(subject) <= set("0123456789abcdef") for subject in kept)
