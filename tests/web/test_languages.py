"""Languages as readers meet them: which one they get, what stands in for it, and what an old translation says of itself."""

import re

import pytest

from helpcenter.publishing import publish
from helpcenter.web.services import services

SOURCE = "en/payments/payment-methods.md"
PATH = "/lv/articles/payment-methods"
NOTICE = "Šī raksta oriģināls kopš tulkošanas ir mainīts"


def write_and_publish(app, files: dict[str, str]) -> None:
    """Write *files* into the content folder of *app*, and publish."""
    with app.app_context():
        folder = services().content_folder
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        publish(folder, services().index)


def text_of(client, path: str) -> str:
    """Return the text of a page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def source(words: str, significance: str) -> str:
    """Return the source with another text."""
    return f"---\ntitle: Ways to pay\nslug: ways-to-pay\nsignificance: {significance}\n---\n{words}\n"


@pytest.fixture
def translated_app(published_app):
    """Return an application whose article is translated, with a source that has a slug of its own."""
    translation = "---\ntitle: Kā maksāt\n---\nAr karti.\n"
    write_and_publish(published_app, {SOURCE: source("By card.", "medium"), "lv/payments/payment-methods.md": translation})
    return published_app


def change_source(app, significance: str) -> None:
    """Let the source change by *significance*."""
    write_and_publish(app, {SOURCE: source(f"By card or phone, {significance}.", significance)})


class TestOldTranslations:
    """After a major change of the source, readers of its translations are told, and only then."""

    def test_a_major_change_is_told_with_a_link_to_the_original(self, translated_app, client):
        change_source(translated_app, "major")
        page = text_of(client, PATH)

        assert f'<p class="notice gap" lang="lv">{NOTICE}' in page
        assert '<a href="/en/articles/ways-to-pay" lang="en" hreflang="en">Ways to pay</a>' in page

    @pytest.mark.parametrize("significance", ["typo", "medium"])
    def test_smaller_changes_are_not_told(self, translated_app, client, significance):
        change_source(translated_app, significance)

        assert NOTICE not in text_of(client, PATH)
        assert "notice" not in text_of(client, PATH)

    def test_the_source_itself_says_nothing(self, translated_app, client):
        change_source(translated_app, "major")

        assert "notice" not in text_of(client, "/en/articles/ways-to-pay")

    def test_the_page_is_sent_again_when_it_becomes_old_and_when_it_is_mended(self, translated_app, client):
        tag = client.get(PATH).headers["ETag"]
        change_source(translated_app, "major")
        answer = client.get(PATH, headers={"If-None-Match": tag})

        assert answer.status_code == 200 and answer.headers["ETag"] != tag

        write_and_publish(translated_app, {"lv/payments/payment-methods.md": "---\ntitle: Kā maksāt\n---\nAr karti vai telefonu.\n"})

        assert NOTICE not in text_of(client, PATH)

    def test_the_panel_of_the_widget_tells_it_too(self, translated_app, client):
        change_source(translated_app, "major")
        page = text_of(client, "/widget/v1/panel/articles/payment-methods?lang=lv")

        assert NOTICE in page
        # With the trail of the visit at its end.
        assert 'href="/en/articles/ways-to-pay?trail=' in page
        assert 'lang="en" hreflang="en" target="_blank"' in page

    def test_an_old_translation_that_stands_in_for_another_tells_both(self, translated_app, client):
        with translated_app.app_context():
            site = (services().content_folder / "site.yaml").read_text()
        write_and_publish(translated_app, {"site.yaml": site.replace("kk: [en]", "kk: [lv, en]")})
        change_source(translated_app, "major")
        page = text_of(client, "/kk/articles/payment-methods")

        assert '<html lang="kk"' in page and '<article lang="lv">' in page
        assert page.count('<p class="notice gap" lang="kk">') == 2
        assert 'lang="en" hreflang="en">Ways to pay</a>' in page

    def test_an_original_that_is_gone_is_not_linked(self, translated_app, client):
        change_source(translated_app, "major")
        write_and_publish(translated_app, {SOURCE: "---\ntitle: Ways to pay\ndraft: true\n---\nBy card.\n"})

        assert NOTICE not in text_of(client, PATH)


class TestWhichLanguage:
    """The browser's languages decide where no address does, and only there."""

    @pytest.mark.parametrize(
        ("wanted", "lang"),
        [
            ("PL-pl", "pl"),
            ("en;q=0.3, sv;q=0.9, lv;q=0.5", "sv"),
            ("lv;q=0, de", "en"),  # q=0 says: anything but this
            ("nb-NO, pl;q=0.5", "sv"),  # site.yaml sends readers of Norwegian to Swedish
            ("be, pl;q=0.5", "pl"),
            ("*, pl", "pl"),
            ("xx-invalid-language-tag-with-many-parts, ;q=, lv", "lv"),
            ("de, fr", "en"),
        ],
    )
    def test_the_best_of_what_the_browser_asks_for(self, published_app, client, wanted, lang):
        with published_app.app_context():
            site = (services().content_folder / "site.yaml").read_text()
        write_and_publish(published_app, {"site.yaml": site.replace("{lv: [en],", "{nb: [sv], lv: [en],")})
        answer = client.get("/", headers={"Accept-Language": wanted})

        assert answer.headers["Location"] == f"/{lang}/"

    @pytest.mark.parametrize("wanted", ["pt-br", "pt_BR", "PT-BR", "pt", "pt-PT"])
    def test_a_region_is_found_in_any_spelling_and_by_its_relatives(self, published_app, client, wanted):
        with published_app.app_context():
            site = (services().content_folder / "site.yaml").read_text()
        files = {"site.yaml": site.replace("sv, kk]", "sv, kk, pt-BR]"), "pt-BR/payments/payment-methods.md": "# Como pagar\n"}
        write_and_publish(published_app, files)

        assert client.get("/", headers={"Accept-Language": wanted}).headers["Location"] == "/pt-br/"
        assert "Como pagar" in text_of(client, "/pt-br/articles/payment-methods")

    @pytest.mark.parametrize("path", ["/", "/widget/v1/panel", "/nowhere", "/staff/sign-in", "/widget/v1/panel?lang=de"])
    def test_what_the_header_decided_says_so_and_is_not_shared(self, client, path):
        answer = client.get(path, headers={"Accept-Language": "lv"})

        assert "Accept-Language" in answer.headers["Vary"]
        assert "private" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize(
        "path", ["/en/", "/lv/articles/find-an-invoice", "/pl/articles/find-an-invoice", "/en/search?q=pay", "/widget/v1/panel?lang=lv"]
    )
    def test_what_the_address_decided_does_not_vary(self, client, path):
        answer = client.get(path, headers={"Accept-Language": "sv"})

        assert "Accept-Language" not in answer.headers.get("Vary", "")


