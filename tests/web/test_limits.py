"""Limits on anonymous use: a pause that says how long, and nobody else is held up."""

import pytest
from flask import request

from helpcenter.app import create_app
from helpcenter.web.limits import LIMITS, cut_address


@pytest.fixture
def limited_app(published_app, settings):
    """Return the published application with its limits on."""
    app = create_app(settings.model_copy(update={"rate_limits": "on"}))
    yield app


def vote(client, address: str = "203.0.113.7"):
    """Vote from *address*."""
    body = {"article": "find-an-invoice", "lang": "en", "helpful": True}
    return client.post("/api/v1/votes", json=body, environ_overrides={"REMOTE_ADDR": address})


def test_too_many_votes_from_one_network_are_told_to_wait(limited_app):
    client = limited_app.test_client()
    answers = [vote(client).status_code for _ in range(LIMITS["vote"].count + 1)]

    assert set(answers[:-1]) == {200}
    refused = vote(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= LIMITS["vote"].window_seconds
    assert refused.mimetype == "application/problem+json"


def test_another_network_is_not_held_up(limited_app):
    client = limited_app.test_client()
    for _ in range(LIMITS["vote"].count + 1):
        vote(client)

    assert vote(limited_app.test_client(), "198.51.100.7").status_code == 200


def test_limits_can_be_switched_off(published_app):
    client = published_app.test_client()

    assert {vote(client).status_code for _ in range(LIMITS["vote"].count + 5)} == {200}


@pytest.mark.parametrize(("address", "network"), [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("::ffff:203.0.113.77", "203.0.113.0/24"), ("", ""), ("unix:", "")])
def test_an_address_is_cut_to_its_network(address, network):
    assert cut_address(address) == network


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(published_app, settings):
    trusting = create_app(settings.model_copy(update={"proxy_hops": 1}))
    seen = []
    for app in (published_app, trusting):
        app.add_url_rule("/address", "address", lambda: request.remote_addr)
        seen.append(app.test_client().get("/address", headers={"X-Forwarded-For": "198.51.100.9"}).get_data(as_text=True))

    assert seen == ["127.0.0.1", "198.51.100.9"]


def ask(client, key: str):
    """Open a request under *key*."""
    body = {"lang": "en", "subject": "Bill", "body": "Where is it?", "email": "ann@example.org"}
    return client.post("/api/v1/requests", json=body, headers={"Idempotency-Key": key})


def test_asking_again_for_a_lost_answer_counts_once(limited_app):
    client = limited_app.test_client()
    first = ask(client, "first")
    assert [ask(client, "first").status_code for _ in range(LIMITS["request"].count)] == [201] * LIMITS["request"].count

    assert ask(client, "second").status_code == 201
    assert [ask(client, f"more {n}").status_code for n in range(LIMITS["request"].count)][-1] == 429
    assert ask(client, "first").get_json() == first.get_json()
