"""Addresses that were published once: the article, a redirect to it, or what is nearest; and those of redirects.yaml."""

import pytest
from sqlalchemy import delete

from helpcenter.content.models import Redirect
from helpcenter.publishing import publish
from helpcenter.storage import writing
from helpcenter.web.services import services

INVOICE = "en/payments/find-an-invoice.md"
LATVIAN = "lv/payments/find-an-invoice.md"


@pytest.fixture
def articles(published_app, settings):
    """Return the content folder of a published library."""
    return settings.articles


@pytest.fixture
def save(published_app, articles):
    """Return a function that writes files (None deletes one) and publishes them."""


    def write(files: dict[str, str | None]) -> None:
        for name, text in files.items():
            path = articles / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_text(text, encoding="utf-8")
        with published_app.app_context():
            publish(articles, services().index)

    return write


def leads_to(client, path: str, **headers) -> tuple[int, str | None]:
    """Return the status and where the answer leads."""
    answer = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return answer.status_code, answer.headers.get("Location")


class TestGivenUpLanguage:
    @pytest.fixture
    def give_up(self, articles, save):
        """Return a function that takes Latvian out of site.yaml, with files that change at the same time."""
        site = (articles / "site.yaml").read_text(encoding="utf-8")

        def leave(**files: str | None) -> None:
            without = site.replace("[en, lv,", "[en,").replace("{lv: [en], ", "{")
            save({"site.yaml": without, **files})

        return leave

    def test_its_addresses_lead_to_what_its_readers_get_instead(self, client, give_up):
        give_up()
        answer = client.get("/lv/articles/atrast-rekinu")

        assert (answer.status_code, answer.headers["Location"]) == (301, "/en/articles/find-an-invoice")
        assert answer.headers["Cache-Control"] == "public, no-cache"

    def test_an_article_that_nobody_has_any_more_is_gone(self, client, give_up):
        give_up(**{INVOICE: None})

        assert client.get("/lv/articles/atrast-rekinu").status_code == 410

    def test_what_never_was_there_is_not_found(self, client, give_up):
        give_up()

        assert client.get("/lv/articles/find-an-invoice").status_code == 404
        assert client.get("/de/articles/atrast-rekinu").status_code == 404


class TestWithdrawn:
    def test_a_deleted_article_is_gone_and_the_nearest_are_named(self, client, save):
        save({"en/payments/pay-invoices-late.md": "---\ntitle: Pay your invoices late\n---\nAsk us.\n"})
        save({"en/payments/pay-invoices-late.md": None})
        answer = client.get("/en/articles/pay-invoices-late")
        page = answer.get_data(as_text=True)

        assert answer.status_code == 410
        assert 'href="/en/articles/find-an-invoice"' in page
        assert 'name="q"' in page
        assert "Pay your invoices late" not in page
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"

    def test_the_page_speaks_the_language_of_the_address(self, client, save):
        save({INVOICE: None, LATVIAN: None})
        page = client.get("/lv/articles/find-an-invoice").get_data(as_text=True)

        assert '<html lang="lv"' in page

    def test_an_older_slug_of_a_deleted_article_is_gone_too(self, client, save, articles):
        save({LATVIAN: None, INVOICE: (articles / INVOICE).read_text().replace("---\n", "---\nslug: bills\n", 1)})
        save({INVOICE: None})

        assert client.get("/en/articles/find-an-invoice").status_code == 410
        assert client.get("/en/articles/bills").status_code == 410

    def test_another_language_of_the_chain_stands_in(self, client, save):
        save({LATVIAN: None})
        answer = client.get("/lv/articles/find-an-invoice", follow_redirects=True)

        assert answer.status_code == 200
        assert "Find your invoices" in answer.get_data(as_text=True)

    @pytest.mark.parametrize("line", ["draft: true", "expire_at: 2020-01-01", "publish_at: 2999-01-01"])
    def test_a_line_of_front_matter_withdraws_it(self, client, save, articles, line):
        save({LATVIAN: None, INVOICE: (articles / INVOICE).read_text().replace("---\n", f"---\n{line}\n", 1)})

        assert client.get("/en/articles/find-an-invoice").status_code == 410

    def test_an_unlisted_article_did_not_leave(self, client, save, articles):
        save({INVOICE: (articles / INVOICE).read_text().replace("---\n", "---\nunlisted: true\n", 1)})

        assert client.get("/en/articles/find-an-invoice").status_code == 200

    def test_a_file_that_is_put_back_brings_its_page_back(self, client, save, articles):
        text = (articles / INVOICE).read_text()
        save({LATVIAN: None, INVOICE: None})
        save({INVOICE: text})

        assert client.get("/en/articles/find-an-invoice").status_code == 200

    def test_every_door_says_that_it_is_gone(self, client, save):
        save({LATVIAN: None, INVOICE: None})
        vote = {"article": "find-an-invoice", "lang": "en", "helpful": True}

        assert client.get("/widget/v1/panel/articles/find-an-invoice?lang=en").status_code == 410
        assert client.post("/en/articles/find-an-invoice/vote", data={"helpful": "yes"}).status_code == 410
        assert client.post("/api/v1/votes", json=vote).status_code == 410
        assert client.post("/api/v1/chat", json={"lang": "en", "page": "/en/articles/find-an-invoice"}).status_code == 201

    def test_the_page_needs_no_index(self, client, save, settings):
        save({LATVIAN: None, INVOICE: None})
        for path in (settings.data / "index").rglob("*"):
            if path.is_file():
                path.write_bytes(b"damaged")

        assert client.get("/en/articles/find-an-invoice").status_code == 410

    def test_an_address_that_never_was_is_not_found(self, client):
        assert client.get("/en/articles/never-was").status_code == 404


