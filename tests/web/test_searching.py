"""The results page: what was asked stays in the box, and no question ends in nothing."""

import pytest

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.publishing import publish
from helpcenter.web.services import services


def page_of(client, query: str, lang: str = "en", **more) -> str:
    """Return the results page for *query*."""
    answer = client.get(f"/{lang}/search", query_string={"q": query, **more})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_query_stays_in_the_box_and_the_count_is_in_the_title(client):
    page = page_of(client, "invoices")

    assert 'name="q" type="search" value="invoices"' in page
    assert "results for “invoices”" in page.split("</title>")[0] or "1 result for “invoices”" in page.split("</title>")[0]


def test_a_hit_has_section_highlight_and_the_query_in_its_link(client):
    page = page_of(client, "invoices")

    assert 'href="/en/articles/find-an-invoice?q=invoices' in page
    assert "<mark>" in page
    assert "Payments · Updated November 2, 2026" in page


def test_a_typo_is_mended_and_said(client):
    page = page_of(client, "invoicse")

    assert "Showing results for" in page
    assert "/en/articles/find-an-invoice?q=invoicse" in page


def test_other_languages_stand_under_their_own_heading(client):
    page = page_of(client, "router", lang="lv")

    assert page.index('id="others"') < page.index('<li class="hit" lang="en">') < page.index("/lv/articles/restart-the-router")


def test_nothing_found_offers_popular_articles_the_bot_and_a_person(client):
    page = page_of(client, "qwzxqwzx")

    assert "Nothing found for “qwzxqwzx”" in page
    assert 'href="/en/chat?q=qwzxqwzx"' in page
    assert 'href="/en/contact?subject=qwzxqwzx"' in page
    assert "Find your invoices" in page


def test_an_empty_search_is_a_page_with_a_form(client):
    page = page_of(client, "   ")

    assert "<title>Search" in page
    assert "Nothing found" not in page


def test_a_page_beyond_the_last_leads_to_the_first(client):
    answer = client.get("/en/search?q=invoices&page=9")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/en/search?q=invoices"


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e9", "٣", "99999999999999999999"])
def test_a_page_that_is_no_number_is_the_first(client, page):
    assert "Find your invoices" in page_of(client, "invoices", page=page)


def test_search_engines_do_not_list_results(client):
    answer = client.get("/en/search?q=invoices")

    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR 1=1 --", "((((((", "*" * 500, "AND NOT OR", "\x00\u202ebill"])
def test_whatever_was_typed_is_shown_as_text(client, query):
    page = page_of(client, query)

    assert "<script>alert" not in page and "<img src=x" not in page and "\x00" not in page


def publish_elsewhere(settings) -> None:
    """Publish the content folder in another process' stead."""
    app = create_app(settings)
    with app.app_context():
        publish(settings.articles, services().index)
    storage.close(app)


def test_synonyms_take_effect_in_a_running_process(client, settings):
    assert "find-an-invoice?q=gizmo" not in page_of(client, "gizmo")

    (settings.articles / "synonyms").mkdir()
    (settings.articles / "synonyms" / "en.txt").write_text("gizmo => invoice\n")
    publish_elsewhere(settings)

    assert "/en/articles/find-an-invoice?q=gizmo" in page_of(client, "gizmo")


@pytest.mark.parametrize("path", ["search?q=", "chat?q=", "contact?subject=", "articles/find-an-invoice?q="])
def test_words_that_grow_when_they_are_composed_are_cut_not_refused(client, path):
    assert client.get(f"/en/{path}{chr(0x958) * 250}").status_code == 200
