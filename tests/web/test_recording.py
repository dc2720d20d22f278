"""Searches are written down beside the requests: masked, without the visitor, and never at the cost of a search."""

import pytest
from sqlalchemy import select, text

from helpcenter.search.records import PICKED, SearchRecord, popular_queries
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.database import WRITER
from helpcenter.web.services import services


@pytest.fixture
def records(published_app):
    """Return a function that gives what is written down."""

    def kept() -> list[tuple]:
        with published_app.app_context():
            services().recorder.finish()
            rows = db.session.scalars(select(SearchRecord).order_by(SearchRecord.id))
            return [(row.lang, row.query, row.hits > 0, row.corrected, row.clicked) for row in rows]

    return kept


def test_a_search_is_written_down_without_personal_data(client, records):
    client.get("/en/search", query_string={"q": "Invoices for ann@example.org, order 48113"})
    client.get("/en/search?q=invoicse")
    client.get("/lv/search?q=qwzxqwzx")

    assert records() == [
        ("en", "invoices for [e-mail], order [number]", True, False, None),
        ("en", "invoicse", True, True, None),
        ("lv", "qwzxqwzx", False, False, None),
    ]


def test_only_the_first_page_of_a_plain_search_counts(client, records):
    for address in ("/en/search", "/en/search?q=", "/en/search?q=invoices&page=2", "/en/search?q=invoices&in=all", "/en/search.atom?q=invoices"):
        client.get(address)

    assert records() == []


def test_the_hit_that_was_opened_is_noted_by_its_place(client, records):
    page = client.get("/en/search?q=invoices").get_data(as_text=True)
    assert "/en/articles/find-an-invoice?q=invoices&amp;n=1" in page

    answer = client.get("/en/articles/find-an-invoice?q=invoices&n=1")
    client.get("/en/articles/find-an-invoice?q=invoices&n=1", headers={"If-None-Match": answer.headers["ETag"]})

    assert records() == [("en", "invoices", True, False, 1)]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("place", ["0", "-1", "x", "٣", "", "1e3"])
def test_a_place_that_is_none_is_no_click(client, records, place):
    client.get("/en/search?q=invoices")
    assert client.get("/en/articles/find-an-invoice", query_string={"q": "invoices", "n": place}).status_code == 200

    assert records()[0][-1] is None


@pytest.mark.parametrize("headers", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"Sec-Purpose": "prefetch;prerender"}])
def test_whoever_asks_to_be_left_alone_is(client, records, headers):
    page = client.get("/en/search?q=invoices", headers=headers)
    client.get("/en/articles/find-an-invoice?q=invoices&n=1", headers=headers)

    assert page.status_code == 200
    assert records() == []


def test_a_search_works_when_nothing_can_be_written(client, published_app, records):
    with published_app.app_context(), writing() as session:
        session.execute(text("ALTER TABLE search_record RENAME TO gone"))
    first = client.get("/en/search?q=invoices")
    published_app.extensions["helpcenter"].recorder.finish()
    with published_app.app_context(), writing() as session:
        session.execute(text("ALTER TABLE gone RENAME TO search_record"))
    second = client.get("/en/search?q=router")

    assert (first.status_code, second.status_code) == (200, 200)
    assert [row[1] for row in records()] == ["router"]


def test_a_search_waits_for_no_other_writer(client, published_app, records):
    with published_app.app_context(), writing() as session:
        session.execute(text("DELETE FROM search_record"))
        answer = client.get("/en/search?q=invoices")
        assert answer.status_code == 200

    assert [row[1] for row in records()] == ["invoices"]


def test_a_search_works_when_the_disk_is_full(client, published_app, records):
    with published_app.extensions[WRITER].connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    for number in range(300):
        answer = client.get("/en/search", query_string={"q": f"invoices {'word ' * 30}{number}"})
        assert answer.status_code == 200

    assert len(records()) < 300


def test_a_search_of_a_program_is_written_down_by_the_same_rules(client, records):
    client.get("/api/v1/search", query_string={"q": "Invoices for ann@example.org", "lang": "en", "limit": 1})
    client.get("/api/v1/search?q=invoices&lang=en", headers={"DNT": "1"})
    client.get("/api/v1/search?q=invoices&lang=xx")

    assert records() == [("en", "invoices for [e-mail]", True, False, None)]


def test_what_is_searched_while_somebody_types_is_not_written_down(client, records):
    client.get("/api/v1/search?q=invoi&lang=en&typing=1")
    client.get("/api/v1/suggest?q=invoi&lang=en")

    assert records() == []


def test_a_chosen_suggestion_is_counted_by_its_title_and_place(client, published_app, records):
    client.get("/en/articles/find-an-invoice?q=inv&s=2")
    client.get("/en/search?q=my+invoices&s=1")

    with published_app.app_context():
        services().recorder.finish()
        rows = db.session.scalars(select(SearchRecord).where(SearchRecord.hits == PICKED).order_by(SearchRecord.id))
        assert [(row.lang, row.query, row.clicked) for row in rows] == [("en", "find your invoices", 2), ("en", "my invoices", 1)]


def test_a_suggestion_that_was_chosen_in_the_widget_is_counted_too(client, published_app):
    client.get("/widget/v1/panel/articles/find-an-invoice?lang=en&q=inv&s=3")
    client.get("/widget/v1/panel?lang=en&q=my+invoices&s=1")

    with published_app.app_context():
        services().recorder.finish()
        rows = db.session.scalars(select(SearchRecord).where(SearchRecord.hits == PICKED).order_by(SearchRecord.id))
        assert [(row.lang, row.query, row.clicked) for row in rows] == [("en", "find your invoices", 3), ("en", "my invoices", 1)]


@pytest.mark.parametrize("headers", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"Sec-Purpose": "prefetch"}])
def test_a_suggestion_chosen_by_whoever_asks_to_be_left_alone_is_not_counted(client, records, headers):
    client.get("/en/articles/find-an-invoice?q=inv&s=2", headers=headers)
    client.get("/en/articles/find-an-invoice?q=inv&s=0")

    assert records() == []


def test_a_chosen_suggestion_is_no_search_that_others_are_offered(client, published_app, records):
    for _ in range(5):
        client.get("/en/articles/find-an-invoice?q=inv&s=1")
    records()

    with published_app.app_context():
        assert popular_queries(db.session, "en", utcnow().date()) == []
