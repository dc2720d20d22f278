"""The JSON API as its callers see it: every answer has the described shape, every mistake says where."""

import json
import uuid

import pytest

from helpcenter.web.api.answers import ChatAnswer, MessagesAnswer, RequestAnswer, SearchAnswer, SuggestAnswer, VoteAnswer


def request_body(**changes) -> dict:
    """Return a request that can be stored."""
    return {
        "lang": "en",
        "subject": "Missing invoice",
        "body": "The invoice for March is not there.",
        "email": "ann@example.org",
        **changes,
    }


def ask_a_person(client, key: str | None = None, **changes):
    """Send a request to a person."""
    return client.post("/api/v1/requests", json=request_body(**changes), headers={"Idempotency-Key": key or str(uuid.uuid4())})


def open_chat(client, lang: str = "en", **more) -> tuple[str, dict]:
    """Open a conversation; return its messages' address and the header that opens it."""
    answer = client.post("/api/v1/chat", json={"lang": lang, **more}).get_json()
    return f"/api/v1/chat/{answer['conversation']}/messages", {"Authorization": f"Bearer {answer['token']}"}


def test_search_finds_the_article_and_has_the_described_shape(client):
    answer = client.get("/api/v1/search?q=invoices&lang=en")

    found = SearchAnswer.model_validate(answer.get_json())
    assert found.hits[0].slug == "find-an-invoice"
    assert found.hits[0].url.startswith("/en/articles/find-an-invoice")


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?q=x&limit=0", "?q=x&limit=many", "?q=x&limit=51", "?q=x&limit=000001000000"])
def test_a_search_that_cannot_be_done_says_why(client, query):
    answer = client.get(f"/api/v1/search{query}")

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"]


def test_an_unknown_language_is_named_with_those_there_are(client):
    answer = client.get("/api/v1/search?q=x&lang=de")

    assert answer.status_code == 422
    assert "en, lv" in answer.get_json()["detail"]


def test_suggestions_complete_the_last_word(client):
    answer = client.get("/api/v1/suggest?q=invo&lang=en")

    assert SuggestAnswer.model_validate(answer.get_json()).suggestions[0].slug == "find-an-invoice"


def test_a_vote_is_counted_once_and_changed_by_the_next(client):
    first = client.post("/api/v1/votes", json={"article": "find-an-invoice", "lang": "en", "helpful": True})
    second = client.post("/api/v1/votes", json={"article": "find-an-invoice", "lang": "en", "helpful": False})

    assert VoteAnswer.model_validate(first.get_json()).helpful == 1
    assert second.get_json() == {"article": "find-an-invoice", "lang": "en", "helpful": 0, "not_helpful": 1, "yours": False}


def test_two_visitors_are_two_votes(published_app):
    for _ in range(2):
        client = published_app.test_client()
        answer = client.post("/api/v1/votes", json={"article": "find-an-invoice", "lang": "en", "helpful": True})

    assert answer.get_json()["helpful"] == 2


def test_a_vote_on_an_article_that_stands_in_for_a_translation_counts_there(client):
    client.post("/api/v1/votes", json={"article": "payment-methods", "lang": "en", "helpful": True})
    answer = client.post("/api/v1/votes", json={"article": "payment-methods", "lang": "lv", "helpful": True})

    assert (answer.get_json()["lang"], answer.get_json()["helpful"]) == ("en", 1)


def test_a_vote_on_no_article_is_404_and_one_with_an_unknown_reason_422(client):
    missing = client.post("/api/v1/votes", json={"article": "nothing", "lang": "en", "helpful": True})
    unknown = client.post("/api/v1/votes", json={"article": "find-an-invoice", "lang": "en", "helpful": False, "reason": "x"})

    assert (missing.status_code, unknown.status_code) == (404, 422)


