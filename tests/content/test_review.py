"""What a careful colleague would say of articles: each code by an example, and what must not be said."""

import pytest

from helpcenter.content.checks import check_folder
from tests.content.folders import write
from tests.effort import SECOND_OF_CALLS, calls

TEXT = "description: Everything that one needs to know about paying by card here.\n"
FRONT = f"---\ntitle: T\n{TEXT}---\n"


def found(folder, article, *, path="en/pay/a.md", **more):
    """Return what a check of *article* finds, as (line, code); notes on missing translations apart."""
    site = "languages: [en, lv, pl, sv, kk]\n"
    problems = check_folder(write(folder, {"site.yaml": site, path: article, "_assets/a-b.svg": "<svg/>", "_assets/My_Image.svg": "<svg/>", **more}))
    unasked = ("missing-translation", "orphan-language")
    return {(problem.line, problem.code) for problem in problems if problem.path == path and problem.code not in unasked}


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("Text\n\n[here](b.md)", 7, "vague-link"),
        ("**[Click here!](b.md)**", 5, "vague-link"),
        ("[*Read more* →][1]\n\n[1]: b.md", 5, "vague-link"),
        ("[https://example.com/a](https://example.com/a)", 5, "vague-link"),
        ("See https://example.com/a.", 5, "bare-url"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 1 |", 8, "table-columns"),
        ("a | b\n--|--\n1 | 2 | 3", 7, "table-columns"),
        ("![My Image](../../_assets/My_Image.svg)", 5, "image-name"),
        ("![a-b.svg](../../_assets/a-b.svg)", 5, "alt-is-file-name"),
        ("![My_Image](../../_assets/My_Image.svg)", 5, "alt-is-file-name"),
    ],
)
def test_what_is_odd_in_a_text(tmp_path, text, line, code):
    assert (line, code) in found(tmp_path, FRONT + text, **{"en/pay/b.md": f"---\ntitle: B\n{TEXT}---\n"})


@pytest.mark.parametrize(
    "text",
    [
        "[How to pay here](b.md)",
        "[here in Riga](b.md) and ![here](../../_assets/a-b.svg)",
        "```\n[here](b.md)\nhttps://example.com\n```",
        "`[here](b.md)` and `https://example.com`",
        "~~~~\n```\n[here](b.md)\n~~~~",
        "[words](https://example.com/a)",
        "[words]: https://example.com/a\n\n[more words][words]",
        "| a | b |\n|---|---|\n| 1 \\| 2 | `3` |\n\nno | table",
        "a | b\nno delimiter | here",
        "| a |\n|---|\n| 1 |",
        "![A page](../../_assets/a-b.svg)",
        "![Pay page, with a red arrow](../../_assets/a-b.svg)",
    ],
)
def test_what_is_not_odd_in_a_text(tmp_path, text):
    assert found(tmp_path, FRONT + text, **{"en/pay/b.md": f"---\ntitle: B\n{TEXT}---\n"}) == set()


@pytest.mark.parametrize(("lang", "words"), [("lv", "Šeit"), ("pl", "kliknij tutaj"), ("sv", "Läs mer …"), ("kk", "мұнда"), ("en", "more")])
def test_vague_words_are_those_of_the_language(tmp_path, lang, words):
    article = f"{FRONT}[{words}](b.md)\n"
    others = {f"{code}/pay/b.md": f"---\ntitle: B\n{TEXT}---\n" for code in ("en", "lv", "pl", "sv", "kk")}

    assert (5, "vague-link") in found(tmp_path, article, path=f"{lang}/pay/a.md", **others)
    other = "sv" if lang != "sv" else "pl"
    assert (5, "vague-link") not in found(tmp_path, article, path=f"{other}/pay/c.md", **others)


@pytest.mark.parametrize(
    ("front", "line", "code"),
    [
        ("draft: true", 4, "draft"),
        ("publish_at: 2999-01-01", 4, "not-yet"),
        ("expire_at: 2020-01-01", 4, "expired"),
        ("review_by: 2020-01-01", 4, "review-overdue"),
        ("publish_at: 2030-02-01\nexpire_at: 2030-01-01", 5, "never-public"),
        ("unlisted: true", 4, "orphan"),
    ],
)
def test_what_is_odd_in_dates_and_lists(tmp_path, front, line, code):
    assert found(tmp_path, f"---\ntitle: T\n{TEXT}{front}\n---\nText\n") == {(line, code)}


def test_an_unlisted_article_that_another_links_to_is_no_orphan(tmp_path):
    unlisted = f"---\ntitle: T\n{TEXT}unlisted: true\n---\n[Me](a.md)\n"

    assert found(tmp_path, unlisted) == {(4, "orphan")}
    assert found(tmp_path, unlisted, **{"en/pay/b.md": f"---\ntitle: B\n{TEXT}---\n[Secret page](a.md)\n"}) == set()


def test_two_articles_of_one_title_in_one_section_are_named(tmp_path):
    other = {"en/pay/b.md": f"---\ntitle: ' t '\n{TEXT}---\n", "en/z/c.md": FRONT}

    assert found(tmp_path, FRONT, path="en/pay/z.md", **other) == {(2, "same-title")}
    assert found(tmp_path, FRONT, path="en/other/a.md", **other) == set()


def test_a_hostile_text_is_looked_through_with_little_work(tmp_path):
    text = FRONT + "[" * 2000 + "\n" + "![" * 2000 + "\n" + "|" * 3000 + "\n" + "|-" * 3000 + "\n" + "`" * 3000 + "\n" + "https://" * 2000

    assert calls(lambda: found(tmp_path, text)) < SECOND_OF_CALLS
