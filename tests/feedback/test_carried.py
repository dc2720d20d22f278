"""Votes of an earlier help center: the base of an article's votes, never counted twice."""

import pytest

from helpcenter.feedback import votes
from helpcenter.feedback.carried import save_carried
from helpcenter.storage import writing
from tests.feedback.test_votes import ARTICLE

SUMS = {("en", "billing/invoice"): (10, 2), ("lv", "billing/invoice"): (1, 0)}


@pytest.fixture
def writer(storage_app):
    """Return a session that writes, on both databases."""
    with storage_app.app_context(), writing() as session:
        yield session


def test_carried_votes_are_the_base_of_our_own(writer):
    save_carried(writer, SUMS)
    votes.cast(writer, ARTICLE, "ann", helpful=True)

    assert votes.counts(writer, "en", "billing/invoice") == (11, 2)
    assert votes.own_counts(writer, "en", "billing/invoice") == (1, 0)
    assert votes.carried_counts(writer, "en", "billing/invoice") == (10, 2)


def test_carrying_again_counts_nothing_twice(writer):
    save_carried(writer, SUMS)

    assert save_carried(writer, SUMS) == 0
    assert votes.counts(writer, "en", "billing/invoice") == (10, 2)


def test_a_changed_list_replaces_what_was_carried(writer):
    save_carried(writer, SUMS)

    assert save_carried(writer, {("en", "billing/invoice"): (5, 5)}) == 2
    assert votes.counts(writer, "en", "billing/invoice") == (5, 5)
    assert votes.counts(writer, "lv", "billing/invoice") == (0, 0)
