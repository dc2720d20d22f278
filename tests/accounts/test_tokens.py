"""Tokens for programs, and what accounts are for."""

from datetime import timedelta

import pytest

from helpcenter.accounts import audit, staff, tokens
from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.rights import checked_bounds, covers
from helpcenter.accounts.tokens import TokenRefused
from helpcenter.storage.columns import utcnow

NOW = utcnow()


def made(writer, user, **change):
    """Return a row and its text."""
    return tokens.make_token(writer, user, **{"name": "Zammad", "scopes": ["requests:read"], "days": 30, "now": NOW, **change})


def test_a_token_opens_what_it_names_until_it_is_over(writer, gus):
    row, text = made(writer, gus)

    assert tokens.find_token(writer, text, now=NOW) is row
    assert tokens.may(row, "requests:read")
    assert not tokens.may(row, "requests:write")
    assert tokens.find_token(writer, text, now=NOW + timedelta(days=30)) is None
    assert text not in str(vars(row))


@pytest.mark.parametrize("text", ["", " ", "hc_", "hc_\x00", "hc_null", "null", "hc_x", "hc_" + "x" * 10_240, "hc_" + "A" * 43])
def test_what_is_no_token_opens_nothing(writer, gus, text):
    made(writer, gus)

    assert tokens.find_token(writer, text, now=NOW) is None


def test_a_token_does_no_more_than_its_person(writer, gus):
    row, text = made(writer, gus)
    gus.role = "editor"
    assert not tokens.may(row, "requests:read")

    staff.disable(writer, gus)
    assert tokens.find_token(writer, text, now=NOW) is None


def test_only_its_person_ends_a_token(writer, gus):
    other = staff.add_staff(writer, email="eve@example.org", name="Eve", role="agent", password="four quiet otters dancing")
    row, text = made(writer, gus)

    assert tokens.revoke(writer, other, row.id) is None
    assert tokens.find_token(writer, text, now=NOW)
    assert tokens.revoke(writer, gus, row.id) == "Zammad"
    assert tokens.find_token(writer, text, now=NOW) is None
    assert tokens.tokens_of(writer, gus) == []


def test_wrong_tokens_are_refused(writer, gus):
    gus_is_no_editor = {"scopes": ["articles:write"]}
    for change in ({"name": " "}, {"scopes": []}, gus_is_no_editor, {"days": 9999}):
        with pytest.raises(TokenRefused):
            made(writer, gus, **change)


def test_use_is_noted_now_and_then(writer, gus):
    row, _text = made(writer, gus)
    assert tokens.is_used_long_ago(row, now=NOW)

    tokens.touch(writer, row, now=NOW)
    writer.refresh(row)

    assert not tokens.is_used_long_ago(row, now=NOW + timedelta(minutes=4))
    assert tokens.is_used_long_ago(row, now=NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("sections", "languages", "section", "lang", "inside"),
    [
        ([], [], "payments", "lv", True),
        (["payments"], [], "payments", "lv", True),
        (["payments"], [], "payments/cards", "lv", True),
        (["payments"], [], "payments-old", "lv", False),
        (["payments/cards"], [], "payments", "lv", False),
        (["payments"], ["lv", "en"], "payments", "pl", False),
        ([], ["lv"], "internet", "lv", True),
    ],
)
def test_rights_hold_for_sections_and_languages(sections, languages, section, lang, inside):
    assert covers(StaffUser(sections=sections, languages=languages), section, lang) is inside


def test_unknown_sections_are_named():
    assert checked_bounds(["b", "a", "b", ""], ["a", "b"], "section") == ["b", "a"]
    with pytest.raises(ValueError, match="no section 'c'"):
        checked_bounds(["c"], ["a"], "section")


def test_the_log_keeps_who_did_what(writer, gus):
    audit.record(writer, gus, "staff.role", "eve@example.org", {"role": "admin", "long": "x" * 1000})
    audit.record(writer, None, "staff.add", "eve@example.org")
    audit.record(writer, gus, "100%", "")

    newest, second, first = audit.entries(writer, limit=10)
    assert (first.who, first.subject, first.details["role"], len(first.details["long"])) == ("gus@example.org", "eve@example.org", "admin", 200)
    assert (second.who, second.staff_id) == (audit.OPERATOR, None)
    assert audit.entries(writer, limit=10, who="gus@example.org", action="staff.") == [first]
    assert audit.entries(writer, limit=1, before=newest.id) == [second]
    assert audit.entries(writer, limit=10, action="1%") == []
    assert audit.actions(writer) == ["100%", "staff.add", "staff.role"]
