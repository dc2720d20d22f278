"""The widget on a shop of another origin, whose policy allows nothing but the help center's script and frame."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from sqlalchemy import select

from helpcenter.chat import conversations
from helpcenter.chat.models import Conversation
from helpcenter.storage import writing
from helpcenter.web import conversing
from tests.browser.conftest import ARGUMENTS

pytestmark = pytest.mark.browser

# The launcher stands in a closed shadow root, so tests go through the public interface and what is on screen.
LAUNCHER = {"x": 1280 - 48, "y": 800 - 48}
EVENTS = ["open", "close", "unread", "article", "vote", "message", "escalated", "identity"]
LISTEN = f"window.seen = []; for (const name of {json.dumps(EVENTS)}) HelpCenter('on', name, ({{detail}}) => seen.push([name, detail]))"
ASK = "where is my invoice"


@pytest.fixture
def shop(new_page, live_server) -> Page:
    """Return the shop's page with the widget ready."""
    page = new_page()
    open_shop(page, live_server.shop)
    return page


def wait_until(page: Page, condition: str) -> None:
    """Wait until *condition* holds. Asked from outside: the shop's policy allows no evaluation inside."""
    for _ in range(600):
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
    # The script has looked at the page.
    expect(frame.locator("body[data-open]")).to_be_attached()
    return frame


def is_shown(page: Page) -> bool:
    """Return whether the panel's frame has a size."""
    frames = [one for one in page.frames if one.parent_frame is page.main_frame]
    return bool(frames) and frames[0].frame_element().bounding_box() is not None


def ask(frame: Frame, text: str = ASK) -> None:
    """Say something in the chat and wait for the answer."""
    frame.locator("#chat-text").fill(text)
    frame.locator("[data-composer] button").click()
    expect(frame.locator(".cardlet").first).to_be_visible()


def agent_writes(app, text: str) -> None:
    """Let a person answer in the latest conversation."""
    with app.app_context(), writing() as session:
        latest = session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()
        latest.status = "escalated"
        conversations.add_agent_message(session, latest, text, context=conversing.context_at())


def test_nothing_is_loaded_before_the_first_click(new_page, live_server):
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if live_server.url in request.url else None)
    open_shop(page, live_server.shop)
    page.wait_for_timeout(300)

    assert asked == [f"{live_server.url}/widget/v1/loader.js"]


@pytest.mark.parametrize("command", ["HelpCenter('open')", "HelpCenter('chat')", "HelpCenter('contact')"])
def test_the_whole_widget_takes_four_requests_and_twenty_kilobytes(new_page, live_server, command):
    page = new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    asked: dict[str, int] = {}
    page.on("requestfinished", lambda request: asked.update({request.url: request.sizes()["responseBodySize"]}) if live_server.url in request.url else None)
    open_shop(page, live_server.shop)
    page.evaluate(command)
    expect(panel(page).locator("h1")).to_be_attached()
    page.wait_for_timeout(500)

    assert len(asked) <= 4 and sum(asked.values()) <= 20 * 1024, asked
    assert next(size for url, size in asked.items() if "loader.js" in url) <= 3 * 1024


def test_a_click_opens_the_panel_and_escape_gives_the_focus_back(shop):
    shop.evaluate(LISTEN)
    shop.mouse.click(**LAUNCHER)
    frame = panel(shop)
    expect(frame.locator("#panel-q")).to_have_role("combobox")
    expect(frame.locator("#panel-q")).to_be_focused()
    # What is typed lands in the panel's search; the first Escape closes its list or empties it, the last the panel.
    shop.keyboard.type("x")
    expect(frame.locator("#panel-q")).to_have_value("x")
    shop.keyboard.press("Escape")
    shop.keyboard.press("Escape")

    wait_until(shop, "seen.some(([name]) => name === 'close')")
    shop.keyboard.press("Enter")
    wait_until(shop, "seen.map(([name]) => name).join() === 'open,close,open'")


def test_a_link_to_the_help_center_opens_the_panel_instead(shop):
    address = shop.url
    shop.click("[data-help]")

    expect(panel(shop).locator("#panel-q")).to_be_visible()
    assert shop.url == address


