"""Topics in topics and tags, as readers walk them."""

import re

import pytest
from sqlalchemy import event

from helpcenter.storage import db

FILES = {
    "en/payments/cards/lost-card.md": "---\ntags: [Lost things, Rēķini]\n---\n# A lost card",
    "en/payments/cards/old/archive.md": "---\ntags: [LOST THINGS]\n---\n# The archive",
    "lv/payments/cards/pazudusi.md": "---\ntitle: Pazudusi karte\ntags: [rekini]\n---\n",
    "lv/tikai/tikai.md": "---\ntitle: Tikai\n---\n",
    "en/payments/cards/secret.md": "---\nunlisted: true\ntags: [Canary]\n---\n# Secret card",
    "en/payments/cards/draft.md": "---\ndraft: true\ntags: [Canary]\n---\n# Draft card",
    "en/payments/cards/gone.md": "---\nexpire_at: 2020-01-01\ntags: [Canary]\n---\n# Gone card",
    "en/payments/cards/future.md": "---\npublish_at: 2990-01-01\ntags: [Canary]\n---\n# Future card",
}


@pytest.fixture
def client(publish_files):
    """Return a browser on a site whose topics have topics."""
    return publish_files(FILES)


def page_of(client, path: str) -> str:
    """Return the text of a page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def crumbs(page: str) -> list[str]:
    """Return the words of the way to the page."""
    return re.findall(r"<(?:a|li aria)[^>]*>([^<]+)<", page.split('class="crumbs"')[1].split("</nav>")[0])


def test_home_shows_the_topmost_topics_and_counts_what_is_below(client):
    page = page_of(client, "/en/")

    assert 'href="/en/sections/payments"' in page and 'href="/en/sections/payments/cards"' not in page
    assert "4 articles" in page.split('href="/en/sections/payments"')[1].split("</li>")[0]


def test_a_topic_shows_its_topics_before_its_articles(client):
    page = page_of(client, "/en/sections/payments")

    assert page.index('href="/en/sections/payments/cards"') < page.index('href="/en/articles/find-an-invoice"')
    assert 'href="/en/sections/payments/cards/old"' not in page and "lost-card" not in page


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("/en/sections/payments/cards/old", ["All topics", "Payments", "Cards", "Old"]),
        ("/en/articles/archive", ["All topics", "Payments", "Cards", "Old"]),
        ("/en/articles/secret", ["All topics", "Payments", "Cards"]),
        ("/en/tags/lost-things", ["All topics", "Lost things"]),
    ],
)
def test_the_breadcrumb_shows_the_whole_way(client, path, way):
    found = crumbs(page_of(client, path))

    assert [word.casefold() for word in found] == [word.casefold() for word in way]


def test_the_panel_says_where_its_article_stands(client):
    assert "Payments / Cards / Old" in page_of(client, "/widget/v1/panel/articles/archive?lang=en")


@pytest.mark.parametrize("path", ["/en/sections/tikai", "/en/sections/payments/nothing", "/en/tags/canary", "/en/tags/nothing"])
def test_a_topic_or_tag_without_articles_for_the_reader_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_address_of_a_topic_that_is_empty_now_goes_where_redirects_say(publish_files):
    client = publish_files(FILES | {"redirects.yaml": "redirects:\n  /en/sections/tikai: gone\n  /en/sections/old: /en/sections/payments/cards\n"})

    assert client.get("/en/sections/tikai").status_code == 410
    assert client.get("/en/sections/old").headers["Location"] == "/en/sections/payments/cards"


def test_the_language_switch_leads_to_the_same_topic_where_it_has_articles(client):
    page = page_of(client, "/lv/sections/payments/cards")
    only = page_of(client, "/lv/sections/tikai")

    assert 'href="/en/sections/payments/cards" lang="en"' in page
    assert 'href="/en/" lang="en"' in only and "/en/sections/tikai" not in only


def test_a_topic_of_nothing_but_stand_ins_is_not_for_search_engines(client):
    assert client.get("/pl/sections/payments/cards").headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/lv/sections/payments/cards").headers
    assert 'hreflang="lv"' not in page_of(client, "/pl/sections/payments/cards").split("<body")[0]


def test_an_article_links_its_tags_and_each_tag_its_articles(client):
    article = page_of(client, "/en/articles/lost-card")
    tag = page_of(client, "/en/tags/lost-things")

    assert '<a href="/en/tags/lost-things" dir="auto">Lost things</a>' in article and 'href="/en/tags/rekini"' in article
    assert 'href="/en/articles/lost-card"' in tag and 'href="/en/articles/archive"' in tag
    assert client.get("/en/tags/lost-things").headers["X-Robots-Tag"] == "noindex"


def test_a_tag_is_shown_as_it_is_written(client):
    assert '<h1 dir="auto">rekini</h1>' in page_of(client, "/lv/tags/rekini")
    assert '<h1 dir="auto">Rēķini</h1>' in page_of(client, "/en/tags/rekini")


def test_a_tag_that_is_markup_is_text(publish_files):
    client = publish_files({"en/payments/x.md": "---\ntags: ['<script>alert(1)</script>']\n---\n# X"})
    address = re.search(r'href="(/en/tags/[^"]+)"', page_of(client, "/en/articles/x")).group(1)

    assert "<script>alert" not in page_of(client, "/en/articles/x") + page_of(client, address)
    assert address.isascii()


def test_an_unlisted_article_links_no_tag_that_has_no_page(client):
    assert "/en/tags/" not in page_of(client, "/en/articles/secret")


@pytest.mark.parametrize(("path", "most"), [("/en/articles/find-an-invoice", 2), ("/en/", 1), ("/en/sections/payments/cards", 2), ("/en/tags/lost-things", 1)])
def test_a_page_that_was_seen_before_takes_few_queries(client, app, path, most):
    client.get(path)
    seen = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    assert client.get(path).status_code == 200

    assert len([statement for statement in seen if statement != "BEGIN"]) <= most


@pytest.mark.parametrize("path", ["/en/sections/payments/cards", "/en/tags/lost-things", "/en/"])
def test_a_list_that_did_not_change_is_not_sent_again(client, publish_files, path):
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304

    publish_files({"en/payments/cards/another.md": "---\ntags: [Lost things]\n---\n# Another card"})
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
