"""Mail addresses."""

import pytest

from helpcenter.mail.addresses import AddressRefused, checked_address, mailbox_of


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ann@example.org", "ann@example.org"),
        ("  ann@Example.ORG\n", "ann@example.org"),
        ("Ann.O'Hara+shop@example.org", "Ann.O'Hara+shop@example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@example.test", "ann@example.test"),
    ],
)
def test_an_address_is_stored_as_mail_is_sent_to_it(typed, stored):
    assert checked_address(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "ann", "ann@", "@example.org", "ann@example", "ann@@example.org", None, 7,
        "alice@a.org)bob@evil.org", "ann@example.org, bob@example.org", "Ann <ann@example.org>",
        "ann@example.org\r\nBcc: bob@example.org", "ann\x00@example.org", "änn@example.org", "a" * 400 + "@example.org",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(typed):
    with pytest.raises(AddressRefused):
        checked_address(typed)


def test_spellings_of_one_mailbox_have_one_name():
    assert mailbox_of("Ann+one@Example.org") == mailbox_of("ann@example.org") == "ann@example.org"
    assert mailbox_of("bob@example.org") != mailbox_of("ann@example.org")
