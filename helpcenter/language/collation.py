"""The order of titles in each language's alphabet."""

from functools import lru_cache

from helpcenter.language.analysis import base_language
from helpcenter.language.folding import fold_word, normalise

__all__ = ["sort_key"]

LATIN = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {
    "lv": "aābcčdeēfgģhiījkķlļmnņoprsštuūvzž",
    "lt": "aąbcčdeęėfghiįyjklmnoprsštuųūvzž",
    "pl": "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż",
    "sv": LATIN + "åäö",
    "fi": LATIN + "åäö",
    "da": LATIN + "æøå",
    "nb": LATIN + "æøå",
    "no": LATIN + "æøå",
    "et": "abcdefghijklmnopqrsšzžtuvwõäöüxy",
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
}


@lru_cache(maxsize=100)
def places(lang: str) -> dict[str, float]:
    """Return where each letter stands in the alphabet of *lang*."""
    return {letter: float(place) for place, letter in enumerate(ALPHABETS.get(lang, LATIN))}


def sort_key(text: str, lang: str) -> tuple[tuple[float, ...], str]:
    """Return what sorts *text* as a reader of *lang* expects; use as ``key=``.

    A letter of another alphabet stands with its plain form (é with e), digits
    and signs before all letters, other scripts after them.
    """
    text = normalise(text)
    order = places(base_language(lang))
    return tuple(place(letter, order) for letter in text), text


def place(letter: str, order: dict[str, float]) -> float:
    """Return the place of *letter* by *order*."""
    if letter in order:
        return order[letter]
    plain = fold_word(letter)[:1]
    if plain in order:
        return order[plain]
    return 1000.0 + ord(letter) if letter.isalpha() else -2000000.0 + ord(letter)
