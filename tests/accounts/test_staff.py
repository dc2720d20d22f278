"""Staff accounts."""

import pytest
from argon2 import PasswordHasher

from helpcenter.accounts import sessions, staff
from helpcenter.accounts.passwords import PasswordRefused
from helpcenter.mail.addresses import AddressRefused
from tests.accounts.conftest import PASSWORD
from tests.effort import calls_of


def test_an_account_opens_with_its_address_and_password(writer, gus):
    assert staff.verify(writer, "gus@example.org", PASSWORD) is gus
    assert staff.verify(writer, " GUS@example.org ", PASSWORD) is gus


def test_everything_else_opens_nothing(writer, gus):
    tried = [
        ("gus@example.org", "wrong password"), ("gus@example.org", ""), ("gus@example.org", PASSWORD.upper()), ("eve@example.org", PASSWORD),
        ("", ""), ("", PASSWORD), ("gus@example.org\x00", PASSWORD), ("\ud800", PASSWORD), ("%", PASSWORD), ("gus@example.org", "x" * 10_240),
    ]  # fmt: skip

    for email, password in tried:
        assert staff.verify(writer, email, password) is None, (email, password[:20])


def test_a_disabled_account_opens_nothing_and_its_sessions_end(writer, gus):
    token = sessions.start(writer, gus)

    staff.disable(writer, gus)

    assert staff.verify(writer, "gus@example.org", PASSWORD) is None
    assert sessions.find(writer, token) is None


def test_another_password_ends_all_sessions(writer, gus):
    tokens = [sessions.start(writer, gus) for _ in range(2)]

    staff.change_password(writer, gus, "seven loud herons asleep")

    assert [sessions.find(writer, token) for token in tokens] == [None, None]
    assert staff.verify(writer, "gus@example.org", PASSWORD) is None
    assert staff.verify(writer, "gus@example.org", "seven loud herons asleep") is gus


def test_a_hash_of_weaker_parameters_is_renewed_at_sign_in(writer, gus):
    from argon2 import PasswordHasher

    gus.password_hash = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)

    staff.refresh_hash(staff.verify(writer, "gus@example.org", PASSWORD), PASSWORD)

    assert "m=19456,t=2" in gus.password_hash
    assert staff.verify(writer, "gus@example.org", PASSWORD) is gus


def test_a_wrong_account_is_refused(writer, gus):
    wrong = [
        ({"email": "gus@example.org"}, staff.StaffError), ({"email": "GUS@example.org"}, staff.StaffError), ({"role": "root"}, staff.StaffError),
        ({"email": "gus"}, AddressRefused), ({"password": "short"}, PasswordRefused),
    ]  # fmt: skip

    for change, refusal in wrong:
        with pytest.raises(refusal):
            staff.add_staff(writer, **{"email": "ed@example.org", "name": "Ed", "role": "editor", "password": PASSWORD, **change})

    assert staff.count_staff(writer) == 1


def test_an_account_without_a_name_is_called_by_its_address(writer):
    assert staff.add_staff(writer, email="ed@example.org", name=" ", role="editor", password=PASSWORD).name == "ed"


@pytest.mark.parametrize("email", ["gus@example.org", "eve@example.org", "gus@example.org\x00", ""])
@pytest.mark.parametrize("password", [PASSWORD, "a wrong password", "x" * 10_000])
def test_whatever_is_wrong_a_password_is_hashed_once(writer, gus, email, password):
    # Nearly all of the time of a sign-in goes into this one hash, so an unknown name takes as long as a wrong password.
    assert calls_of(PasswordHasher.verify, lambda: staff.verify(writer, email, password)) == 1
