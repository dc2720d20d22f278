"""How a reply should sound: checks of what the bot says, each with its reason. They warn and never forbid.

A reply acknowledges, says what can be done and how it goes on. Words that refuse, blame or shout, and answers that lead nowhere, are noticed
in every language of the interface. The lists name what is nearly always wrong; a word that is often right does not belong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from helpcenter.chat import words
from helpcenter.language.messages import gettext


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


NEGATIVE = (
    "unfortunately|impossible|not possible|we cannot|we cant|we are unable|i am unable|not allowed|forbidden|not our problem|nothing we can do|"
    "i do not know|we do not know|no chance|"
    "diemžēl|nav iespējams|neiespējami|mēs nevaram|nevaram palīdzēt|nav atļauts|aizliegts|nav mūsu problēma|mēs nezinām|es nezinu|"
    "niestety|niemożliwe|nie jest możliwe|nie możemy|nie mogę pomóc|niedozwolone|zabronione|nie nasz problem|nie wiemy|"
    "tyvärr|omöjligt|inte möjligt|vi kan inte|jag kan inte hjälpa|ej tillåtet|inte tillåtet|förbjudet|inte vårt problem|vi vet inte|jag vet inte|"
    "өкінішке орай|мүмкін емес|қолымыздан келмейді|тыйым салынған|біздің мәселеміз емес|білмейміз|білмеймін|көмектесе алмаймыз"
)
BLAMING = (
    "your fault|your own fault|your mistake|your error|you should have|you failed|you forgot|you must|you have to|you are wrong|as i said|"
    "as already said|obviously|you claim|you neglected|"
    "jūsu vaina|jūsu kļūda|pašu vaina|jums vajadzēja|jūs aizmirsāt|jums obligāti|jūs kļūdāties|kā jau teicu|acīmredzami|jūs apgalvojat|"
    "twoja wina|pana wina|pani wina|twój błąd|powinieneś był|powinnaś była|zapomniałeś|zapomniałaś|musisz|mylisz się|jak już pisa*|"
    "twierdzisz|"
    "ditt fel|ditt eget fel|din skuld|du borde ha|du glömde|du måste|du har fel|som jag sa|som redan sagts|uppenbarligen|du påstår|"
    "сіздің кінәңіз|өзіңіз кінәлісіз|сіздің қателігіңіз|ұмытып кетіпсіз|ұмыттыңыз|міндеттісіз|қателесесіз|айтқанымдай|әлбетте сіз"
)
SENTENCES = re.compile(r"[.!?…\n]+")
LETTERS_ONLY = re.compile(r"[^\W\d_]{2,}[,.!?:;]*")
FEWEST_CAPITALS = 7
MANY_MARKS = re.compile(r"!\s*!|\?\s*!|!\s*\?|!(?:[^!]*!){2}")
# What leads on: a question, a link, a place in a menu, an address, a number to call, an article's or form's value.
LEADS_ON = re.compile(r"[?？]|\]\(|→|@|\{\w+\}|\+?\d[\d ()-]{6,}\d|\*\*[^*]+\*\*")

REASONS = {
    "NEGATIVE": _("“%(words)s” closes the door; say what can be done instead, and how"),
    "BLAMING": _("“%(words)s” sounds like blame or an order; say how it goes well, without “you” as the cause"),
    "SHOUTING": _("“%(words)s” shouts; write it in small letters, with one exclamation mark at most"),
    "NO-NEXT-STEP": _("the answer leads nowhere; end with an article, a button, a link or a question"),
    "SAME-TEXT": _("“%(words)s” stands in another language as well; it waits for its translation"),
}
SHOWN = 60
# Shorter texts are often the same in two languages, as names are.
SHORTEST_COMPARED = 20


@dataclass(frozen=True, slots=True)
class Remark:
    """What is not polite in a text; *words* are the ones in question."""

    code: str
    words: str = ""

    def reason(self, lang: str = "en") -> str:
        """Return why it matters and what is better, in the reader's language."""
        return gettext(lang, REASONS[self.code], words=self.words)


def remarks(text: str) -> Iterator[Remark]:
    """Yield what is not polite in one text, whatever language it is in.

    >>> [remark.code for remark in remarks("Unfortunately this is YOUR PROBLEM now.")]
    ['NEGATIVE', 'SHOUTING']
    """
    for code, listed in (("NEGATIVE", NEGATIVE), ("BLAMING", BLAMING)):
        found = next(filter(None, (phrase_in(sentence, listed) for sentence in SENTENCES.split(text))), None)
        if found:
            yield Remark(code, found)
    if shouted := shouting(text):
        yield Remark("SHOUTING", shouted)


def phrase_in(sentence: str, listed: str) -> str | None:
    """Return the first phrase of a list that a sentence contains, as the list has it."""
    said = words.plain_words(sentence)
    for phrase, wanted in zip(listed.split("|"), words.phrases(listed), strict=True):
        for start in range(len(said) - len(wanted) + 1):
            if all(words.fits(word, part) for word, part in zip(said[start:], wanted)):
                return phrase.strip("* ")
    return None


def shouting(text: str) -> str | None:
    """Return words in capitals, or what the exclamation marks are about, else None; one word in capitals may be a name."""
    for is_loud, run in groupby(text.split(), key=is_in_capitals):
        said = " ".join(run)
        if is_loud and " " in said and len(said) >= FEWEST_CAPITALS:
            return shown(said)
    marks = MANY_MARKS.search(text)
    return shown(marks.group()) if marks else None


def is_in_capitals(word: str) -> bool:
    """Tell whether a word is written in capitals."""
    return bool(LETTERS_ONLY.fullmatch(word)) and word == word.upper() != word.lower()


def leads_on(text: str) -> bool:
    """Tell whether a text says how it goes on."""
    return bool(LEADS_ON.search(text))


def is_same_text(text: str, other: str) -> bool:
    """Tell whether a text of one language stands in another as it is."""
    return len(text) >= SHORTEST_COMPARED and text.casefold() == other.casefold()


def shown(text: str) -> str:
    """Return the beginning of a text for a message."""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
