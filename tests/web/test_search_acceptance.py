"""What other help centers test of their search, held against ours: drafts stay hidden, any text is only text."""

import re
import shutil

import pytest

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.publishing import publish
from helpcenter.web.services import services

HIDDEN = {
    "draft": "draft: yes",
    "unlisted": "unlisted: yes",
    "expired": "expire_at: 2020-01-01",
    "future": "publish_at: 2999-01-01",
}


@pytest.fixture
def site(settings, published_app):
    """Return a browser on a site that also has hidden articles, and ways to publish more."""
    for name, key in HIDDEN.items():
        write(settings, name, key)
    republish(published_app, settings)
    return published_app.test_client()


def write(settings, name: str, front_matter: str) -> None:
    """Write the article *name*, which speaks of zebras."""
    path = settings.articles / "en" / "payments" / f"zebra-{name}.md"
    path.write_text(f"---\ntitle: Zebra {name} invoices\ntags: [zebra-{name}]\n{front_matter}\n---\nThe zebra pays invoices.\n")


def republish(app, settings) -> None:
    """Publish the content folder in this process."""
    with app.app_context():
        publish(settings.articles, services().index)


def everywhere(client, query: str) -> str:
    """Return all that says what is found for *query*: page, feed, search and suggestions."""
    addresses = ("/en/search", "/lv/search", "/en/search.atom", "/api/v1/search", "/api/v1/suggest")
    return "\n".join(client.get(address, query_string={"q": query, "in": "all"}).get_data(as_text=True) for address in addresses)


@pytest.mark.parametrize("name", HIDDEN)
def test_17_what_is_not_public_is_found_nowhere(site, name):
    assert f"zebra-{name}" not in everywhere(site, "zebra")
    assert f"zebra-{name}" not in everywhere(site, f"Zebra {name} invoices")
    assert f"Zebra {name}" not in everywhere(site, "zebra invoices")


def test_17_what_is_not_public_is_not_counted(site):
    assert site.get("/api/v1/search?q=zebra&lang=en").get_json()["total"] == 0
    assert "zebra-" not in site.get("/en/sections/payments").get_data(as_text=True)


def test_18_what_becomes_public_is_found_again(site, published_app, settings):
    write(settings, "draft", "description: Public now.")
    republish(published_app, settings)
    found = everywhere(site, "zebra")
    write(settings, "draft", "draft: yes")
    republish(published_app, settings)

    assert "/en/articles/zebra-draft" in found
    assert "zebra-draft" not in everywhere(site, "zebra")


@pytest.mark.parametrize("query", ["%", "_", "\\", "*", "?", "%%%", "inv*", "in_oice", "inv%ce", "*:*", "[a-z]+", ".*"])
def test_19_wildcards_are_only_characters(client, query):
    everything = {hit["slug"] for hit in client.get("/api/v1/search?q=pay+router+invoices&lang=en&limit=50").get_json()["hits"]}
    found = client.get("/api/v1/search", query_string={"q": query, "lang": "en", "limit": 50})

    assert found.status_code == 200
    assert {hit["slug"] for hit in found.get_json()["hits"]} < everything


@pytest.mark.parametrize(
    "query",
    ['"invoice', "invoice (", "NOT", "OR", "AND", "NOT invoice", "invoice OR", "(" * 1000 + ")" * 1000, "'\"`(", "title:invoice", "invoice^9", "invoice~2", "[1 TO 5]", "+ -", "&& ||"],
)  # fmt: skip
def test_20_no_query_syntax_breaks_anything(client, query):
    assert client.get("/en/search", query_string={"q": query}).status_code == 200
    assert client.get("/api/v1/search", query_string={"q": query, "lang": "en"}).status_code == 200
    assert client.get("/en/search.atom", query_string={"q": query}).status_code == 200


@pytest.mark.parametrize("query", ["更新 invoices", "счёт invoices", "فاتورة invoices", "ინვოისი invoices", "invoices 🧾", "INVOICÉS", "ｉｎｖｏｉｃｅｓ"])
def test_21_a_word_is_found_among_those_of_other_scripts(client, query):
    assert "/en/articles/find-an-invoice" in client.get("/en/search", query_string={"q": query}).get_data(as_text=True)


def test_22_gibberish_finds_nothing_and_leads_to_a_person(client):
    page = client.get("/kk/search?q=qwzxqwzx").get_data(as_text=True)

    assert '<li class="hit"' not in page
    assert 'href="/kk/contact?subject=qwzxqwzx' in page
    assert 'href="/kk/chat?q=qwzxqwzx' in page


