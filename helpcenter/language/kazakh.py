"""A light stemmer for Kazakh, written for this project.

Kazakh is typed in Cyrillic, with Russian letters only, and in Latin script.
Every word is brought to one skeleton of Russian letters first; case,
possessive, plural and verb endings are taken off after that.
"""

import re
from functools import lru_cache

__all__ = ["skeleton", "stem", "to_cyrillic"]

PAIRS = (
    ("shch", "щ"), ("sh", "ш"), ("ch", "ч"), ("zh", "ж"), ("gh", "ғ"), ("kh", "х"), ("ng", "ң"),
    ("ya", "я"), ("yu", "ю"), ("yo", "ё"), ("ts", "ц"), ("ia", "я"), ("iu", "ю"),
)  # fmt: skip
SINGLES = str.maketrans(
    {
        "a": "а", "ä": "ә", "á": "ә", "b": "б", "c": "с", "d": "д", "e": "е", "f": "ф", "g": "г", "ğ": "ғ", "ǵ": "ғ",
        "h": "х", "i": "и", "ı": "ы", "j": "ж", "k": "к", "l": "л", "m": "м", "n": "н", "ñ": "ң", "ń": "ң", "o": "о",
        "ö": "ө", "ó": "ө", "p": "п", "q": "қ", "r": "р", "s": "с", "ş": "ш", "š": "ш", "t": "т", "u": "у", "ū": "у",
        "ü": "ү", "ú": "ү", "v": "в", "w": "у", "x": "кс", "y": "ы", "ý": "у", "z": "з", "'": "", "ŋ": "ң",
    }
)  # fmt: skip
LATIN = re.compile("[a-zÀ-ɏ]")
# What a Russian keyboard types in place of the letters of Kazakh.
RUSSIAN = str.maketrans("әғқңөұүіыйһё", "агкноууииихе")

VOWELS = frozenset("аеиоуэюя")
VOICELESS = frozenset("пфктсшщхцчбвгд")
MINIMUM = 3
ROUNDS = 4

# In skeleton letters. One round takes one ending; a Kazakh word stacks plural,
# possessive, case and person in that order.
WRITTEN_ENDINGS = """
лар лер дар дер тар тер
дин тин нин ди ти ни га ге ка ке на не да де та те нда нде дан ден тан тен нан нен
мен бен пен менен
им ин и си м н миз низ имиз иниз лари лери ларим лерим иминиз ларинин
дики тики ники даги деги таги теги нда ндаги ндеги
син сиз синдар сиздер миз биз пиз мин бин пин
май мей бай бей пай пей мади меди бади беди пади педи
ган ген кан кен атин етин итин
у ау еу иу уга уге удин удин уди уи
ип п ди ти ад ед ади еди айди ейди
йди ады еди а е й
иниз низдар низдер
лик тик дик лиги тиги диги
ша ше
"""
ENDINGS = frozenset(WRITTEN_ENDINGS.translate(RUSSIAN).split())
LONGEST = max(map(len, ENDINGS))
SOFT_ENDS = {"б": "п", "г": "к"}
AFTER_VOWELS = frozenset({"си", "син"})
THEMES = frozenset("аеи")
# A verb that ends in п has у there before -ып: тап (find), тауып.
BETWEEN_VOWELS = re.compile("(?<=[ае])уип$")


def to_cyrillic(word: str) -> str:
    """Return the casefolded *word* with Latin letters written in Cyrillic.

    >>> to_cyrillic("tölem")
    'төлем'
    """
    if not LATIN.search(word):
        return word
    for latin, cyrillic in PAIRS:
        word = word.replace(latin, cyrillic)
    return word.translate(SINGLES)


def skeleton(word: str) -> str:
    """Return the casefolded *word* in the letters of a Russian keyboard."""
    word = to_cyrillic(word).translate(RUSSIAN)
    return word.replace("ия", "я").replace("ии", "и").replace("ъ", "").replace("ь", "")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of the casefolded Kazakh *word*, in skeleton letters.

    >>> stem("шоттарды") == stem("шот") == stem("shottar")
    True
    """
    word = BETWEEN_VOWELS.sub("п", skeleton(word))
    for _ in range(ROUNDS):
        shorter = without_ending(word)
        if shorter == word:
            break
        word = shorter
    return word[:-1] + SOFT_ENDS.get(word[-1:], word[-1:])


def without_ending(word: str) -> str:
    """Return *word* without its longest ending, or as it is."""
    for length in range(min(LONGEST, len(word) - MINIMUM), 0, -1):
        rest, ending = word[:-length], word[-length:]
        if ending in ENDINGS and not VOWELS.isdisjoint(rest) and fits(rest, ending):
            return without_theme(rest) if ending[0] == "у" else rest
    return word


def without_theme(rest: str) -> str:
    """Return the stem of a verb without the vowel before its -у, so that растауы ends as растау does."""
    return rest[:-1] if rest[-1] in THEMES and len(rest) > MINIMUM else rest


def fits(rest: str, ending: str) -> bool:
    """Return whether *ending* follows the last sound of *rest* in Kazakh.

    The consonant an ending begins with follows that sound (шот-тар, шай-лар,
    дән-дер), so the тар of қайтар is no plural. Nouns end in -ыс more often
    than in -ы: жұмысы is жұмыс-ы, but оқушысы is оқушы-сы.
    """
    first, last = ending[0], rest[-1]
    if ending in AFTER_VOWELS:
        return last in VOWELS and (last != "и" or rest.endswith("ши"))
    if ending == "итин":
        return last in VOWELS
    if first in "тпк":
        return last in VOICELESS
    if first in "дгбл":
        return last not in VOICELESS
    if first == "н":
        return last in VOWELS or last in "мнз"
    return True
