"""A light stemmer for Latvian, written for this project.

It works on folded text, so a word typed without diacritics (``rekins``) has
the stem of the word (``rēķins``). Folding also undoes most of the consonant
changes of Latvian declension (lācis, lāča; brālis, brāļa).
"""

from helpcenter.language.folding import fold_word

__all__ = ["stem"]

VOWELS = frozenset("aeiouy")

# Endings of nouns, adjectives, participles and verbs, longest first at use.
# What stays must keep a vowel and MINIMUM letters.
MINIMUM = 3
CASES = """
a am as ai ais aja ajai ajam ajas ajiem ajos ajos ajs aju ajus aji
e em es ei u us um i im is iem ij o os om s
ie iem ies ai ais ajai ijai
""".split()
COMPARED = """
aks aka akai akam akas aki akie akiem ako akos aku akus akais
""".split()
VERBS = """
t ties ti tu tus ta tas tam tai tais tie tiem tos to ts tos tajs tais taja
ot oties ots oss osa osi osu osam osas osai osos osais osas osie osiem oso
su si sim siet sot s sies simies sieties sos
ju ji ja jam jat j jot jos jas jies jamies jaties joties juma jums
ams ama amas ami amo amais amie amu amam amos amiem amus
dams dama dami damas damies
""".split()
# Vowel of the verb (maks-ā-t, sūt-ī-t), with what follows it.
THEMES = ("a", "e", "i", "o")
NAMES = """
sana sanas sanai sanu sanam sanas sanos
jums juma jumam jumu jumi jumiem jumus jumos juma
taja tajs tajam taju taji tajiem tajus tajos taja
""".split()


def build_endings() -> tuple[frozenset[str], int]:
    """Return every ending, and the length of the longest."""
    endings = set(CASES) | set(COMPARED)
    for theme in THEMES:
        endings.update(theme + ending for ending in VERBS + NAMES)
    endings.update(NAMES)
    return frozenset(endings), max(map(len, endings))


ENDINGS, LONGEST = build_endings()


def stem(word: str) -> str:
    """Return the stem of the casefolded Latvian *word*, folded.

    >>> stem("rēķiniem"), stem("rekins")
    ('rekin', 'rekin')
    """
    word = fold_word(word)
    for length in range(min(LONGEST, len(word) - MINIMUM), 0, -1):
        if word[-length:] in ENDINGS and has_vowel(word[:-length]):
            return soften(word[:-length])
    return word


def has_vowel(text: str) -> bool:
    """Return whether *text* could be a syllable."""
    return not VOWELS.isdisjoint(text)


def soften(stem: str) -> str:
    """Return *stem* without the ``j`` of kurpju, skapju, zivju."""
    if len(stem) > MINIMUM and stem.endswith("j") and stem[-2] in "bpmv":
        return stem[:-1]
    return stem
