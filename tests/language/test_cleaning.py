"""What people type is cleaned at one place."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from tests.effort import calls


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  hello \n", "hello"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("half \ud800 a pair", "half  a pair"),
        ("e\u0301", "\xe9"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("one\n\n\n \n\ntwo", "one\n\ntwo"),
        ("turned \u202eexe.txt", "turned exe.txt"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
    ],
)
def test_text_is_cleaned(typed: str, cleaned: str) -> None:
    assert clean_text(typed, limit=80) == cleaned


def test_one_line_is_asked_for_and_given() -> None:
    assert clean_text("Ann\r\nBcc: eve@example.org\t!", limit=80, lines=False) == "Ann Bcc: eve@example.org !"


@pytest.mark.parametrize("value", [None, 3, b"bytes", ["list"], {"a": 1}])
def test_only_text_is_taken(value: object) -> None:
    with pytest.raises(TextRefused, match="expected text"):
        clean_text(value, limit=80)


def test_long_text_is_refused_and_told_its_length() -> None:
    assert clean_text("x" * 80, limit=80) == "x" * 80
    with pytest.raises(TextRefused, match="81 characters, at most 80"):
        clean_text("x" * 81, limit=80)


def test_a_line_break_of_a_form_counts_as_one_character_as_in_the_browser() -> None:
    assert clean_text("a\r\nb\r\nc", limit=5) == "a\nb\nc"


# The letter is two characters when it is composed.
@pytest.mark.parametrize("text", ["x" * 300, "\u0958" * 300, "ab " * 100])
def test_cut_text_is_never_refused(text: str) -> None:
    cut = cut_text(text, limit=200)

    assert 100 < len(cut) <= 200
    assert clean_text(cut, limit=200, lines=False) == cut


def test_towers_of_marks_are_cut_before_they_cost_time() -> None:
    tower = "a" + "\u0301\u0316" * 50_000

    assert len(clean_text(tower, limit=200_000)) < 10
    assert calls(lambda: clean_text(tower, limit=200_000)) < 1_000_000


@given(st.text(st.characters(), max_size=300), st.booleans())
def test_cleaned_text_is_clean(text: str, lines: bool) -> None:
    cleaned = clean_text(text, limit=1000, lines=lines)

    assert clean_text(cleaned, limit=1000, lines=lines) == cleaned
    assert cleaned == unicodedata.normalize("NFC", cleaned).strip()
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in cleaned)
    cleaned.encode("utf-8")
