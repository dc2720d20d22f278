"""Which of the site's languages a message is written in."""

from collections.abc import Sequence

from helpcenter.language.analysis import base_language
from helpcenter.language.folding import normalise
from helpcenter.language.stopwords import stop_words
from helpcenter.language.tokens import words

__all__ = ["detect"]

# Letters that tell a language from its neighbours.
LETTERS = {
    "kk": "әғқңөұүіһ", "lv": "āčēģīķļņšūž", "lt": "ąčęėįšųūž", "pl": "ąćęłńóśźż", "sv": "åäö", "de": "äöüß",
    "et": "õäöü", "fi": "äö", "fr": "àâçèéêëîïôùûœ", "es": "áéíñóúü¿¡", "cs": "áčďéěíňóřšťúůýž", "da": "åæø",
    "nb": "åæø", "no": "åæø", "uk": "іїєґ", "ru": "ыэёъ",
}  # fmt: skip
CYRILLIC = frozenset({"kk", "ru", "uk", "be", "bg", "sr", "mk"})
LETTER_WEIGHT = 1.0
STOP_WEIGHT = 2.0
# The winner has to be ahead of the page's language by so much a word.
LEAD = 0.25
READ_CHARACTERS = 600


def detect(text: str, languages: Sequence[str], default: str) -> str:
    """Return the one of *languages* that *text* is written in, *default* when unsure.

    One Latin word says too little ("hej" is Swedish, Polish and Kazakh Latin),
    so it is always in the default language.
    """
    found = [normalise(word) for word, _, _ in words(text[:READ_CHARACTERS], default)]
    if not found:
        return default
    scores = {lang: score(found, base_language(lang)) for lang in languages}
    best = max(scores, key=lambda lang: (scores[lang], lang == default))
    lead = scores[best] - scores.get(default, 0.0)
    if best == default or lead < LEAD or (len(found) < 2 and lead < 2 * LETTER_WEIGHT):
        return default
    return best


def score(found: list[str], lang: str) -> float:
    """Return how much the words *found* look like *lang*, on average a word."""
    stops, letters = stop_words(lang), frozenset(LETTERS.get(lang, ""))
    total = 0.0
    for word in found:
        total += STOP_WEIGHT * (word in stops)
        total += LETTER_WEIGHT * (not letters.isdisjoint(word))
        total += LETTER_WEIGHT * (script_fits(word, lang) - 1)
    return total / len(found)


def script_fits(word: str, lang: str) -> bool:
    """Return whether *word* is written in the script of *lang*."""
    cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in word)
    return cyrillic == (lang in CYRILLIC) or not word.isalpha()
