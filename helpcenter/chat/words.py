"""Words the engine itself understands, in every language of the interface.

They are recognised whatever language the conversation is in, because people switch. Rules of a bot file come on top. A word that ends
in `*` stands for everything that begins so; Latvian, Polish and Kazakh bend their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from helpcenter.language.analysis import analyse
from helpcenter.language.kazakh import skeleton

LONGEST_READ = 600

CANCEL = (
    "cancel|stop|never mind|nevermind|forget it|abort|quit|atcelt|partraukt|beigt|nevajag|anuluj|przerwij|rezygnuje|niewazne|zakoncz|"
    "avbryt|sluta|strunta i det|glom det|болдырмау|токтат|токта|бас тарту|керек емес"
)
RESTART = (
    "start over|start again|restart|back to start|begin again|menu|main menu|sakt no jauna|no sakuma|sakums|zacznij od nowa|od nowa|"
    "od poczatku|borja om|fran borjan|till borjan|басынан|кайта баста|басына"
)
YES = (
    "yes|yeah|yep|yup|sure|ok|okay|correct|right|of course|send it|please do|yes please|y|ja|jaa|protams|labi|pareizi|sutiet|jā|tak|"
    "oczywiscie|dobrze|zgadza sie|jasne|wyslij|ja tack|javisst|visst|absolut|stammer|skicka|иа|ия|иэ|эрине|жараиды|дурыс|жибер|да"
)
NO = (
    "no|nope|nah|not really|no thanks|not yet|it did not|it didnt|n|ne|nē|nepareizi|nepalidzeja|nie|nie dziekuje|nie pomoglo|nej|inte|"
    "nej tack|жок|комектеспеди|нет"
)
SKIP = "skip|none|no name|pass|-|izlaist|nav|pomin|brak|hoppa over|inget|откизу|жок"
CHANGE = (
    "change|correct|correction|wrong|mistake|actually|edit|fix|i meant|mainit|labot|nepareiz*|kludains|kluda|zmien|popraw*|pomylka|bledny|"
    "andra|ratta|fel|egentligen|озгерт*|тузет*|кате"
)
FRUSTRATED = (
    "useless|ridiculous|terrible|awful|horrible|angry|furious|frustrat*|annoy*|unacceptable|disgusting|pathetic|worst|stupid|idiot*|wtf|"
    "fed up|sick of|waste of time|not helping|not helpful|you dont understand|"
    "bezjedzig*|briesmig*|sasutums|dusmig*|nepienemam*|stulb*|kauns|nepalidz|neko nesaprot|"
    "bezuzyteczn*|okropn*|wsciekl*|skandal*|zenad*|beznadziejn*|glupi*|niedopuszczaln*|mam dosc|nic nie rozumiesz|"
    "vardelos*|forbannad*|arg|dalig service|skandal*|oacceptab*|idiot*|hopplos*|dum bot|forskracklig*|"
    "маскара*|ыза*|пайдасыз*|сумдык*|нашар кызмет|тусинбе*|акымак*"
)


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded, Kazakh ones as a Russian keyboard types them; at most sixty."""
    return _plain_words(text[:LONGEST_READ])


@lru_cache(maxsize=4096)
def _plain_words(text: str) -> tuple[str, ...]:
    return tuple(plain(token.folded) for token in analyse(text, "en", limit=60))


def plain(word: str) -> str:
    """Return a folded word without the letters that a Russian keyboard lacks."""
    return word if word.isascii() else skeleton(word.replace("ё", "е"))


@lru_cache(maxsize=64)
def phrases(listed: str) -> tuple[tuple[str, ...], ...]:
    """Return the phrases of a list, split into folded words; the star of a beginning stays."""
    split = []
    for phrase in listed.split("|"):
        words = tuple(
            "".join(plain_words(word.rstrip("*"))) + ("*" if word.endswith("*") else "") for word in phrase.split()
        )
        if any(words):
            split.append(words)
    return tuple(split)


def fits(word: str, wanted: str) -> bool:
    """Tell whether a word is the wanted one, or begins as the wanted one says."""
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def says(text: str, listed: str, *, whole: bool = False) -> bool:
    """Tell whether the text contains a phrase of the list; with *whole* it may say little else."""
    words = plain_words(text)
    for phrase in phrases(listed):
        if whole and len(words) > len(phrase) + 2:
            continue
        for start in range(len(words) - len(phrase) + 1):
            if all(fits(word, wanted) for word, wanted in zip(words[start:], phrase)):
                return True
    return False


def is_exactly(text: str, listed: str) -> bool:
    """Tell whether the text is a phrase of the list, give or take a polite word."""
    words = plain_words(text)
    bare = tuple(word for word in words if word not in POLITE)
    return any(
        len(said) == len(phrase) and all(fits(word, wanted) for word, wanted in zip(said, phrase))
        for phrase in phrases(listed)
        for said in (words, bare)
    )


POLITE = frozenset("please thanks thank you ludzu paldies prosze dziekuje tack snalla it that рахмет отинемин".split())


def among(word: str, listed: Sequence[str]) -> bool:
    """Tell whether a word is in a list."""
    return any(fits(word, wanted) for wanted in _folded(tuple(listed)))


@lru_cache(maxsize=32)
def _folded(listed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a list folded like the words of a text."""
    return tuple("".join(plain_words(word.rstrip("*"))) + ("*" if word.endswith("*") else "") for word in listed)
