"""The Markdown dialect: what each construct becomes, and that links, images and ids hold."""

import pytest

from helpcenter.content.labels import labels_in
from helpcenter.content.markup import Image, github_id, render


def rendered(markdown, **options):
    """Return *markdown* rendered; links to `gone` lead nowhere, images have a size."""
    return render(
        markdown,
        resolve_link=lambda href: None if "gone" in href else href.replace("card.md", "/en/articles/card"),
        resolve_image=lambda src: None if "gone" in src or src.startswith("data:") else Image(f"/assets/{src}?v=12345678", 640, 480),
        **options,
    )


def html(markdown, **options):
    """Return the HTML of *markdown* on one line."""
    return rendered(markdown, **options).html.replace("\n", "")


def codes(markdown, **options):
    """Return the findings of *markdown* as (line, code)."""
    return [(finding.line, finding.code) for finding in rendered(markdown, **options).findings]


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
        ("~~a~~", "<p><s>a</s></p>"),
        ("www.example.com", '<p><a href="http://www.example.com" rel="noopener noreferrer">www.example.com</a></p>'),
        ("ed@example.com", '<p><a href="mailto:ed@example.com">ed@example.com</a></p>'),
        ("3. a", '<ol start="3"><li>a</li></ol>'),
        ("```\nx\n```", '<pre tabindex="0"><code>x</code></pre>'),
        ("```text\nx\n```", '<pre tabindex="0"><code class="language-text">x</code></pre>'),
        ("    x", '<pre tabindex="0"><code>x</code></pre>'),
        ("<kbd>Ctrl</kbd>", "<p><kbd>Ctrl</kbd></p>"),
        ("<details><summary>S</summary>T</details>", "<details><summary>S</summary>T</details>"),
    ],
)
def test_the_dialect(markdown, wanted):
    assert html(markdown) == wanted


def test_a_table_scrolls_by_keyboard_and_aligns_without_style():
    found = html("|a|b|\n|:-|-:|\n|1|2|")

    assert '<div class="table-scroll" role="region" tabindex="0" aria-label="Table 1">' in found
    assert '<th scope="col" class="align-left">a</th>' in found
    assert '<td class="align-right">2</td>' in found
    assert "style" not in found


def test_tasks_are_read_aloud_and_cannot_be_ticked():
    found = html("- [ ] a\n- [x] b")

    assert '<span class="task-box" role="img" aria-label="To do">☐</span> a' in found
    assert '<span class="task-box task-done" role="img" aria-label="Done">☑</span> b' in found
    assert "<input" not in found


