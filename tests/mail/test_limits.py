"""Limits on automatic mail."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from helpcenter.mail.limits import AUTOMATIC_PER_HOUR, may_send_automatic
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.counters import Counter


@pytest.fixture
def writer(storage_app):
    """Return a session that writes, on both databases."""
    with storage_app.app_context(), writing() as session:
        yield session


def asked(writer, address: str, *, rate_limits: bool = True) -> bool:
    """Return whether one more automatic mail may go to *address*."""
    return may_send_automatic(writer, address, rate_limits=rate_limits)


def test_one_automatic_mail_an_hour_goes_to_a_mailbox(writer):
    assert asked(writer, "ann@example.org")
    assert not asked(writer, "ann@example.org")
    assert not asked(writer, "ANN+again@example.org"), "another spelling of the same mailbox"
    assert asked(writer, "bob@example.org")


def test_after_an_hour_the_next_may_go(writer):
    asked(writer, "ann@example.org")
    writer.execute(update(Counter).values(ends_at=utcnow() - timedelta(seconds=1)))
    writer.expire_all()

    assert asked(writer, "ann@example.org")


def test_all_mailboxes_together_have_a_limit(writer):
    allowed = [asked(writer, f"victim{number}@example.org") for number in range(AUTOMATIC_PER_HOUR + 5)]

    assert sum(allowed) == AUTOMATIC_PER_HOUR


def test_without_rate_limits_everything_may_go(writer):
    assert all(asked(writer, "ann@example.org", rate_limits=False) for _ in range(5))


def test_the_counters_hold_no_address(writer):
    asked(writer, "ann@example.org")

    assert not [counter.name for counter in writer.query(Counter) if "ann" in counter.name]
