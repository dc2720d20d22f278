"""The results page in a real browser: filters without scripts, and queries that helped others."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SUGGESTED = {
    "query": "invo",
    "lang": "en",
    "suggestions": [{"title": "download invoice", "slug": "", "section": "", "kind": "query", "url": "/en/search?q=download+invoice"}],
}


def test_a_query_that_helped_others_takes_the_place_of_the_one_begun(new_page):
    page = new_page()
    # What is popular is decided over days; the page is only told.
    page.route("**/api/v1/suggest?*", lambda route: route.fulfill(json=SUGGESTED))
    page.goto("/en/")
    page.fill("#hero-q", "invo")
    expect(page.locator(".options li").first).to_contain_text("Often searched")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#main-q")).to_have_value("download invoice")
    assert "q=download+invoice&s=1" in page.url


def test_a_chosen_title_tells_its_place_and_what_was_typed(new_page):
    page = new_page()
    page.goto("/en/")
    page.fill("#hero-q", "invo")
    page.locator(".options li").first.click()

    page.wait_for_url("**/articles/*")
    assert "q=invo&s=1" in page.url


def test_all_results_of_what_was_typed_are_no_chosen_suggestion(new_page):
    page = new_page()
    page.goto("/en/")
    page.fill("#hero-q", "invo")
    page.locator(".options li.all").click()

    expect(page.locator("#main-q")).to_have_value("invo")
    assert "s=" not in page.url.partition("?")[2]


@pytest.mark.parametrize("lang", ["en", "lv", "pl", "sv", "kk"])
def test_filters_work_without_scripts_at_320_pixels(new_page, lang):
    page = new_page(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page.goto(f"/{lang}/search?q=router")
    page.locator(".filters summary").click()
    page.select_option("#section", "internet")
    page.select_option("#in", "all")
    page.locator(".filters button").click()

    assert "section=internet" in page.url and "in=all" in page.url
    expect(page.locator("#section")).to_have_value("internet")
    expect(page.locator("#others")).to_be_visible()
    assert page.locator(".hit").count() > 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_promoted_answer_is_the_first_link_after_the_box(new_page):
    page = new_page()
    page.goto("/en/search?q=cannot+pay")

    expect(page.locator("main :is(h1, h2)").nth(1)).to_have_text("If you cannot pay on time")
    page.locator(".answer a").click()
    # A script takes the way that led here out of the address.
    expect(page).to_have_url(re.compile(r"/en/articles/late-payment\?q=cannot\+pay&n=1$"))
