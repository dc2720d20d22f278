"""Which of the site's languages a message is written in."""

from collections.abc import Sequence
from functools import lru_cache

from helpcenter.language.analysis import base_language
from helpcenter.language.folding import fold_word, normalise
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
# How folded words of three letters or more end in one language and seldom in its neighbours.
ENDINGS = {
    "en": "ing tion ly ed ck gh th ght ould ave ive ess ful est ay ow ey ity ee ook all ill ell ents ance ous ble",
    "lv": "iem am ju us ks ts ns js ms ls rs ijas ija sana anas anu umu umi ums umus eja iet iju ies oju eju aju at it jas ajs igs iga igu igi nav kas ga",
    "pl": "ego emu ach ych ich ami owa owy owe ow sz sie cie nie ac ic yc wac acz aj mi ki ny ne cy rz ej ow em ie ze dz zy ki czy ka owac ia",
    "sv": "ar er orna arna erna ning ligt ligen andet ade tion het ig igt ens ets en et ad ag or lla tta dd nde mma kt rt nk gga na lle rna",
    "de": "en ung keit heit lich isch ich ch sch tz ern eln ein eit eht cht nd igen",
    "lt": "as is us ti iu ai os es amas imas aus yti oti eti uoti ams ose uose yje",
    "fi": "ssa sta lla lta ksi nen inen aan een oon tta sti mme vat uus kin",
    "et": "da ta ma ga st le lt ks mine mise sse ud nud tud ine use id",
    "kk": "лар лер дар дер тар тер нын нин дын дин тын тин ды ди ты ти га ге ка ке да де нда нде мен бен пен ныз низ гы "
    "ги шы ши ган ген у уга уге ып еп п ып из сыз сиз ым им",
    "ru": "ть ся ого его ый ий ая ое ые ить ать еть ение ами ями ов ев ах ях ом ем ой ей ет ют ит ат ия ию ку ки ка ко",
    "uk": "ти ся ого ий ати ити ення ами ів ів ях ій ою ею их ує ють",
}  # fmt: skip
ENDING_WEIGHT = 0.6
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
    stops, letters, endings = stop_words(lang), frozenset(LETTERS.get(lang, "")), endings_of(lang)
    total = 0.0
    for word in found:
        total += STOP_WEIGHT * (word in stops)
        total += LETTER_WEIGHT * (not letters.isdisjoint(word))
        total += ENDING_WEIGHT * (len(word) > 2 and fold_word(word).endswith(endings))
        total += LETTER_WEIGHT * (script_fits(word, lang) - 1)
    return total / len(found)


@lru_cache(maxsize=100)
def endings_of(lang: str) -> tuple[str, ...]:
    """Return the typical endings of *lang*, folded as words are."""
    return tuple(fold_word(ending) for ending in ENDINGS.get(lang, "").split())


def script_fits(word: str, lang: str) -> bool:
    """Return whether *word* is written in the script of *lang*."""
    cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in word)
    return cyrillic == (lang in CYRILLIC) or not word.isalpha()