def test_a_link_names_its_article(shop):
    shop.evaluate("document.querySelector('[data-help]').dataset.help = 'find-an-invoice'")
    shop.click("[data-help]")

    expect(panel(shop).locator("article h1")).to_have_text("Find and download your invoices")


def test_a_search_box_of_the_shop_finds_in_the_panel(shop):
    shop.evaluate(
        """() => { const form = document.createElement("form"), field = document.createElement("input");
        Object.assign(form, { action: "/nowhere" }); form.dataset.helpcenterSearch = ""; field.name = "q"; field.value = "invoice";
        form.append(field); document.body.append(form); form.requestSubmit(); }"""
    )
    frame = panel(shop)

    expect(frame.locator("#panel-q")).to_have_value("invoice")
    expect(frame.locator(".hit").first).to_be_visible()


def test_the_panel_searches_shows_the_article_and_leads_back(shop):
    shop.evaluate(LISTEN)
    shop.evaluate("HelpCenter('open')")
    frame = panel(shop)
    frame.locator("#panel-q").fill("invoice")
    frame.locator(".seek button").click()
    frame.locator(".hit a").first.click()

    expect(frame.locator("article h1")).to_be_focused()
    wait_until(shop, "seen.some(([name, said]) => name === 'article' && said.title)")
    frame.locator("[data-back]").click()
    expect(frame.locator(".hit a").first).to_be_focused()
    expect(frame.locator("#panel-q")).to_have_value("invoice")
    # The shop's own way back knows nothing of it.
    assert shop.evaluate("history.length") == 2


def test_a_vote_and_its_reason_are_given_inside_the_panel(shop):
    shop.evaluate(LISTEN)
    shop.evaluate("HelpCenter('article', 'find-an-invoice')")
    frame = panel(shop)
    frame.locator(".vote button[value=no]").click()
    frame.locator(".vote [name=reason]").first.check()
    frame.locator(".vote .button:not(.quiet)").click()

    expect(frame.locator(".vote [name=reason]")).to_have_count(0)
    wait_until(shop, "JSON.stringify(seen).includes('[\"vote\",{\"article\":\"find-an-invoice\",\"helpful\":false}]')")


def test_the_contact_form_inside_is_filled_by_the_shop_and_sent(shop):
    shop.evaluate("HelpCenter('contact', {kind: 'question', subject: 'Order 4711', email: 'ann@example.org'})")
    frame = panel(shop)
    expect(frame.locator("#subject")).to_have_value("Order 4711")
    frame.locator("form .wide").click()
    expect(frame.locator(".errors")).to_be_focused()
    # Chromium names the 422 in the console.
    shop.complaints.clear()
    frame.locator("#body").fill("Where is it?")
    frame.locator("form .wide").click()

    expect(frame.locator(".reference")).to_be_visible()
    expect(frame.locator("h1")).to_be_focused()


def test_the_chat_answers_and_goes_on_beside_an_article(shop):
    shop.evaluate(LISTEN)
    shop.evaluate(f"HelpCenter('chat', '{ASK}')")
    frame = panel(shop)
    expect(frame.locator("#chat-text")).to_have_value(ASK)
    frame.locator("[data-composer] button").click()
    frame.locator(".cardlet").first.click()
    expect(frame.locator("article h1")).to_be_visible()
    frame.locator("[data-back]").click()

    expect(frame.locator(".message.visitor")).to_have_count(1)
    frame.locator("[data-tools] button[value=person]").click()
    expect(frame.locator(".message.visitor")).to_have_count(2)
    wait_until(shop, "seen.filter(([name]) => name === 'message').length >= 4")
    assert "invoice" not in shop.evaluate("JSON.stringify(seen.filter(([name]) => name === 'message'))")


def test_who_says_that_it_is_solved_is_led_to_the_survey(shop):
    shop.evaluate("HelpCenter('chat')")
    frame = panel(shop)
    ask(frame, "my phone is broken")
    expect(frame.locator("[data-survey]")).to_be_hidden()
    frame.locator("[data-choices] button", has_text="Yes").click()
    with shop.context.expect_page() as opened:
        frame.locator("[data-survey] a").click()

    expect(opened.value.locator("input[name=expected]").first).to_be_attached()
    frame.locator("[data-tools] button[name=restart]").click()
    expect(frame.locator("[data-survey]")).to_be_hidden()


