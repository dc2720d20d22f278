"""How people read: enlarged, in forced colours, without motion."""

import pytest
from playwright.sync_api import Page

from tests.browser.test_layout import sideways

pytestmark = pytest.mark.browser

PATHS = ("", "sections/payments", "articles/find-an-invoice", "articles/find-an-invoice?voted=no", "search?q=invoice", "chat", "contact")
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((one) => {
  const style = getComputedStyle(one);
  return one.checkVisibility() && !one.closest(".hidden-text, .trap, .long, .sky") && !one.matches("input, textarea, svg, use")
    && style.overflowY === "hidden" && one.scrollHeight > one.clientHeight + 2;
}).map((one) => one.outerHTML.slice(0, 120))"""
HIDDEN_FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body || !box.height) return null;
  for (const [across, down] of [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]]) {
    const seen = document.elementFromPoint(box.x + box.width * across, box.y + box.height * down);
    if (seen && (one.contains(seen) || seen.contains(one))) return null;
  }
  return one.outerHTML.slice(0, 120);
}"""


def visit_all(page: Page, lang: str, look) -> dict[str, object]:
    """Return what *look* finds wrong on each page."""
    found = {}
    for path in PATHS:
        page.goto(f"/{lang}/{path}")
        found[path] = look()
    return {path: wrong for path, wrong in found.items() if wrong}


def test_at_two_hundred_percent_nothing_is_cut_off_or_scrolls_sideways(new_page):
    page = new_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)

    assert visit_all(page, "lv", lambda: page.evaluate(CUT) + sideways(page)) == {}


@pytest.mark.parametrize("size", [(1280, 800), (320, 480)])
def test_what_has_the_focus_is_never_covered(new_page, size):
    page = new_page(viewport={"width": size[0], "height": size[1]})

    def look():
        covered = []
        for _ in range(25):
            page.keyboard.press("Tab")
            covered.append(page.evaluate(HIDDEN_FOCUS))
        return [one for one in covered if one]

    assert visit_all(page, "en", look) == {}


def test_forced_colours_leave_borders_and_focus(new_page):
    page = new_page(forced_colors="active")
    page.goto("/en/articles/find-an-invoice")
    button = page.locator("#vote button").first
    page.keyboard.press("Tab")
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")

    border, outline = button.evaluate("(one) => { const style = getComputedStyle(one); return [style.borderTopWidth, style.outlineStyle] }")
    assert float(border.removesuffix("px")) >= 1 and outline != "none"


def test_nothing_moves_for_who_wants_no_motion(new_page):
    page = new_page(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
      const style = getComputedStyle(one), seconds = (all) => Math.max(...all.split(",").map((each) => parseFloat(each) * (each.trim().endsWith("ms") ? .001 : 1)));
      return seconds(style.transitionDuration) > .01 || seconds(style.animationDuration) > .01 || style.scrollBehavior === "smooth";
    }).map((one) => one.outerHTML.slice(0, 80)).slice(0, 5)"""

    assert visit_all(page, "en", lambda: page.evaluate(moving)) == {}
