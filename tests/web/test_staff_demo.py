"""The demo shows the staff the widget as a customer's page does, under no more than the two directives sites are asked for."""

import html
import re

import pytest

from helpcenter.accounts.staff import add_staff
from helpcenter.storage import writing

PASSWORD = "four quiet otters dancing"


@pytest.fixture
def signed_in(published_app):
    """Return a function that gives a browser in which somebody of a role has signed in."""

    def sign_in(role: str = "agent"):
        with published_app.app_context(), writing() as session:
            add_staff(session, email=f"{role}@example.org", name="Gus", role=role, password=PASSWORD)
        client = published_app.test_client()
        client.post("/staff/sign-in", data={"email": f"{role}@example.org", "password": PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"})
        return client

    return sign_in


def snippets(page: str) -> list[str]:
    """Return what the page of snippets gives to copy, as it is pasted."""
    return [html.unescape(found) for found in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)]


@pytest.mark.parametrize("role", ["agent", "editor", "reviewer", "admin"])
def test_everybody_of_the_staff_sees_both_pages(signed_in, role):
    client = signed_in(role)

    assert 'aria-current="page">Demo' in client.get("/staff/demo").get_data(as_text=True)
    assert client.get("/staff/demo/page").status_code == 200


def test_nobody_else_does(client):
    assert client.get("/staff/demo").status_code == client.get("/staff/demo/page").status_code == 303


def test_the_page_has_exactly_the_two_directives(signed_in):
    answer = signed_in().get("/staff/demo/page")

    assert answer.headers["Content-Security-Policy"] == "script-src http://localhost; frame-src http://localhost"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_page_around_it_keeps_the_policy_of_the_staff(signed_in):
    policy = signed_in().get("/staff/demo").headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy


def test_everything_the_widget_offers_stands_on_the_page(signed_in):
    page = signed_in().get("/staff/demo/page").get_data(as_text=True)

    assert '<script async src="http://localhost/widget/v1/loader.js"></script>' in page
    assert page.count("<script") == 2 and "style=" not in page
    for part in ("data-help ", 'data-help="', "data-helpcenter-search", "/widget/v1/search?lang=en", "<noscript>", 'role="log"'):
        assert part in page, part
    assert "/widget/v1/survey" not in page


def test_the_survey_stands_there_once_it_is_switched_on(signed_in, settings, publish_files):
    publish_files({"site.yaml": (settings.articles / "site.yaml").read_text() + "\nfeedback: {surveys: {block: true}}\n"})
    client = signed_in()

    assert "/widget/v1/survey?lang=en&amp;at=demo" in client.get("/staff/demo/page").get_data(as_text=True)
    assert any("/widget/v1/survey?lang=en&amp;at=checkout" in one for one in snippets(client.get("/staff/demo").get_data(as_text=True)))


def test_snippets_name_the_public_address(signed_in, settings):
    found = snippets(signed_in().get("/staff/demo").get_data(as_text=True))

    assert found[0].startswith(f'<script async src="{settings.base_url}/widget/v1/loader.js"></script>\n<noscript>')
    assert found[-1] == f"Content-Security-Policy: script-src {settings.base_url}; frame-src {settings.base_url}"
    assert any("window.HelpCenter ||=" in one for one in found)


@pytest.mark.parametrize("lang", ["lv", "pl", "sv", "kk"])
def test_both_pages_speak_the_language_of_the_reader(signed_in, lang):
    client = signed_in()
    for path in ("/staff/demo", "/staff/demo/page"):
        page = client.get(path, headers={"Accept-Language": lang}).get_data(as_text=True)

        assert f'<html lang="{lang}"' in page
        assert "A page with the widget" not in page
