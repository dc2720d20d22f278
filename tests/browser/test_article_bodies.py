"""Tabs, details, code and videos of an article in a real browser: by keyboard, without JavaScript, in print."""

import gzip

import pytest
from playwright.sync_api import Page, expect

from helpcenter.paths import bundled
from tests.browser.sites import published, serving
from tests.browser.test_layout import LOW_CONTRAST, sideways
from tests.content.folders import write

pytestmark = pytest.mark.browser

ARTICLE = """\
# Everything

:::tabs
:::tab Windows
Open *Settings*.

### Deep in Windows

Deep.

:::tab macOS
Press the apple.

:::tab A rather long label of one more system
Swipe.
:::

## Again

:::tabs
:::tab macOS
Apple again.
:::tab Windows
Windows again.
:::

:::details More
Hidden words.
:::

[Reset it](../_assets/reset.mp4)

:::transcript
Press for ten seconds.
:::

[A walk](https://www.youtube.com/watch?v=dQw4w9WgXcQ)

[A talk](https://vimeo.com/76979871)

```yaml title="site.yaml"
name: Nordlys
```

![The box](../_assets/box.svg "The back of the box.")

:::warning
Mind *this*.
:::

[Inside](#deep-in-windows)
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Return the address of an article with every element."""
    folder = tmp_path_factory.mktemp("bodies")
    content = write(
        folder / "articles",
        {
            "site.yaml": "video_hosts: [youtube.com]\n",
            "en/everything.md": ARTICLE,
            "_assets/reset.mp4": b"\x00\x00\x00\x18ftypmp42",
            "_assets/box.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"/>',
        },
    )
    with published(content, folder / "data") as (app, said):
        assert not said.changes.broken
        with serving(app) as url:
            yield f"{url}/en/articles/everything"


def tab(page: Page, group: int, name: str):
    """Return a tab of the group with that number."""
    return page.get_by_role("tablist").nth(group).get_by_role("tab", name=name)


def test_tabs_follow_the_keyboard_and_show_one_panel(new_page, address):
    page = new_page()
    page.goto(address)
    expect(tab(page, 0, "Windows")).to_have_attribute("aria-selected", "true")
    tab(page, 0, "Windows").focus()
    page.keyboard.press("ArrowRight")

    expect(tab(page, 0, "macOS")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="macOS").first).to_contain_text("Press the apple.")
    expect(page.get_by_text("Open Settings.")).to_be_hidden()
    page.keyboard.press("End")
    expect(tab(page, 0, "A rather long")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tab(page, 0, "Windows")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    expect(tab(page, 0, "Windows")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tabpanel").first).to_be_focused()


def test_a_label_is_chosen_in_every_group_and_nothing_is_stored(new_page, address):
    page = new_page()
    page.goto(address)
    expect(page.get_by_text("Apple again.")).to_be_visible()
    before = tab(page, 1, "Windows").bounding_box()["y"]
    tab(page, 1, "Windows").click()

    expect(page.get_by_text("Open Settings.")).to_be_visible()
    expect(page.get_by_text("Windows again.")).to_be_visible()
    tab(page, 0, "macOS").click()
    expect(page.get_by_text("Apple again.")).to_be_visible()
    tab(page, 0, "A rather long").click()
    expect(page.get_by_text("Apple again.")).to_be_visible()
    assert before > 0
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_what_is_pressed_stays_where_it_is(new_page, address):
    page = new_page(viewport={"width": 800, "height": 300})
    page.goto(address)
    tab(page, 1, "Windows").scroll_into_view_if_needed()
    before = tab(page, 1, "Windows").evaluate("(one) => one.getBoundingClientRect().top")
    tab(page, 1, "Windows").click()

    assert abs(tab(page, 1, "Windows").evaluate("(one) => one.getBoundingClientRect().top") - before) < 2


def test_a_link_opens_the_tab_it_leads_into(new_page, address):
    page = new_page()
    page.goto(f"{address}#macos")
    expect(tab(page, 0, "macOS")).to_have_attribute("aria-selected", "true")
    page.get_by_role("link", name="Inside").click()

    expect(page.get_by_role("heading", name="Deep in Windows")).to_be_in_viewport()


def test_without_javascript_everything_is_there(new_page, address):
    page = new_page(java_script_enabled=False)
    page.goto(address)

    for words in ("Open Settings.", "Press the apple.", "Swipe.", "Windows again."):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("heading", name="macOS").first).to_be_visible()
    expect(page.get_by_role("link", name="A walk")).to_have_attribute("href", "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    expect(page.locator("video[controls][preload=none]")).to_be_visible()


def test_in_print_tabs_and_details_are_open(new_page, address):
    page = new_page()
    page.goto(address)
    page.emulate_media(media="print")

    for words in ("Open Settings.", "Press the apple.", "Apple again.", "Hidden words.", "Press for ten seconds."):
        assert page.get_by_text(words).evaluate("(one) => one.checkVisibility({contentVisibilityAuto: true}) && one.offsetHeight > 0"), words
    expect(page.get_by_role("tablist").first).to_be_hidden()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()


def test_a_code_block_is_copied_and_says_so(new_page, address):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address)
    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "name: Nordlys"
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()


def test_a_video_asks_nobody_before_the_click(new_page, address):
    page = new_page()
    asked: list[str] = []
    page.route(lambda url: url.startswith("https:"), lambda route: (asked.append(route.request.url), route.fulfill(body="<title>player</title>", content_type="text/html")))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    before = list(asked)
    with page.expect_request(lambda request: request.url.startswith("https:")):
        page.get_by_role("link", name="A walk").click()

    assert page.locator("iframe[title='A walk']").count() == 1
    assert before == []
    assert asked == ["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"]
    # Vimeo is not listed in site.yaml: its link is a link.
    assert page.get_by_role("link", name="A talk").evaluate("(one) => one.classList.contains('playable')") is False


@pytest.mark.parametrize("javascript", [True, False])
def test_nothing_sticks_out_of_the_smallest_screen(new_page, address, javascript):
    page = new_page(viewport={"width": 320, "height": 640}, java_script_enabled=javascript)
    page.goto(address)
    if javascript:
        assert sideways(page) == []
    # A screenshot of the whole page is as wide as its content.
    assert page.locator("article").bounding_box()["width"] <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_element_can_be_read(new_page, address, scheme):
    page = new_page(color_scheme=scheme)
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")

    assert page.evaluate(LOW_CONTRAST) == []


def test_tabs_in_forced_colours_show_which_is_chosen(new_page, address):
    page = new_page(forced_colors="active")
    page.goto(address)
    colours = [tab(page, 0, name).evaluate("(one) => getComputedStyle(one).backgroundColor") for name in ("Windows", "macOS")]

    assert colours[0] != colours[1]


@pytest.mark.parametrize("name", ["tabs", "copy", "video"])
def test_each_script_is_small(name):
    assert len(gzip.compress((bundled("static") / "js" / f"{name}.js").read_bytes(), 6)) <= 2048
