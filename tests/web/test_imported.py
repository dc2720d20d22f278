"""From an export of another help center to the page a reader gets: old addresses, votes, drafts, boxes and videos."""

import shutil
from pathlib import Path

import pytest

from helpcenter.content.importers.intercom import Intercom
from helpcenter.content.importers.writing import write
from helpcenter.content.importers.zendesk import Zendesk
from helpcenter.publishing import publish
from helpcenter.web.services import services

FIXTURES = Path(__file__).parent.parent / "content/importers/fixtures"


@pytest.fixture
def browser(app, settings):
    """Return a browser on a site whose articles were all imported from Zendesk and Intercom."""
    shutil.rmtree(settings.articles)
    write(Zendesk(FIXTURES / "zendesk"), settings.articles)
    write(Intercom(FIXTURES / "intercom"), settings.articles)
    site = settings.articles / "site.yaml"
    site.write_text(site.read_text().replace("- lv\n", "- lv\n- pl\n", 1))
    with app.app_context():
        published = publish(settings.articles, services().index)
    assert not published.has_errors
    return app.test_client()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/hc/en-us/articles/101-Pay-by-card", "/en/articles/pay-by-card"),
        ("/hc/en-us/articles/101", "/en/articles/pay-by-card"),
        ("/hc/lv/articles/101-Maks%C4%81t-ar-karti", "/lv/articles/pay-by-card"),
        ("/hc/en-us/articles/105-Pay-by-card", "/en/articles/pay-by-card-2"),
        ("/hc/en-us/sections/3601-Paying", "/en/sections/money/paying"),
        ("/help/pl/articles/11-zapros-zespol", "/pl/articles/invite-teammates"),
    ],
)
def test_an_old_address_leads_to_the_article_in_its_language(browser, old, new):
    answer = browser.get(old)

    assert (answer.status_code, answer.headers["Location"]) == (301, new)
    assert browser.get(new).status_code == 200


@pytest.mark.parametrize("slug", ["plans", "coming-soon", "secret-plans"])
def test_what_was_not_for_everybody_is_not_published(browser, slug):
    assert browser.get(f"/en/articles/{slug}").status_code == 404


def test_boxes_videos_and_images_are_shown(browser):
    page = browser.get("/en/articles/pay-by-card").text

    for part in ("markdown-alert-warning", "youtube", 'class="language-python"', 'id="h_01GX2"', "/assets/imported/zendesk/button-"):
        assert part in page
    assert "track()" not in page


def test_an_attachment_can_be_downloaded_and_is_never_shown(browser):
    page = browser.get("/en/articles/find-an-invoice").text
    address = "/assets/imported/zendesk/terms-" + page.partition('href="/assets/imported/zendesk/terms-')[2].partition('"')[0]
    with browser.get(address) as answer:
        assert (answer.status_code, answer.data, answer.mimetype) == (200, b"%PDF-1.4\n", "application/pdf")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_votes_of_the_old_tool_are_the_base_of_our_own(browser):
    answer = browser.post("/api/v1/votes", json={"article": "pay-by-card", "lang": "en", "helpful": True}, headers={"Origin": "http://localhost"})

    assert (answer.json["helpful"], answer.json["not_helpful"]) == (11, 2)


def test_publishing_and_importing_again_count_no_vote_twice(browser, app, settings):
    write(Zendesk(FIXTURES / "zendesk"), settings.articles)
    with app.app_context():
        publish(settings.articles, services().index)
    answer = browser.post("/api/v1/votes", json={"article": "pay-by-card", "lang": "en", "helpful": False}, headers={"Origin": "http://localhost"})

    assert (answer.json["helpful"], answer.json["not_helpful"]) == (10, 3)