def test_a_copy_of_the_conversation_is_mailed(shop):
    shop.evaluate("HelpCenter('chat')")
    frame = panel(shop)
    ask(frame)
    frame.locator("[data-transcript] summary").click()
    frame.locator("#copy-email").fill("nobody")
    frame.locator("[data-transcript] button").click()
    expect(frame.locator("#copy-email")).to_be_focused()
    frame.locator("#copy-email").fill("ann@example.org")
    frame.locator("[data-transcript] button").click()

    expect(frame.locator("[data-transcript] [role=status]")).to_be_visible()


def test_the_chat_moves_to_a_window_of_its_own(shop, live_server):
    shop.evaluate("HelpCenter('chat')")
    frame = panel(shop)
    ask(frame)
    with shop.context.expect_page() as opened:
        frame.locator("[data-popout]").click()
    window = opened.value
    window.wait_for_url(f"{live_server.url}/en/chat*")

    expect(window.locator(".message.visitor")).to_have_count(1)
    assert "token" not in window.url


def test_the_panel_offers_what_fits_the_page_it_is_on(new_page, live_server):
    page = new_page()
    open_shop(page, f"{live_server.shop}/lv/checkout")
    page.evaluate("HelpCenter('open')")
    frame = panel(page)

    expect(frame.locator(".links a")).to_have_count(1)
    expect(frame.locator(".links a")).to_have_attribute("href", re.compile("^/widget/v1/panel/articles/atrast-rekinu"))


def test_the_panel_speaks_the_language_of_the_shop_and_changes_with_it(new_page, live_server):
    page = new_page()
    open_shop(page, f"{live_server.shop}/lv")
    page.evaluate("HelpCenter('open')")
    expect(panel(page).locator("html")).to_have_attribute("lang", "lv")
    page.evaluate("HelpCenter('language', 'kk')")

    expect(panel(page).locator("html")).to_have_attribute("lang", "kk")


def test_a_signed_identity_reaches_the_chat_and_a_bad_one_is_told(shop):
    shop.evaluate(LISTEN)
    shop.evaluate("HelpCenter('identify', {token: 'nothing.signed'}); HelpCenter('chat')")
    ask(panel(shop))

    wait_until(shop, "seen.some(([name, said]) => name === 'identity' && said.accepted === false && said.reason)")


def test_the_launcher_and_the_panel_stay_when_the_shop_replaces_its_body(shop):
    shop.evaluate("HelpCenter('chat')")
    frame = panel(shop)
    ask(frame)
    shop.evaluate("document.body.replaceWith(document.createElement('body')); history.pushState(null, '', '/en/other')")

    assert is_shown(shop) and not frame.is_detached()
    expect(frame.locator(".message.visitor")).to_have_count(1)


def test_hostile_styles_of_the_shop_change_nothing(new_page, live_server):
    page = new_page()
    open_shop(page, f"{live_server.shop}/hostile")
    page.mouse.click(**LAUNCHER)
    frame = panel(page)

    box = frame.frame_element().bounding_box()
    assert (box["width"], box["height"]) == (400, 660)
    expect(frame.locator("#panel-q")).to_be_visible()


def test_two_directives_are_all_the_policy_it_needs(new_page, live_server):
    page = new_page()
    open_shop(page, f"{live_server.shop}/two")
    page.evaluate(LISTEN)
    page.mouse.click(**LAUNCHER)

    ask_in_chat(panel(page))


def ask_in_chat(frame: Frame) -> None:
    """Go to the chat and ask there."""
    frame.locator("[data-tab=chat]").click()
    ask(frame)


@pytest.mark.parametrize(
    "message",
    [
        {"hc": 1, "t": "go", "p": "panel/articles/find-an-invoice?"},
        {"hc": 1, "t": "draft", "p": "x"},
        {"hc": 2, "t": "open"},
        {"hc": 1, "t": "unheard-of", "p": "x" * 1_000_000},
        "x",
        None,
        [1],
    ],
)
def test_the_panel_ignores_every_window_but_the_one_that_frames_it(shop, message):
    shop.evaluate("HelpCenter('open')")
    frame = panel(shop)
    frame.evaluate("message => window.postMessage(message, '*')", message)
    # Messages arrive in order: once this one has, the other has been looked at.
    frame.evaluate("() => new Promise((done) => { addEventListener('message', ({ data }) => data === 'last' && done()); postMessage('last', '*') })")

    expect(frame.locator("#panel-q")).to_be_visible()
    assert frame.locator("body").get_attribute("data-view") == "home"


