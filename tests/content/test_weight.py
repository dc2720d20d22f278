"""A hostile article costs no more work than a second holds, and is refused with a line where it would cost more."""

import pytest

from helpcenter.content import weight
from helpcenter.content.markup import render
from helpcenter.content.weight import TooHeavy
from tests.effort import SECOND_OF_CALLS, calls

SIZE = 256 * 1024

HOSTILE = {
    "nested div": "<div>" * 20_000,
    "nested div on lines": "<div>\n" * 20_000,
    "nested div as blocks": "<div>\n\n" * 15_000,
    "brackets": "[" * 50_000,
    "bracket pairs": "[]" * 50_000,
    "open links": "[a](" * 20_000,
    "nested links": "[" * 10_000 + "a" + "](b)" * 10_000,
    "open images": "![" * 40_000,
    "reference definitions": "".join(f"[a{number}]: b{number}\n" for number in range(15_000)),
    "36 KB of addresses": "http://a." * 4_000,
    "addresses with a tail": "http://a.b/" + ")" * 100_000,
    "unfinished addresses": "<http://a" * 20_000,
    "mail addresses": "a@" * 50_000,
    "wide table": "|a" * 20_000 + "|\n" + "|-" * 20_000 + "|\n" + "|b" * 20_000,
    "rows to fill up": ("|" + "a|" * 98 + "\n|" + "-|" * 98 + "\n" + "|\n" * 600 + "\n\n") * 9,
    "long table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 30_000,
    "less-than signs": "<" * 100_000,
    "open comments": "<!--" * 40_000,
    "open attributes": "<a b='" * 40_000,
    "emphasis": "*a **a " * 20_000,
    "emphasis without end": "a**b" * 40_000,
    "backticks": "`a" * 80_000,
    "backticks of every length": "".join("`" * number + " " for number in range(1, 600)),
    "quotes": ">" * 100_000,
    "nested lists": "".join(" " * (number * 2) + "- a\n" for number in range(400)),
    "footnotes": "".join(f"[^{n}]: x\n\n" for n in range(10_000)) + "".join(f"[^{n}]" for n in range(10_000)),
    "one footnote often": "[^a]" * 40_000 + "\n\n[^a]: x",
    "entities": "&amp;" * 50_000,
    "headings": "# a\n" * 50_000,
    "underlines": "=\n" * 100_000,
    "paragraphs": "a\n\n" * 80_000,
    "combining marks": "a" + "\u0301" * 100_000,
    "one word": "w" * 250_000,
    "nested formatting": "<b><i><u><s><em><strong><small>\n\n" * 5_000,
    "nested lists in html": "<ul><li>" * 10_000,
    "open tabs": ":::tabs\n" * 20_000,
    "tabs": ":::tabs\n:::tab a\n" * 20_000,
    "one block of many tabs": ":::tabs\n" + ":::tab a\n" * 20_000,
    "open notes": ":::note\nx\n" * 10_000,
    "closing colons": ":::\n" * 20_000,
    "colons of every length": "".join(":" * number + "note\n" for number in range(3, 400)) + ":::\n" * 2_000,
    "open notes in lists": "- :::note\n" * 10_000,
    "open notes in quotes": "> :::note\n" * 10_000,
    "a long line of colons": ":" * 200_000,
    "unknown blocks": ":::abcdefghijklmnop\n\n" * 5_000,
    "one id for every heading": "## a {#b}\n" * 10_000,
    "ids in one heading": "## " + "a {#b} " * 30_000,
    "ids in a paragraph": "{#b} " * 40_000,
    "titles of code": "```x " + "title=" * 40_000,
    "open code spans": "".join("`" * (number % 50 + 1) + "a " for number in range(4_000)),
    "colons": ": " * 100_000,
    "words with colons": "a:b " * 60_000,
    "colons in a long line": (" a: " + "bcd " * 14) * 4_000,
    "colons in long lines": ((" a: " + "bcd " * 14) * 100 + "\n") * 40,
    "marks that begin nothing": "% } $ + - = ^ ! # " * 14_000,
    "marks in words": "a%b " * 60_000,
    "videos": "[a](https://youtu.be/dQw4w9WgXcQ)\n\n" * 3_000,
    "addresses like videos": "[a](https://www.youtube.com/watch?" + "&v=" * 1_600 + ")\n\n",
}


def rendered_or_refused(markdown):
    """Render *markdown*, or see that it is refused with a line."""
    try:
        render(markdown, resolve_link=lambda href: href, resolve_image=lambda src: None)
    except TooHeavy as error:
        assert error.line >= 1
        assert error.message


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_article_costs_less_than_a_second_holds(name):
    assert calls(lambda: rendered_or_refused(HOSTILE[name][:SIZE])) < SECOND_OF_CALLS


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_as_much_costs_about_twice_the_work(name):
    half, whole = (HOSTILE[name][: min(len(HOSTILE[name]), SIZE) // parts] for parts in (4, 2))
    first, second = (calls(lambda text=text: rendered_or_refused(text)) for text in (half, whole))

    # What is rendered in no time, or refused, says nothing; quadratic growth would be 4.
    assert second < 50_000 or second < first * 2.5


@pytest.mark.parametrize("mark", weight.LIMITS)
def test_an_article_at_a_limit_costs_less_than_a_second_holds(mark):
    # Spread over words, so that no other limit is met first.
    markdown = "\n".join([f"a{mark} b"] * weight.LIMITS[mark])[:SIZE]
    markdown = markdown.replace("\n", " ") if markdown.count("\n") > weight.MAX_LINES else markdown

    assert calls(lambda: rendered_or_refused(markdown)) < SECOND_OF_CALLS


def test_what_is_refused_names_line_and_reason():
    with pytest.raises(TooHeavy, match="100 HTML tags are open") as refused:
        weight.refuse_heavy("a\n\n" + "<div>\n" * 200)

    assert refused.value.line == 103


def test_a_long_honest_article_is_rendered():
    section = "## Heading\n\nSome *text* with a [link](a.md) and `code`.\n\n- one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n\n"

    weight.refuse_heavy(section * 300)
