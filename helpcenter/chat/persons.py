"""Tell whether a visitor asks for a person, in every language of the interface.

The bot leads to a person whatever language the wish is in, and whatever is going on. It must not do so for words that only look alike:
"personal data", "customer service hours", "praise the staff", "can somebody call me" (rules answer those).
"""

from __future__ import annotations

from helpcenter.chat.words import POLITE, among, plain, plain_words
from helpcenter.language.analysis import analyse

# Words for a person; nearly alone they are a wish.
PERSON = (
    "human humans person agent agents operator representative advisor adviser consultant "
    "cilvek* operator* konsultant* darbiniek* specialist* persona personu personai "
    "czlowiek* konsultant* pracownik* doradc* doradca osoba osobe osoby "
    "manniska* person personen handlaggare* medarbetare* radgivare* kundtjanst kundtjansten kundservice operatoren agenten "
    "адам* оператор* маман* кызметкер* кенесш*"
).split()
# Words for a person that mean one only after a verb of talking.
SOMEBODY = (
    "people someone somebody anyone anybody staff employee* kads kadu kadam kims ktos nagon personal personalen supporten "
    "kundtjanst* биреу* бирау*"
).split()
TALK = (
    "talk speak chat contact reach "
    "runat parunat sazinat* sazinies savieno* sarunat* aprunat* "
    "rozmaw* porozmaw* skontakt* pogadac polacz* polaczyc "
    "prata tala kontakta koppla chatta "
    "сойлес* байланыс* косын* кос косасыз* косып жалгастыр*"
).split()
# Verbs that mean many things and ask for a person only together with "me".
HAND_OVER = "connect put transfer pass switch redirect parslegt parsledz* przelacz* przekieruj* vidarekoppla*".split()
ME = "me us mani mus mnie nas mig oss мени".split()
WANT = (
    "want need please get give real live gribu gribetu vajag vajadzig* ludzu velos chce chcialbym chcialabym potrzeb* prosze vill behover "
    "behov* onskar snalla керек калай* отин* маган"
).split()
# What may stand around the wish without making it another one.
SMALL_WORDS = (
    "a an the to with i id would like can could may be there now right just not robot bot here my your of "
    "es ar pie uz un vai var varu varetu dzivu dzivs dzivam istu ists tagad "
    "ja z do na sie czy moge mozna moglbym zywy zywego zywym zywa teraz prawdziwy prawdziwym prawdziwego "
    "jag en ett med till kan kunna fa levande riktig nu "
    "мен мени тири бола ма болады накты казир"
).split()
# "Move my number to another operator" is about another kind of operator.
OPERATOR = "operator* оператор*".split()
OTHER = (
    "another other others different new change cits cita citu citam mainit nomainit inny inna innego innej innym zmienic zmiana annan andra "
    "byta ny баска ауыстыр* жана"
).split()
LONGEST_WISH, SHORT, NEAR = 16, 4, 5


def wants_person(text: str) -> bool:
    """Tell whether the visitor asks for a person.

    A word for a person near a verb of talking, or with nothing but small words beside it.
    """
    said = plain_words(text)
    if not said or len(said) > LONGEST_WISH or is_other_operator(said):
        return False
    persons = places(said, [*PERSON, *SOMEBODY])
    if persons and any(abs(verb - person) <= NEAR for verb in verbs_of_talking(said) for person in persons):
        return True
    return bool(places(said, PERSON)) and all(
        word in POLITE or any(among(word, listed) for listed in (PERSON, WANT, ME, SMALL_WORDS)) for word in said
    )


def is_other_operator(said: tuple[str, ...]) -> bool:
    """Tell whether the operator in question is another company."""
    return bool(places(said, OPERATOR) and places(said, OTHER))


def verbs_of_talking(said: tuple[str, ...]) -> list[int]:
    """Return the places of the words that ask to be brought together with somebody."""
    # "Transfer the contract to another person" hands over something else.
    is_short = len(said) <= SHORT and bool(places(said, PERSON))
    handed = places(said, HAND_OVER) if is_short or places(said, ME) else []
    return [*places(said, TALK), *handed]


def places(said: tuple[str, ...], listed: list[str]) -> list[int]:
    """Return where words of a list stand."""
    return [place for place, word in enumerate(said) if among(word, listed)]


def tells_more(text: str, lang: str) -> bool:
    """Tell whether a wish for a person also says what it is about."""
    rest = [token for token in analyse(text, lang, limit=60) if not token.stop]
    known = (PERSON, SOMEBODY, TALK, HAND_OVER, WANT, SMALL_WORDS)
    return sum(not any(among(plain(token.folded), listed) for listed in known) for token in rest) >= 2
