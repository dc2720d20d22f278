"""The widget over HTTP: who may frame the panel, what the loader weighs, what the panel answers."""

import gzip
import re

import pytest
from flask import Flask

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.content.site import Site
from helpcenter.publishing import publish
from helpcenter.web.widget import HostPage, host_page

SHOP = "https://shop.example"


@pytest.fixture
def shop_app(settings, mailer) -> Flask:
    """Return an application whose widget one shop may show."""
    site = settings.articles / "site.yaml"
    site.write_text(f"{site.read_text()}widget_origins: [{SHOP}]\n")
    app = create_app(settings, mailer=mailer)
    storage.migrate(app)
    with app.app_context():
        publish(settings.articles, app.extensions["helpcenter"].engine)
    yield app
    storage.close(app)


def ancestors(answer) -> str:
    """Return who may frame *answer*."""
    return re.search(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"]).group(1)


def test_without_a_list_only_the_site_itself_may_frame_the_panel(client):
    assert ancestors(client.get("/widget/v1/panel")) == "'self'"


def test_a_listed_site_may_frame_the_panel_and_talk_to_it(shop_app):
    answer = shop_app.test_client().get(f"/widget/v1/panel?o={SHOP}")

    assert ancestors(answer) == f"'self' {SHOP}"
    assert f'data-host="{SHOP}"' in answer.get_data(as_text=True)


def test_a_listed_site_may_frame_no_other_page(shop_app):
    client = shop_app.test_client()

    assert SHOP not in ancestors(client.get("/en/")) + ancestors(client.get("/en/contact")) + ancestors(client.get("/staff/"))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", f"{SHOP}.evil.example", '"><script>', "https://shop.example/path"])
def test_the_panel_talks_to_nobody_else(shop_app, origin):
    page = shop_app.test_client().get("/widget/v1/panel", query_string={"o": origin}).get_data(as_text=True)

    assert 'data-host=""' in page and "<script>" not in page


@pytest.mark.parametrize("origin", ["shop.example", "https://shop.example/", "https://*.example", "https://a.example; script-src *", "ftp://a.example"])
def test_an_origin_that_would_change_the_header_is_refused(origin):
    with pytest.raises(ValueError, match="is no address such as"):
        Site(widget_origins=[origin])


def test_the_loader_is_small_and_speaks_the_sites_languages(client):
    answer = client.get("/widget/v1/loader.js")

    assert answer.mimetype == "text/javascript"
    assert len(gzip.compress(answer.get_data(), 9)) <= 3 * 1024
    assert '"lv":"' in answer.get_data(as_text=True)
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_loader_is_not_sent_again(client):
    tag = client.get("/widget/v1/loader.js").headers["ETag"]

    assert client.get("/widget/v1/loader.js", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("wanted", "lang"), [("lv", "lv"), ("LV-lv", "lv"), ("de", "en"), ("", "en"), ("x" * 500, "en")])
def test_the_panel_speaks_the_language_of_the_host_page(client, wanted, lang):
    page = client.get("/widget/v1/panel", query_string={"lang": wanted}).get_data(as_text=True)

    assert f'<html lang="{lang}"' in page


def test_the_panel_searches(client):
    page = client.get("/widget/v1/panel?lang=en&q=invoices").get_data(as_text=True)

    assert 'href="/widget/v1/panel/articles/find-an-invoice?trail=' in page and "&amp;q=invoices&amp;n=1&amp;lang=en" in page


def test_an_article_is_read_in_the_panel(client):
    page = client.get("/widget/v1/panel/articles/find-an-invoice?lang=en").get_data(as_text=True)

    assert "<h1>Find your invoices</h1>" in page and "My pages" in page
    assert 'href="/en/articles/find-an-invoice?trail=' in page


def test_an_unknown_article_is_not_found(client):
    assert client.get("/widget/v1/panel/articles/nothing?lang=en").status_code == 404


def test_the_panels_chat_sets_no_cookie_and_holds_no_token(client):
    answer = client.get("/widget/v1/panel/chat?lang=en")

    assert "Set-Cookie" not in answer.headers
    assert "data-token" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["panel", "panel/articles/find-an-invoice", "panel/chat"])
