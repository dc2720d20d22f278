"""Addresses and numbers that people type into places that no person answers."""

import pytest

from helpcenter.language.masking import mask_private


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Write to Ann.O'Hara+x@Mail.Example.org, please", "Write to [e-mail], please"),
        ("карта 4111-1111-1111-1111", "карта [number]"),
        ("+371 20 123 456", "[number]"),
        ("two\nlines 12345", "two\nlines [number]"),
        ("Step 3 of 4, error 4711", "Step 3 of 4, error 4711"),
        ("", ""),
    ],
)
def test_addresses_and_long_numbers_are_masked(typed, kept):
    assert mask_private(typed) == kept
