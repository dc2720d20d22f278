"""Where links and images lead, and that nothing leads out of the content folder."""

import pytest

from helpcenter.content.catalogue import Catalogue, Entry
from helpcenter.content.site import Site
from tests.content.folders import write

SITE = Site(languages=["en", "lv", "pl"], fallbacks={"pl": ["lv"]})
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>'
ENTRIES = [
    Entry("en", "pay/card", "card", "en/pay/card.md"),
    Entry("en", "pay/invoice", "invoice", "en/pay/invoice.md"),
    Entry("lv", "pay/invoice", "rekins", "lv/pay/invoice.md"),
    Entry("en", "guide/index", "guide", "en/guide/index.md"),
    Entry("en", "top", "top", "en/top.md"),
    Entry("en", "rīga", "riga", "en/rīga.md"),
    # Another article that has in Latvian the slug that card has in English.
    Entry("lv", "other", "card", "lv/other.md"),
]


@pytest.fixture
def catalogue(tmp_path):
    """Return a catalogue with images inside the folder, and one file outside it."""
    root = write(tmp_path / "content", {"_assets/a b.svg": SVG, "en/media/b.svg": SVG, "en/pay/card.md": "x", "site.yaml": "name: X"})
    write(tmp_path, {"outside.svg": SVG})
    (root / "_assets/link.svg").symlink_to(tmp_path / "outside.svg")
    return Catalogue(root.resolve(), SITE, ENTRIES)


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("invoice.md", "/en/articles/invoice"),
        ("./invoice.md#on-paper", "/en/articles/invoice#on-paper"),
        ("../top.md", "/en/articles/top"),
        ("invoice", "/en/articles/invoice"),
        ("../guide", "/en/articles/guide"),
        ("../guide/", "/en/articles/guide"),
        ("../r%C4%ABga.md", "/en/articles/riga"),
        ("../../lv/pay/invoice.md", "/en/articles/invoice"),  # readers stay in their language
        ("/en/articles/invoice", "/en/articles/invoice"),
        ("/lv/articles/rekins#a", "/lv/articles/rekins#a"),
        ("/en/", "/en/"),
        ("/en/contact", "/en/contact"),
        ("top", "/en/articles/top"),  # a slug alone, as other tools write it
        ("https://example.com/a.md", "https://example.com/a.md"),
        ("mailto:ed@example.com", "mailto:ed@example.com"),
        ("//example.com/x", "https://example.com/x"),
        ("gone.md", None),
        ("../../../outside.md", None),
        ("../../../../etc/passwd", None),
        ("/etc/passwd", None),
        ("..\\..\\outside.md", None),
        ("%2e%2e/%2e%2e/%2e%2e/outside.svg", None),
        ("a%00.md", None),
        ("../../site.yaml", None),
        ("/staff/", None),
        ("/de/articles/card", None),
        ("javascript:alert(1)", None),
        ("JAVASCRIPT:alert(1)", None),
        ("ms-settings:x", None),
        ("file:///etc/passwd", None),
    ],
)
def test_links(catalogue, href, wanted):
    assert catalogue.link(href, "en/pay/card.md", "en") == wanted


@pytest.mark.parametrize(
    ("href", "path", "lang", "wanted"),
    [
        ("invoice.md", "lv/pay/x.md", "lv", "/lv/articles/rekins"),
        ("invoice.md", "pl/pay/x.md", "pl", "/pl/articles/rekins"),  # Polish falls back to Latvian first
        ("../top.md", "lv/pay/x.md", "lv", "/lv/articles/top"),  # English stands in
        ("card.md", "lv/pay/x.md", "lv", "/en/articles/card"),  # its slug means another article in Latvian
    ],
)
def test_links_of_translations_lead_to_translations(catalogue, href, path, lang, wanted):
    assert catalogue.link(href, path, lang) == wanted


@pytest.mark.parametrize(
    ("src", "url"),
    [
        ("../../_assets/a%20b.svg", "/assets/a%20b.svg?v="),
        ("../../_assets/a b.svg", "/assets/a%20b.svg?v="),
        ("../media/b.svg", "/assets/en/media/b.svg?v="),
        ("/_assets/a b.svg", "/assets/a%20b.svg?v="),
        ("/assets/a%20b.svg", "/assets/a%20b.svg?v="),
    ],
)
def test_images(catalogue, src, url):
    image = catalogue.image(src, "en/pay/card.md")

    assert image.url.startswith(url)
    assert (image.width, image.height) == (30, 20)


@pytest.mark.parametrize(
    "src",
    ["gone.svg", "../../../outside.svg", "../../_assets/link.svg", "card.md", "../../site.yaml", "https://example.com/a.svg", "//example.com/a.svg", ""],
)
def test_images_that_are_not_ours_to_show(catalogue, src):
    assert catalogue.image(src, "en/pay/card.md") is None


def test_the_same_answers_have_the_same_hash(catalogue):
    first, second = (catalogue.reader("en/pay/card.md", "en") for _ in range(2))
    first.link("invoice.md")
    first.image("gone.svg")
    second.image("gone.svg")
    second.link("invoice.md")

    assert first.hash() == second.hash() == catalogue.reader("en/pay/card.md", "en").ask_again(first.dependencies)
    assert catalogue.reader("en/pay/card.md", "lv").ask_again(first.dependencies) != first.hash()