class TestWhatStandsIn:
    """A missing translation: the next language of the chain, and everything says so."""

    def test_people_and_programs_are_told_the_language(self, client):
        page = text_of(client, "/pl/articles/payment-methods")

        assert '<html lang="pl"' in page and '<article lang="en">' in page
        assert '<p class="notice gap" lang="pl">' in page
        assert re.search(r'rel="canonical" href="http[^"]+/en/articles/payment-methods"', page)
        assert 'rel="alternate" hreflang' not in page

    def test_drafts_stand_in_for_nobody(self, published_app, client):
        write_and_publish(published_app, {"en/payments/secret.md": "---\ntitle: Secret\ndraft: true\n---\nSoon.\n"})

        assert [client.get(f"/{lang}/articles/secret").status_code for lang in ("en", "lv")] == [404, 404]

    def test_only_real_translations_are_named_to_search_engines(self, translated_app, client):
        pages = {lang: text_of(client, f"/{lang}/articles/{slug}") for lang, slug in (("en", "ways-to-pay"), ("lv", "payment-methods"))}
        found = {lang: re.findall(r'rel="alternate" hreflang="([^"]+)" href="[^"]*(/[^"/]+/articles/[^"]+)"', page) for lang, page in pages.items()}

        assert found["en"] == found["lv"]
        assert dict(found["en"]) == {
            "en": "/en/articles/ways-to-pay",
            "lv": "/lv/articles/payment-methods",
            "x-default": "/en/articles/ways-to-pay",
        }
