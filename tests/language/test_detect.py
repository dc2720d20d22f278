"""The language of a message, of those the site has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.language.detect import detect

LANGUAGES = ("en", "lv", "pl", "sv", "kk")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("How do I pay my invoice?", "en"),
        ("Kā es varu samaksāt rēķinu?", "lv"),
        ("Jak mogę zapłacić fakturę?", "pl"),
        ("Hur kan jag betala min faktura?", "sv"),
        ("Шотты қалай төлеуге болады?", "kk"),
    ],
)
@pytest.mark.parametrize("default", LANGUAGES)
def test_a_sentence_is_recognised_on_any_page(text: str, lang: str, default: str) -> None:
    assert detect(text, LANGUAGES, default) == lang


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("kur ir mans rekins par internetu", "lv"),
        ("gdzie znajde moja fakture", "pl"),
        ("jag har inte fatt min bestallning", "sv"),
        ("менин шотым кайда", "kk"),
    ],
)
def test_a_sentence_without_diacritics_is_recognised(text: str, lang: str) -> None:
    assert detect(text, LANGUAGES, "en") == lang


@pytest.mark.parametrize("text", ["", "hej", "OK", "12345", "???", "Microsoft Teams"])
def test_what_says_too_little_stays_in_the_language_of_the_page(text: str) -> None:
    assert detect(text, LANGUAGES, "lv") == "lv"


@given(st.text(max_size=200))
def test_any_text_gets_one_of_the_languages(text: str) -> None:
    assert detect(text, LANGUAGES, "sv") in LANGUAGES
