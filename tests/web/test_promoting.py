"""What editors put above the hits, on the page, in the API and on the command line."""

import json

import pytest
from click.testing import CliRunner

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.content.models import Article
from helpcenter.publishing import publish
from helpcenter.search.records import SearchRecord
from helpcenter.storage import db, writing
from helpcenter.web.services import services

PROMOTED = """
hosts: [status.example]
promoted:
  - article: payments/payment-methods
    queries: {en: [bills], lv: [maksāt]}
    note: {en: Pay <b>at once</b>.}
redirects:
  - {to: contact, queries: {en: [write to us]}}
  - {to: chat, queries: {en: [robot]}}
  - {to: home, queries: {en: [start page]}}
  - {to: section/payments, queries: {en: [money matters]}}
  - {to: article/internet/restart-the-router, queries: {en: [reboot]}}
  - {to: "https://status.example/", queries: {en: [server status]}}
"""


@pytest.fixture
def promoting(client, settings):
    """Return a browser on a site with promoted answers, published by another process."""
    client.get("/en/search?q=bills")
    (settings.articles / "promoted.yaml").write_text(PROMOTED)
    app = create_app(settings)
    with app.app_context():
        assert not publish(settings.articles, services().index).has_errors
    storage.close(app)
    return client


def page_of(client, query: str, lang: str = "en") -> str:
    """Return the results page for *query*."""
    answer = client.get(f"/{lang}/search", query_string={"q": query})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_promoted_answer_stands_once_above_the_hits_with_its_note(promoting):
    page = page_of(promoting, "bill")

    assert 'class="answer' in page
    assert "Pay &lt;b&gt;at once&lt;/b&gt;." in page
    assert page.index("/en/articles/payment-methods?q=bill") < page.index('<li class="hit"')
    assert page.count("/en/articles/payment-methods?q=bill") == 1


def test_a_promoted_answer_stands_in_for_a_missing_translation(promoting):
    page = page_of(promoting, "maksāt", lang="lv")

    assert 'lang="en" aria-labelledby="answer-1"' in page


def test_an_article_that_left_the_lists_is_not_promoted(promoting, published_app):
    with published_app.app_context(), writing() as session:
        session.query(Article).filter_by(key="payments/payment-methods").update({"unlisted": True})

    assert 'class="answer' not in page_of(promoting, "bill")


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("write to us", "/en/contact?subject=write+to+us"),
        ("Robots?", "/en/chat?q=Robots?"),
        ("start page", "/en/"),
        ("money matters", "/en/sections/payments"),
        ("reboot", "/en/articles/restart-the-router?q=reboot"),
    ],
)
def test_a_query_leads_straight_to_its_page_with_what_was_typed(promoting, query, address):
    answer = promoting.get("/en/search", query_string={"q": query})

    assert (answer.status_code, answer.headers["Location"]) == (302, address)


def test_another_site_is_only_offered_as_a_link(promoting):
    assert '<a href="https://status.example/" rel="noopener">' in page_of(promoting, "server status")


def test_whoever_filters_is_not_led_away(promoting):
    assert promoting.get("/en/search?q=robot&in=all").status_code == 200


def test_the_api_names_promoted_answers_and_the_page_a_query_leads_to(promoting):
    bills = promoting.get("/api/v1/search?q=bills&lang=en").get_json()
    robot = promoting.get("/api/v1/search?q=robot&lang=en").get_json()

    assert [(one["slug"], one["note"]) for one in bills["promoted"]] == [("payment-methods", "Pay <b>at once</b>.")]
    assert (bills["redirect"], robot["redirect"]) == (None, "/en/chat?q=robot")


def run(settings, *arguments: str):
    """Run the program over the same settings."""
    environ = {
        "HELPCENTER_ARTICLES": str(settings.articles),
        "HELPCENTER_DATA": str(settings.data),
        "HELPCENTER_SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    return CliRunner().invoke(program, list(arguments), env=environ)


def test_the_command_line_shows_them_too(promoting, settings):
    as_json = json.loads(run(settings, "search", "bills", "--json").stdout)
    as_text = run(settings, "search", "robot").stdout

    assert as_json["promoted"][0]["url"] == "/en/articles/payment-methods"
    assert as_text.startswith("This query leads straight to /en/chat?q=robot\n")


def test_explaining_shows_what_each_score_is_made_of(promoting, settings):
    lines = run(settings, "search", "find invoices", "--explain").stdout.splitlines()
    parts = json.loads(run(settings, "search", "find invoices", "--explain", "--json").stdout)["hits"][0]["parts"]

    head = next(line for line in lines if "article" in line and "score" in line).split()
    row = next(line for line in lines if "payments/find-an-invoice  " in line).split()
    assert head[:3] == ["article", "score", "words"]
    assert len(row) == len(head) + 1
    assert float(row[2]) == pytest.approx(sum(parts.values()), abs=0.01)


def test_check_names_what_is_wrong_with_file_and_line(promoting, settings):
    (settings.articles / "promoted.yaml").write_text("promoted:\n  - article: payments/payment-method\n    queries: {en: [pay]}\n")

    checked = run(settings, "check", "--quiet")
    synced = run(settings, "sync")

    said = "promoted.yaml:2: promoted There is no article payments/payment-method. Did you mean payments/payment-methods?"
    assert said in checked.stdout
    assert said in synced.stderr
    assert (checked.exit_code, synced.exit_code) == (1, 1)


def test_the_widget_shows_them_too_and_counts_what_is_opened(promoting, published_app):
    panel = promoting.get("/widget/v1/panel?q=bill&lang=en").text
    promoting.get("/widget/v1/panel/articles/payment-methods?q=bill&n=1&lang=en")

    assert panel.count("/widget/v1/panel/articles/payment-methods") == 1
    assert "Pay &lt;b&gt;at once&lt;/b&gt;." in panel
    with published_app.app_context():
        services().recorder.finish()
        assert [row.clicked for row in db.session.query(SearchRecord).filter_by(query="bill")] == [1]
