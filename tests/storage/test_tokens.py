"""A token opens one thing; what is not shaped like one opens nothing."""

import pytest

from helpcenter.storage.tokens import TOKEN_LENGTH, derived_token, digest, new_token

STORED = {digest(token) for token in ("a" * TOKEN_LENGTH, "b" * TOKEN_LENGTH, "c" * TOKEN_LENGTH)}


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        " ",
        "\x00",
        "null",
        "a",
        "a" * (TOKEN_LENGTH - 1),
        "a" * (TOKEN_LENGTH + 1),
        "a" * 10_240,
        "ā" * TOKEN_LENGTH,
        "\x00" * TOKEN_LENGTH,
        *sorted(STORED),  # Whoever reads the table must not be able to use what stands there.
    ],
)
def test_what_is_no_token_matches_no_row(wrong: str) -> None:
    assert digest(wrong) not in STORED | {"", None, wrong}


def test_only_its_own_digest_belongs_to_a_token() -> None:
    token, stored = new_token()
    other, _ = new_token()

    assert digest(token) == stored
    assert digest(other) != stored
    assert digest(token[:-1]) != stored
    assert token not in stored


def test_tokens_hold_256_bits() -> None:
    assert {len(new_token()[0]) for _ in range(50)} == {TOKEN_LENGTH}


def test_a_derived_token_is_always_the_same_and_only_for_its_purpose() -> None:
    token = derived_token("a secret", "status", "R-7K3M9Q")

    assert token == derived_token("a secret", "status", "R-7K3M9Q")
    assert len(token) == TOKEN_LENGTH
    others = [("another", "status", "R-7K3M9Q"), ("a secret", "survey", "R-7K3M9Q"), ("a secret", "status", "R-7K3M9W")]
    assert token not in {derived_token(*other) for other in others}
