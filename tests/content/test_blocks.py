"""Blocks between lines of colons: what each becomes, where each ends, and what is said of those that went wrong."""

import re

import pytest

from helpcenter.content.labels import labels_in
from tests.content.test_markup import codes, html, rendered

TABS = '<div class="tabs"><section class="tab"><h2 id="windows">Windows</h2><p>a</p></section><section class="tab"><h2 id="macos">macOS</h2><p>b</p></section></div>'


@pytest.mark.parametrize(
    ("name", "kind"),
    [("note", "note"), ("info", "note"), ("tip", "tip"), ("important", "important"), ("warning", "warning"), ("danger", "caution"), ("caution", "caution")],
)
def test_a_note_becomes_an_alert(name, kind):
    assert html(f":::{name}\nMind this.\n:::") == html(f"> [!{kind}]\n> Mind this.")


@pytest.mark.parametrize("opening", [":::note Your *card*", "::: note Your *card*", ":::note[Your *card*]", "::::note Your *card*"])
def test_a_note_may_have_a_title_of_its_own(opening):
    assert '<p class="markdown-alert-title">Your <em>card</em></p><p>x</p>' in html(f"{opening}\nx\n:::::")


@pytest.mark.parametrize(
    "markdown",
    [
        ":::tabs\n:::tab Windows\na\n:::tab macOS\nb\n:::",
        ":::tabs\n:::tab Windows\na\n:::\n\n:::tab macOS\nb\n:::\n:::",
        "::::tabs\n:::tab Windows\na\n:::\n:::tab macOS\nb\n:::\n::::",
        "::::tabs\n\n:::tab Windows\n\na\n\n:::tab macOS\n\nb\n\n::::",
    ],
    ids=["tabs end at the next", "each has an end", "more colons outside", "blank lines between"],
)
def test_tabs_are_sections_under_their_labels(markdown):
    assert html(f"{markdown}\n\nAfter") == f"{TABS}<p>After</p>"
    assert codes(markdown) == []


def test_a_tab_is_a_heading_one_below_the_one_it_stands_under():
    """Lists of contents leave the labels out; links to them work."""
    headings = rendered("## Install\n\n:::tabs\n:::tab A\n#### Deep\n:::tab B\nb\n:::\n\n### After").headings

    assert [(heading["text"], heading["level"]) for heading in headings] == [("Install", 2), ("A", 3), ("Deep", 4), ("B", 3), ("After", 3)]
    assert [heading["text"] for heading in headings if heading.get("tab")] == ["A", "B"]


def test_the_same_label_in_two_groups_has_two_ids():
    found = html(":::tabs\n:::tab A\na\n:::\n\n:::tabs\n:::tab A\nb\n:::")

    assert '<h2 id="a">' in found
    assert '<h2 id="a-1">' in found


def test_details_fold_and_have_a_title():
    assert html(":::details More *about* it\nx\n:::") == "<details><summary>More <em>about</em> it</summary><p>x</p></details>"
    assert html(":::details\nx\n:::", labels=labels_in("lv")).startswith(f"<details><summary>{labels_in('lv').details}</summary>")


def test_blocks_nest_and_code_closes_nothing():
    found = html(":::details D\n:::tabs\n:::tab A\n:::note N\n```\n:::\n```\n:::\n:::\n:::\n\nAfter")

    assert found.endswith("<pre tabindex=\"0\"><code>:::</code></pre></div></section></div></details><p>After</p>")


