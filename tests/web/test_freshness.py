"""Pages that a process keeps: the same bytes without rendering, compressed for who takes it, new as soon as anything changed."""

import gzip

import pytest
from flask import template_rendered

from helpcenter.web.freshness import KEPT_PAGES, KeptPages, Page

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
