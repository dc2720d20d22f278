"""Rules in each other's way, and rules that no test reaches."""

from helpcenter.chat.conversation_tests import report_conversations
from helpcenter.chat.reviewing import review
from helpcenter.chat.rules import load_rules
from tests.chat.talking import write_bot

BOT = r"""
rules:
  - intent: complaint
    examples: [i am not content, this is bad, very bad service, i am angry with you, that was poor]
    patterns: ['\bcomplain']
    answer: Sorry?
  - intent: complaint.status
    examples: [where is my letter, what became of what i wrote, how far is my complaint, news of my complaint, any answer yet]
    answer: Which one?
  - intent: contact
    examples: [how can i reach you, talk to a person, your phone number, where is your office, your address]
    answer: How?
  - intent: begin
    examples: [start over, first steps, how do i begin, new here, what comes first]
    answer: Where?
flows:
  - flow: letter
    form: [{slot: email, type: email, ask: Where?}]
    then: {request: {subject: x}}
"""


def found(tmp_path, text: str = BOT, report=None, **more):
    """Return what the review finds, without its manners."""
    rules, _ = load_rules(write_bot(tmp_path, text), ["en"])
    return [one for one in review(tmp_path / "bot", ["en"], rules, report, **more) if one.code in ("UNTESTED", "SHADOWED", "CONFUSED")]


def test_an_example_that_something_else_takes_is_named_with_what_takes_it(tmp_path):
    shadowed = [(one.line, one.message) for one in found(tmp_path) if one.code == "SHADOWED"]

    assert shadowed == [
        (14, "“start over” starts the conversation over before any rule."),
        (
            8,
            "“how far is my complaint” is answered by complaint: its pattern `\\bcomplain` is heard before any example."
            " So is 1 more example of complaint.status.",
        ),
        (11, "“talk to a person” is heard as a wish for a person before any rule."),
    ]


def test_rules_and_flows_that_no_test_reaches_are_named_by_their_lines(tmp_path):
    tests = tmp_path / "conversations"
    (tests / "en").mkdir(parents=True)
    (tests / "en" / "a.yaml").write_text("- conversation: a\n  turns: [{say: how can i reach you}, {say: i complain}]\n", encoding="utf-8")
    rules, _ = load_rules(write_bot(tmp_path, BOT), ["en"])
    untested = [one for one in found(tmp_path, report=report_conversations(tests, rules)) if one.code == "UNTESTED"]

    assert [(one.path, one.line, one.message.rpartition(" ")[2]) for one in untested] == [
        ("bot/en/bot.yaml", 7, "complaint.status"), ("bot/en/bot.yaml", 13, "begin"), ("bot/en/bot.yaml", 17, "letter"),
    ]  # fmt: skip
    assert {one.severity for one in untested} == {"warning"}


def test_a_language_without_any_test_is_named_once(tmp_path):
    rules, _ = load_rules(write_bot(tmp_path, BOT), ["en"])
    untested = [one for one in found(tmp_path, report=report_conversations(tmp_path / "none", rules)) if one.code == "UNTESTED"]

    assert [str(one) for one in untested] == [
        "bot/en:1: UNTESTED no conversation test reaches a rule of this language; add tests/conversations/en/*.yaml"
    ]


OVERLAPPING = """
rules:
  - intent: returns
    examples: [return my shirt, return the dress, send back my dress, return a jacket, send back the jacket, return a dress]
    answer: Which?
  - intent: exchange
    examples: [i want another size, swap it for a larger one, too small for me, return my jacket, send back my shirt]
    answer: Which?
  - intent: price
    examples: [what does it cost, how much is it, the price please, is it expensive, costs per month]
    answer: Which?
"""


def test_examples_that_another_rule_would_answer_are_named_together(tmp_path):
    confused = [one for one in found(tmp_path, OVERLAPPING) if one.code == "CONFUSED"]

    warned = {one.message.split("would answer")[0] for one in confused if one.severity == "warning"}
    assert warned == {"if they were not listed, returns ", "if they were not listed, exchange "}
    of_exchange = next(one for one in confused if "returns would answer" in one.message)
    assert of_exchange.line == 7
    assert "“return my jacket”" in of_exchange.message and "“send back my shirt”" in of_exchange.message


def test_when_time_runs_out_the_review_says_so_and_ends(tmp_path):
    moments = iter(range(0, 10_000, 10))
    confused = [one for one in found(tmp_path, OVERLAPPING, clock=lambda: next(moments)) if one.code == "CONFUSED"]

    assert confused[-1].message == "not every example was left out in turn: time ran out"
    assert confused[-1].severity == "info"
