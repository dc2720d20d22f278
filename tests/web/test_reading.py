"""Articles that people read are counted, without any word of who; what is read most, and next, is offered to others."""

import re

import pytest
from sqlalchemy import select, text

from helpcenter.journeys.models import ArticleViews, ReadTogether
from helpcenter.journeys.reading import View, store
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web.popular import PopularArticles
from helpcenter.web.services import EXTENSION, services

ARTICLE = "/en/articles/find-an-invoice"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 40) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
PROGRAMS = (
    "",
    "curl/8.5.0",
    "python-requests/2.32",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
)


@pytest.fixture
def client(published_app):
    """Return a browser that says which one it is."""
    client = published_app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return client


@pytest.fixture
def counted(published_app):
    """Return a function that gives how often each article was read."""

    def views() -> dict[tuple[str, str], int]:
        with published_app.app_context():
            services().recorder.finish()
            return {(row.lang, row.key): row.views for row in db.session.scalars(select(ArticleViews))}

    return views


@pytest.fixture
def read(published_app):
    """Return a function that counts readings as if they had been."""

    def count(key: str, times: int, *, lang: str = "en", before: str | None = None) -> None:
        with published_app.app_context(), writing() as session:
            store(session, [View(utcnow().date(), lang, key, before)] * times)
        published_app.extensions[EXTENSION].popular_articles = PopularArticles()

    return count


def test_a_reading_is_counted_without_a_cookie(client, counted):
    answers = [client.get(ARTICLE), client.get(ARTICLE), client.get("/lv/articles/atrast-rekinu")]

    assert all("Set-Cookie" not in answer.headers for answer in answers)
    assert counted() == {("en", "payments/find-an-invoice"): 2, ("lv", "payments/find-an-invoice"): 1}


def test_an_article_that_stands_in_is_counted_as_what_it_is(client, counted):
    client.get("/pl/articles/find-an-invoice")

    assert counted() == {("en", "payments/find-an-invoice"): 1}


def test_an_article_in_the_panel_is_counted(client, counted):
    client.get("/widget/v1/panel/articles/find-an-invoice?lang=en")

    assert counted() == {("en", "payments/find-an-invoice"): 1}


@pytest.mark.parametrize("program", [FIREFOX, PHONE, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"])
def test_browsers_are_people(client, counted, program):
    client.get(ARTICLE, headers={"User-Agent": program})

    assert counted() == {("en", "payments/find-an-invoice"): 1}


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_are_not(client, counted, program):
    client.get(ARTICLE, headers={"User-Agent": program})

    assert counted() == {}


@pytest.mark.parametrize("headers", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}])
def test_whoever_asks_to_be_left_alone_and_what_is_fetched_ahead_is_not_counted(client, counted, headers):
    client.get(ARTICLE, headers=headers)

    assert counted() == {}


def test_what_is_not_read_now_is_not_counted(client, counted):
    tag = client.get(ARTICLE, headers={"DNT": "1"}).headers["ETag"]
    client.head(ARTICLE)
    client.get(ARTICLE, headers={"If-None-Match": tag})
    client.get(f"{ARTICLE}?voted=yes")
    client.get("/lv/articles/find-an-invoice")
    client.get("/en/articles/nothing")

    assert counted() == {}


def test_a_page_is_shown_when_nothing_can_be_counted(client, published_app, counted):
    with published_app.app_context(), writing() as session:
        session.execute(text("ALTER TABLE article_views RENAME TO gone"))
    answer = client.get(ARTICLE)
    published_app.extensions[EXTENSION].recorder.finish()
    with published_app.app_context(), writing() as session:
        session.execute(text("ALTER TABLE gone RENAME TO article_views"))

    assert answer.status_code == 200 and counted() == {}


@pytest.mark.parametrize(
    ("referrer", "is_counted"),
    [
        ("http://localhost/en/articles/payment-methods", True),
        ("http://localhost/en/articles/payment-methods?q=pay#x", True),
        ("http://localhost/pl/articles/payment-methods", True),
        ("http://evil.example/en/articles/payment-methods", False),
        ("http://localhost/en/", False),
        ("http://localhost/en/articles/find-an-invoice", False),
        ("http://localhost/en/articles/nothing", False),
        ("http://[", False),
        ("x" * 5000, False),
    ],
)
def test_the_step_from_one_article_to_another_is_counted(client, published_app, counted, referrer, is_counted):
    client.get(ARTICLE, headers={"Referer": referrer})

    assert counted()
    with published_app.app_context():
        steps = [(row.key, row.other_key, row.times) for row in db.session.scalars(select(ReadTogether))]
    assert steps == ([("payments/payment-methods", "payments/find-an-invoice", 1)] if is_counted else [])


def popular(client, lang: str = "en") -> list[str]:
    """Return the slugs of the popular articles on the home page."""
    page = client.get(f"/{lang}/").get_data(as_text=True)
    listed = page.split('aria-labelledby="popular"')[1].split("</section>")[0] if 'aria-labelledby="popular"' in page else ""
    return re.findall(rf'href="/{lang}/articles/([\w-]+)"', listed)


def test_the_home_page_offers_what_is_read_most(client, read):
    assert popular(client) == ["find-an-invoice"]
    read("internet/restart-the-router", 9)
    read("payments/payment-methods", 4)
    assert popular(client) == ["restart-the-router", "find-an-invoice"]

    read("payments/payment-methods", 20)
    assert popular(client) == ["payment-methods", "restart-the-router", "find-an-invoice"]


def test_a_language_with_few_readers_offers_what_is_read_in_its_fallback(client, read):
    read("payments/payment-methods", 20)
    read("payments/find-an-invoice", 5, lang="lv")

    assert popular(client, "lv") == ["atrast-rekinu", "payment-methods"]


def test_featured_articles_have_a_place_and_fill_up(publish_files, app):
    client = publish_files({f"en/payments/f{n}.md": f"---\nfeatured: true\norder: {n - 9}\n---\n# F{n}" for n in range(4)})
    with app.app_context(), writing() as session:
        store(session, [View(utcnow().date(), "en", f"payments/{name}", None) for name in ("find-an-invoice", "payment-methods") for _ in range(9)])
    app.extensions[EXTENSION].popular_articles = PopularArticles()
    assert popular(client) == ["find-an-invoice", "payment-methods", "f0", "f1", "f2", "f3"]

    publish_files({f"en/payments/r{n}.md": f"# R{n}" for n in range(6)})
    with app.app_context(), writing() as session:
        store(session, [View(utcnow().date(), "en", f"payments/r{n}", None) for n in range(6) for _ in range(20 - n)])
    app.extensions[EXTENSION].popular_articles = PopularArticles()
    assert popular(client) == ["r0", "r1", "r2", "f0", "f1", "f2"]


def test_the_home_page_has_another_tag_when_other_articles_are_popular(client, read):
    before = client.get("/en/").headers["ETag"]
    read("internet/restart-the-router", 50)

    assert client.get("/en/", headers={"If-None-Match": before}).status_code == 200


def test_what_is_hidden_is_never_popular(publish_files, app, settings):
    client = publish_files({"en/payments/secret.md": "---\nunlisted: true\n---\n# Canary"})
    with app.app_context(), writing() as session:
        store(session, [View(utcnow().date(), "en", "payments/secret", None)] * 50)
    app.extensions[EXTENSION].popular_articles = PopularArticles()

    assert "Canary" not in client.get("/en/").get_data(as_text=True)