def test_a_block_in_a_list_or_a_quote_ends_there():
    assert html("- a\n  :::tip\n  b\n- c").endswith("</div></li><li>c</li></ul>")
    assert html("> :::tip\n> b\n\nc").endswith("</div></blockquote><p>c</p>")


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("a\n\n:::note\nb", [(3, "unclosed-block")]),
        ("a\n\n:::nota\nb\n:::", [(3, "unknown-block"), (5, "unknown-block")]),
        (":::tab A\nb", [(1, "unknown-block")]),
        ("a\n:::", [(2, "unknown-block")]),
        (":::note\n\n" * 20, [(line, "unclosed-block") for line in range(1, 30, 2)] + [(line, "unknown-block") for line in range(31, 40, 2)]),
    ],
)
def test_what_is_no_block_is_shown_and_found(markdown, wanted):
    assert codes(markdown) == wanted


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("".join(f"{'  ' * depth}- word{depth}\n" for depth in range(9)), []),
        ("".join(f"{'  ' * depth}- word{depth}\n" for depth in range(14)), [10, 11]),
        ("> " * 18 + "word0\n\nword1", []),
        ("word1\n\n" + "> " * 30 + "word0", [3]),
        ("> " * 17 + "- - word0\n\nword1", [1]),
        ("> " * 18 + "## word0\n" + "> " * 18 + "~~~\n" + "> " * 18 + "word1", []),
        ("> " * 18 + "[^1]: word0\n\nx[^1] word1", [1]),
    ],
)
def test_what_is_nested_too_deep_is_kept_and_found(markdown, lines):
    found = rendered(markdown + "\n\nAfter *all*.")

    assert found.html.endswith("<p>After <em>all</em>.</p>\n")
    assert set(re.findall(r"word\d+", markdown)) == set(re.findall(r"word\d+", found.html))
    assert [(one.line, one.code) for one in found.findings] == [(line, "too-deep") for line in lines]


def test_a_misspelt_block_is_told_the_nearest_name():
    assert "Did you mean details?" in rendered(":::detials\nx").findings[0].message


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("![a](a.png 'The *back*')", '<figure><img src="/assets/a.png?v=12345678" width="640" height="480" alt="a"><figcaption>The *back*</figcaption></figure>'),
        ("![a](a.png)", '<p><img src="/assets/a.png?v=12345678" width="640" height="480" alt="a"></p>'),
        (
            "[Press reset](/assets/r.mp4)",
            '<figure class="video"><video controls="" preload="none" src="/assets/r.mp4" aria-label="Press reset">'
            '<a href="/assets/r.mp4">Press reset</a></video><figcaption>Press reset</figcaption></figure>',
        ),
        ("See [this](/assets/r.mp4)", '<p>See <a href="/assets/r.mp4">this</a></p>'),
        ("- [this](/assets/r.mp4)", '<ul><li><a href="/assets/r.mp4">this</a></li></ul>'),
        (
            "https://youtu.be/dQw4w9WgXcQ",
            '<figure class="video"><a href="https://youtu.be/dQw4w9WgXcQ" rel="noopener noreferrer" class="video-link">Video</a>'
            "<figcaption>Video on YouTube. Playing it connects you to YouTube.</figcaption></figure>",
        ),
        ("[x](https://evil.example/?https://youtu.be/dQw4w9WgXcQ)", '<p><a href="https://evil.example/?https://youtu.be/dQw4w9WgXcQ" rel="noopener noreferrer">x</a></p>'),
    ],
)
def test_what_stands_alone_becomes_a_figure(markdown, wanted):
    assert html(markdown) == wanted


@pytest.mark.parametrize(
    ("href", "is_video"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=5", True),
        ("https://www.youtube.com/watch?list=x&v=dQw4w9WgXcQ", True),
        ("https://youtube.com/shorts/dQw4w9WgXcQ", True),
        ("https://vimeo.com/76979871", True),
        ("https://vimeo.com/76979871/abcdef0123", True),
        ("https://vimeo.com/about", False),
        ("https://notyoutube.com/watch?v=dQw4w9WgXcQ", False),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", False),
    ],
)
def test_which_links_are_videos(href, is_video):
    assert ('class="video"' in html(f"[x]({href})")) is is_video


def test_a_video_wants_a_transcript_below_it():
    video = "a\n\n[x](/assets/r.mp4)\n\n"

    assert codes(video + "b") == [(3, "missing-transcript")]
    assert codes(video + ":::transcript\nPress.\n:::") == []
    assert '</figure><details class="transcript"><summary>Transcript</summary><p>Press.</p></details>' in html(video + ":::transcript\nPress.\n:::")


def test_code_names_its_title_and_its_language_but_only_the_title_is_text():
    found = rendered('```yml title="site.yaml"\na: 1\n```')

    assert found.html.replace("\n", "") == (
        '<figure class="code"><figcaption><span class="code-title">site.yaml</span><span class="code-language">YAML</span></figcaption>'
        '<pre tabindex="0"><code class="language-yml">a: 1</code></pre></figure>'
    )
    assert found.text == "site.yaml\na: 1"


def test_the_text_of_a_video_is_its_caption():
    assert rendered("[Press reset](/assets/r.mp4)").text == "Press reset"
