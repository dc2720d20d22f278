"""Who asks for a person gets one; who only uses a word that looks alike does not."""

import re

import pytest

from helpcenter.chat import persons, words

WISHES = [
    "human", "agent please", "a real person", "can I talk to a real person", "please connect me to an agent", "I need a human",
    "put me through to somebody", "I want to speak to someone", "get me a person", "transfer me to an agent", "speak to staff",
    "cilvēks", "gribu runāt ar cilvēku", "savienojiet ar operatoru", "lūdzu, dzīvu cilvēku", "vai varu parunāt ar konsultantu",
    "pārslēdziet mani uz darbinieku", "gribu ar kādu parunāt", "man vajag runāt ar speciālistu",
    "konsultant", "chcę rozmawiać z konsultantem", "proszę połączyć mnie z człowiekiem", "porozmawiać z żywą osobą",
    "czy mogę z kimś porozmawiać", "przełącz mnie do konsultanta", "chcę skontaktować się z pracownikiem",
    "människa", "jag vill prata med en människa", "koppla mig till en handläggare", "kan jag få prata med någon",
    "kundtjänst", "prata med kundtjänst", "jag vill prata med personalen", "en riktig person tack",
    "оператор", "операторға қосыңыз", "адаммен сөйлескім келеді", "маған адам керек", "маманмен байланыстырыңыз",
    "тірі адаммен сөйлесуге бола ма",
]  # fmt: skip
OTHERS = [
    "personal data", "delete my personal data", "customer service hours", "I want to praise the staff", "praise an employee",
    "can someone call me", "somebody stole my phone", "add a person to my contract", "your agent was rude",
    "move my number to another operator", "how many people can use the wifi", "please call me back", "personal account", "transfer the contract to another person",
    "are you a real person", "is this a human", "vai tu esi cilvēks", "czy jesteś człowiekiem", "är du en människa", "сен адамсың ба",
    "transfer my number to a new operator", "what personal information do you keep",
    "personīgie dati", "personas dati", "dzēst manus personas datus", "klientu apkalpošanas darba laiks", "gribu uzslavēt darbinieku",
    "vai kāds var man piezvanīt", "mainīt operatoru", "pāriet pie cita operatora", "kādi ir dati",
    "dane osobowe", "usunąć dane osobowe", "godziny pracy obsługi klienta", "chcę pochwalić pracownika", "czy ktoś może do mnie zadzwonić",
    "przenieść numer do innego operatora", "zmiana operatora", "moja osobista strona",
    "mina personuppgifter", "kundtjänst öppettider", "jag vill berömma personalen", "kan någon ringa mig", "personnummer",
    "radera mina personuppgifter", "kundtjänstens öppettider", "byta operatör", "någon har tagit mitt paket", "personlig kod",
    "оператор ауыстыру", "басқа операторға көшу", "жеке деректер", "қызметкерді мақтағым келеді", "маған біреу қоңырау шалсын",
    "адам саны қанша", "қолдау қызметінің жұмыс уақыты",
]  # fmt: skip


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_for_a_person_is_heard(text):
    assert persons.wants_person(text)


@pytest.mark.parametrize("text", OTHERS)
def test_words_that_only_look_alike_are_no_wish(text):
    assert not persons.wants_person(text)


@pytest.mark.parametrize(("text", "annoyed"), [("пайдасызсыңдар", True), ("ақымақ бот", True), ("бұл сұмдық", True), ("рақмет", False)])
def test_anger_in_kazakh_is_heard_in_every_form_of_the_word(text, annoyed):
    assert words.says(text, words.FRUSTRATED) is annoyed


def test_no_word_of_the_lists_mixes_alphabets():
    lists = [value for module in (words, persons) for value in vars(module).values() if isinstance(value, (str, list))]
    listed = {word for one in lists for word in re.split(r"[|\s]+", one if isinstance(one, str) else " ".join(map(str, one)))}

    assert [word for word in listed if re.search("[a-z]", word) and re.search("[а-яёәіңғүұқөһ]", word)] == []