MALFORMED = {
    "not JSON": b"{",
    "nested too deep": b"[" * 60_000,
    "NaN": b'{"lang": NaN}',
    "a name twice": b'{"lang": "en", "lang": "lv"}',
    "no object": b'["en"]',
    "not UTF-8": b'{"lang": "\xff"}',
    "an endless number": b'{"lang": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("path", ["votes", "chat", "requests"])
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_body_that_cannot_be_read_is_a_problem(client, path, body):
    headers = {"Idempotency-Key": "k"}
    answer = client.post(f"/api/v1/{path}", data=body, content_type="application/json", headers=headers)

    assert answer.status_code in (400, 422), answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"


def test_a_wrong_type_is_named_by_its_field(client):
    answer = client.post("/api/v1/votes", json={"article": "find-an-invoice", "lang": "en", "helpful": "yes"})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == ["helpful"]


def test_a_body_that_is_no_json_or_too_large_is_refused(client):
    form = client.post("/api/v1/votes", data={"article": "x"})
    large = client.post("/api/v1/votes", data=json.dumps({"article": "x" * 140_000}), content_type="application/json")

    assert (form.status_code, large.status_code) == (415, 413)


def test_another_sites_page_cannot_vote(client):
    body = {"article": "find-an-invoice", "lang": "en", "helpful": True}
    fetched = client.post("/api/v1/votes", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    older_browser = client.post("/api/v1/votes", json=body, headers={"Origin": "https://evil.example"})

    assert (fetched.status_code, older_browser.status_code) == (403, 403)


def test_a_chat_answers_with_the_rule_and_the_article(client):
    address, bearer = open_chat(client)
    answer = client.post(address, json={"text": "I need a copy of my invoice"}, headers=bearer)

    said = MessagesAnswer.model_validate(answer.get_json())
    assert said.messages[0].rule == "invoice.copy"
    assert any(message.article and message.article.slug == "find-an-invoice" for message in said.messages)


def test_opening_a_chat_has_the_described_shape(client):
    answer = client.post("/api/v1/chat", json={"lang": "lv", "page": "/lv/articles/atrast-rekinu"})

    assert answer.status_code == 201
    assert ChatAnswer.model_validate(answer.get_json()).messages


@pytest.mark.parametrize("token", ["", " ", "null", "x", "x" * 43, "x" * 10_000])
def test_a_conversation_opens_only_with_its_own_token(client, token):
    address, _ = open_chat(client)
    other, other_bearer = open_chat(client)

    assert client.get(address, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    assert client.get(address, headers=other_bearer).status_code == 404
    assert client.get(address).status_code == 404


def test_a_request_is_stored_once_for_one_key(client):
    first = ask_a_person(client, "same-key")
    second = ask_a_person(client, "same-key")
    other = ask_a_person(client, "same-key", subject="Something else")

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert RequestAnswer.model_validate(first.get_json()) == RequestAnswer.model_validate(second.get_json())


def test_the_status_link_opens_the_request(client):
    answer = ask_a_person(client).get_json()
    page = client.get(answer["status_url"].removeprefix("http://127.0.0.1:8000"))

    assert page.status_code == 200
    assert answer["reference"] in page.get_data(as_text=True)


@pytest.mark.parametrize("changes", [{"email": "ann"}, {"subject": ""}, {"body": " "}, {"lang": "xx"}, {"body": "x" * 20_001}, {"email": None}])
def test_a_request_that_cannot_be_stored_says_which_field(client, changes):
    answer = ask_a_person(client, **changes)

    assert answer.status_code == 422
    assert answer.get_json()["detail"]


def test_a_request_without_a_key_is_refused(client):
    assert client.post("/api/v1/requests", json=request_body()).status_code == 400


def test_the_description_names_every_route_of_the_api(client, published_app):
    described = client.get("/api/v1/openapi.json").get_json()
    routes = {
        str(rule).removeprefix("/api/v1").replace("<", "{").replace(">", "}")
        for rule in published_app.url_map.iter_rules()
        if str(rule).startswith("/api/v1/") and "openapi" not in str(rule)
    }

    assert set(described["paths"]) == routes
    for reference in set(json.dumps(described).split('"#/components/schemas/')[1:]):
        assert reference.split('"')[0] in described["components"]["schemas"]


def test_an_unknown_address_under_the_api_is_a_problem(client):
    answer = client.get("/api/v1/nothing")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
