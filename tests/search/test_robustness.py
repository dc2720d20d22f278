"""Any text gets an answer, and in time; nobody reaches the query language of Whoosh."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.search.whoosh_engine import WhooshEngine
from tests.effort import calls

# About 20 milliseconds; the largest of these texts takes a fifth of it.
MOST_CALLS = 80_000
NASTY = [
    "",
    " ",
    "\x00",
    "\ud800",
    "*",
    "????*",
    "inv*",
    "title:invoice",
    "id:meta",
    "meta",
    '"invoice',
    "'invoice",
    "((((((((",
    "(" * 2000,
    "NOT " * 500,
    "a OR b AND NOT c",
    "[a TO z]",
    "invoice~2",
    "invoice^1000",
    "invoice && || !",
    "\\",
    "%_\\",
    "../../etc/passwd",
    "'; DROP TABLE article; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "${jndi:ldap://x}",
    "\u202e\u2066evil\u2069",
    "\ufeff\u200b\u200d",
    "Z\u0351\u036b\u0343a\u0363l\u0349g\u035ao",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "ﷺ",
    "İıſẞ",
    "田中さんにあげて下さい",
    "الكل في المجمو عة",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "0.1.2.3.4.5.6.7.8.9" * 20,
    "1E+02 NaN Infinity -0",
    "e-" * 500,
    "a'" * 500,
    "\n\t\r\x0b\x0c\x85\u2028",
]
# A JSON list of more strings, such as the Big List of Naughty Strings; the own list stands wherever it does not.
COLLECTED = os.environ.get("HELPCENTER_TEST_STRINGS")


def collected() -> list[str]:
    """Return the strings that this machine has beside the own list."""
    return json.loads(Path(COLLECTED).read_text("utf-8")) if COLLECTED else []


def answer(engine: WhooshEngine, text: str) -> None:
    """Put *text* to everything the engine answers."""
    results = engine.search(text, "en", languages=("en", "lv"))
    engine.suggest(text, "en")
    engine.passages(text, "en", 3)
    assert not results.degraded
    assert engine.problem is None
    for hit in results.hits:
        assert str(hit.snippet).replace("<mark>", "").replace("</mark>", "").count("<") == 0


def effort(engine: WhooshEngine, text: str) -> int:
    """Return how many calls it takes to answer *text*."""
    return calls(lambda: answer(engine, text))


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_nasty_text_is_answered_with_little_work(built: WhooshEngine, text: str) -> None:
    assert effort(built, text) < MOST_CALLS


def test_collected_nasty_text_is_answered_with_little_work(built: WhooshEngine) -> None:
    texts = [*NASTY, *collected()]

    slow = [text for text in texts if effort(built, text) >= MOST_CALLS]

    assert slow == []
    assert len(texts) >= len(NASTY)


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"word{number}" for number in range(10_000)),
        "x" * 100_000,
        "invoices" * 12_500,
        "é" * 100_000,
        "漢" * 100_000,
        "a\u0301" * 50_000,
        "-" * 100_000 + "invoice",
        "'" * 100_000,
        "a-" * 50_000,
        "1." * 50_000,
        " " * 100_000,
    ],
    ids=["words", "letter", "word", "marked", "unspaced", "marks", "hyphens", "quotes", "joined", "numbers", "spaces"],
)
def test_huge_text_is_answered_with_little_work(built: WhooshEngine, text: str) -> None:
    assert effort(built, text) < MOST_CALLS


@given(st.text(st.characters(), max_size=400), st.sampled_from(["en", "lv", "kk", "zz", ""]), st.integers(-5, 5000))
def test_any_text_is_answered(built: WhooshEngine, text: str, lang: str, number: int) -> None:
    results = built.search(text, lang, limit=number, offset=number, languages=("en", "sv"))
    built.suggest(text, lang, limit=number)
    built.passages(text, lang, number)

    assert not results.degraded
    assert built.problem is None


def test_the_same_text_always_gets_the_same_answer(built: WhooshEngine) -> None:
    answers = {tuple(hit.slug for hit in built.search("your invoice house wifi", "en").hits) for _ in range(5)}

    assert len(answers) == 1


def test_the_record_of_the_index_itself_is_never_found(built: WhooshEngine) -> None:
    for lang in ("en", "meta", ""):
        assert all(hit.key != "meta" for hit in built.search("meta revision", lang).hits)