@pytest.mark.parametrize("message", [{"hc": 1, "t": "close"}, {"hc": 1, "t": "unread", "p": [3, "x"]}, {"hc": 1, "t": "event", "p": ["vote", 1]}])
def test_the_loader_ignores_every_window_but_its_panel(new_page, live_server, message):
    page = new_page()
    open_shop(page, f"{live_server.shop}/two")
    page.evaluate(LISTEN)
    page.evaluate("HelpCenter('open')")
    panel(page)
    page.evaluate("message => window.postMessage(message, '*')", message)
    # A third origin, in a window of its own that knows the shop.
    with page.context.expect_page() as opened:
        page.evaluate("address => { window.open(address) }", live_server.stranger)
    opened.value.evaluate("([message]) => { opener.postMessage(message, '*'); opener.postMessage('last', '*') }", [message])
    page.evaluate("() => new Promise((done) => { addEventListener('message', ({ data }) => data === 'last' && done()); postMessage('last', '*') })")

    assert page.evaluate("seen.map(([name]) => name)") == ["open"]
    opened.value.close()


@pytest.mark.parametrize("slug", ["../../staff/", "https://evil.example", "x?lang=en&o=", "", "../../../api/v1/openapi.json"])
def test_only_a_page_of_the_panel_is_ever_shown(shop, slug):
    shop.expected.append("404")
    shop.evaluate("HelpCenter('open')")
    frame = panel(shop)
    shop.evaluate("slug => HelpCenter('article', slug)", slug)

    expect(frame.locator("body:not([data-view=home]), body[data-view=home] [data-live]:not(:empty), body[data-view=home] #panel-q").first).to_be_attached()
    assert "/widget/v1/panel" in frame.url


def test_the_shop_cannot_reach_into_the_panel(shop):
    shop.evaluate("HelpCenter('open')")
    panel(shop)

    assert shop.evaluate("frames.length") == 0
    assert shop.evaluate("document.querySelector('help-center').shadowRoot") is None


def test_an_unlisted_site_gets_no_launcher_and_its_links_stay_links(new_page, live_server):
    page = new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if live_server.url in request.url else None)
    page.on("console", lambda message: said.append(message.text))
    page.goto(live_server.stranger, wait_until="load")
    page.wait_for_timeout(300)

    assert asked == [f"{live_server.url}/widget/v1/loader.js"]
    assert page.locator("help-center").count() == 0
    assert [one for one in said if "widget_origins" in one]
    assert page.evaluate("typeof HelpCenter") == "undefined"


def test_an_unlisted_site_cannot_frame_the_panel_by_itself(new_page, live_server):
    page = new_page()
    page.goto(live_server.stranger)
    page.evaluate(
        """address => { const frame = document.createElement("iframe"); frame.src = address; document.body.append(frame) }""",
        f"{live_server.url}/widget/v1/panel?o={live_server.stranger}",
    )
    page.wait_for_timeout(1000)

    assert all(one.locator("#panel-q").count() == 0 for one in page.frames)
    # Chromium says in the console that frame-ancestors refused it.
    assert any("frame-ancestors" in one or "refused" in one.lower() for one in page.complaints)
    page.complaints.clear()


def test_a_phone_shows_the_panel_on_the_whole_screen(new_page, live_server):
    page = new_page(viewport={"width": 375, "height": 700})
    open_shop(page, live_server.shop)
    page.evaluate("HelpCenter('open')")
    frame = panel(page)

    assert frame.evaluate("[innerWidth, innerHeight]") == [375, 700]
    assert frame.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.fixture
