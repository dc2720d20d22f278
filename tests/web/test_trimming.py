"""The panel's stylesheet holds the rules that its pages need, and no others."""

import re

import pytest

from helpcenter.paths import bundled
from helpcenter.web.static import EXTENSION, JOINED, TRIMMED
from helpcenter.web.trimming import plain_script, trimmed, words_in


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".a{x:1}.b{x:1}", ".a{x:1}"),
        (".a, .b { x: 1 }", ".a{x: 1}"),
        (".a .b{x:1}", ""),
        ("p:not(.b) :is(.a, .b){x:1}", "p:not(.b) :is(.a, .b){x:1}"),
        ("@media (a) { .b { x: 1 } }", ""),
        ("@layer one, two; @layer one { h1 { x: 1 } }", "@layer one, two;@layer one{h1{x: 1}}"),
        ("/* .a { */ .a { x: 'y' }", ".a{x: 'y'}"),
        (".a { &:hover { x: 1 } y: 2 }", ".a{&:hover { x: 1 } y: 2}"),
        ("[href='.b']{x:1}", ""),
        (".a{", ".a{}"),
    ],
)
def test_a_rule_stays_when_all_its_classes_are_known(css, kept):
    assert trimmed(css, frozenset({"a"})) == kept


def test_a_script_keeps_its_lines_but_not_its_comments():
    assert plain_script("// Why.\nlet a = 1; // one\n\n  a++;\n") == "let a = 1; // one\na++;\n"


@pytest.mark.parametrize("name", list(TRIMMED))
def test_what_a_page_of_the_panel_shows_keeps_its_rules(published_app, client, name):
    whole = "".join((bundled("static") / part).read_text(encoding="utf-8") for part in JOINED[name])
    small = published_app.extensions[EXTENSION][name].body.decode()
    pages = [client.get(f"/widget/v1/panel{path}").get_data(as_text=True) for path in ("", "?q=invoices", "/articles/find-an-invoice", "/chat")]
    shown = words_in(" ".join(re.findall(r'class="([^"]*)"', page)) for page in pages)

    classes = {one for one in re.findall(r"\.([a-z][\w-]*)", whole) if one in shown}

    assert classes and not {one for one in classes if f".{one}" not in small}
    assert len(small) < 0.8 * len(whole)
