"""The examples of the documentation: each is one of the editors' search tests, and the page shows it with the right article."""

from pathlib import Path

import pytest

from helpcenter.content.checks import check_library
from helpcenter.content.hardened_yaml import load
from helpcenter.paths import bundled
from helpcenter.search.search_tests import load_search_tests

ROOT = Path(__file__).parents[2]
EXAMPLES = load((ROOT / "benchmarks" / "search_examples.yaml").read_text("utf-8")).value
LANGUAGES = ("en", "lv", "pl", "sv", "kk")


@pytest.fixture(scope="module")
def titles() -> dict[tuple[str, str], str]:
    """Return the titles of the sample library by language and key."""
    return {(each.row["lang"], each.row["key"]): each.row["title"] for each in check_library(bundled("articles")).compiled}


def test_there_are_ten_examples_a_language() -> None:
    assert [[each["lang"] for each in EXAMPLES].count(lang) for lang in LANGUAGES] == [10] * 5


def test_every_example_is_a_search_test_of_the_editors() -> None:
    tests, problems = load_search_tests(bundled("articles") / "tests" / "searches")
    held = {(test.lang, test.query, test.article) for test in tests}

    assert problems == []
    assert [each for each in EXAMPLES if (each["lang"], each["query"], each["article"]) not in held] == []


def test_the_page_shows_every_example_with_its_article(titles) -> None:
    shown = [line.strip("| ").split(" | ") for line in (ROOT / "docs" / "search-examples.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    found = [(query, what, ours) for query, what, theirs, ours in shown if query != "query"]

    assert found == [(each["query"], each["shows"], titles[each["lang"], each["article"]]) for each in EXAMPLES]
    assert all(theirs != ours for _, _, theirs, ours in shown)
