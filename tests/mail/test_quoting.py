"""What is new in a reply, in the five languages of the interface and as the usual programs write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpcenter.mail.quoting import reply_text

QUOTE = "> Hold the button for five seconds.\n>\n> Gus\n> -- \n> Nordlys"
ABOVE = {
    "en, Gmail": "On Sun, Nov 22, 2026 at 10:00 AM Nordlys <help+7k3m9q-x@nordlys.example> wrote:",
    "en, wrapped": "On Sun, Nov 22, 2026 at 10:00 AM Nordlys <\nhelp+7k3m9q-frwhbuawekrxf7mihsmqzznv@nordlys.example> wrote:",
    "lv, Gmail": "svētd., 2026. g. 22. nov., plkst. 10:00 — lietotājs Nordlys (<help@nordlys.example>) rakstīja:",
    "lv, Thunderbird": "22.11.26 10:00, Nordlys rakstīja:",
    "pl, Gmail": "niedz., 22 lis 2026 o 10:00 Nordlys <help@nordlys.example> napisał(a):",
    "pl, Thunderbird": "W dniu 22.11.2026 o 10:00, Nordlys pisze:",
    "pl, old": "Dnia 22 listopada 2026 10:00 Nordlys <help@nordlys.example> napisał:",
    "sv, Gmail": "Den sön 22 nov. 2026 kl 10:00 skrev Nordlys <help@nordlys.example>:",
    "sv, Thunderbird": "Den 2026-11-22 kl. 10:00, skrev Nordlys:",
    "kk, Gmail": "2026 ж. 22 қар., жс 10:00, Nordlys <help@nordlys.example> жазды:",
    "ru, Gmail": "вс, 22 нояб. 2026 г. в 10:00, Nordlys <help@nordlys.example>:",
    "ru, Thunderbird": "22.11.2026 10:00, Nordlys пишет:",
    "any, a name and an address": "2026/11/22 Nordlys <help@nordlys.example>:",
}
BLOCKS = {
    "en": "From: Nordlys <help@nordlys.example>\nSent: Sunday, 22 November 2026 10:00\nTo: Ann\nSubject: Re: My router",
    "en, ruled": "________________________________\nFrom: Nordlys\nSent: Sunday\nTo: Ann\nSubject: Re: My router",
    "lv": "No: Nordlys <help@nordlys.example>\nNosūtīts: svētdiena, 2026. gada 22. novembris 10:00\nKam: Anna\nTēma: Re: Rūteris",
    "pl": "Od: Nordlys <help@nordlys.example>\nWysłano: niedziela, 22 listopada 2026 10:00\nDo: Anna\nTemat: Re: Router",
    "sv": "Från: Nordlys <help@nordlys.example>\nSkickat: den 22 november 2026 10:00\nTill: Anna\nÄmne: Re: Router",
    "kk": "Кімнен: Nordlys <help@nordlys.example>\nЖіберілді: 22 қараша 2026 ж. 10:00\nКімге: Анна\nТақырып: Re: Роутер",
    "en, old": "-----Original Message-----\nFrom: Nordlys",
    "lv, old": "-----Sākotnējā ziņa-----\nNo: Nordlys",
    "pl, old": "-----Wiadomość oryginalna-----\nOd: Nordlys",
    "sv, old": "-----Ursprungligt meddelande-----\nFrån: Nordlys",
    "kk, old": "-----Бастапқы хабар-----\nКімнен: Nordlys",
}
ANSWER = "Paldies, tagad deg zaļa.\n\nĀdams Қайрат Łukasz Åsa"


@pytest.mark.parametrize("line", ABOVE.values(), ids=ABOVE)
def test_the_quote_below_an_answer_is_cut(line):
    assert reply_text(f"{ANSWER}\n\n{line}\n\n{QUOTE}\n") == ANSWER


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_what_outlook_puts_below_an_answer_is_cut(block):
    assert reply_text(f"{ANSWER}\n\n{block}\n\nHold the button for five seconds.\n") == ANSWER


@pytest.mark.parametrize("line", ABOVE.values(), ids=ABOVE)
def test_above_our_own_mark_everything_else_may_be_unknown(line):
    mark = "##- Rakstiet atbildi virs šīs rindas -##"

    assert reply_text(f"{ANSWER}\n\n{line}\n\n> {mark}\n> Hold it.") == ANSWER
    assert reply_text(f"{ANSWER}\n{mark}\nHold it.") == ANSWER


def test_an_answer_below_the_quote_is_kept():
    assert reply_text(f"{ABOVE['sv, Gmail']}\n{QUOTE}\n\nNu lyser den grönt.") == "Nu lyser den grönt."


def test_answers_between_quotes_keep_what_they_answer():
    kept = reply_text(f"{ABOVE['en, Gmail']}\n> Which colour?\n\nRed.\n\n> Since when?\n\nYesterday.\n\n> Gus")

    assert kept == "> Which colour?\n\nRed.\n\n> Since when?\n\nYesterday."


@pytest.mark.parametrize(
    "ending",
    ["-- \nAnn Lee\n+371 2000 0000", "--\nAnn", "Sent from my iPhone", "Skickat från min iPhone", "Wysłane z iPhone'a", "Sūtīts no mana tālruņa", "Менің iPhone-нан жіберілді", "Get Outlook for Android"],
)
def test_a_signature_is_cut(ending):
    assert reply_text(f"It is red.\n\n{ending}\n") == "It is red."


@pytest.mark.parametrize(
    "text",
    [
        "My colleague wrote:\nnothing works.",
        "Data: 22.11.2026, numer faktury 17.",
        "From: Riga\nI want to move to Liepāja.",
        "- first\n- second",
        "The price was 20 -- 30 euro.",
        "Do: nie wiem czego.",
        "##- is how my model number begins",
        "> only a quote",
        "On Monday it was red:\nthen green.",
        "",
    ],
)
def test_what_only_looks_like_a_quote_is_kept(text):
    assert reply_text(text) == text


@given(st.text(alphabet="ab:@>1 \n-_#FromSentTo", max_size=400))
def test_an_answer_is_never_lost_whole(text):
    assert bool(reply_text(text)) == bool(text.strip())


def test_a_hundred_thousand_empty_lines_are_no_work():
    assert reply_text("It is red." + "\n" * 100_000 + "> x\n" * 10_000) == "It is red."
