"""Swedish forms that Snowball leaves apart: the definite (kortet, fakturan, ärendet, kontot), those that lose a vowel (nycklar, routrar),
participles (beställt, borttagna), and nouns of doing (betalning, betala).

What stands here happens before and after Snowball's own stemmer, so that all forms of a word come out as one.
"""

from collections.abc import Callable

__all__ = ["stem"]

VOWELS = frozenset("aeiouyåäöé")
# Words, alone or as the end of a compound, that end like a definite form and are none.
NOT_ET = (
    "paket", "budget", "internet", "intranet", "ethernet", "planet", "magnet", "raket", "kabinet", "alfabet", "arbet", "moped", "tablet",
    "poet", "diet", "itet", "het", "diskret", "konkret",
)  # fmt: skip
NOT_AN = ("organ", "orkan", "roman", "ocean", "vegan", "urban", "plan", "sådan", "nästan", "annan", "sedan", "redan", "nedan", "ovan", "japan")  # fmt: skip
# Loans that end in -o: their definite and plural forms only add letters.
IN_O = ("konto", "kommando", "foto", "video", "saldo", "porto", "demo", "logo", "intro", "radio", "studio")
SHORTEST = 5


def stem(word: str, snowball: Callable[[str], str]) -> str:
    """Return the stem of the casefolded Swedish *word*, by *snowball* and what it leaves.

    >>> from helpcenter.language.stemmers import stem as of
    >>> of("fakturan", "sv") == of("fakturor", "sv"), of("kortet", "sv") == of("korten", "sv")
    (True, True)
    """
    return smoothed(snowball(indefinite(word)))


def indefinite(word: str) -> str:
    """Return *word* without the ending that says "the".

    >>> [indefinite(word) for word in ("programmet", "fakturan", "ärendena", "kontona", "nyckeln", "paket")]
    ['program', 'faktura', 'ärende', 'konto', 'nyckel', 'paket']
    """
    word = word[:-1] if len(word) > SHORTEST and word.endswith("s") and word[-2] in "ntea" else word
    if len(word) < SHORTEST:
        return word
    for ending in ("na", "n", "t"):
        if word.endswith(ending) and word.removesuffix(ending).endswith(IN_O):
            return word.removesuffix(ending)
    if word.endswith(("andet", "endet", "eln")):
        return word[:-1]
    if word.endswith("ndena"):
        return word[:-2]
    if word.endswith("et") and not word.endswith(NOT_ET) and has_vowel(word[:-2]):
        return word[:-3] if word.endswith(("mmet", "nnet")) else word[:-2]
    if word.endswith("an") and word[-3] not in VOWELS and not word.endswith(NOT_AN) and has_vowel(word[:-2]):
        return word[:-1]
    return word


def smoothed(key: str) -> str:
    """Return what Snowball left of a word as the other forms of the word leave it.

    >>> [smoothed(key) for key in ("betalning", "beställt", "bestämd", "nyckel", "routr", "programm", "borttagit")]
    ['betal', 'beställ', 'bestäm', 'nyckl', 'rout', 'program', 'borttag']
    """
    for ending in ("ning", "ing"):
        if key.endswith(ending) and len(key) - len(ending) > 3 and has_vowel(key[: -len(ending)]):
            key = key.removesuffix(ending)
            break
    if key.endswith(("tagn", "tagit")):
        return key[: key.rindex("tag") + 3]
    if len(key) > SHORTEST and key.endswith(("lt", "ld", "mt", "md")):
        key = key[:-1]
    if len(key) > SHORTEST and key.endswith("el") and key[-3] not in VOWELS:
        return key[:-2] + "l"
    if len(key) > 3 and (key.endswith(("mm", "nn")) or (key.endswith("r") and key[-2] not in VOWELS and key[-2] != "r")):
        return key[:-1]
    return key


def has_vowel(text: str) -> bool:
    """Return whether *text* could be a syllable."""
    return not VOWELS.isdisjoint(text)
