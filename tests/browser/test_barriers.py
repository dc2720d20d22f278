"""No page has a barrier that axe-core finds: in any state, in five languages, light and dark, on a telephone and a desk."""

from itertools import product

import pytest

from tests.browser.barriers import BY_LOOKS, BY_WORDS, barriers, learn_axe
from tests.browser.everypage import LANGUAGES, View, context_of, public_views, show, staff_views, visitors_views, whole_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Tall enough that nothing lies under the line on which visitors write.
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 1000}
LOOKS = tuple(product((WIDE, NARROW), ("light", "dark")))
ARTICLE = "articles/everything"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return a help center with a page of everything."""
    with whole_site(tmp_path_factory.mktemp("whole")) as site:
        yield site


@pytest.fixture
def page(chromium, site):
    """Return a page that knows axe."""
    context = context_of(chromium, site)
    learn_axe(context)
    yield context.new_page()
    context.close()


def look_at(page, views: list[View], looks=LOOKS, rules: tuple[str, ...] = ()) -> list[str]:
    """Return the barriers on *views*: by *rules*, or all, in the first of *looks*, by those that looks can change in the others."""
    found = []
    for view in views:
        for number, (size, scheme) in enumerate(looks):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            if number == 0:
                show(page, view)
            found += [f"{view.name} {size['width']} {scheme}: {one}" for one in barriers(page, BY_LOOKS if number else rules)]
    return found


def test_no_public_page_has_a_barrier(page):
    assert look_at(page, public_views("en")) == []


def test_nothing_of_a_conversation_and_a_request_has_a_barrier(page):
    assert look_at(page, visitors_views(page, "lv")) == []


def test_no_page_of_staff_has_a_barrier(page):
    assert look_at(page, [View("sign in", "/staff/sign-in")]) == []
    assert look_at(page, staff_views(page)) == []


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_an_article_of_everything_has_no_barrier_in_any_language(page, lang):
    views = [view for view in public_views(lang) if ARTICLE in view.path]

    assert look_at(page, views, ((WIDE, "light"), (NARROW, "dark"))) == []


@pytest.mark.parametrize(("lang", "look"), [("lv", LOOKS[3]), ("pl", LOOKS[1]), ("sv", LOOKS[2]), ("kk", LOOKS[3])])
def test_no_public_page_has_a_barrier_in_another_language(page, lang, look):
    # The whole of the rules has seen these pages in English: words change names, places and languages.
    assert look_at(page, public_views(lang), (look,), (*BY_LOOKS, *BY_WORDS)) == []


def test_axe_finds_what_is_wrong(page, site):
    page.goto("/en/")
    page.evaluate("document.querySelector('#hero-q').removeAttribute('id'); document.documentElement.removeAttribute('lang')")

    assert {one.partition(":")[0] for one in barriers(page)} >= {"html-has-lang"}
