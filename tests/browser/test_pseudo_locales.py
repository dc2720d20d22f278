"""No text of the interface stands there untranslated, and longer ones fit the smallest screen, in both directions."""

import pytest

from helpcenter.language import messages
from tests.browser.everypage import Site as Place
from tests.browser.everypage import View, context_of, open_details, send_nothing, show
from tests.browser.pseudo import PSEUDO, PSEUDO_RIGHT_TO_LEFT, PseudoTranslations
from tests.browser.sites import published, serving
from tests.browser.test_layout import sideways
from tests.content.folders import write

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

# All that editors write is Q and figures, so that whatever else is not marked is ours.
SITE = f"""\
name: QQ
languages: [{PSEUDO}, {PSEUDO_RIGHT_TO_LEFT}]
sections:
  - {{key: qq, icon: truck, title: {{eo: QQ, ar: QQ}}, description: {{eo: QQ QQ, ar: QQ QQ}}}}
channels:
  - {{kind: chat, label: {{eo: QQ, ar: QQ}}}}
  - {{kind: phone, value: "+1 2", label: {{eo: QQ, ar: QQ}}}}
"""
ARTICLE = "---\ntitle: QQ {n}\ndescription: QQ.\ntags: [qq]\nupdated: 2026-11-20\n---\n## QQ 1\n\nQQ.\n\n## QQ 2\n\n> [!NOTE]\n> QQ.\n\n## QQ 3\n\nQQ.\n"
ATTRIBUTES = ("aria-label", "placeholder", "alt", "title", "value")
BARE = """(attributes) => {
  const bare = [], rest = (text) => text.replace(/⟦[^⟧]*⟧/g, "").replace(/[Qq]+/g, "");
  const look = (text, where) => { if (/\\p{L}{2}/u.test(rest(text))) bare.push(`${where}: ${text.trim()}`); };
  const own = (one) => !one.closest("[hreflang], [name=in], .menu summary, .printed, script, style, time, code");
  for (const one of document.querySelectorAll("body, body *")) {
    if (!own(one)) continue;
    for (const node of one.childNodes) if (node.nodeType === 3) look(node.textContent, one.tagName);
    for (const name of attributes) if (name !== "value" || one.matches("[type=submit], [type=button]")) look(one.getAttribute(name) ?? "", `${one.tagName} ${name}`);
  }
  look(document.title, "title");
  return bare;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return a help center in the two pseudo-languages."""
    folder = tmp_path_factory.mktemp("pseudo")
    files = {f"{lang}/qq/qq-{n}.md": ARTICLE.format(n=n) for lang in (PSEUDO, PSEUDO_RIGHT_TO_LEFT) for n in range(3)}
    (folder / "articles").mkdir()
    write(folder / "articles", {"site.yaml": SITE, **files})
    spoken = messages.translations
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "translations", lambda lang: PseudoTranslations() if lang in (PSEUDO, PSEUDO_RIGHT_TO_LEFT) else spoken(lang))
        with published(folder / "articles", folder / "data") as (app, said):
            assert not said.has_errors, said
            with serving(app) as url:
                yield Place(url, "")


def views(lang: str) -> list[View]:
    """Return the public pages in *lang*."""
    return [
        View("home", f"/{lang}/"),
        View("section", f"/{lang}/sections/qq"),
        View("tag", f"/{lang}/tags/qq"),
        View("article", f"/{lang}/articles/qq-1", open_details),
        View("article, no", f"/{lang}/articles/qq-1?voted=no"),
        View("article, yes", f"/{lang}/articles/qq-1?voted=yes"),
        View("results", f"/{lang}/search?q=qq", open_details),
        View("no results", f"/{lang}/search?q=qqqqqqqq"),
        View("chat", f"/{lang}/chat"),
        View("contact", f"/{lang}/contact"),
        View("contact, errors", f"/{lang}/contact", send_nothing),
        View("not found", f"/{lang}/articles/qqqq"),
    ]


@pytest.mark.parametrize("lang", [PSEUDO, PSEUDO_RIGHT_TO_LEFT])
def test_every_text_is_translated_and_fits(chromium, site, lang):
    context = context_of(chromium, site, viewport={"width": 320, "height": 640})
    page = context.new_page()
    found = {}
    for view in views(lang):
        show(page, view)
        wrong = page.evaluate(BARE, list(ATTRIBUTES)) + sideways(page)
        if wrong:
            found[view.name] = wrong
    direction = page.locator("html").get_attribute("dir")
    context.close()

    assert found == {}
    assert direction == ("rtl" if lang == PSEUDO_RIGHT_TO_LEFT else "ltr")


def test_lines_begin_at_the_right_where_they_are_read_from_there(chromium, site):
    context = context_of(chromium, site)
    page = context.new_page()
    page.goto(f"/{PSEUDO_RIGHT_TO_LEFT}/articles/qq-1")
    brand, menu, column, contents = (page.locator(name).bounding_box() for name in (".brand", ".menu", ".column", ".aside.contents"))
    arrow = page.locator(".related .links a, .next").first
    turned = page.evaluate("(one) => one && getComputedStyle(one, '::after').transform", arrow.element_handle())
    context.close()

    assert brand["x"] > menu["x"] and column["x"] > contents["x"]
    assert turned
