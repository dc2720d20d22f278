"""robots.txt, sitemaps and Atom feeds: well-formed, complete, and nothing in them that is in no list."""

import datetime
import re
from xml.etree import ElementTree as xml

import pytest

from helpcenter.web import sitemaps
from helpcenter.web.services import EXTENSION
from tests.moments import seen_before

BASE = "https://help.example"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
HIDDEN = {
    "en/payments/secret.md": "---\nunlisted: true\n---\n# Canary unlisted",
    "en/payments/draft.md": "---\ndraft: true\n---\n# Canary draft",
    "en/payments/gone.md": "---\nexpire_at: 2020-01-01\n---\n# Canary expired",
    "en/payments/future.md": "---\npublish_at: 2990-01-01\n---\n# Canary future",
}


@pytest.fixture
def settings(settings):
    """Return settings with a public address of their own."""
    return settings.model_copy(update={"base_url": BASE, "hosts": ("localhost",)})


@pytest.fixture
def client(publish_files):
    """Return a browser on a site with articles that are in no list."""
    return publish_files(HIDDEN)


def document(client, path: str) -> xml.Element:
    """Return the XML at *path*."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return xml.fromstring(answer.get_data())


def sitemap(client, lang: str) -> dict[str, xml.Element]:
    """Return the entries of a language's sitemap by address."""
    return {url.findtext(f"{SITEMAP}loc"): url for url in document(client, f"/sitemaps/{lang}.xml")}


def links(url: xml.Element) -> dict[str, str]:
    """Return the languages of an entry of a sitemap."""
    return {link.get("hreflang"): link.get("href") for link in url.findall(f"{XHTML}link")}


def local(address: str) -> str:
    """Return the path of an address of ours."""
    assert address.startswith(f"{BASE}/")
    return address.removeprefix(BASE)


def test_robots_names_the_sitemap_and_closes_nothing_that_people_read(client):
    text = client.get("/robots.txt").get_data(as_text=True)
    closed = [line.removeprefix("Disallow: ") for line in text.splitlines() if line.startswith("Disallow: ")]

    assert f"Sitemap: {BASE}/sitemap.xml" in text.splitlines()
    assert closed and not any(path.startswith(prefix) for prefix in closed for path in ("/en/", "/assets/", "/static/", "/sitemap.xml"))


def test_the_sitemap_of_each_language_is_listed(client):
    index = document(client, "/sitemap.xml")

    assert index.tag == f"{SITEMAP}sitemapindex"
    assert [entry.findtext(f"{SITEMAP}loc") for entry in index] == [f"{BASE}/sitemaps/{lang}.xml" for lang in ("en", "lv", "pl", "sv", "kk")]


def test_a_sitemap_has_home_topics_and_articles_of_its_own_language(client):
    assert set(sitemap(client, "en")) == {
        f"{BASE}/en/{path}"
        for path in ("", "sections/payments", "sections/internet", "articles/find-an-invoice", "articles/payment-methods", "articles/restart-the-router")
    }
    assert set(sitemap(client, "lv")) == {f"{BASE}/lv/{path}" for path in ("", "sections/payments", "articles/atrast-rekinu")}
    assert set(sitemap(client, "pl")) == {f"{BASE}/pl/"}


def test_every_address_of_a_sitemap_answers_and_may_be_indexed(client):
    for lang in ("en", "lv", "pl"):
        for address in sitemap(client, lang):
            answer = client.get(local(address))

            assert answer.status_code == 200
            assert "noindex" not in answer.headers.get("X-Robots-Tag", "")
            assert f'<link rel="canonical" href="{address}">' in answer.get_data(as_text=True)


def test_sitemaps_and_pages_name_the_same_languages(client):
    for lang in ("en", "lv", "pl"):
        for address, url in sitemap(client, lang).items():
            page = client.get(local(address)).get_data(as_text=True).split("<body")[0]

            assert links(url) == dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)), address


