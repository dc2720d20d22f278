"""Forms: asking, checking, correcting, digressing, cancelling, confirming."""

import pytest

from helpcenter.chat.turns import Escalate
from tests.chat.talking import BOT, Talker, rules_of


@pytest.fixture
def ann(tmp_path) -> Talker:
    ann = Talker(rules_of(tmp_path))
    ann.say("i cant find my bil")
    ann.say("I need a copy of my invoice")
    ann.choose("It is not there")
    return ann


def test_a_form_asks_checks_and_sends(ann):
    assert ann.turn.state.status == "form"
    ann.say("march")
    ann.say("12345")
    assert "Six digits" in ann.text
    ann.say("it is 123456, I think")
    ann.say("ann@example.org")
    assert "Missing invoice for March, customer 123456." in ann.text

    turn = ann.choose("Yes, send it")
    request = turn.actions[0]
    assert isinstance(request, Escalate)
    assert (request.kind, request.section, request.subject) == ("problem", "payments", "Missing invoice March")
    assert request.slots == {"month": "March", "customer_no": "123456", "email": "ann@example.org"}
    assert "> I need a copy of my invoice" in request.body
    assert turn.state.status == "escalated"
    assert "ann@example.org" in ann.text


SPEED = """
rules:
  - intent: speed
    examples: [how fast is my internet, what speed do I have, my internet speed, how quick is my line, which speed is mine]
    flow: speed.ask
flows:
  - flow: speed.ask
    form: [{slot: plan, ask: Which plan do you have?}]
    then: {answer: "{plan} is fast."}
"""


def test_a_form_that_sends_nothing_answers_at_once(tmp_path):
    ann = Talker(rules_of(tmp_path, SPEED))
    ann.say("how fast is my internet")
    turn = ann.say("Gold")

    assert ann.text == "Gold is fast."
    assert (turn.state.status, turn.actions) == ("open", ())


def test_a_form_that_sends_nothing_asks_in_the_words_of_its_editor(tmp_path):
    ann = Talker(rules_of(tmp_path, SPEED.replace("    then:", '    confirm: "{plan}, is that right?"\n    then:')))
    ann.say("how fast is my internet")
    ann.say("Gold")
    asked, labels = ann.text, ann.labels
    ann.choose("Yes")

    assert asked == "Gold, is that right?"
    assert labels == ["Yes", "Change something", "Cancel"]
    assert ann.text == "Gold is fast."


def test_a_question_inside_a_form_is_answered_and_the_form_goes_on(ann):
    ann.say("march")
    ann.say("how do returns work?")

    assert "14 days" in ann.text
    assert "What is your customer number?" in ann.text
    assert ann.turn.state.form["slots"] == {"month": "March"}
    assert "It is not there" not in ann.labels


def test_a_rule_that_works_anywhere_is_heard_in_a_form(ann):
    turn = ann.say("this is a complaint")

    assert turn.replies[0].rule == "complaint"
    assert turn.state.form["at"] == "month"


def test_an_earlier_answer_is_corrected_by_name_by_value_and_at_the_end(ann):
    ann.say("march")
    ann.say("123456")
    ann.say("change the month")
    assert "Which month is missing?" in ann.text
    ann.say("april 2025")
    ann.say("654321")
    assert ann.turn.state.form["slots"] == {"month": "April 2025", "customer_no": "654321"}

    ann.say("ann@example.org")
    ann.say("bob@example.org")
    assert ann.turn.state.form["slots"]["email"] == "bob@example.org"
    ann.choose("Change something")
    ann.choose("Customer no")
    ann.say("111111")
    assert "customer 111111" in ann.text


@pytest.mark.parametrize("words", ["cancel", "stop", "never mind", "atcelt", "anuluj", "avbryt", "болдырмау"])
def test_a_form_is_cancelled_in_any_language(ann, words):
    turn = ann.say(words)

    assert turn.state.form is None
    assert turn.state.status == "open"
    assert turn.actions == ()