def private_browser(chromium: Browser, tmp_path) -> Iterator[Callable[[dict], Page]]:
    """Return a function that opens a Chromium with these preferences of its own, as visitors have it: nothing relaxed for tests."""
    started: list[tuple[subprocess.Popen, Browser]] = []

    def open_browser(preferences: dict) -> Page:
        home = tmp_path / "profile"
        (home / "Default").mkdir(parents=True)
        (home / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}))
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        process = subprocess.Popen(
            [path, *ARGUMENTS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={home}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        browser = chromium.browser_type.connect_over_cdp(f"http://127.0.0.1:{port_of(home, process)}", timeout=60_000)
        started.append((process, browser))
        page = browser.contexts[0].new_page()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        return page

    yield open_browser
    for process, browser in started:
        browser.close()
        process.terminate()
        process.wait()


def port_of(home: Path, process: subprocess.Popen) -> str:
    """Return the port that a Chromium listens on, once it does."""
    named = home / "DevToolsActivePort"
    for _ in range(1200):
        if named.exists() and (lines := named.read_text().split()):
            return lines[0]
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"Chromium ended with {process.returncode}")
    raise AssertionError("Chromium did not start")


@pytest.fixture
def private_shop(private_browser, live_server) -> Page:
    """Return the shop in a browser that keeps for a frame what it keeps for visitors."""
    page = private_browser({})
    open_shop(page, live_server.shop)
    return page


def frame_of(page: Page) -> Frame:
    """Return the panel's frame, whether or not it has the focus."""
    for _ in range(600):
        if found := [one for one in page.frames if one.parent_frame is page.main_frame]:
            return found[0]
        page.wait_for_timeout(100)
    raise AssertionError("no frame")


def test_nothing_is_stored_before_the_visitor_writes(private_shop):
    private_shop.evaluate("HelpCenter('open')")
    frame = panel(private_shop)
    stored = "localStorage.length + sessionStorage.length"

    assert (private_shop.evaluate(stored), frame.evaluate(stored), private_shop.context.cookies()) == (0, 0, [])


def test_a_conversation_goes_on_on_the_next_page_and_says_what_is_new(private_shop, live_server):
    private_shop.evaluate("HelpCenter('chat')")
    ask(panel(private_shop))
    agent_writes(live_server.app, "I am Gus.")
    private_shop.evaluate("HelpCenter('close')")
    # As after a first answer of a person; until then nothing is asked for.
    private_shop.evaluate("localStorage.helpcenter = 2; sessionStorage.clear()")
    private_shop.add_init_script("window.seen = []; document.addEventListener('helpcenter:unread', ({detail}) => seen.push(['unread', detail]))")
    private_shop.reload()
    wait_until(private_shop, "window.HelpCenter?.ready")
    wait_until(private_shop, "seen.some(([name, count]) => name === 'unread' && count === 1)")
    private_shop.evaluate("HelpCenter('open')")

    expect(panel(private_shop).locator(".message.agent")).to_contain_text("I am Gus.")


def test_a_panel_that_was_open_is_open_on_the_next_page(private_shop):
    private_shop.evaluate("HelpCenter('chat')")
    ask(panel(private_shop))
    private_shop.reload()
    wait_until(private_shop, "window.HelpCenter?.ready")

    expect(frame_of(private_shop).locator(".message.visitor")).to_have_count(1)
    assert is_shown(private_shop)
    assert private_shop.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.parametrize(
    ("preferences", "can_store"),
    [
        pytest.param({"block_third_party_cookies": True, "cookie_controls_mode": 1}, True, id="third-party cookies blocked"),
        pytest.param({"default_content_setting_values": {"cookies": 2}}, False, id="all storage blocked"),
    ],
)
def test_the_chat_works_where_the_browser_keeps_nothing_for_frames(private_browser, live_server, preferences, can_store):
    page = private_browser(preferences)
    open_shop(page, live_server.shop)
    page.mouse.click(**LAUNCHER)
    frame = panel(page)
    ask_in_chat(frame)
    # An article is read, and the conversation is still there.
    frame.locator(".cardlet").first.click()
    expect(frame.locator("article h1")).to_be_visible()
    frame.locator("[data-back]").click()
    expect(frame.locator(".message.visitor")).to_have_count(1)

    is_stored = "(() => { try { return 'hc-chat' in localStorage } catch { return false } })()"
    assert frame.evaluate(is_stored) is can_store