@pytest.mark.parametrize("kind", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_alerts(kind):
    found = html(f"> [!{kind}]\n> Mind this.")

    assert found == (
        f'<div class="markdown-alert markdown-alert-{kind.lower()}" role="note">'
        f'<p class="markdown-alert-title">{kind.title()}</p><p>Mind this.</p></div>'
    )


def test_the_words_of_rendering_are_in_the_language_of_the_article():
    latvian = labels_in("lv")

    assert latvian.alerts["NOTE"] in html("> [!NOTE]\n> x", labels=latvian)


def test_footnotes_lead_there_and_back():
    found = html("a[^n] b[^n]\n\n[^n]: Why")

    assert '<a href="#fn1" id="fnref1" aria-label="Footnote 1">1</a>' in found
    assert '<li id="fn1"' in found
    assert '<a href="#fnref1" class="footnote-backref" aria-label="Back to the text">↩</a>' in found
    assert '<a href="#fnref1-1" class="footnote-backref"' in found


def test_heading_ids_are_githubs_and_explicit_ones_win():
    headings = rendered("## What's new?\n\n## What's new?\n\n## Ķekava un Rīga\n\n### Old {#kept}\n\n## <a name='old'></a>Named").headings

    assert [heading["id"] for heading in headings] == ["whats-new", "whats-new-1", "ķekava-un-rīga", "kept", "old"]
    assert [heading["text"] for heading in headings][3:] == ["Old", "Named"]


def test_a_heading_never_takes_an_id_of_the_page():
    assert rendered("## Main\n\n## Contact").headings[0]["id"] == "main-1"


@pytest.mark.parametrize(
    ("text", "wanted"), [("a  b", "a--b"), ("C++ & Co.", "c--co"), ("1. First", "1-first"), ("snake_case", "snake_case")]
)
def test_github_ids(text, wanted):
    assert github_id(text) == wanted


def test_a_first_heading_that_repeats_the_title_is_dropped():
    assert html("# Pay by  card\n\nx", title="Pay by card") == "<p>x</p>"
    assert html("# Other\n\nx", title="Pay by card") == '<h2 id="other">Other</h2><p>x</p>'


def test_a_second_first_level_heading_and_a_jump_are_found():
    assert codes("# T\n\n# U\n\n#### V", title="T") == [(3, "second-h1"), (5, "heading-jump")]


def test_a_link_that_leads_nowhere_becomes_text_and_is_found_on_its_line():
    assert html("a [b](gone.md) c") == '<p>a <span class="broken-link">b</span> c</p>'
    assert codes("x\n\na\nb [b](gone.md)") == [(4, "broken-link")]


def test_links_in_raw_html_are_resolved_like_others():
    assert html('<a href="card.md" onclick="x()" target="_blank">b</a>') == '<p><a href="/en/articles/card">b</a></p>'
    assert html('<p><a href="gone.md">b</a></p>') == "<p><a>b</a></p>"
    assert html('<a href="https://example.com">b</a>') == '<p><a href="https://example.com" rel="noopener noreferrer">b</a></p>'


def test_a_link_to_a_place_that_the_article_lacks_is_remembered():
    assert rendered("x\n[a](#nowhere)\n[b](/card.md#r%C4%ABga)").anchors == [(2, "#nowhere"), (3, "//en/articles/card#rīga")]


def test_images_have_sizes_and_all_but_the_first_load_late():
    found = html("![a](a.png)\n\nSee ![b](b.png 'T')")

    assert '<img src="/assets/a.png?v=12345678" width="640" height="480" alt="a">' in found
    assert 'loading="lazy" decoding="async" title="T" alt="b">' in found


def test_an_image_that_is_missing_leaves_its_description():
    assert html("![Where to look](gone.png)") == "<p>Where to look</p>"
    assert codes("![Where to look](gone.png)") == [(1, "broken-image")]


def test_an_image_without_description_is_found():
    assert codes("![](a.png)\n\n<img src='a.png'>") == [(1, "missing-alt"), (3, "missing-alt")]


def test_an_image_of_another_server_becomes_a_link():
    found = html("![Map](https://tracker.example/a.png)")

    assert found == '<p><a href="https://tracker.example/a.png" class="external-image" rel="noopener noreferrer">Map</a></p>'
    assert "<img" not in html('<img src="https://tracker.example/a.png" alt="Map">')


def test_plain_text_keeps_headings_apart_and_knows_where_they_begin():
    found = rendered("Intro.\n\n## Pay\n\n|a|b|\n|-|-|\n|1|2|\n\n- x[^1]\n- [x] y\n\n[^1]: Note")

    assert found.text == "Intro.\nPay\na · b\n1 · 2\nx\ny\nNote"
    assert found.headings == [{"id": "pay", "text": "Pay", "level": 2, "start": 7}]
    assert found.text[7:].startswith("Pay")


def test_text_in_code_keeps_its_lines():
    assert rendered("```\na\n  b\n```").text == "a\n  b"


def test_an_embedded_image_is_refused_however_long_it_is():
    found = rendered("![x](data:image/png;base64," + "A" * 100_000 + ")")

    assert found.html == "<p>x</p>\n"


def test_the_empty_corner_of_a_table_is_no_heading():
    table = html("|  | b |\n|--|:-:|\n| x | y |")

    assert "<td></td><th scope=\"col\" class=\"align-center\">b</th>" in table
    assert table.count("<th ") == table.count("</th>") == 1
