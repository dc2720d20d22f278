"""The results page: what was asked stays in the box, and no question ends in nothing."""

import re
import time
from xml.etree import ElementTree as xml

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


def test_what_only_other_languages_have_is_not_called_nothing(client):
    asked, unasked = page_of(client, "rēķinu", **{"in": "all"}), page_of(client, "invoices", lang="lv")

    for page, other, counted in ((asked, "lv", "result"), (unasked, "en", "rezultāt")):
        listed = page.count(f'<li class="hit" lang="{other}">')
        assert listed and f"{listed} {counted}" in page.split("</title>")[0]
        assert 'id="others"' in page and 'id="popular"' not in page and '<p class="lead">' not in page


def test_all_languages_count_together_and_stand_in_the_feed(client):
    page = page_of(client, "router rēķinu", **{"in": "all"})
    feed = xml.fromstring(client.get("/en/search.atom?q=router+rēķinu&in=all").data)

    total = int(re.search(r"<h1[^>]*>(\d+) results? ", page).group(1))
    links = [link.get("href") for link in feed.findall(".//{*}entry/{*}link")]
    assert total == page.count('<li class="hit"') == len(links)
    assert {link.split("/")[3] for link in links} == {"en", "lv"}


def test_nothing_found_offers_popular_articles_the_bot_and_a_person(client):
    page = page_of(client, "qwzxqwzx")

    assert "Nothing found for “qwzxqwzx”" in page
    assert 'href="/en/chat?q=qwzxqwzx&amp;trail=' in page
    assert 'href="/en/contact?subject=qwzxqwzx&amp;trail=' in page
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


def wait_until_found(client, query: str, title: str) -> None:
    """Wait until this process follows the index that another one wrote."""
    ends = time.monotonic() + 90
    while title not in page_of(client, query):
        assert time.monotonic() < ends
        time.sleep(0.1)


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


def filtered(client, query: str, lang: str = "en", **filters: str) -> list[str]:
    """Return the languages and slugs of the hits under *filters*."""
    return re.findall(r'<h[23]><a href="/([a-z]+/articles/[^"?]+)\?', page_of(client, query, lang, **filters))


def test_filters_leave_only_articles_of_the_topic_tag_or_language(client):
    assert "en/articles/restart-the-router" in filtered(client, "router invoices")
    assert set(filtered(client, "router invoices", section="internet")) == {"en/articles/restart-the-router"}
    assert set(filtered(client, "rēķins", **{"in": "lv"})) == {"lv/articles/atrast-rekinu"}
    assert filtered(client, "router rēķins", **{"in": "all"})[-1] == "lv/articles/atrast-rekinu"


def test_tags_of_the_hits_are_offered_as_filters(client, settings):
    (settings.articles / "en" / "payments" / "card.md").write_text("---\ntitle: Invoices by card\ntags: [Debit card]\n---\nPay.\n")
    publish_elsewhere(settings)
    wait_until_found(client, "invoices by card", "Invoices by card")

    assert "<option>Debit card</option>" in page_of(client, "invoices")
    assert filtered(client, "invoices", tag="debit  CARD") == ["en/articles/card"]


@pytest.mark.parametrize("filters", [{"section": "nowhere"}, {"in": "de"}, {"in": "en"}, {"section": ""}, {"tag": " "}])
def test_a_filter_that_is_none_filters_nothing(client, filters):
    page = page_of(client, "router invoices", **filters)

    assert '<details class="filters">' in page
    assert "/en/articles/restart-the-router" in page and "/en/articles/find-an-invoice" in page


def test_filters_stay_in_the_form_and_can_be_removed(client):
    page = page_of(client, "router", section="internet")

    assert '<details class="filters" open>' in page
    assert '<option value="internet" selected>' in page
    assert '<a href="/en/search?q=router">Remove filters</a>' in page


def test_nothing_under_a_filter_offers_to_search_everywhere(client):
    assert '<a href="/en/search?q=router">Search everywhere</a>' in page_of(client, "router", section="payments", **{"in": "lv"})


def test_words_like_a_topic_offer_the_topic(client):
    assert 'href="/en/sections/payments?trail=' in page_of(client, "paymentology", section="internet").split('id="nearest"')[-1]


ATOM, OPENSEARCH = "{http://www.w3.org/2005/Atom}", "{http://a9.com/-/spec/opensearch/1.1/}"


def test_results_are_also_an_atom_feed(client):
    answer = client.get("/en/search.atom", query_string={"q": 'invoices & <"bills">'})

    feed = xml.fromstring(answer.data)
    assert answer.content_type == "application/atom+xml"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert feed.find(f"{ATOM}title").text.endswith(': invoices & <"bills">')
    entry = feed.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}id").text == "http://127.0.0.1:8000/en/articles/find-an-invoice"
    assert entry.find(f"{ATOM}updated").text == "2026-11-02T00:00:00Z"
    assert "<mark>" not in entry.find(f"{ATOM}summary").text


def test_a_feed_of_nothing_is_a_feed(client):
    feed = xml.fromstring(client.get("/en/search.atom").data)

    assert feed.findall(f"{ATOM}entry") == []
    assert feed.find(f"{ATOM}updated").text


def test_browsers_are_told_how_to_search_here(client):
    home = client.get("/lv/").get_data(as_text=True)
    answer = client.get("/lv/opensearch.xml")

    assert '<link rel="search" type="application/opensearchdescription+xml" href="/lv/opensearch.xml"' in home
    root = xml.fromstring(answer.data)
    pages = {url.get("type"): url.get("template") for url in root.findall(f"{OPENSEARCH}Url") if url.get("rel") != "self"}
    assert pages["text/html"] == "http://127.0.0.1:8000/lv/search?q={searchTerms}"
    assert client.get(pages["application/atom+xml"].replace("{searchTerms}", "rekins")).status_code == 200
    assert len(root.find(f"{OPENSEARCH}ShortName").text) <= 16
