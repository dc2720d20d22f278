"""Words instead of the buttons of a branching flow."""

import pytest

from helpcenter.chat.schema import ChoiceSource
from helpcenter.chat.steps import named_choice
from tests.chat.talking import Talker, rules_of

BOT = """
rules:
  - intent: internet.down
    examples: [my internet does not work, it does not work, no connection at home, the internet is down, i am offline]
    answer: Let us look together.
    flow: repair
  - intent: price
    examples: [what does it cost, how much is it, what is the price, is it expensive, price of the box]
    answer: It costs nothing.
  - intent: repair.question
    examples: [can somebody repair the roof, roof repair, my roof leaks, the roof is wet, fix the roof]
    answer: We know a roofer.

flows:
  - flow: repair
    steps:
      restart:
        answer: Please restart it. Does it run?
        choices:
          - {label: It runs, also: ["yes", all is well], step: fine}
          - {label: Still offline, also: ["no"], step: lights}
      lights:
        answer: Which colour?
        choices: [{label: Green, step: fine}, {label: Red, step: fine}]
      fine: {answer: All is well.}
"""


def choices_of(*labels: str) -> list[ChoiceSource]:
    return [ChoiceSource(label=label, person=True) for label in labels]


@pytest.mark.parametrize(
    ("lang", "yes", "no", "labels"),
    [
        ("en", "yes", "no", ("Yes, it is on", "No, it stays off")),
        ("lv", "jā", "nē", ("Jā, iedegas", "Nē, joprojām nedeg")),
        ("pl", "tak", "nie", ("Tak, świeci", "Nie, dalej ciemna")),
        ("sv", "ja", "nej", ("Ja, den tänds", "Nej, den tänds inte")),
        ("kk", "иә", "жоқ", ("Иә, ақау бар", "Ақау жоқ")),
    ],
)
def test_a_typed_yes_or_no_takes_the_button_that_says_so(lang, yes, no, labels):
    choices = choices_of(*labels)

    assert named_choice(yes, choices, lang, loosely=False) is choices[0]
    assert named_choice(no, choices, lang, loosely=False) is choices[1]


def test_where_two_labels_begin_with_no_the_one_that_says_so_is_taken():
    choices = [ChoiceSource(label="Nie ma awarii", also=["nie"], person=True), *choices_of("Nie mogę otworzyć")]

    assert named_choice("nie", choices, "pl", loosely=True) is choices[0]
    assert named_choice("no", choices_of("No outage", "No idea"), "en", loosely=True) is None


@pytest.fixture
def ann(tmp_path) -> Talker:
    ann = Talker(rules_of(tmp_path, BOT))
    ann.say("my internet does not work")
    return ann


@pytest.mark.parametrize("words", ["no", "nope", "no it really does not", "still offline", "sadly still offline"])
def test_words_for_a_choice_take_it(ann, words):
    assert ann.say(words).state.step == {"flow": "repair", "step": "lights"}


def test_other_words_of_a_choice_take_it(ann):
    ann.say("all is well")
    assert ann.text.startswith("All is well.")


def test_words_that_began_the_flow_ask_for_a_choice_and_do_not_begin_it_again(ann):
    turn = ann.say("it does not work")

    assert turn.state.step == {"flow": "repair", "step": "restart"}
    assert "Let us look together" not in ann.text
    assert "Please restart it" not in ann.text
    assert ann.labels == ["It runs", "Still offline"]


def test_a_yes_that_fits_no_choice_asks_again(ann):
    ann.say("no")
    turn = ann.say("yes")

    assert turn.state.step == {"flow": "repair", "step": "lights"}
    assert ann.labels == ["Green", "Red"]


def test_after_a_question_in_between_yes_goes_on_and_no_leaves(ann):
    ann.say("what does it cost")
    assert "go on" in ann.text
    ann.say("yes")
    assert ann.text == "Please restart it. Does it run?"

    ann.say("what does it cost")
    assert ann.say("no").state.step is None


def test_a_question_of_its_own_is_answered_though_it_shares_a_word_with_a_label(ann):
    assert ann.say("my roof still leaks").rule == "repair.question"