class TestOldNames:
    def test_a_name_in_another_language_never_beats_what_an_address_was(self, client, save, articles):
        # lv has an article of its own with the slug that the English one had once.
        save({"lv/internet/other.md": "---\ntitle: Cits\nslug: find-an-invoice\n---\nCits teksts.\n", LATVIAN: None})
        save({INVOICE: (articles / INVOICE).read_text().replace("---\n", "---\nslug: bills\n", 1)})

        assert leads_to(client, "/en/articles/find-an-invoice") == (301, "/en/articles/bills")
        assert client.get("/lv/articles/find-an-invoice").status_code == 200

    def test_a_substitute_whose_name_means_another_article_here_is_shown_in_its_own_language(self, client, save, articles):
        save({"lv/internet/other.md": "---\ntitle: Cits\nslug: bills\n---\nCits teksts.\n"})
        save({INVOICE: (articles / INVOICE).read_text().replace("---\n", "---\nslug: bills\n", 1), LATVIAN: None})

        assert leads_to(client, "/lv/articles/find-an-invoice") == (301, "/en/articles/bills")


class TestRedirectsFile:
    @pytest.fixture(autouse=True)
    def redirects(self, save):
        save({"redirects.yaml": """\
redirects:
  /hc/en-us/articles/1150-find: payments/find-an-invoice
  /hc/lv/articles/1150: payments/find-an-invoice
  /index.php?action=faq&id=3: payments/payment-methods
  /help/faq: payments/find-an-invoice
  /blog/*: https://blog.example/
  /away: gone
  /en/articles/fax: /en/sections/payments
  /nobody: payments/never-was
  /en/kb/*: /en/kb/new
"""})  # fmt: skip

    @pytest.mark.parametrize(
        ("path", "target"),
        [
            ("/hc/en-us/articles/1150-find", "/en/articles/find-an-invoice"),
            ("/hc/en-us/articles/1150-find/", "/en/articles/find-an-invoice"),
            ("/hc/lv/articles/1150?utm_source=x", "/lv/articles/atrast-rekinu"),
            ("/index.php?id=3&action=faq", "/en/articles/payment-methods"),
            ("/blog/2019/hello", "https://blog.example/"),
            ("/en/articles/fax", "/en/sections/payments"),
        ],
    )
    def test_an_old_address_leads_on(self, client, path, target):
        assert leads_to(client, path) == (301, target)

    def test_the_visitors_language_decides_where_the_address_names_none(self, client):
        answer = client.get("/help/faq", headers={"Accept-Language": "lv"})

        assert answer.headers["Location"] == "/lv/articles/atrast-rekinu"
        assert "Accept-Language" in answer.headers["Vary"]
        assert "public" not in answer.headers["Cache-Control"]

    def test_visitors_of_another_language_get_what_fallbacks_says_for_it(self, client, save, articles):
        site = (articles / "site.yaml").read_text(encoding="utf-8")
        save({"site.yaml": site.replace("{lv: [en],", "{et: [lv], lv: [en],")})

        assert leads_to(client, "/help/faq", Accept_Language="et") == (301, "/lv/articles/atrast-rekinu")

    @pytest.mark.parametrize("path", ["/away", "/nobody"])
    def test_what_is_gone_says_so(self, client, path):
        assert client.get(path).status_code == 410

    @pytest.mark.parametrize("path", ["/index.php?action=faq&id=4", "/hc", "/help/faq/1", "/\\help/faq", "/api/help/faq", "/%00"])
    def test_other_addresses_are_not_found(self, client, path):
        assert client.get(path, follow_redirects=True).status_code == 404

    def test_nobody_is_sent_to_the_page_that_was_asked_for(self, client):
        assert leads_to(client, "/en/kb/old") == (301, "/en/kb/new")
        assert client.get("/en/kb/new").status_code == 404

    def test_nothing_of_the_address_asked_for_reaches_the_target(self, client):
        location = leads_to(client, "/blog/..%2f%2fevil.example?next=//evil.example")[1]

        assert location == "https://blog.example/"

    def test_only_reading_is_redirected(self, client):
        assert client.post("/help/faq").status_code == 404

    def test_it_wins_over_an_article_that_was_withdrawn(self, client, save, articles):
        text = (articles / "redirects.yaml").read_text() + "  /en/articles/find-an-invoice: payments/payment-methods\n"
        save({INVOICE: None, LATVIAN: None, "redirects.yaml": text})

        assert leads_to(client, "/en/articles/find-an-invoice") == (301, "/en/articles/payment-methods")


def test_a_library_of_an_earlier_version_without_tombstones_still_answers(client, published_app, save):
    save({LATVIAN: None, INVOICE: None})
    with published_app.app_context(), writing() as session:
        session.execute(delete(Redirect))

    assert client.get("/en/articles/find-an-invoice").status_code == 404


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/LV/", "/lv/"),
        ("/EN/articles/find-an-invoice", "/en/articles/find-an-invoice"),
        ("/en/articles/find-an-invoice/", "/en/articles/find-an-invoice"),
        ("/En/search/?q=a%26b", "/en/search?q=a%26b"),
        ("/EN//evil.example", "/en/evil.example"),
        ("/en/%0d%0aX:1/", "/en/%0D%0AX%3A1"),
    ],
)
def test_an_address_written_otherwise_leads_to_ours(client, path, address):
    assert leads_to(client, path) == (301, address)


@pytest.mark.parametrize("path", ["/xx/articles/find-an-invoice/", "/en/nothing", "/EN", "/STAFF/nothing"])
def test_what_is_no_page_in_any_writing_is_not_found(client, path):
    assert client.get(path, follow_redirects=True).status_code == (200 if path == "/EN" else 404)
