"""Status links: who holds one may read one request, and nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpcenter.storage.columns import utcnow
from helpcenter.support import links
from helpcenter.support import requests as support
from helpcenter.support.models import StatusLink


@pytest.fixture
def request_and_token(writer, terms, question):
    """Return a request and the token that opens it."""
    opened = support.open_request(writer, terms, **question)
    return opened, links.status_token(terms.secret_key, opened)


def test_the_token_opens_its_request_and_no_other(writer, terms, question, request_and_token):
    opened, token = request_and_token
    other = support.open_request(writer, terms, **question)

    assert links.find_by_token(writer, token) is opened
    assert links.status_token(terms.secret_key, other) != token


NO_TOKENS = [
    "", " ", "\x00", "null", "None", "a", "A" * 42, "A" * 43, "A" * 44, "A" * 10_240, "\x00" * 43, "ж" * 43, "%", "_" * 43,
    None, 0, b"A" * 43, ["A"],
]  # fmt: skip


def test_what_is_no_token_opens_nothing(writer, request_and_token):
    assert [token for token in NO_TOKENS if links.find_by_token(writer, token) is not None] == []


def test_what_the_database_holds_opens_nothing(writer, request_and_token):
    opened, token = request_and_token
    stored = writer.scalars(select(StatusLink)).one()

    assert token not in (stored.token_digest, opened.public_id)
    assert links.find_by_token(writer, stored.token_digest) is None
    assert links.find_by_token(writer, opened.public_id) is None
    assert links.find_by_token(writer, opened.reference) is None


def test_a_spoiled_token_opens_nothing(writer, request_and_token):
    _, token = request_and_token

    for spoiled in (token[:-1], token + "A", token.swapcase(), token[::-1], f" {token}", f"{token}\n"):
        assert links.find_by_token(writer, spoiled) is None


def test_a_link_ends_after_90_days(writer, request_and_token):
    opened, token = request_and_token

    assert links.find_by_token(writer, token, now=utcnow() + timedelta(days=89)) is opened
    assert links.find_by_token(writer, token, now=utcnow() + timedelta(days=91)) is None


def test_a_reply_renews_the_link(writer, terms, request_and_token, gus):
    opened, token = request_and_token
    stored = writer.scalars(select(StatusLink)).one()
    stored.expires_at = utcnow() - timedelta(days=1)
    writer.flush()
    assert links.find_by_token(writer, token) is None

    support.reply(writer, terms, opened, "Hello", staff=gus)

    assert links.find_by_token(writer, token) is opened


def test_a_revoked_link_opens_nothing(writer, request_and_token):
    opened, token = request_and_token

    links.revoke(writer, opened)

    assert links.find_by_token(writer, token) is None


def test_a_link_made_before_the_secret_key_changed_still_opens(writer, terms, request_and_token):
    opened, token = request_and_token

    renewed = links.renew(writer, "another secret key, also long enough", opened)

    assert links.find_by_token(writer, token) is opened
    assert links.find_by_token(writer, renewed) is opened
    assert renewed != token