def test_an_entry_says_when_its_article_changed_and_in_which_languages_it_is(client):
    url = sitemap(client, "en")[f"{BASE}/en/articles/find-an-invoice"]

    assert url.findtext(f"{SITEMAP}lastmod") == "2026-11-02"
    assert links(url) == {
        "en": f"{BASE}/en/articles/find-an-invoice",
        "lv": f"{BASE}/lv/articles/atrast-rekinu",
        "x-default": f"{BASE}/en/articles/find-an-invoice",
    }


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (4, [4]), (8, [4, 4]), (9, [4, 4, 1])])
def test_many_addresses_are_split_into_parts(count, sizes):
    assert [len(part) for part in sitemaps.parts_of(range(count), most=4)] == sizes


@pytest.mark.parametrize("path", ["/sitemaps/en/2.xml", "/sitemaps/en/0.xml", "/sitemaps/xx.xml"])
def test_a_part_that_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404
    assert document(client, "/sitemaps/en/1.xml").tag == f"{SITEMAP}urlset"


def test_a_part_stays_below_the_limits_of_the_protocol():
    languages = {f"{first}{second}": f"{BASE}/{first}{second}/articles/{'x' * 80}" for first in "abcdefghij" for second in "abcde"}
    place = sitemaps.Place(f"{BASE}/en/articles/{'x' * 80}", datetime.date(2026, 1, 1), languages)
    size = sum(len(piece) for piece in sitemaps.sitemap_of([place] * 10)) / 10

    assert len(languages) == 50
    assert sitemaps.MOST_ADDRESSES <= 50_000 and size * sitemaps.MOST_ADDRESSES < 50 * 1024 * 1024


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemaps/en.xml", "/en/feed.atom", "/en/sections/payments/feed.atom"])
def test_what_did_not_change_is_not_sent_again(client, publish_files, path):
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304

    publish_files({"en/payments/new.md": "# Something new"})
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemaps/en.xml", "/en/feed.atom", "/en/sections/payments/feed.atom"])
def test_what_is_in_no_list_is_in_no_feed(client, path):
    text = client.get(path).get_data(as_text=True)

    assert "Canary" not in text and not re.search("/(secret|draft|gone|future)", text)


def test_what_expires_leaves_feed_and_sitemap_on_time(app, client, publish_files):
    def look(soon: datetime.datetime) -> tuple[str, dict[str, str]]:
        publish_files({"en/payments/offer.md": f"---\nexpire_at: {soon.isoformat()}\n---\n# Offer"})
        tags = {path: client.get(path).headers["ETag"] for path in ("/en/feed.atom", "/sitemaps/en.xml", "/en/sections/payments")}
        return client.get("/en/feed.atom").get_data(as_text=True), tags

    (before, tags), _expired = seen_before(look)

    assert "Offer" in before
    for path, tag in tags.items():
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 200 and "offer" not in answer.get_data(as_text=True).lower(), path


def entries(client, path: str = "/en/feed.atom") -> list[xml.Element]:
    """Return the entries of a feed."""
    return document(client, path).findall(f"{ATOM}entry")


@pytest.mark.parametrize("path", ["/en/feed.atom", "/lv/feed.atom", "/pl/feed.atom", "/en/sections/payments/feed.atom"])
def test_a_feed_has_what_atom_requires(client, path):
    feed = document(client, path)

    assert feed.tag == f"{ATOM}feed" and feed.get(XML_LANG) == path[1:3]
    assert feed.findtext(f"{ATOM}id") == f"{BASE}{path}"
    assert feed.findtext(f"{ATOM}title") and feed.findtext(f"{ATOM}author/{ATOM}name")
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "alternate"}
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert RFC3339.match(element.findtext(f"{ATOM}updated"))
    for entry in feed.findall(f"{ATOM}entry"):
        assert entry.find(f"{ATOM}content").get("type") == "html"
        assert [link.get("href") for link in entry.findall(f"{ATOM}link")][0].startswith(f"{BASE}/{path[1:3]}/articles/")
        assert entry.findtext(f"{ATOM}published") <= entry.findtext(f"{ATOM}updated")


