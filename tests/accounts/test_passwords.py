"""Passwords: what is taken, and how it is kept."""

import pytest

from helpcenter.accounts.common_passwords import COMMON, is_common
from helpcenter.accounts.passwords import PasswordRefused, hash_password, is_password, needs_new_hash


@pytest.mark.parametrize(
    "password", ["12 otter", "x7!k9#qz", "   spaces at both ends   ", "пароль из слов", "құпия сөз тіркесі", "🦦🦦🐟🌊🦆🦢🐇🐢", "ab" * 20 + "c" * 88, "a\x00b-otter"]
)
def test_any_characters_are_taken(password):
    stored = hash_password(password)

    assert is_password(password, stored)
    assert not is_password(password + "x", stored)
    assert not is_password(password.strip()[:-1], stored)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "too short"), ("7 chars", "too short"), ("x y" * 43, "too long"), ("password", "Everybody"), ("PassWord123!", "Everybody"),
        ("qwertyuiop", "Everybody"), ("aaaaaaaaaaaa", "Everybody"), ("Summer2026", "Everybody"), ("iloveyou!!!", "Everybody"),
    ],
)  # fmt: skip
def test_weak_passwords_are_refused_with_the_reason(password, why):
    with pytest.raises(PasswordRefused, match=why):
        hash_password(password)


def test_the_limits_are_where_they_are_said_to_be():
    assert hash_password("12 otter")
    assert hash_password("x7!k" * 32)
    with pytest.raises(PasswordRefused):
        hash_password("x7!k" * 32 + "y")


def test_the_list_has_about_two_hundred_entries_and_no_accidents():
    assert 180 <= len(COMMON) <= 400
    assert not is_common("four quiet otters dancing")


def test_the_hash_is_argon2id_with_the_chosen_parameters():
    stored = hash_password("four quiet otters")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != hash_password("four quiet otters"), "salted"
    assert not needs_new_hash(stored)
    assert needs_new_hash(stored.replace("t=2", "t=1"))


def test_letters_written_another_way_are_the_same_password():
    assert is_password("cafe\u0301 au lait", hash_password("caf\u00e9 au lait"))


@pytest.mark.parametrize("stored", [None, "", "*", "$argon2id$broken", "four quiet otters"])
def test_what_is_no_hash_matches_nothing(stored):
    assert not is_password("four quiet otters", stored)
    assert not is_password("", stored)
    assert not is_password("nobody has this password", stored)
    assert not is_password("x" * 100_000, stored)
