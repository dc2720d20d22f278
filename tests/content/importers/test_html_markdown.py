"""HTML of other tools as Markdown: what readers saw there, they see here; and nothing breaks it."""

from __future__ import annotations

import re
from html import escape

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpcenter.content.importers.html_cleaning import Surroundings
from helpcenter.content.importers.html_markdown import to_markdown
from helpcenter.content.markup import render
from helpcenter.content.sanitising import clean
from tests.effort import growth

LOSSES: list[tuple[str, str]] = []


def markdown(html: str, *, title: str = "Title", lang: str = "en", lose=lambda what, detail: None) -> str:
    """Return *html* as Markdown, every address as it is."""
    return to_markdown(html, Surroundings(lang, title, lambda href: href, lambda source: source, lose))


def losses(html: str) -> list[tuple[str, str]]:
    """Return what could not come along from *html*."""
    found: list[tuple[str, str]] = []
    markdown(html, lose=lambda what, detail: found.append((what, detail)))
    return found


CASES = {
    "bold and stress": ("<p>a <b>bold</b> <i>word</i></p>", "a **bold** *word*"),
    "spaces inside bold": ("<p>a<b> bold </b>word</p>", "a **bold** word"),
    "bold that ends with a colon before a letter": ("<p><b>Note:</b>text</p>", "<strong>Note:</strong>text"),
    "bold in two pieces": ("<p><b>one</b><b>two</b></p>", "**onetwo**"),
    "empty bold": ("<p>a<b></b>b</p>", "ab"),
    "hard spaces": ("<p>1&nbsp;000&#160;€\u00a0a&#xa0;month</p>", "1 000 € a month"),
    "empty paragraphs": ("<p>a</p><p>&nbsp;</p><p><br></p><p>b</p>", "a\n\nb"),
    "emoji": ("<p>Done 🎉</p>", "Done 🎉"),
    "an image of an emoji": ('<p>Done <img class="emoji" alt="🎉" src="https://x.example/1f389.png"></p>', "Done 🎉"),
    "text that looks like Markdown": ("<p>1 * 2 * 3, [a](b), `c`, snake_case, _d_</p>", "1 \\* 2 \\* 3, \\[a\\](b), \\`c\\`, snake_case, \\_d\\_"),
    "text that looks like HTML": ("<p>Write &lt;b&gt; and &amp;amp;</p>", "Write \\<b> and \\&amp;"),
    "text that looks like a list": ("<p>- one<br>+ two</p><p>1. three</p>", "\\- one\\\n\\+ two\n\n1\\. three"),
    "text that looks like a heading": ("<p># one</p><p>two<br>===</p>", "\\# one\n\ntwo\\\n\\==="),
    "headings begin at the second level": ("<h1>A</h1><h3>B</h3><h6>C</h6><h1>D</h1>", "## A\n\n### B\n\n#### C\n\n## D"),
    "headings that begin low": ("<h4>A</h4><h5>B</h5>", "## A\n\n### B"),
    "a first heading that says the title": ("<h1>Title</h1><h2>A</h2>", "## A"),
    "bold headings": ("<h2><strong>A <em>b</em></strong></h2>", "## A *b*"),
    "ids of headings": ('<h2 id="h_01GX">A</h2>', "## A {#h_01GX}"),
    "an old anchor before a heading": ('<p><a name="fees"></a></p><h2>Fees</h2>', "## Fees {#fees}"),
    "an old anchor in a heading": ('<h2><a name="fees"></a>Fees</h2>', "## Fees {#fees}"),
    "an anchor that the article links to": ('<p><a href="#x">go</a></p><p id="x">here</p>', '[go](#x)\n\n<a id="x"></a>here'),
    "an id that nothing needs": ('<p id="p_17">here</p>', "here"),
    "lists in lists": ("<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d</li></ul>", "- a\n  - b\n    1. c\n- d"),
    "a list directly in a list": ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c"),
    "a list that begins later": ('<ol start="4"><li>a</li><li>b</li></ol>', "4. a\n5. b"),
    "code in a list": ("<ol><li>Run<pre>a\n\nb</pre></li><li>Stop</li></ol>", "1. Run\n\n   ```\n   a\n\n   b\n   ```\n2. Stop"),
    "code with backticks": ("<p><code>a`b</code></p><pre>```</pre>", "``a`b``\n\n````\n```\n````"),
    "code of highlight.js": ('<pre><code class="hljs language-js">a</code></pre>', "```js\na\n```"),
    "code of Prism and TinyMCE": ('<pre class="language-markup"><code>&lt;p&gt;</code></pre>', "```html\n<p>\n```"),
    "code of SyntaxHighlighter": ('<pre class="brush: php">a</pre>', "```php\na\n```"),
    "code with a language beside it": ('<pre data-language="SQL">a</pre>', "```sql\na\n```"),
    "code with markup in it": ('<pre><span class="k">if</span> <b>x</b><br>y &amp;&amp; z</pre>', "```\nif x\ny && z\n```"),
    "a sample in a box": ('<div class="codesample">a<br>b</div>', "```\na\nb\n```"),
    "keys": ("<p><kbd>Ctrl</kbd>+<kbd>&lt;</kbd></p>", "<kbd>Ctrl</kbd>+<kbd>\\<</kbd>"),
    "a table": (
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1<br>2</td><td>a|b</td></tr></tbody></table>",
        "| A | B |\n| --- | --- |\n| 1<br>2 | a\\|b |",
    ),
    "a table without a head": ("<table><tr><td>1</td><td>2</td></tr></table>", "|  |  |\n| --- | --- |\n| 1 | 2 |"),
    "a table with lists": (
        '<table style="x"><tr><th>A</th><th>B</th></tr><tr><td class="c"><ul><li>1</li>\n\n<li><b>2</b></li></ul></td><td>&lt;</td></tr></table>',
        "<table>\n<tr><th>A</th><th>B</th></tr>\n<tr><td><ul><li>1</li> <li><strong>2</strong></li></ul></td><td>&lt;</td></tr></table>",
    ),
    "a table of one cell": ("<table><tr><td><p>Box</p><p>Text</p></td></tr></table>", "Box\n\nText"),
    "definitions": ("<dl><dt>A</dt><dd>B</dd></dl>", "<dl>\n<dt>A</dt><dd>B</dd></dl>"),
    "a part that unfolds": (
        "<details><summary>More <b>x</b></summary><p>Text</p></details><p>after</p>",
        "<details>\n<summary>More x</summary>\n\nText\n\n</details>\n\nafter",
    ),
    "a quote": ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
    "a quote with a label": ("<blockquote><p><strong>Note:</strong> a</p></blockquote>", "> [!NOTE]\n> a"),
    "a box of a Zendesk theme": ('<div class="callout callout--warning"><h4>Warning</h4><p>Hot.</p></div>', "> [!WARNING]\n> Hot."),
    "a box with a title of its own": ('<div class="note"><h4>Before you start</h4><p>Log in.</p></div>', "> [!NOTE]\n> **Before you start**\n>\n> Log in."),
    "a box of Help Scout": ('<section class="callout-red"><p>Stop.</p></section>', "> [!CAUTION]\n> Stop."),
    "a box of Bootstrap": ('<div class="alert alert-success">Done.</div>', "> [!TIP]\n> Done."),
    "a box of Intercom, by its colour": (
        '<div class="intercom-interblocks-callout" style="background-color: #feedaf80; border-color: #fbc91633;"><p>Careful.</p></div>',
        "> [!WARNING]\n> Careful.",
    ),
    "an aside": ("<aside>By the way.</aside>", "> [!NOTE]\n> By the way."),
    "a class that only looks like a box": ('<p class="footnote">a</p><p class="noteworthy">b</p>', "a\n\nb"),
    "a video of YouTube": (
        '<p><iframe src="//www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0" title="How to pay"></iframe></p>',
        "[How to pay](https://www.youtube.com/watch?v=dQw4w9WgXcQ)",
    ),
    "a video of Vimeo": ('<iframe src="https://player.vimeo.com/video/76979871?h=1"></iframe>', "<https://vimeo.com/76979871>"),
    "a video file": ('<video controls><source src="../a.mp4">Old browser</video>', "[../a.mp4](../a.mp4)"),
    "an image with a caption": (
        '<figure><img src="a b.png" alt="The [x]" width="300"><figcaption>A "cap"</figcaption></figure>',
        '![The \\[x\\]](a%20b.png "A \\"cap\\"")',
    ),
    "an image in a link": ('<a href="https://x.example/"><img src="a.png" alt="x"></a>', "[![x](a.png)](https://x.example/)"),
    "mail": ('<p><a href="mailto:ed@example.com">ed@example.com</a></p>', "[ed@example.com](mailto:ed@example.com)"),
    "a bare address": ('<a href="https://x.example/a_b">https://x.example/a_b</a>', "<https://x.example/a_b>"),
    "a link around a block": ('<a href="/a"><div><h3>Go</h3><p>there</p></div></a>', "[Go there](/a)"),
    "styles and wrappers": ('<div style="color:red"><span style="font-size:9px"><font color="red">a</font></span></div>', "a"),
    "scripts, styles and comments": ("<p>a</p><script>x()</script><style>p{}</style><!-- c --><p>b</p>", "a\n\nb"),
    "one and two lists": ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n<!-- -->\n\n- b"),
    "a rule": ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "said"), CASES.values(), ids=CASES.keys())
