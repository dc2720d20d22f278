"""What a first visit to each public page costs: requests, bytes, and nothing kept on the visitor's side before they act."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Response

from helpcenter.paths import bundled
from helpcenter.web.static import read_files
from tests.browser.everypage import context_of, public_views, show, whole_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

KB = 1024
MOST_REQUESTS = 5
MOST_PAGE = 30 * KB
MOST_OF_A_KIND = 10 * KB
STORED = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return a help center with a page of everything."""
    with whole_site(tmp_path_factory.mktemp("budgets")) as site:
        yield site


# Kazakh takes the most bytes a letter.
@pytest.mark.parametrize("lang", ["en", "kk"])
@pytest.mark.parametrize("path", ["", "sections/payments", "articles/everything", "search?q=nordlys", "chat", "contact"])
def test_a_first_visit_takes_five_requests_and_thirty_kilobytes(chromium, site, lang, path):
    context = context_of(chromium, site)
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda one: sizes.update(weighed(one)))
    page.goto(f"/{lang}/{path}")
    page.wait_for_load_state("networkidle")
    context.close()

    # Chat and contact form have a script of their own.
    assert len(sizes) <= MOST_REQUESTS + (path in ("chat", "contact")), sizes
    assert sum(sizes.values()) <= MOST_PAGE
    for ending in (".css", ".js"):
        assert sum(size for name, size in sizes.items() if name.endswith(ending)) <= MOST_OF_A_KIND


def weighed(response: Response) -> dict[str, int]:
    """Return the path of what was asked for with its compressed bytes; nothing for what an article shows, the logo belongs to the page."""
    path = urlsplit(response.url).path
    is_picture = "/assets/" in path and "logo" not in path
    return {} if response.status != 200 or is_picture else {path: len(gzip.compress(response.body(), 6))}


def test_no_public_page_asks_anybody_else_or_stores_anything(chromium, site):
    found = {}
    for view in public_views("en"):
        context = context_of(chromium, site)
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda one, asked=asked: asked.append(one.url))
        show(page, view)
        page.wait_for_load_state("networkidle")
        others, stored = [url for url in asked if not url.startswith(site.url)], page.evaluate(STORED)
        if others or context.cookies() or any(stored):
            found[view.name] = (others, context.cookies(), stored)
        context.close()

    assert found == {}


def test_a_page_goes_over_the_wire_compressed(chromium, site):
    context = context_of(chromium, site)
    page = context.new_page()
    encodings: dict[str, str] = {}
    page.on("response", lambda one: encodings.update({urlsplit(one.url).path: one.headers.get("content-encoding", "")}))
    for path in ("/en/", "/en/sections/payments", "/en/tags/everything", "/en/articles/everything"):
        page.goto(path)
    context.close()

    plain = [path for path, encoding in encodings.items() if encoding != "gzip" and "/assets/" not in path]
    assert plain == []


@pytest.mark.parametrize(
    ("name", "kilobytes"),
    [("css/site.css", 10), ("css/widget.css", 10), ("js/site.js", 6), ("js/chat.js", 5), ("js/suggest.js", 2)],
)
def test_a_file_keeps_its_budget(name, kilobytes):
    sent = read_files(bundled("static"))[name]

    assert len(sent.compressed) <= kilobytes * KB
