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
        # Letters with marks have places of their own, wherever in the word they stand.
        ("lv", ["acs", "ačgārns", "cukurs", "čaks", "lauks", "ļaudis", "suns", "šalle", "zivs", "žogs"]),
        ("pl", ["lody", "luty", "łapa", "oś", "ósmy", "sad", "śnieg", "zegar", "źrebak", "żaba"]),
        ("sv", ["vagn", "zebra", "ål", "ånga", "äpple", "öga"]),
        ("kk", ["гүл", "ғылым", "кілт", "қала", "найза", "ңқ", "омыртқа", "өзен", "уақыт", "ұл", "үй", "хат", "һ", "шот", "ын", "ін"]),
    ],
)
def test_titles_follow_the_alphabet(lang: str, ordered: list[str]) -> None:
    backwards = ordered[::-1]

    assert sorted(backwards, key=lambda title: sort_key(title, lang)) == ordered