def test_html_becomes_the_markdown_that_an_editor_would_write(html, said):
    assert markdown(html) == said


def test_a_label_is_known_in_the_language_of_the_article():
    assert markdown("<blockquote><p><b>Piezīme:</b> a</p></blockquote>", lang="lv") == "> [!NOTE]\n> a"


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<script>x()</script>", "dropped"),
        ("<p>a</p><form><textarea></textarea></form>", "dropped"),
        ('<iframe src="https://forms.example/1"></iframe>', "frame"),
        ("<iframe></iframe>", "frame"),
        ("<p>" + "a " * 1_100_000, "too-large"),
    ],
)
def test_what_is_lost_is_told(html, what):
    assert [found for found, _detail in losses(html)] == [what]


@pytest.mark.parametrize("html", ["<p>a</p>", "<style>p{}</style>", '<iframe src="https://player.vimeo.com/video/76979871"></iframe>'])
def test_what_readers_do_not_miss_is_not_told(html):
    assert losses(html) == []


def visible(html: str) -> str:
    """Return what a reader sees of *html*, white space aside."""
    return re.sub(r"\s+", " ", BeautifulSoup(html, "html.parser").get_text()).strip()


def rendered(text: str) -> str:
    """Return an article's Markdown as HTML."""
    return render(text, resolve_link=lambda href: href, resolve_image=lambda source: None).html


