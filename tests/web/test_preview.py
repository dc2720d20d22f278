"""An editor's preview shows what readers do not see, says what is wrong, and exists nowhere else."""

import datetime

import pytest

from helpcenter.cli import preview as command
from helpcenter.cli.content import checked_problems
from helpcenter.content.checks import check_library
from helpcenter.web.preview import why_hidden
from helpcenter.web.services import EXTENSION, services
from tests.conftest import close
from tests.content.folders import write

FILES = {
    "site.yaml": "name: Testia\nlanguages: [en]\n",
    "en/pay/card.md": "---\ntitle: Pay by card\n---\nText with a [link](gone.md).\n",
    "en/pay/draft.md": "---\ntitle: Secret plan\ndraft: true\n---\nText\n",
    "en/pay/soon.md": "---\ntitle: Next year\npublish_at: 2999-01-02\n---\nText\n",
    "en/pay/old.md": "---\ntitle: Last year\nexpire_at: 2020-01-02\nunlisted: true\n---\nText\n",
}
LATER = datetime.datetime(2999, 6, 1, tzinfo=datetime.UTC)
BROKEN = "---\ntitle: [\n---\n"


def check(shown) -> None:
    """Check the folder in this process; the test of the command does it in one of its own."""
    command.check_once(shown, lambda: checked_problems(shown.folder)[1])


@pytest.fixture
def content(tmp_path):
    """Return a content folder with an article of each kind."""
    return write(tmp_path / "content", FILES)


@pytest.fixture
def previewed(content, tmp_path):
    """Return the preview's application and its state, checked once."""
    app, shown = command.preview_app(content, tmp_path / "data", host="127.0.0.1", port=8001)
    check(shown)
    yield app, shown
    close(app)


def test_drafts_future_and_expired_articles_have_a_banner(previewed):
    browser = previewed[0].test_client()
    pages = {name: browser.get(f"/en/articles/{name}") for name in ("card", "draft", "soon", "old")}

    assert {page.status_code for page in pages.values()} == {200}
    assert ">Draft<" in pages["draft"].text
    assert ">Appears on" in pages["soon"].text
    assert ">Expired on" in pages["old"].text
    assert "Unlisted" in pages["old"].text
    for words in (">Draft<", ">Appears on", ">Expired on", "Unlisted"):
        assert words not in pages["card"].text
    assert all("noindex" in page.headers["X-Robots-Tag"] for page in pages.values())
    assert all(page.headers["Cache-Control"] == "no-store" for page in pages.values())


def test_drafts_are_found_and_listed_in_the_preview(previewed):
    browser = previewed[0].test_client()

    assert "/en/articles/draft" in browser.get("/en/sections/pay").text
    assert "/en/articles/draft" in browser.get("/en/search?q=secret+plan").text


def test_a_page_says_what_is_wrong_with_its_file(previewed):
    browser = previewed[0].test_client()
    page, problems = browser.get("/en/articles/card").text, browser.get("/preview/problems").text

    assert "en/pay/card.md:4" in page
    assert "The link to gone.md leads nowhere." in page
    assert "en/pay/card.md:4" not in browser.get("/en/articles/draft").text
    assert "en/pay/card.md:4" in problems
    assert problems.index("Only the preview shows these") < problems.index("Secret plan")
    assert "Pay by card" not in problems.partition("Only the preview shows these")[2]


def test_a_broken_save_is_said_on_the_page_which_keeps_its_last_good_version(previewed, content):
    app, shown = previewed
    write(content, {"en/pay/card.md": BROKEN})
    command.publish_preview(app, shown)
    page = app.test_client().get("/en/articles/card")

    assert page.status_code == 200
    assert "You see its last good version" in page.text
    assert "en/pay/card.md:3" in page.text
    assert "Text with a" in page.text

    write(content, {"en/pay/card.md": "---\ntitle: Pay by card\n---\n" + "<div>" * 200})
    command.publish_preview(app, shown)
    check(shown)
    page = app.test_client().get("/en/articles/card").text
    assert "You see its last good version" in page
    assert "too-heavy" in page

    write(content, {"en/pay/card.md": "---\ntitle: Pay by card\n---\nMended.\n"})
    command.publish_preview(app, shown)
    check(shown)
    page = app.test_client().get("/en/articles/card").text
    assert "last good version" not in page
    assert "Mended." in page


def test_every_save_raises_the_number_and_a_check_only_when_it_finds_something_else(previewed, content):
    app, shown = previewed

    def number() -> int:
        return app.test_client().get("/preview/changes").json["number"]

    first = number()
    check(shown)
    assert number() == first
    write(content, {"en/pay/card.md": "---\ntitle: Pay by card\n---\nNo link.\n"})
    command.publish_preview(app, shown)
    assert number() == first + 1
    check(shown)
    assert number() == first + 2
    assert f'data-number="{first + 2}"' in app.test_client().get("/en/articles/card").text


def test_a_folder_that_goes_away_is_said_on_every_page(previewed, content):
    app, shown = previewed
    content.rename(content.parent / "away")
    command.publish_preview(app, shown)
    page = app.test_client().get("/en/articles/card")

    assert page.status_code == 200
    assert "does not exist" in page.text


def test_nobody_signs_in_and_no_mail_is_sent(previewed):
    app = previewed[0]

    for path in ("/staff/", "/staff/sign-in", "/staff/articles/", "/staff/library"):
        assert app.test_client().get(path).status_code == 404
    with app.app_context():
        assert services().mailer.sent == []
    assert app.extensions[EXTENSION].base_url == "http://127.0.0.1:8001"


def test_another_host_name_is_refused(previewed):
    assert previewed[0].test_client().get("/en/", headers={"Host": "evil.example"}).status_code == 400


def test_a_site_that_is_served_has_nothing_of_a_preview(client):
    page = client.get("/en/articles/restart-the-router").text

    assert "preview" not in page
    assert client.get("/preview/changes").status_code == 404
    assert client.get("/preview/problems").status_code == 404


def test_the_kinds_follow_the_clock(content):
    sources = {each.source.slug: each.source for each in check_library(content).compiled}

    assert why_hidden(sources["soon"], LATER) is None
    assert why_hidden(sources["card"], LATER) is None
    assert why_hidden(sources["draft"], LATER).kind == "draft"