def test_a_person_can_be_asked_for_inside_a_form_and_gets_the_answers(ann):
    ann.say("march")
    ann.say("I want to talk to a person")
    ann.say("skip")
    ann.say("ann@example.org")

    assert "Month: March" in ann.text


def test_after_three_unreadable_answers_a_person_is_offered(ann):
    for _ in range(3):
        ann.say("blurp")

    assert "Talk to a person" in ann.labels


def test_what_was_told_once_is_not_asked_again(ann):
    for words in ("march", "123456", "ann@example.org", "yes"):
        ann.say(words)
    ann.say("talk to a person")
    ann.say("Ann")

    assert "What can we do for you?" in ann.text
    ann.say("My washing machine sings")
    assert "ann@example.org" in ann.text


def test_the_word_of_the_visitor_never_becomes_markup(ann):
    ann.say("talk to a person")
    ann.say("<img src=x onerror=alert(1)> **{email}** [x](https://evil.example)")
    ann.say("ann@example.org")
    html = "".join(one.html for one in ann.turn.replies)

    assert "&lt;img" in html
    assert "<img" not in html and "evil.example</a>" not in html and 'href="https://evil' not in html
    assert "**{email}**" in html


def test_an_optional_answer_may_be_left_out(ann):
    ann.say("talk to a person")
    turn = ann.choose("Skip")

    assert turn.state.form["slots"]["name"] == ""
    assert turn.state.form["at"] == "email"


def test_at_the_end_no_asks_what_to_change_and_anything_else_asks_again(ann):
    for words in ("march", "123456", "ann@example.org"):
        ann.say(words)
    ann.say("hmm")
    assert "shall I send this" in ann.text
    ann.say("no")
    assert "Month" in ann.labels


def test_a_form_without_a_mail_question_asks_for_one_before_a_request(tmp_path):
    bot = BOT.replace('      - {slot: email, type: email, ask: "Where may we answer?"}\n', "")
    ann = Talker(rules_of(tmp_path, bot))
    ann.say("I need a copy of my invoice")
    ann.choose("It is not there")
    ann.say("march")
    ann.say("123456")

    assert ann.turn.state.form["at"] == "email"


def test_a_form_may_lead_on_to_a_rule(tmp_path):
    bot = BOT.replace("then: {request: {kind: problem, section: payments, subject: \"Missing invoice {month}\"}}", "then: {rule: returns.how}")
    ann = Talker(rules_of(tmp_path, bot))
    ann.say("I need a copy of my invoice")
    ann.choose("It is not there")
    for words in ("march", "123456", "ann@example.org", "yes"):
        ann.say(words)

    assert "14 days" in ann.text
    assert ann.turn.state.status == "open"


def test_buttons_of_an_earlier_question_do_no_harm(ann):
    from helpcenter.chat.dialogue import reply
    from helpcenter.chat.turns import Message

    for value in ("form:send", "form:option:99", "form:say:maybe", "form:slot:nothing", "form:skip", "form:"):
        turn = reply(Message(choice=value), ann.rules, ann.turn.state, **ann.told)
        assert turn.actions == ()
        assert turn.replies


def test_a_story_about_a_person_is_the_answer_and_no_wish_for_one(tmp_path):
    bot = BOT.replace("{slot: month, type: month,", "{slot: problem,").replace("{month}", "{problem}")
    ann = Talker(rules_of(tmp_path, bot))
    ann.say("I need a copy of my invoice")
    ann.choose("It is not there")
    ann.say("Your operator promised to call about the invoice and never did")
    assert ann.turn.state.form["at"] == "customer_no"

    assert ann.say("I want to talk to a person").state.form["flow"] == "builtin.person"


def test_an_annoyed_visitor_is_offered_a_person_at_once_inside_a_form(ann):
    ann.say("this is ridiculous")

    assert "Talk to a person" in ann.labels
