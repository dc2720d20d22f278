"""Several questions in one message."""

import pytest

from helpcenter.chat.questions import parts
from tests.chat.talking import BOT, Talker, rules_of


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("en", "Where is it and when does it come?", ["Where is it", "when does it come"]),
        ("en", "My box came. Is it new? Whose is it?", ["Is it new", "Whose is it"]),
        ("en", "My box came. I want another.", ["My box came", "I want another"]),
        ("en", "Where are the terms and conditions?", ["Where are the terms and conditions"]),
        ("en", "Where can I see i or o?", ["Where can I see i or o"]),
        ("lv", "Kur ir paka un kad tā būs?", ["Kur ir paka", "kad tā būs"]),
        ("pl", "Gdzie jest paczka i kiedy będzie?", ["Gdzie jest paczka", "kiedy będzie"]),
        ("sv", "Var är det och när kommer det?", ["Var är det", "när kommer det"]),
        ("kk", "Тауар қайда және қашан келеді?", ["Тауар қайда", "қашан келеді"]),
        ("et", "Kus see on ja millal tuleb?", ["Kus see on ja millal tuleb"]),
    ],
)
def test_a_message_falls_into_its_questions(lang, text, wanted):
    assert list(parts(text, lang)) == wanted


@pytest.fixture
def ann(tmp_path) -> Talker:
    return Talker(rules_of(tmp_path, BOT))


def test_two_questions_are_answered_one_after_the_other(ann):
    turn = ann.say("Where can I find last month's bill and how do returns work?")

    rules = [one.rule for one in turn.replies if not one.rule.startswith("builtin")]
    assert list(dict.fromkeys(rules)) == ["invoice.copy", "returns.how"]
    assert "You find it under" in ann.text and "You have 14 days." in ann.text
    assert "It is not there" in ann.labels
    assert "several questions in one message" in "\n".join(turn.trace)
    assert turn.state.said == ["Where can I find last month's bill and how do returns work?"]


def test_where_one_begins_a_flow_the_visitor_says_which_comes_first_and_the_other_is_not_lost(ann):
    turn = ann.say("My router is broken. I want to return an item.")
    assert turn.rule == "builtin.several"
    assert ann.labels == ["my router is broken", "Return an item"]

    turn = ann.choose("my router is broken")
    assert turn.state.step is not None
    turn = ann.choose("Green")
    assert "You also asked about this:" in ann.text
    assert "Return an item" in ann.labels

    assert ann.choose("Return an item").rule == "returns.how"
    assert "You also asked" not in ann.text


def test_one_question_in_two_sentences_is_one(ann):
    turn = ann.say("My router is broken. There is no connection at home.")

    assert turn.rule == "router.down"


def test_greeting_and_asking_is_one_question(ann):
    assert ann.say("Good morning. How do returns work?").rule == "returns.how"


def test_a_pattern_wins_over_everything_else_that_was_asked(ann):
    assert ann.say("I complain. Where can I find last month's bill and how do returns work?").rule == "complaint"


def test_an_example_with_an_and_in_it_is_one_question(tmp_path):
    bot = BOT.replace("return an item, it does not fit", "return an item and print an invoice, it does not fit")
    assert Talker(rules_of(tmp_path, bot)).say("Return an item and print an invoice").rule == "returns.how"
