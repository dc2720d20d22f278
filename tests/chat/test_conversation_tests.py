"""The editors' own tests: the runner, and the conversations of the sample bot."""

from pathlib import Path

import pytest

from helpcenter.chat.conversation_tests import report_conversations, run_conversation_tests
from helpcenter.chat.problems import RuleProblem
from helpcenter.chat.rules import load_rules
from tests.chat.talking import rules_of

ARTICLES = Path(__file__).parents[2] / "articles"
LANGUAGES = sorted(path.name for path in (ARTICLES / "bot").iterdir() if path.is_dir())


def write_tests(folder: Path, text: str) -> Path:
    """Write a file of conversation tests, and return their folder."""
    path = folder / "conversations" / "en" / "some.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder / "conversations"


GOOD = """
- conversation: a copy of an invoice
  turns:
    - {say: I need a copy of my invoice, rule: invoice.copy, article: payments/find-an-invoice, text: My pages, not_text: sorry, choices: It is not there, state: open}
    - {choose: It is not there, state: form}
    - {say: march}
    - {say: "123456"}
    - {say: ann@example.org}
    - {say: "yes", state: escalated, request: {kind: problem, subject: invoice march, slots: {month: march}}}
"""


def test_a_conversation_as_wanted_has_no_failures(tmp_path):
    report = report_conversations(write_tests(tmp_path, GOOD), rules_of(tmp_path))

    assert (report.failures, report.problems, report.conversations, report.turns) == ([], [], 1, 6)
    assert report.uncovered(rules_of(tmp_path))["en"] == ["returns.how", "router.down", "complaint", "hello", "router.repair"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("rule: invoice.copy", "rule: returns.how"), "some.yaml:4: CONVERSATION a copy of an invoice: after “I need a copy of my invoice” wanted rule returns.how, got invoice.copy"),
        (("article: payments/find-an-invoice", "article: x/y"), "wanted article x/y, got payments/find-an-invoice"),
        (("text: My pages", "text: Your pages"), "wanted text “Your pages”"),
        (("not_text: sorry", "not_text: my PAGES"), "wanted no text “my PAGES”"),
        (("choices: It is not there", "choices: Nowhere"), "wanted a button “Nowhere”, got It is not there, Something else"),
        (("{choose: It is not there", "{choose: Elsewhere"), "some.yaml:5: CONVERSATION a copy of an invoice: after “Elsewhere” wanted a button “Elsewhere”"),
        (("state: open", "state: resolved"), "wanted state resolved, got open"),
        (("kind: problem", "kind: praise"), "wanted request kind praise, got problem"),
        (("month: march", "month: april"), "wanted slot month = april, got March"),
        (('"yes", state: escalated', '"no"'), "wanted a request, got none"),
    ],
)  # fmt: skip
def test_a_failure_says_where_what_was_wanted_and_what_came(tmp_path, change, message):
    failures = run_conversation_tests(write_tests(tmp_path, GOOD.replace(*change, 1)), rules_of(tmp_path))

    assert len(failures) == 1
    assert message in str(failures[0])


def test_an_unknown_key_in_a_test_is_a_failure_with_its_line(tmp_path):
    failures = run_conversation_tests(write_tests(tmp_path, GOOD.replace("{say: march}", "{sai: march}")), rules_of(tmp_path))

    assert "some.yaml:6" in str(failures[0])
    assert "did you mean `say`" in str(failures[0])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sample_bot_has_no_errors_and_holds_its_conversations(lang):
    rules, problems = load_rules(ARTICLES / "bot", ["en", *({lang} - {"en"})])
    report = report_conversations(ARTICLES / "tests" / "conversations", rules, only=lang)

    assert report.conversations > 20
    assert [str(one) for one in problems if serious(one)] == []
    assert [str(one) for one in report.problems] == []
    assert [str(one) for one in report.failures] == []


def serious(problem: RuleProblem) -> bool:
    """Tell whether a finding would stop the publishing."""
    return problem.severity == "error"


def test_every_english_rule_and_flow_is_reached_by_a_test():
    rules, _ = load_rules(ARTICLES / "bot", ["en"])
    report = report_conversations(ARTICLES / "tests" / "conversations", rules, only="en")

    assert report.uncovered(rules) == {"en": []}


def test_every_article_that_the_bot_names_exists():
    keys = {path.relative_to(ARTICLES / "en").with_suffix("").as_posix() for path in (ARTICLES / "en").glob("**/*.md")}
    _, problems = load_rules(ARTICLES / "bot", ["en"], article_keys=keys)

    assert [str(one) for one in problems] == []


def test_a_conversation_of_a_visitor_who_has_signed_in(tmp_path):
    text = """
rules:
  - intent: plan.gold
    examples: [which plan do i have, what is my plan, my plan please, tell me my plan, plan of mine]
    when: {visitor: {plan: gold}}
    answer: "Gold, {name}."
"""
    test = """- conversation: a member asks
  visitor: {plan: gold, name: Ann}
  turns: [{say: what is my plan, rule: plan.gold, text: "Gold, Ann."}]
- conversation: a stranger asks
  turns: [{say: what is my plan, not_text: Gold}]
"""
    rules = rules_of(tmp_path, text)
    (tmp_path / "conversations/en").mkdir(parents=True)
    (tmp_path / "conversations/en/plans.yaml").write_text(test, encoding="utf-8")

    assert run_conversation_tests(tmp_path / "conversations", rules) == []