def test_the_panel_shows_nothing_of_the_staff(client, path):
    assert "/staff" not in client.get(f"/widget/v1/{path}").get_data(as_text=True)


def test_icons_stand_in_the_page_so_that_nothing_more_is_asked_for(client):
    page = client.get("/widget/v1/panel?lang=en").get_data(as_text=True)

    assert 'href="#icon-search"' in page and '<symbol id="icon-search"' in page and "icons.svg" not in page
    assert "icons.svg#search" in client.get("/en/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ('["/checkout/card", "Pay – Shop"]', HostPage("/checkout/card", "Pay – Shop")),
        ('["/x", "a\\u0000b"]', HostPage("/x", "ab")),
        ('["https://shop.example/x", "Pay"]', HostPage()),
        ('["/x"]', HostPage()),
        ('{"a": 1}', HostPage()),
        ("[1, 2]", HostPage()),
        ("[" * 600, HostPage()),
        ("", HostPage()),
    ],
)
def test_what_the_host_says_of_its_page_is_only_a_path_and_a_title(published_app, at, shown):
    with published_app.test_request_context("/widget/v1/panel", query_string={"at": at}):
        assert host_page() == shown


def test_articles_that_fit_the_hosts_page_come_first(publish_files, settings):
    site = (settings.articles / "site.yaml").read_text()
    client = publish_files({"site.yaml": f"{site}widget:\n  pages:\n    /pay*: [payments/find-an-invoice]\n"})

    fitting = client.get("/widget/v1/panel", query_string={"lang": "en", "at": '["/pay/card", "x"]'}).get_data(as_text=True)
    by_title = client.get("/widget/v1/panel", query_string={"lang": "en", "at": '["/", "Find your invoices | Shop"]'}).get_data(as_text=True)
    neither = client.get("/widget/v1/panel", query_string={"lang": "en", "at": '["/", "qwertyuiop"]'}).get_data(as_text=True)

    assert "For this page" in fitting and "For this page" in by_title
    assert "Popular articles" in neither


def test_a_request_is_sent_from_the_panel_and_its_reference_shown(published_app, client):
    form = client.get("/widget/v1/panel/contact?lang=en").get_data(as_text=True)
    name = re.search(r'name="form" value="([^"]+)"', form)[1]
    typed = {"form": name, "kind": "question", "subject": "Box", "body": "Where is it?", "email": "ann@example.org"}

    wrong = client.post("/widget/v1/panel/contact?lang=en", data={**typed, "email": "nobody"})
    first = client.post("/widget/v1/panel/contact?lang=en", data=typed)
    again = client.post("/widget/v1/panel/contact?lang=en", data=typed)
    sent = client.get(first.location).get_data(as_text=True)

    assert wrong.status_code == 422 and 'aria-invalid="true"' in wrong.get_data(as_text=True)
    assert first.status_code == 303 and first.location == again.location
    assert "ann@example.org" in sent and 'class="reference"' in sent


def test_another_site_cannot_send_the_form(client):
    assert client.post("/widget/v1/panel/contact?lang=en", data={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_loader_names_who_may_show_it_and_ends_no_script(shop_app):
    source = shop_app.test_client().get("/widget/v1/loader.js").get_data(as_text=True)

    assert SHOP in source and "<" not in source.split("const SITE=")[1].split(";")[0]


def test_the_search_box_leads_to_the_results(client):
    page = client.get("/widget/v1/search?lang=lv").get_data(as_text=True)

    assert '<form action="/lv/search" method="get"' in page and "<script" not in page


@pytest.mark.parametrize(("scheme", "framed", "place"), [("https", True, "Partitioned"), ("https", False, "SameSite=Lax"), ("http", True, "SameSite=Lax")])
def test_the_cookie_of_a_vote_inside_another_site_belongs_to_that_site(client, scheme, framed, place):
    answer = client.post("/en/articles/find-an-invoice/vote", data={"helpful": "yes"}, base_url=f"{scheme}://localhost", headers={"X-Framed": "1"} if framed else {})

    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("hc_visitor=")]
    assert place in cookie