@pytest.mark.parametrize("query", ["how do I find the invoice", "find invoice", "receipt", "in-voice", "where is it: my invoices?"])
def test_23_words_without_a_topic_and_keywords_find_the_same(client, query):
    hits = client.get("/api/v1/search", query_string={"q": query, "lang": "en"}).get_json()["hits"]

    assert hits[0]["slug"] == "find-an-invoice"


def test_24_no_article_is_found_twice_and_each_has_a_score(client):
    answer = client.get("/api/v1/search?q=invoices+router+pay+card+bank&lang=en&limit=50").get_json()
    slugs = [hit["slug"] for hit in answer["hits"]]

    assert len(slugs) == len(set(slugs)) == answer["total"] > 1
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


def test_24_pages_have_each_article_once(published_app, settings):
    for number in range(23):
        write(settings, f"page-{number}", "")
    republish(published_app, settings)
    client = published_app.test_client()
    pages = [re.findall(r'<h2><a href="/en/articles/(zebra-page-\d+)', client.get(f"/en/search?q=zebra&page={page}").text) for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [10, 10, 3]
    assert len({slug for page in pages for slug in page}) == 23
    assert "Page 2 of 3" in client.get("/en/search?q=zebra&page=2").text
    assert client.get("/en/search?q=zebra&page=4").headers["Location"] == "/en/search?q=zebra"
    assert client.get("/en/search?q=zebra&page=4", follow_redirects=True).text.count("<h2><a") == 10


def test_25_an_article_whose_topic_has_no_title_in_the_language_is_found(published_app, settings):
    path = settings.articles / "pl" / "no-title" / "zebra.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\ntitle: Zebra\n---\nZebra płaci.\n")
    republish(published_app, settings)

    assert "/pl/articles/zebra" in published_app.test_client().get("/pl/search?q=zebra").text


def test_26_without_an_index_every_way_to_search_still_answers(settings, published_data):
    shutil.copytree(published_data, settings.data)
    shutil.rmtree(settings.data / "index")
    app = create_app(settings)
    try:
        client = app.test_client()
        answers = [client.get(address) for address in ("/en/search?q=invoices", "/en/search.atom?q=invoices", "/api/v1/search?q=invoices&lang=en", "/api/v1/suggest?q=invo&lang=en")]
    finally:
        storage.close(app)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert all("find-an-invoice" in answer.text for answer in answers)


def test_27_a_language_finds_its_own_articles_and_all_of_them_when_asked(client):
    own = client.get("/api/v1/search?q=rekins+router&lang=lv").get_json()["hits"]
    page, switched, all_of_them = (client.get("/lv/search", query_string={"q": "router rēķins", "in": name}).text for name in ("lv", "en", "all"))

    assert {hit["lang"] for hit in own} == {"lv"}
    assert '<li class="hit" lang="en">' not in page and "/lv/articles/atrast-rekinu" in page
    assert '<li class="hit" lang="en">' in switched and "/lv/articles/" not in switched
    assert all_of_them.index("/lv/articles/atrast-rekinu") < all_of_them.index('id="others"') < all_of_them.index("/en/articles/")
    assert '<option value="all" selected>' in all_of_them


@pytest.mark.parametrize("address", ["/en/search", "/en/search?q=", "/en/search?q=%20%00"])
def test_15_without_a_query_the_page_is_a_form(client, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert 'role="search"' in answer.text
    assert client.get("/api/v1/search?lang=en").status_code == 400


def test_14_neither_page_nor_feed_nor_api_is_listed_by_search_engines(client):
    addresses = ("/en/search?q=x", "/en/search.atom?q=x", "/api/v1/search?q=x&lang=en", "/api/v1/suggest?q=x&lang=en")

    assert all("noindex" in client.get(address).headers["X-Robots-Tag"] for address in addresses)


@pytest.mark.parametrize("page", ["2", "9", "100", "999"])
def test_16_a_page_beyond_the_last_leads_to_the_first_and_invents_no_number(client, page):
    answer = client.get("/en/search", query_string={"q": "invoices", "page": page})
    first = client.get("/en/search?q=invoices").text

    assert answer.headers["Location"] == "/en/search?q=invoices"
    assert re.search(r"<h1[^>]*>(\d+) results? ", first).group(1) == str(client.get("/api/v1/search?q=invoices&lang=en").get_json()["total"])


def test_22_a_topic_is_offered_only_when_it_is_near(client):
    assert 'id="nearest"' not in client.get("/en/search?q=qwzxqwzx").text
    assert 'id="popular"' in client.get("/en/search?q=qwzxqwzx").text
    assert 'href="/en/sections/payments?trail=' in client.get("/en/search?q=paymentology&section=internet").text
