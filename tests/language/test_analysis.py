"""The analysis chain: one key for the forms of a word, in every language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.language.analysis import analyse, fold, key


@pytest.mark.parametrize(
    ("lang", "forms"),
    [
        ("en", "invoice invoices Invoices invoice's"),
        ("lv", "rēķins rēķina rēķinam rēķinu rēķinā rēķini rēķiniem rēķinus rekins REKINS"),
        ("lv", "maksāt maksāju maksājums maksājumu maksājumiem"),
        ("lv", "parole paroles paroli parolei parolē"),
        ("lv", "garantija garantijas garantijai garantiju garantijā garantijām"),
        ("pl", "faktura faktury fakturę fakturami fakture"),
        ("pl", "hasło hasła haslo"),
        ("sv", "faktura fakturor fakturorna"),
        ("sv", "lösenord losenord lösenorden"),
        ("kk", "шот шоттар шоттарды шотты шоттың шотқа shot shottardy"),
        ("kk", "төлем төлемді төлемдер толем tölem"),
        ("kk", "табу тауып табамын tauyp"),
        ("kk", "жұмыс жұмысы жұмысын жұмыстар жұмысқа"),
        ("kk", "уақыт уақытын уақытты"),
        ("kk", "растау растауы растауға растады"),
        ("kk", "оқушы оқушысы оқушылар"),
        ("ru", "счёт счета"),
        ("de", "Rechnung Rechnungen"),
    ],
)
def test_the_forms_of_a_word_share_one_key(lang: str, forms: str) -> None:
    assert len({key(form, lang) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [("en", "bank", "bench"), ("lv", "rēķins", "rekords"), ("pl", "konto", "kot"), ("kk", "шот", "хат")],
)
def test_unrelated_words_have_keys_of_their_own(lang: str, one: str, other: str) -> None:
    assert key(one, lang) != key(other, lang)


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("E-mail, e-mail and email", ["email", "email", "and", "email"]),
        ("wi-fi", ["wifi"]),
        ("sign-in page", ["sign", "in", "page"]),
        ("version 4.1.2.", ["version", "4.1.2"]),
        ("customer's", ["customer"]),
        ("don’t", ["dont"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("?!… --", []),
    ],
)
def test_words_are_found_as_people_write_them(written: str, tokens: list[str]) -> None:
    assert [token.surface for token in analyse(written, "en")] == tokens


def test_a_token_says_where_it_stands_in_the_text_as_given() -> None:
    text = "Ｐａｙ the ﬁles e-rēķins"

    cut = [text[token.start : token.end] for token in analyse(text, "lv")]

    assert cut == ["Ｐａｙ", "the", "ﬁles", "e-rēķins"]


def test_the_limit_stops_the_reading() -> None:
    assert len(analyse("word " * 10_000, "en", limit=12)) == 12


def test_stop_words_are_kept_and_marked() -> None:
    assert [token.stop for token in analyse("how to pay", "en")] == [True, True, False]


def test_a_regional_tag_uses_its_language() -> None:
    assert key("invoices", "en-GB") == key("invoices", "en")


def test_a_language_nobody_prepared_still_has_words() -> None:
    assert [token.key for token in analyse("Yfir Þá Ĉiuj", "is")] == ["yfir", "tha", "ciuj"]


def test_text_without_spaces_becomes_pairs() -> None:
    assert [token.surface for token in analyse("請求書 pay", "zh")] == ["請求", "求書", "pay"]


def test_folding_takes_diacritics_away() -> None:
    assert fold("Žołć ÅÄÖ") == "zolc aao"
    assert fold("Төлем", "kk") == "толем"


@given(st.text(max_size=300), st.sampled_from(["en", "lv", "pl", "sv", "kk", "ru", "fr", "zh", "x!", ""]))
def test_any_text_is_analysed(text: str, lang: str) -> None:
    tokens = analyse(text, lang)

    assert all(token.key and 0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.key for token in analyse(text, lang)] == [token.key for token in tokens]
