"""What pages hold for programs and printers, in a real browser: the policy has nothing against it."""

import pytest

pytestmark = pytest.mark.browser

PATHS = ("/en/", "/en/sections/payments", "/en/articles/find-an-invoice", "/en/tags/invoice", "/lv/")
WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.mark.parametrize("path", PATHS)
def test_structured_data_breaks_no_policy_and_can_be_read(new_page, path):
    page = new_page()
    page.add_init_script("addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))")
    page.goto(path)
    blocks = page.eval_on_selector_all("script[type='application/ld+json']", "(all) => all.map((one) => JSON.parse(one.textContent)['@graph'].length)")

    assert (blocks == []) is ("/tags/" in path) and all(blocks)
    assert page.complaints == []


@pytest.mark.parametrize("path", PATHS)
def test_lists_and_tags_fit_the_smallest_screen(new_page, path):
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto(path)

    assert not page.evaluate(WIDE)
    small = page.eval_on_selector_all(".tags a", "(all) => all.filter((one) => one.getBoundingClientRect().height < 44).length")
    assert small == 0


def test_a_printed_article_has_its_text_and_its_address_and_nothing_to_press(new_page):
    page = new_page()
    page.goto("/en/articles/find-an-invoice")
    page.evaluate("""() => document.querySelector(".body").insertAdjacentHTML("beforeend", "<details><summary>More</summary><p id=inner>Inside</p></details>")""")
    page.emulate_media(media="print")

    assert page.locator(".printed").is_visible() and "/en/articles/find-an-invoice" in page.locator(".printed").inner_text()
    for gone in (".top nav", ".seek", ".vote", ".related", ".tags", ".crumbs", ".foot"):
        assert not page.locator(gone).first.is_visible() if page.locator(gone).count() else True
    assert page.evaluate("""() => document.querySelector("#inner").checkVisibility({contentVisibilityAuto: true})""")
    target = page.evaluate("""() => getComputedStyle(document.querySelector(".body a[href^='/']"), "::after").content""")
    assert "attr(href)" in target or "/en/" in target
