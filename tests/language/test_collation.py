"""Titles are sorted as each alphabet sorts them."""

import pytest

from helpcenter.language.collation import sort_key


@pytest.mark.parametrize(
    ("lang", "ordered"),
    [
        ("sv", ["Avtal", "Zon", "Ånger", "Ärende", "Öppettider"]),
        ("lv", ["Cena", "Čeks", "Dati", "Ēka", "Šķiras"]),
        ("pl", ["Cena", "Ćma", "Lato", "Łata", "Żaba"]),
        ("kk", ["Адам", "Әке", "Бала", "Қала", "Үй"]),
        ("en", ["1 step", "apple", "Éclair", "fig"]),
    ],
)
def test_titles_follow_the_alphabet(lang: str, ordered: list[str]) -> None:
    backwards = ordered[::-1]

    assert sorted(backwards, key=lambda title: sort_key(title, lang)) == ordered
