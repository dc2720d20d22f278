"""Which stemmer a language has, and one call for all of them."""

import threading
from collections.abc import Callable

import Stemmer

from helpcenter.language import kazakh, latvian, swedish

__all__ = ["stem"]

OWN: dict[str, Callable[[str], str]] = {"lv": latvian.stem, "kk": kazakh.stem}
SNOWBALL = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch",
    "en": "english", "eo": "esperanto", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german",
    "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "fa": "persian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
AVAILABLE = frozenset(Stemmer.algorithms())
per_thread = threading.local()


def snowball(algorithm: str) -> Callable[[str], str]:
    """Return this thread's stemmer: PyStemmer's objects are not to be shared."""
    stemmers = per_thread.__dict__.setdefault("stemmers", {})
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0).stemWord
    return stemmers[algorithm]


def stem(word: str, lang: str) -> str:
    """Return the stem of the normalised *word*; the word itself where *lang* has no stemmer. Whole words are remembered by analyse_word."""
    if lang in OWN:
        return OWN[lang](word)
    algorithm = SNOWBALL.get(lang)
    if algorithm not in AVAILABLE:
        return word
    if lang == "sv":
        return swedish.stem(word, snowball(algorithm))
    return snowball(algorithm)(word)
