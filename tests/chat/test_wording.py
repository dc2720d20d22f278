"""Texts become safe bubbles."""


import nh3
import pytest

from helpcenter.chat.wording import pick, render, shorten


def url(key):
    """Return the address of an article."""
    return f"/en/articles/{key.rpartition('/')[2]}" if key.startswith("payments/") else None


@pytest.mark.parametrize(
    ("template", "text", "html"),
    [
        ("**Bold** & <b>", "Bold & <b>", "<strong>Bold</strong> &amp; &lt;b&gt;"),
        ("a\nb", "a\nb", "a<br>\nb"),
        ("[here](https://x.example/?a=1&b=2)", "here (https://x.example/?a=1&b=2)", '<a href="https://x.example/?a=1&amp;b=2" rel="noopener">here</a>'),
        ("[here](payments/pay)", "here (/en/articles/pay)", '<a href="/en/articles/pay" rel="noopener">here</a>'),
        ("[x.example/a](https://x.example/a)", "x.example/a", '<a href="https://x.example/a" rel="noopener">x.example/a</a>'),
        ("[here](gone/pay)", "here", "here"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](javascript:alert`1`)", "x", "x"),
        ("[x](https://e.example/\"onclick=1)", "x", "x"),
        ("**[a](https://b.example)**", "a (https://b.example)", '<strong><a href="https://b.example" rel="noopener">a</a></strong>'),
    ],
)  # fmt: skip
def test_bold_links_and_line_breaks_are_all_there_is(template, text, html):
    bubble = render(template, url)

    assert (bubble.text, bubble.html) == (text, html)


def test_a_value_is_text_whatever_it_holds():
    bubble = render("Hello **{name}**", url, {"name": "<i>**[x](https://e.example)** {name}"})

    assert bubble.html == "Hello <strong>&lt;i&gt;**[x](https://e.example)** {name}</strong>"


@pytest.mark.parametrize("where", ["{v}", "[{v}](https://a.example)", "**{v}**"])
def test_no_payload_survives_as_a_template_or_as_a_value(where):
    payloads = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=1>", "[a](data:text/html,<script>)", "javascript:alert(1)"]
    for payload in payloads:
        for html in (render(payload, url).html, render(where, url, {"v": payload}).html):
            plain = html.replace("&#34;", '"').replace("&#39;", "'")
            assert nh3.clean(html, tags={"strong", "a", "br"}, attributes={"a": {"href"}}, link_rel="noopener", url_schemes={"http", "https"}) == plain


def test_a_variant_is_fixed_by_the_conversation():
    variants = ["a", "b", "c"]

    assert {pick(variants, str(number), "x") for number in range(50)} == set(variants)
    assert pick(variants, "7", "x") == pick(variants, "7", "x")


def test_a_text_is_cut_between_words():
    assert shorten("one two three", 9) == "one two…"
