"""The columns of an article that its file decides."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from helpcenter.content.checks import check_library
from helpcenter.content.compilation import Compiled
from helpcenter.content.front_matter import BadValue, read_text_hash
from helpcenter.content.reader import text_hash_of
from tests.content.folders import write

ARTICLE = """\
---
title: Find an invoice
description: Where invoices are.
review_by: 2027-01-31
audience: shops
significance: major
---
Open *My pages*.

- one
- two
"""


def compiled_article(folder: Path, text: str) -> Compiled:
    """Return the article that *text* makes."""
    return check_library(write(folder, {"en/pay/invoice.md": text})).compiled[0]


def test_a_row_says_what_the_article_asks_of_its_editors_and_translators(tmp_path: Path) -> None:
    row = compiled_article(tmp_path, ARTICLE).row

    assert (row["review_by"], row["audience"]) == (datetime.date(2027, 1, 31), "shops")
    assert (row["significance"], row["based_on"]) == ("major", "")
    assert row["text_hash"] == text_hash_of("Find an invoice", "Where invoices are.", "Open *My pages*. - one - two")


def test_words_are_those_of_title_description_and_text(tmp_path: Path) -> None:
    row = compiled_article(tmp_path, ARTICLE).row

    assert row["words"] == 3 + 3 + 5


@pytest.mark.parametrize(
    "changed",
    [
        ARTICLE.replace("\n", "\r\n"),
        ARTICLE.replace("Open *My pages*.", "Open\n  *My pages*.  "),
        ARTICLE.replace("audience: shops", "audience: banks\norder: 3\nslug: other\ndraft: false"),
        ARTICLE + "\n\n\n",
    ],
)
def test_white_space_and_other_front_matter_are_no_change_of_the_text(tmp_path: Path, changed: str) -> None:
    before = compiled_article(tmp_path / "before", ARTICLE).row
    after = compiled_article(tmp_path / "after", changed).row

    assert after["text_hash"] == before["text_hash"]


@pytest.mark.parametrize(
    ("old", "new"), [("My pages", "your pages"), ("title: Find an", "title: Find any"), ("invoices are", "bills are"), ("*My", "**My")]
)
def test_title_description_and_markdown_are_the_text(tmp_path: Path, old: str, new: str) -> None:
    before = compiled_article(tmp_path / "before", ARTICLE).row
    after = compiled_article(tmp_path / "after", ARTICLE.replace(old, new)).row

    assert after["text_hash"] != before["text_hash"]


def test_a_hash_may_be_short_and_in_capitals() -> None:
    assert read_text_hash(" 0123ABCD ") == "0123abcd"


@pytest.mark.parametrize("wrong", ["0123abc", "0123abcg", "a" * 65, "", ["0123abcd"]])
def test_what_is_no_hash_is_refused(wrong: object) -> None:
    with pytest.raises(BadValue, match="8 to 64"):
        read_text_hash(wrong)