def test_the_newest_article_comes_first(client, publish_files):
    publish_files({"en/payments/a.md": "---\nupdated: 2999-01-01\n---\n# Newest", "en/internet/b.md": "---\nupdated: 1999-01-01\n---\n# Oldest"})
    titles = [entry.findtext(f"{ATOM}title") for entry in entries(client)]

    assert (titles[0], titles[-1]) == ("Newest", "Oldest")


def test_the_feed_of_a_topic_has_its_articles_and_those_below(client, publish_files):
    publish_files({"en/payments/cards/lost.md": "# Lost card"})
    titles = {entry.findtext(f"{ATOM}title") for entry in entries(client, "/en/sections/payments/feed.atom")}

    assert titles == {"Lost card", "Find your invoices", "Ways to pay"}
    assert client.get("/en/sections/nothing/feed.atom").status_code == 404


def test_links_in_a_feed_are_absolute_and_text_stays_text(client, publish_files):
    markdown = "# A\n\nSee [there](../payments/find-an-invoice.md), [below](#on-paper) and `<a href=\"/x\">`.\n\n![](../../_assets/router.svg)\n\n## On paper\n\n<script>alert(1)</script>\n"
    publish_files({"en/internet/a.md": markdown})
    entry = next(one for one in entries(client) if one.findtext(f"{ATOM}title") == "A")
    html = entry.findtext(f"{ATOM}content")

    assert f'href="{BASE}/en/articles/find-an-invoice"' in html and f'href="{BASE}/en/articles/a#on-paper"' in html
    assert f'src="{BASE}/assets/' in html and '&lt;a href="/x"' in html
    assert "<script" not in html and not re.search(r'<[^>]+ (?:href|src)="[/#]', html)


def test_an_entry_keeps_its_name_when_slug_and_file_change(client, publish_files, settings):
    def name_of(title: str) -> str:
        return next(entry.findtext(f"{ATOM}id") for entry in entries(client) if entry.findtext(f"{ATOM}title") == title)

    first = name_of("Ways to pay")
    path = settings.articles / "en/payments/payment-methods.md"
    text = path.read_text()
    publish_files({"en/payments/payment-methods.md": text.replace("---\n", "---\nslug: how-to-pay\n", 1)})
    renamed = name_of("Ways to pay")
    path.rename(settings.articles / "en/internet/elsewhere.md")
    publish_files({})

    assert first == renamed == name_of("Ways to pay") and first.startswith("urn:uuid:")
    names = [entry.findtext(f"{ATOM}id") for entry in entries(client)]
    assert len(set(names)) == len(names)


def test_a_feed_holds_what_xml_can(publish_files):
    client = publish_files({"en/payments/odd.md": "---\ntitle: 'A & B <c> \"d\"'\ntags: ['<x> & y']\n---\nText \ufffe and & more.\n"})

    assert "A & B <c> \"d\"" in {entry.findtext(f"{ATOM}title") for entry in entries(client)}


def test_pages_lead_to_their_feeds(client):
    def feed_on(path: str) -> list[str]:
        return re.findall(r'type="application/atom\+xml" href="([^"]+)"', client.get(path).get_data(as_text=True))

    assert feed_on("/en/") == ["/en/feed.atom"]
    assert feed_on("/en/sections/payments") == feed_on("/en/articles/find-an-invoice") == ["/en/sections/payments/feed.atom"]


def test_the_base_address_is_the_configured_one_whatever_host_asks(app, client):
    assert app.extensions[EXTENSION].base_url == BASE
    assert b"localhost" not in client.get("/sitemaps/en.xml", headers={"Host": "localhost"}).get_data()
