"""Swedish: all forms of a word have one key, and words that only end alike keep their own."""

import pytest

from helpcenter.language.analysis import key


@pytest.mark.parametrize(
    "forms",
    [
        "faktura fakturan fakturor fakturorna fakturans",
        "kort kortet korten kortets",
        "lösenord lösenordet lösenorden",
        "abonnemang abonnemanget abonnemangen",
        "ärende ärendet ärenden ärendena",
        "konto kontot konton kontona",
        "meddelande meddelandet meddelanden",
        "program programmet programmen",
        "vecka veckan veckor",
        "nyckel nyckeln nycklar nycklarna",
        "router routern routrar routrarna",
        "nummer numret",
        "paket paketet paketen",
        "betala betalar betalade betalt betald betalning betalningen",
        "beställa beställer beställt beställd beställning beställningar",
        "avbeställa avbeställning",
        "bestämma bestämt bestämd",
        "digital digitalt digitala",
        "borttagen borttaget borttagna borttagit",
    ],
)
def test_the_forms_of_a_word_have_one_key(forms: str) -> None:
    assert len({key(form, "sv") for form in forms.split()}) == 1, {form: key(form, "sv") for form in forms.split()}


@pytest.mark.parametrize("word", ["paket", "internet", "budget", "universitet", "organ", "plan", "roman", "ring", "ting", "video"])
def test_what_only_looks_like_an_ending_stays(word: str) -> None:
    assert key(word, "sv") == word


@pytest.mark.parametrize(("one", "other"), [("kort", "karta"), ("hus", "hustru"), ("avtal", "avta"), ("ärende", "ära"), ("betala", "betalkort")])
def test_different_words_keep_different_keys(one: str, other: str) -> None:
    assert key(one, "sv") != key(other, "sv")


def test_the_key_is_that_of_a_word_typed_without_diacritics_where_only_they_differ() -> None:
    assert key("losenordet", "sv") == key("lösenordet", "sv")
