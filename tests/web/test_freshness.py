"""Pages that a process keeps: the same bytes without rendering, compressed for who takes it, new as soon as anything changed."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from flask import template_rendered
from sqlalchemy import event, func, select

from helpcenter.journeys.models import ArticleViews
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.channels import kept_channels
from helpcenter.web.freshness import KEPT_PAGES, MOST_ADDRESSES, KeptPages, Page, Ready
from helpcenter.web.locale import current_site
from helpcenter.web.services import EXTENSION

ARTICLE = "/en/articles/find-an-invoice"
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def rendered(published_app):
    """Return the names of the pages that were rendered since."""
    published_app.extensions[KEPT_PAGES] = KeptPages()
    names: list[str] = []

    def note(_sender, template, **_more):
        names.append(template.name)

    with template_rendered.connected_to(note, published_app):
        yield names


def test_an_article_is_rendered_once_until_something_changes(client, rendered):
    first, second = client.get(ARTICLE), client.get(ARTICLE)

    assert first.data == second.data and first.headers["ETag"] == second.headers["ETag"]
    assert rendered == ["pages/article.html"]


def test_another_query_or_language_is_another_page(client, rendered):
    pages = [client.get(path).data for path in (ARTICLE, f"{ARTICLE}?q=invoice", "/en/articles/find-an-invoice?voted=yes")]

    assert len({*pages}) == len(rendered) == 3
    assert b'value="invoice"' in pages[1] and b'value="invoice"' not in client.get(ARTICLE).data


def test_who_takes_gzip_gets_the_same_page_compressed(client):
    plain, small = client.get(ARTICLE), client.get(ARTICLE, headers=GZIP)

    assert small.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert gzip.decompress(small.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in small.headers["Vary"]
    again = client.get(ARTICLE, headers={**GZIP, "If-None-Match": small.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"") and "Accept-Encoding" in again.headers["Vary"]


@pytest.mark.parametrize("path", [f"{ARTICLE}?voted=yes", "/en/chat", "/en/contact", "/staff/sign-in"])
def test_what_may_hold_a_secret_or_an_answer_is_never_kept_or_compressed(published_app, client, rendered, path):
    answer = client.get(path, headers=GZIP)

    assert "Content-Encoding" not in answer.headers
    assert published_app.extensions[KEPT_PAGES].size == 0


def test_the_pages_asked_for_last_are_kept_within_bounds():
    pages = KeptPages(most=250)
    for name in "abc":
        pages.put(name, Page(b"x" * 90, b"y" * 10))
        pages.get("a")

    assert (pages.get("b"), pages.size) == (None, 200)
    assert pages.get("a") and pages.get("c")
    pages.put("a", Page(b"", b""))
    assert pages.size == 100


@pytest.mark.parametrize("path", [ARTICLE, "/en/sections/payments"])
@pytest.mark.parametrize("asked", [{}, GZIP], ids=["plain", "gzip"])
def test_what_is_ready_for_an_address_is_what_its_view_answers(published_app, client, path, asked):
    published_app.extensions[KEPT_PAGES] = KeptPages()
    first = client.get(path, headers=asked)
    tag = {**asked, "If-None-Match": first.headers["ETag"]}
    ready, unchanged = client.get(path, headers=asked), client.get(path, headers=tag)

    assert published_app.extensions[KEPT_PAGES].ready(path)
    assert (ready.status, ready.data, told(ready)) == (first.status, first.data, told(first))
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert client.head(path, headers=asked).headers["Content-Length"] == str(len(first.data))


def told(answer) -> list[tuple[str, str]]:
    """Return the headers of *answer* without the number of its request."""
    return sorted((name, value) for name, value in answer.headers if name != "X-Request-ID")


def test_nothing_is_ready_for_an_address_with_a_query(published_app, client):
    published_app.extensions[KEPT_PAGES] = KeptPages()
    client.get(f"{ARTICLE}?q=invoice")

    assert published_app.extensions[KEPT_PAGES].ready(ARTICLE) is None


def test_what_is_ready_ends_with_its_minute_and_with_the_first_article_that_expires(published_app, client, rendered):
    client.get(ARTICLE)
    pages = published_app.extensions[KEPT_PAGES]
    ready = pages.ready(ARTICLE)
    stamp, revision, minute = ready.basis
    for past in (ready._replace(basis=(stamp, revision, minute - 1)), ready._replace(until=utcnow() - timedelta(seconds=1))):
        pages.make_ready(ARTICLE, past)
        client.get(ARTICLE)

        # The view was asked, and what it found is ready from now on.
        assert pages.ready(ARTICLE) != past
    assert rendered == ["pages/article.html"]


def test_addresses_that_something_is_ready_for_are_bounded():
    pages, ready = KeptPages(), Ready((), None, "", [], None)
    for number in range(MOST_ADDRESSES + 1):
        pages.make_ready(f"/{number}", ready)

    assert pages.ready("/0") is None and pages.ready(f"/{MOST_ADDRESSES}") == ready


def test_who_gets_what_is_ready_is_counted_as_a_reader(published_app, client):
    for _ in range(3):
        client.get(ARTICLE, headers={"User-Agent": "Mozilla/5.0 (a person)"})
    published_app.extensions[EXTENSION].recorder.finish()

    with published_app.app_context():
        assert db.session.scalar(select(func.sum(ArticleViews.views))) == 3


@pytest.fixture
def queries(published_app):
    """Return the questions that the database is asked for reading, as it gets them itself."""
    asked: list[str] = []
    with published_app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", lambda connection, _record: connection.set_trace_callback(asked.append))

    class Selects(list):
        def of(self, path: str, client, **headers: str) -> list[str]:
            asked.clear()
            client.get(path, headers=headers)
            return [statement for statement in asked if statement.lstrip().upper().startswith(("SELECT", "WITH"))]

    return Selects()


@pytest.mark.parametrize("path", [ARTICLE, "/en/", "/en/sections/payments"])
def test_a_page_that_was_shown_before_asks_the_database_once(client, queries, path):
    tag = client.get(path).headers["ETag"]

    assert len(queries.of(path, client)) == len(queries.of(path, client, If_None_Match=tag)) == 1


def test_an_article_that_is_rendered_anew_asks_the_database_twice(published_app, client, queries):
    client.get(ARTICLE)
    published_app.extensions[KEPT_PAGES] = KeptPages()

    assert len(queries.of(ARTICLE, client)) <= 2


def test_channels_are_found_once_a_minute(published_app):
    with published_app.test_request_context("/en/"):
        site, noon = current_site(), datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)
        first = kept_channels(site, "en", noon)

        assert kept_channels(site, "en", noon + timedelta(seconds=54)) is first
        assert kept_channels(site, "en", noon + timedelta(seconds=55)) is not first
        assert kept_channels(site, "lv", noon) is not first
