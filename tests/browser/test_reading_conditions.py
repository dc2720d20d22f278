"""How people read and press: enlarged, widely spaced, in forced colours, without motion, with a finger."""

import pytest
from playwright.sync_api import Page

from tests.browser.test_layout import sideways

pytestmark = pytest.mark.browser

PATHS = ("", "sections/payments", "articles/find-an-invoice", "articles/find-an-invoice?voted=no", "search?q=invoice", "chat", "contact", "tags/delivery", "articles/nothing-of-the-kind")
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((one) => {
  const style = getComputedStyle(one);
  return one.checkVisibility() && !one.closest(".hidden-text, .trap, .long, .sky") && !one.matches("input, textarea, svg, use")
    && style.overflowY === "hidden" && one.scrollHeight > one.clientHeight + 2;
}).map((one) => one.outerHTML.slice(0, 120))"""
# WCAG 2.2, 1.4.12.
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }"
# WCAG 2.2, 2.5.8: what is pressed, unless it stands in a line of text; a label counts for what it labels, a covering ::after for its link.
LEAST_TARGET_PX = 24
SMALL = """(least) => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary, [role=tab]")].filter((one) => {
  if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".hidden-text, .trap, .skip")) return false;
  const boxes = [one, one.closest("label")].filter(Boolean).map((each) => each.getBoundingClientRect());
  if (boxes.some((box) => box.width >= least && box.height >= least)) return false;
  if (getComputedStyle(one, "::after").position === "absolute") return false;
  const words = [...one.parentElement.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return !(getComputedStyle(one).display === "inline" && words);
}).map((one) => one.outerHTML.slice(0, 120))"""
# In forced colours a control is seen by a border, its text or an outline, never by a background.
UNSEEN = """() => [...document.querySelectorAll("button, .button, .input, .choice, .card, .channel")].filter((one) => {
  const style = getComputedStyle(one);
  return one.checkVisibility() && !one.closest(".seek, .menu") && !one.matches(".linklike") && parseFloat(style.borderTopWidth) < 1;
}).map((one) => one.outerHTML.slice(0, 120))"""
UNRINGED = """() => { const one = document.activeElement; if (one === document.body) return null;
  return [one, one.closest("form"), one.closest(".card, .links li, .channel")].filter(Boolean).some((each) => getComputedStyle(each).outlineStyle !== "none") ? null : one.outerHTML.slice(0, 120) }"""
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
    # The browser itself notes the answer 404 in its console.
    page.complaints[:] = [one for one in page.complaints if "404" not in one]
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


@pytest.mark.parametrize("lang", ["pl", "kk"])
def test_wide_text_spacing_cuts_nothing_off(new_page, lang):
    page = new_page(viewport={"width": 320, "height": 640}, bypass_csp=True)

    def look():
        page.add_style_tag(content=SPACED)
        return page.evaluate(CUT) + sideways(page)

    assert visit_all(page, lang, look) == {}


def test_whatever_is_pressed_is_at_least_24_pixels(new_page):
    page = new_page(viewport={"width": 320, "height": 640})

    assert visit_all(page, "en", lambda: page.evaluate(SMALL, LEAST_TARGET_PX)) == {}


def test_forced_colours_leave_borders_and_focus(new_page):
    page = new_page(forced_colors="active")

    def look():
        unringed = []
        for _ in range(20):
            page.keyboard.press("Tab")
            unringed.append(page.evaluate(UNRINGED))
        return [*page.evaluate(UNSEEN), *(one for one in unringed if one)]

    assert visit_all(page, "en", look) == {}


def test_nothing_moves_for_who_wants_no_motion(new_page):
    page = new_page(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
      const style = getComputedStyle(one), seconds = (all) => Math.max(...all.split(",").map((each) => parseFloat(each) * (each.trim().endsWith("ms") ? .001 : 1)));
      return seconds(style.transitionDuration) > .01 || seconds(style.animationDuration) > .01 || style.scrollBehavior === "smooth";
    }).map((one) => one.outerHTML.slice(0, 80)).slice(0, 5)"""

    assert visit_all(page, "en", lambda: page.evaluate(moving)) == {}
