"""The style page shows what the stylesheet has, in both schemes and with the theme of the site."""

import re

import pytest

from helpcenter.accounts.staff import add_staff
from helpcenter.storage import writing
from helpcenter.web.staff_style import scheme_rules

PASSWORD = "four quiet otters dancing"


@pytest.fixture
def agent(published_app):
    """Return a browser in which an agent has signed in."""
    with published_app.app_context(), writing() as session:
        add_staff(session, email="gus@example.org", name="Gus", role="agent", password=PASSWORD)
    client = published_app.test_client()
    client.post("/staff/sign-in", data={"email": "gus@example.org", "password": PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"})
    return client


def test_every_component_stands_there_twice(agent):
    page = agent.get("/staff/style").get_data(as_text=True)

    for name in ("button quiet", "input", "choice", "errors", "notice", "markdown-alert-caution", "card night", "links", "channel", "tags", "vote", "bubble", "cardlet", "facts"):
        assert len(re.findall(rf'class="(?:[\w -]* )?{name}[" ]', page)) >= 2, name
    assert 'aria-current="page">Style' in page
    assert "scheme-light" in page and "scheme-dark" in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len({*ids})


def test_both_schemes_have_the_tokens_of_the_stylesheet(agent):
    css = agent.get("/staff/style/schemes.css").get_data(as_text=True)

    light, dark = (re.search(rf"\.scheme-{name} {{([^}}]*)}}", css)[1] for name in ("light", "dark"))
    assert "--surface: #fff;" in light and "--surface: #14181d;" not in light
    # What dark does not say again stays as it is.
    assert "--surface: #14181d;" in dark and "--radius: 12px;" in dark


def test_a_theme_follows_in_its_scheme():
    css = ":root { --accent: #111; } @media (prefers-color-scheme: dark) { :root { --accent: #eee; } }"

    light, dark = scheme_rules(css)

    assert "#111" in light and "#eee" not in light
    assert dark.index("#111") < dark.index("#eee")


def test_who_has_not_signed_in_sees_neither(client):
    assert client.get("/staff/style").status_code == 303
    assert client.get("/staff/style/schemes.css").status_code == 303