# What Markdown and HTML give a meaning to, and what people write; links that write themselves are another matter.
TEXT = st.text(st.sampled_from("abc XYZ19 *_`~[](){}<>&#+-=|!.:;\\/\"'%$^@\u00a0éāқ\n"), max_size=40).map(lambda text: text.replace("@", ""))


@settings(max_examples=400, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=3))
@example(["1. a", "- b", "# c"])
@example(["a | b", "--- | ---"])
def test_text_reads_the_same_before_and_after(texts):
    html = "".join(f"<p>{escape(text)}</p>" for text in texts)

    assert visible(rendered(markdown(html))) == re.sub(r"\s+", " ", " ".join(texts)).strip()


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT, TEXT, st.sampled_from(["b", "i", "em", "strong", "s", "code", "sup"]))
def test_marks_beside_text_read_the_same(before, inside, after, tag):
    html = f"<p>x{escape(before)}<{tag}>{escape(inside)}</{tag}>{escape(after)}x</p>"

    assert visible(rendered(markdown(html))).replace(" ", "") == re.sub(r"\s+", "", f"x{before}{inside}{after}x")


SOUP = st.lists(
    st.sampled_from(
        "<p> </p> <div> </div> <b> </b> <i> </i> <ul> <ol> <li> </li> </ul> </ol> <table> <tr> <td> <th> </td> </table> <pre> </pre>"
        " <code> </code> <a_href='x'> </a> <a_name='y'> <h1> <h4> </h4> <blockquote> </blockquote> <details> <summary> </summary>"
        " </details> <img_src='x'_alt='y'> <iframe_src='z'> <script> </script> <dl> <dt> <dd> </dl> <br> <hr> <br/> <!-- --> <!doctype> <![CDATA["
        " ]]> < > & &lt; &#x0; &#xfffe; <svg> <math> <textarea> </textarea> <title> <p_class='note'> <section_class='callout-red'> <td_colspan='9'>"
        " <p_id='z'> <a_href='#z'> text *x* ``` `".split()
    ).map(lambda piece: piece.replace("_", " ")),
    max_size=30,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(SOUP)
def test_any_tag_soup_gives_markdown_that_renders_safely(html):
    out = rendered(markdown(html))

    assert clean(out) == out


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_gives_markdown_that_renders_safely(html):
    out = rendered(markdown(html))

    assert clean(out) == out


HOSTILE = {
    "nested boxes": lambda n: "<div>" * n,
    "nested lists": lambda n: "<ul><li>" * n,
    "nested bold": lambda n: "<b>" * n + "</i>" * n,
    "paragraphs": lambda n: "<p>a" * n,
    "items": lambda n: "<ol>" + "<li>a" * n + "</ol>",
    "flat items": lambda n: "<ol>" + "<li>a</li>" * n + "</ol>",
    "cells": lambda n: "<table><tr>" + "<td>a</td>" * n + "</tr></table>",
    "rows": lambda n: "<table>" + "<tr><td>a</td><td>b</td></tr>" * n + "</table>",
    "links": lambda n: '<a href="x">y</a>' * n,
    "anchors": lambda n: '<a name="x"></a>' * n,
    "bold beside bold": lambda n: "<b>a</b>" * n,
    "open brackets": lambda n: "<" * n,
    "open comments": lambda n: "<!--" * n,
    "open declarations": lambda n: "<!a" * n,
    "open sections": lambda n: "<![CDATA[" * n,
    "open instructions": lambda n: "<?" * n,
    "open tags": lambda n: "<a " * n,
    "open attributes": lambda n: "<a b='" * n,
    "a tag of tags": lambda n: "<a " * n + ">",
    "a tag of quotes": lambda n: "<a b='" * n + ">",
    "end tags": lambda n: "</p>" * n,
    "open end tags": lambda n: "</a" * n,
    "backticks": lambda n: "<code>" + "` " * n + "</code>",
    "ends of lines": lambda n: "<p>" + "<br>" * n + "</p>",
    "headings": lambda n: "<h2>a</h2>" * n,
    "boxes": lambda n: '<div class="note">a</div>' * n,
    "ampersands": lambda n: "&" * n,
    "fences": lambda n: "<pre>a</pre>" * n,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_work_grows_with_the_length(make):
    markdown(make(10))

    # Eight times as much is about eight times the work; a quadratic one would be 64 times.
    assert growth(lambda n: markdown(make(n)), 200, 1600) < 10
