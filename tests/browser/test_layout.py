"""How the pages look, measured: no sideways scrolling, targets large enough, text to be read. Bytes: test_budgets.py."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "lv", "pl", "sv", "kk")
PATHS = ("", "sections/payments", "articles/find-an-invoice", "articles/find-an-invoice?voted=no", "search?q=nordlys", "search?q=qwzxqwzx", "chat", "contact")
# Controls and links that stand alone; links inside sentences may be as high as their line.
LONE_TARGETS = ".button, .seek button, .input, .choice, .top a, .menu summary, .links a, .channel a, .foot a, .linklike"
LEAST_TARGET_PX = 44


def sideways(page: Page) -> list[str]:
    """Return the elements that stick out of the page at the end of a line."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => `${one.tagName}.${one.className}`).slice(0, 5)"""
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_scrolls_sideways_on_the_smallest_screen(new_page, lang):
    page = new_page(viewport={"width": 320, "height": 640})
    found = {}
    for path in PATHS:
        page.goto(f"/{lang}/{path}")
        found[path] = sideways(page)

    assert {path: elements for path, elements in found.items() if elements} == {}


def test_what_is_pressed_is_large_enough(new_page):
    page = new_page(viewport={"width": 320, "height": 640})
    for path in PATHS:
        page.goto(f"/en/{path}")
        small = page.evaluate(
            """([selector, least]) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility())
            .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect(), getComputedStyle(one, "::after").position])
            .filter(([, box, after]) => box.height < least && after !== "absolute").map(([html]) => html)""",
            [LONE_TARGETS, LEAST_TARGET_PX],
        )
        assert small == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(new_page, scheme):
    page = new_page(color_scheme=scheme)
    for path in ("articles/find-an-invoice?voted=no", "contact", "search?q=invoice", "chat", "sections/payments"):
        page.goto(f"/en/{path}")
        assert page.evaluate(LOW_CONTRAST) == [], path


# Text on plain colours only; the hero's gradient is dark from edge to edge.
LOW_CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const light = (colour) => { const [r, g, b] = [...rgb(colour)].map((v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const under = (one) => { while (one) { const colour = getComputedStyle(one).backgroundColor; if (rgb(colour)[3] === 255) return colour; one = one.parentElement; } return getComputedStyle(document.body).backgroundColor; };
  const low = [];
  for (const one of document.querySelectorAll("main *, .foot *, .top *")) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || !one.checkVisibility() || one.closest(".trap")) continue;
    const style = getComputedStyle(one);
    const [a, b] = [light(style.color), light(under(one))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) low.push(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
  }
  return low;
}"""


def test_a_short_window_still_shows_what_has_the_focus(new_page):
    page = new_page(viewport={"width": 640, "height": 360})
    page.goto("/en/chat")
    page.fill("#chat-text", "invoice")
    page.press("#chat-text", "Enter")
    page.locator(".message.bot").nth(1).wait_for()
    for _ in range(12):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => { const one = document.activeElement, box = one.getBoundingClientRect();
            if (one === document.body || box.height === 0 || one.closest(".composer")) return null;
            const x = box.x + box.width / 2, y = Math.max(1, Math.min(innerHeight - 1, box.y + Math.min(box.height, 20) / 2));
            const seen = document.elementFromPoint(x, y);
            return seen && (one.contains(seen) || seen.contains(one)) ? null : one.outerHTML.slice(0, 100); }"""
        )
        assert hidden is None


def test_a_printed_article_is_the_article_alone(new_page):
    page = new_page()
    page.goto("/en/articles/find-an-invoice")
    page.emulate_media(media="print")

    assert not page.locator("#vote").is_visible()
    assert not page.locator(".foot").is_visible()
    assert page.locator("article h1").is_visible()
