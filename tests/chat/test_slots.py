"""What counts as an answer to each kind of question."""

from datetime import date

import pytest

from helpcenter.chat.schema import Slot, SlotType
from helpcenter.chat.slots import read_slot

TODAY = date(2026, 1, 14)


def read(kind, text, lang="en", **more):
    """Return what a slot of a kind makes of a text."""
    return read_slot(Slot(slot="x", type=kind, ask="?", **more), text, lang, TODAY, {"order": SlotType(pattern="NL-[0-9]{7}")})


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("text", " my  cat ", "my  cat"),
        ("text", "?!", None),
        ("email", "write to <ann@example.org>.", "ann@example.org"),
        ("email", "ann@example", None),
        ("email", "ann at example.org", None),
        ("email", "@" * 300, None),
        ("phone", "it is +371 67 00-01 00!", "+37167000100"),
        ("phone", "12345", None),
        ("number", "about 12,5 of them", "12.5"),
        ("number", "1 or 2", None),
        ("date", "2026-03-01", "2026-03-01"),
        ("date", "on 1.3.2026", "2026-03-01"),
        ("date", "31.2.2026", None),
        ("date", "3 March", "2026-03-03"),
        ("date", "yesterday", "2026-01-13"),
        ("date", "soon", None),
        ("month", "march", "March"),
        ("month", "in March 2025 I think", "March 2025"),
        ("month", "03/2025", "March 2025"),
        ("month", "2025-12", "December 2025"),
        ("month", "13", None),
        ("month", "12345", None),
        ("yes_no", "yes please", "yes"),
        ("yes_no", "nope", "no"),
        ("yes_no", "maybe", None),
        ("order", "my order is nl-1234567.", "NL-1234567"),
        ("order", "1234567", None),
    ],
)
def test_an_answer_is_read_out_of_what_was_said(kind, text, wanted):
    assert read(kind, text) == wanted


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [("lv", "martā", "marts"), ("pl", "w marcu", "marzec"), ("pl", "12 marca", "marzec"), ("sv", "augusti", "augusti"), ("kk", "наурыз", "Наурыз"), ("sv", "march", "mars")],
)
def test_a_month_is_understood_in_the_visitors_language_bent_or_in_english(lang, text, wanted):
    assert read("month", text, lang).casefold() == wanted.casefold()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("red", "Red"), ("2", "Red"), ("the light is red now", "Red"), ("orange and steady", "Orange and steady"), ("orange", None), ("purple", None), ("9", None), ("blinking", "Orange and blinking")],
)
def test_an_option_is_named_by_word_number_or_in_a_sentence(text, wanted):
    assert read("choice", text, options=["Green", "Red", "Orange and steady", "Orange and blinking"]) == wanted


def test_a_hostile_pattern_takes_no_time():
    assert read("pattern", "a" * 4000, pattern="(a+)+$x") is None
