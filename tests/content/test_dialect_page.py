"""docs/dialect.md shows what the renderer gives, and every block and every class that an article may have."""

import re

from helpcenter.content.blocks import ALERTS, DETAILS, TAB, TABS, TRANSCRIPT
from helpcenter.content.sanitising import CLASSES, clean
from tests.content.dialect_examples import PAGE, examples, shown, written_anew

TEXT = PAGE.read_text(encoding="utf-8")
# Kinds of one thing, of which one is shown.
ALIKE = re.compile(r"markdown-alert-\w+|align-(?:center)|broken-link|external-image")


def test_the_html_is_what_the_renderer_gives():
    assert len(examples(TEXT)) >= 14
    for markdown, html in examples(TEXT):
        assert html == shown(markdown)
        assert clean(html) == html
    assert written_anew(TEXT) == TEXT


def test_every_block_and_every_class_is_shown():
    html = "".join(html for _markdown, html in examples(TEXT))
    used = set(" ".join(re.findall(r'class="([^"]+)"', html)).split())

    assert {name for name in (*ALERTS, DETAILS, TAB, TABS, TRANSCRIPT) if f"`{name}`" not in TEXT and f":::{name}" not in TEXT} == set()
    assert {name for name in CLASSES - used if not ALIKE.fullmatch(name)} == set()
