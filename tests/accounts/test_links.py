"""Invitations and links to a new password."""

from datetime import timedelta

import pytest

from helpcenter.accounts import links, sessions, staff
from helpcenter.accounts.passwords import PasswordRefused
from helpcenter.accounts.staff import StaffError
from helpcenter.mail.addresses import AddressRefused
from helpcenter.storage.columns import utcnow
from tests.accounts.conftest import PASSWORD

NOW = utcnow()
OTHER = "seven loud herons asleep"


def test_an_invitation_makes_the_account_it_names_once(writer):
    token = links.invite(writer, email="Ed@Example.org", role="editor", sections=["payments"], languages=["lv"])

    link = links.find_link(writer, token)
    user = links.accept(writer, link, name="Ed", password=PASSWORD)

    assert (user.email, user.role, user.sections, user.languages) == ("ed@example.org", "editor", ["payments"], ["lv"])
    assert staff.verify(writer, "ed@example.org", PASSWORD) is user
    assert links.find_link(writer, token) is None


def test_an_invitation_lasts_seven_days(writer):
    token = links.invite(writer, email="ed@example.org", role="editor", now=NOW)

    assert links.find_link(writer, token, now=NOW + timedelta(days=7) - timedelta(seconds=1))
    assert links.find_link(writer, token, now=NOW + timedelta(days=7)) is None


def test_inviting_again_ends_the_first_invitation(writer):
    first = links.invite(writer, email="ed@example.org", role="editor")
    second = links.invite(writer, email="ed@example.org", role="admin")

    assert links.find_link(writer, first) is None
    assert links.find_link(writer, second).role == "admin"
    assert [one.email for one in links.invitations(writer)] == ["ed@example.org"]


def test_a_withdrawn_invitation_opens_nothing(writer):
    token = links.invite(writer, email="ed@example.org", role="editor")

    assert links.withdraw(writer, "ed@example.org")
    assert links.find_link(writer, token) is None
    assert not links.withdraw(writer, "ed@example.org")


@pytest.mark.parametrize("token", ["", " ", "\x00", "null", "x", "x" * 10_240, None, "A" * 43])
def test_what_is_no_token_opens_nothing(writer, token):
    links.invite(writer, email="ed@example.org", role="editor")

    assert links.find_link(writer, token) is None


def test_wrong_invitations_are_refused(writer, gus):
    for email, role, refusal in [("gus@example.org", "editor", StaffError), ("ed@example.org", "owner", StaffError), ("ed", "editor", AddressRefused)]:
        with pytest.raises(refusal):
            links.invite(writer, email=email, role=role)


def test_a_bad_password_uses_nothing_up(writer):
    token = links.invite(writer, email="ed@example.org", role="editor")

    with pytest.raises(PasswordRefused):
        links.accept(writer, links.find_link(writer, token), name="Ed", password="short")

    assert links.find_link(writer, token)


def test_a_reset_changes_the_password_and_ends_every_way_in(writer, gus):
    signed_in = sessions.start(writer, gus)
    first, token = links.offer_reset(writer, gus), links.offer_reset(writer, gus)
    assert links.find_link(writer, first) is None

    links.accept(writer, links.find_link(writer, token), name="", password=OTHER)

    assert staff.verify(writer, "gus@example.org", OTHER) is gus
    assert sessions.find(writer, signed_in) is None
    assert links.find_link(writer, token) is None


def test_another_password_ends_the_links_to_one(writer, gus):
    token = links.offer_reset(writer, gus)

    staff.change_password(writer, gus, OTHER)

    assert links.find_link(writer, token) is None


def test_a_reset_lasts_an_hour_and_not_for_who_is_kept_out(writer, gus):
    token = links.offer_reset(writer, gus, now=NOW)
    assert links.find_link(writer, token, now=NOW + timedelta(hours=1)) is None
    link = links.find_link(writer, token, now=NOW)
    gus.disabled = True

    with pytest.raises(StaffError):
        links.accept(writer, link, name="", password=OTHER)
