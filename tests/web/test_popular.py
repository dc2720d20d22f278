"""Queries that helped others are offered while typing; nothing private, nothing that leads nowhere."""

from datetime import datetime

import pytest

from helpcenter.publishing import publish
from helpcenter.search.records import Click, Search, store
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.web.api.answers import SuggestAnswer
from helpcenter.web.services import EXTENSION, services
from tests.moments import seen_before


@pytest.fixture
def opened(published_app):
    """Return a function that records searches whose first hit was opened."""

    def record(query: str, *, times: int = 3, lang: str = "en", hits: int = 2) -> None:
        day = utcnow().date()
        acts = [act for _ in range(times) for act in (Search(day, lang, query, hits, False), Click(day, lang, query, 1))]
        with published_app.app_context(), writing() as session:
            store(session, acts)

    return record


def offered(client, query: str, lang: str = "en", **more: str) -> list[str]:
    """Return the queries that are suggested for *query*."""
    answer = client.get("/api/v1/suggest", query_string={"q": query, "lang": lang, **more}).get_json()
    return [one.title for one in SuggestAnswer.model_validate(answer).suggestions if one.kind == "query"]


def test_a_query_with_three_clicks_is_offered_before_the_titles(client, opened):
    opened("download invoices")
    answer = client.get("/api/v1/suggest?q=invo&lang=en").get_json()["suggestions"]

    assert [(one["kind"], one["url"]) for one in answer[:1]] == [("query", "/en/search?q=download+invoices")]
    assert "find-an-invoice" in [one["slug"] for one in answer]


@pytest.mark.parametrize(("typed", "is_offered"), [("dow", True), ("invoices dow", True), ("download inv", True), ("load", False), ("download invoices", False), ("bill", False)])  # fmt: skip
def test_every_word_begun_must_fit(client, opened, typed, is_offered):
    opened("download invoices")

    assert offered(client, typed) == (["download invoices"] if is_offered else [])


def test_what_is_private_rare_or_unanswered_is_not_offered(client, opened):
    opened("invoices of ann@example.org")
    opened("invoices 48113207")
    opened("invoices twice", times=2)
    opened("invoices without hits", hits=0)
    opened("invoices are xyzzy")
    opened("rēķins", lang="lv")

    assert offered(client, "invoices") == []
    assert offered(client, "re", lang="lv") == ["rēķins"]


def test_three_queries_at_most_and_the_limit_counts_them(client, opened):
    for query in ("invoices", "find invoices", "download invoices", "my invoices", "every invoice"):
        opened(query)

    assert len(offered(client, "inv")) == 3
    assert len(client.get("/api/v1/suggest?q=inv&lang=en&limit=2").get_json()["suggestions"]) == 2


def test_a_query_is_not_offered_any_more_once_the_only_article_that_answers_it_expired(published_app, client, opened):
    article = published_app.extensions[EXTENSION].content_folder / "en/payments/zebras.md"

    def look(expires: datetime) -> list[str]:
        article.write_text(f"---\ntitle: Zebra stripes\nexpire_at: {expires.isoformat()}\n---\nZebra stripes are black.\n")
        with published_app.app_context():
            publish(article.parents[2], services().index)
        opened("zebra stripes")
        opened("download invoices")
        return offered(client, "zebra")

    before, _expired = seen_before(look, seconds=4)

    assert before == ["zebra stripes"]
    assert offered(client, "zebra") == []
    assert offered(client, "invoices") == ["download invoices"]
