"""How replies sound: what is noticed and what is not, in five languages."""

import pytest

from helpcenter.chat.etiquette import REASONS, Remark, leads_on, remarks
from helpcenter.chat.reviewing import review
from helpcenter.chat.rules import load_rules
from helpcenter.language.messages import gettext, interface_languages
from tests.chat.talking import write_bot

IMPOLITE = [
    ("Unfortunately that is so.", "NEGATIVE"),
    ("We can't do that.", "NEGATIVE"),
    ("This is not our problem.", "NEGATIVE"),
    ("You should have read the contract.", "BLAMING"),
    ("As I said, restart it.", "BLAMING"),
    ("PLEASE READ the article.", "SHOUTING"),
    ("Please wait!!", "SHOUTING"),
    ("Diemžēl tā ir.", "NEGATIVE"),
    ("Mēs nevaram to izdarīt.", "NEGATIVE"),
    ("Tā ir jūsu vaina.", "BLAMING"),
    ("LŪDZU, GAIDIET ATBILDI.", "SHOUTING"),
    ("Niestety tak jest.", "NEGATIVE"),
    ("To twoja wina.", "BLAMING"),
    ("PROSZĘ CZEKAĆ na odpowiedź.", "SHOUTING"),
    ("Tyvärr är det så.", "NEGATIVE"),
    ("Du måste starta om den.", "BLAMING"),
    ("VÄNTA HÄR på svar.", "SHOUTING"),
    ("Өкінішке орай, солай.", "NEGATIVE"),
    ("Бұл сіздің кінәңіз.", "BLAMING"),
    ("КҮТЕ ТҰРЫҢЫЗ осында.", "SHOUTING"),
]
POLITE = [
    "I am sorry that you are offline. Let us find the cause together!",
    "If you have not received it, we look for it.",
    "You need not repeat anything.",
    "Download the PDF, or pay by SEPA.",
    "Your order NL-1234567 and {NAME}; see https://status.nordlys.example/ALL-FINE.",
    "Paldies! Rēķinu atradīsiet sadaļā Mans Nordlys.",
    "Dziękuję, że piszesz. Żeby nie trzeba było powtarzać, przekazuję wszystko.",
    "Tack för att du hör av dig! Så här gör du.",
    "Рақмет! Шотты «Шоттар» бөлімінен табасыз.",
]


@pytest.mark.parametrize(("text", "code"), IMPOLITE)
def test_wording_that_refuses_blames_or_shouts_is_noticed(text, code):
    assert [remark.code for remark in remarks(text)] == [code]


@pytest.mark.parametrize("text", POLITE)
def test_polite_wording_passes(text):
    assert list(remarks(text)) == []


@pytest.mark.parametrize("lang", interface_languages())
@pytest.mark.parametrize("code", REASONS)
def test_each_remark_says_its_reason_in_the_readers_language(lang, code):
    reason = Remark(code, "nope").reason(lang)

    assert (reason == gettext("en", REASONS[code], words="nope")) is (lang == "en")
    assert "nope" in reason or code == "NO-NEXT-STEP"


@pytest.mark.parametrize(
    ("text", "leads"),
    [("Choose **My pages → Invoices**.", True), ("Shall I look?", True), ("Call +371 6700 0100.", True), ("[Here](a/b) it is.", True), ("It is so.", False)],
)
def test_a_next_step_is_a_question_a_place_a_link_or_a_number(text, leads):
    assert leads_on(text) is leads


BOT = """
rules:
  - intent: late
    examples: [a b, c d, e f, g h, i j]
    answer:
      - text: [It is on its way., Unfortunately it is late.]
  - intent: hello
    small_talk: true
    examples: [hello]
    answer: Hello.
  - intent: fine
    examples: [k l, m n, o p, q r, s t]
    answer: [{open: We are here for you, closed: We are BACK TOMORROW}, {article: a/b}]

flows:
  - flow: form
    form: [{slot: email, type: email, ask: Where?, retry: You failed to write an address.}]
    then: {request: {subject: x}, answer: All went well with your own request.}
"""


def found(tmp_path, languages=("en",)):
    """Return what the review finds as `path:line CODE`."""
    rules, _ = load_rules(tmp_path / "bot", languages)
    return [f"{one.path}:{one.line} {one.code}" for one in review(tmp_path / "bot", languages, rules) if one.severity == "warning"]


def test_every_text_of_a_file_is_checked_and_named_by_its_line(tmp_path):
    write_bot(tmp_path, BOT)

    manners = [one for one in found(tmp_path) if one.split()[1] in REASONS]
    assert manners == [
        "bot/en/bot.yaml:6 NEGATIVE", "bot/en/bot.yaml:13 SHOUTING", "bot/en/bot.yaml:17 BLAMING", "bot/en/bot.yaml:5 NO-NEXT-STEP",
    ]  # fmt: skip


def test_a_text_that_was_never_translated_is_noticed(tmp_path):
    write_bot(tmp_path, BOT)
    write_bot(tmp_path, BOT, "lv/bot.yaml")
    same = [one for one in found(tmp_path, ("en", "lv")) if one.endswith("SAME-TEXT")]

    assert [one.split()[0] for one in same] == ["bot/lv/bot.yaml:6", "bot/lv/bot.yaml:13", "bot/lv/bot.yaml:17", "bot/lv/bot.yaml:18"]
