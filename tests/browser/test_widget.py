"""The widget on a shop of another origin, whose policy allows nothing but the help center's script and frame."""

import re

import pytest
from playwright.sync_api import Frame, Page, expect

pytestmark = pytest.mark.browser

# The launcher stands in a closed shadow root, so tests go through the public interface and what is on screen.
LAUNCHER = {"x": 1280 - 48, "y": 800 - 48}


@pytest.fixture
def shop(new_page, live_server) -> Page:
    """Return the shop's page with the widget ready."""
    page = new_page()
    open_shop(page, live_server.shop)
    return page


def wait_until(page: Page, condition: str) -> None:
    """Wait until *condition* holds. Asked from outside: the shop's policy allows no evaluation inside."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(condition)


def open_shop(page: Page, address: str) -> None:
    """Open the shop and wait for the widget."""
    page.goto(address)
    wait_until(page, "window.HelpCenter?.ready")


def panel(page: Page) -> Frame:
    """Return the panel, once it has loaded."""
    wait_until(page, "document.activeElement.tagName === 'HELP-CENTER'")
    frame = next(one for one in page.frames if one.parent_frame is page.main_frame)
    expect(frame.locator("main")).to_be_visible()
    return frame


def test_nothing_is_loaded_before_the_first_click(new_page, live_server):
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if live_server.url in request.url else None)
    open_shop(page, live_server.shop)
    page.wait_for_timeout(300)

    assert asked == [f"{live_server.url}/widget/v1/loader.js"]


def test_a_click_opens_the_panel_and_escape_gives_the_focus_back(shop):
    shop.evaluate("window.seen = []; for (const name of ['open', 'close']) HelpCenter('on', name, () => seen.push(name))")
    shop.mouse.click(**LAUNCHER)
    frame = panel(shop)
    expect(frame.locator("#panel-q")).to_have_role("combobox")
    shop.wait_for_timeout(300)
    # What is typed lands in the panel's search; the first Escape closes its list or empties it, the last the panel.
    shop.keyboard.type("x")
    expect(frame.locator("#panel-q")).to_have_value("x")
    shop.keyboard.press("Escape")
    shop.keyboard.press("Escape")

    wait_until(shop, "seen.includes('close')")
    shop.keyboard.press("Enter")
    wait_until(shop, "seen.join() === 'open,close,open'")


def test_a_link_to_the_chat_opens_the_panel_instead(shop):
    address = shop.url
    shop.click("[data-help]")

    expect(panel(shop).locator("#panel-q")).to_be_visible()
    assert shop.url == address


def test_the_panel_searches_and_shows_the_article(shop):
    shop.evaluate("HelpCenter('open')")
    frame = panel(shop)
    frame.locator("#panel-q").fill("invoice")
    frame.locator(".seek button").click()
    frame.locator(".hit a").first.click()

    expect(frame.locator("article h1")).to_be_visible()
    expect(frame.locator("[data-full]")).to_be_visible()


def test_an_article_is_opened_by_its_name(shop):
    shop.evaluate("HelpCenter('article', 'find-an-invoice')")

    expect(panel(shop).locator("article h1")).to_have_text("Find and download your invoices")


def test_the_chat_in_the_panel_answers_and_asks_a_person(shop):
    shop.evaluate("HelpCenter('ask', 'where is my invoice')")
    frame = panel(shop)
    expect(frame.locator("#chat-text")).to_have_value("where is my invoice")
    frame.locator("[data-composer] button").click()
    expect(frame.locator(".cardlet").first).to_have_attribute("href", re.compile(r"^/widget/v1/panel/articles/"))
    frame.locator("[data-tools] button[value=person]").click()

    expect(frame.locator(".message.bot").last).to_be_visible()


def test_the_panel_speaks_the_language_of_the_shop(new_page, live_server):
    page = new_page()
    open_shop(page, f"{live_server.shop}/lv")
    page.evaluate("HelpCenter('open')")

    expect(panel(page).locator("html")).to_have_attribute("lang", "lv")


def test_events_tell_the_shop_what_happens(shop):
    shop.evaluate("window.seen = []; for (const name of ['open', 'close']) HelpCenter('on', name, () => seen.push(name))")
    shop.evaluate("HelpCenter('open'); HelpCenter('close')")

    wait_until(shop, "seen.length === 2")
    assert shop.evaluate("seen") == ["open", "close"]


def test_the_launcher_comes_back_when_the_shop_replaces_its_body(shop):
    shop.evaluate("document.body.replaceWith(document.createElement('body'))")

    wait_until(shop, "document.querySelector('help-center')?.isConnected")


@pytest.mark.parametrize(
    "message",
    [{"hc": 1, "t": "article", "p": "find-an-invoice"}, {"hc": 1, "t": "ask", "p": "x"}, {"hc": 2, "t": "open"}, "x", None, [1]],
)
def test_the_panel_ignores_every_window_but_the_one_that_frames_it(shop, message):
    shop.evaluate("HelpCenter('open')")
    frame = panel(shop)
    address = frame.url
    frame.evaluate("message => window.postMessage(message, '*')", message)
    shop.wait_for_timeout(200)

    assert frame.url == address


@pytest.mark.parametrize("message", [{"hc": 1, "t": "close"}, {"hc": 1, "t": "unread", "p": 3}])
def test_the_loader_ignores_every_window_but_its_panel(shop, message):
    shop.evaluate("HelpCenter('on', 'close', () => { window.closed_by = true })")
    shop.evaluate("HelpCenter('open')")
    panel(shop)
    shop.evaluate("message => window.postMessage(message, '*')", message)
    shop.wait_for_timeout(200)

    assert shop.evaluate("window.closed_by") is None


@pytest.mark.parametrize("slug", ["../../staff/", "https://evil.example", "x?lang=en&o=", ""])
def test_only_an_articles_name_opens_an_article(shop, slug):
    shop.evaluate("HelpCenter('open')")
    frame = panel(shop)
    address = frame.url
    shop.evaluate("slug => HelpCenter('article', slug)", slug)
    shop.wait_for_timeout(200)

    assert frame.url == address


def test_the_shop_cannot_reach_into_the_panel(shop):
    shop.evaluate("HelpCenter('open')")
    panel(shop)

    assert shop.evaluate("frames.length") == 0
    assert shop.evaluate("document.querySelector('help-center').shadowRoot") is None


def test_an_unlisted_site_gets_no_panel(new_page, live_server):
    page = new_page()
    open_shop(page, live_server.shop.replace("localhost", "127.0.0.1"))
    page.evaluate("HelpCenter('open')")
    page.wait_for_timeout(1000)

    frames = [one for one in page.frames if one.parent_frame is page.main_frame]
    assert all(one.locator("#panel-q").count() == 0 for one in frames)
    # Chromium says in the console that frame-ancestors refused it.
    assert any("frame-ancestors" in one or "refused" in one.lower() for one in page.complaints)
    page.complaints.clear()


def test_a_phone_shows_the_panel_on_the_whole_screen(new_page, live_server):
    page = new_page(viewport={"width": 375, "height": 700})
    open_shop(page, live_server.shop)
    page.evaluate("HelpCenter('open')")
    frame = panel(page)

    assert frame.evaluate("innerWidth") == 375
    assert frame.evaluate("innerHeight") == 700
