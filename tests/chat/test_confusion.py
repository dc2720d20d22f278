"""Which rules are mistaken for which, and the words that would tell them apart."""

import json

from click.testing import CliRunner

from helpcenter.chat.confusion import report_confusion, report_mistaken
from helpcenter.chat.evaluation import Utterance, predict_all
from helpcenter.chat.rules import load_rules
from helpcenter.chat.trial import differences
from helpcenter.cli import program
from tests.chat.talking import write_bot
from tests.chat.test_reviewing import OVERLAPPING


def rules_of(tmp_path, text: str = OVERLAPPING):
    """Return the English rules of a bot file."""
    return load_rules(write_bot(tmp_path, text), ["en"])[0]


def test_pairs_come_with_most_mistaken_examples_first_and_always_the_same(tmp_path):
    rules = rules_of(tmp_path).of("en")
    report = report_confusion(rules)

    counts = [pair.count for pair in report.pairs]
    assert counts == sorted(counts, reverse=True) and counts[0] > 1
    assert {pair.intent for pair in report.pairs[:2]} == {"returns", "exchange"}
    assert report.mistaken == sum(counts) and report.examples == 16 and report.is_whole
    assert report_confusion(rules) == report


def test_advice_names_words_that_no_other_rule_has(tmp_path):
    rules = rules_of(tmp_path).of("en")
    utterances = [Utterance(text, "exchange", "en") for text in ("return a dress for a bigger dress", "return the bigger dress")]
    report = report_mistaken(rules, predict_all(rules_of(tmp_path), utterances))

    pair = report.pairs[0]
    assert (pair.intent, pair.taken_by, pair.count) == ("exchange", "returns", 2)
    assert pair.advice == "keywords: {any: [bigger]}"


def test_two_words_are_advised_where_one_is_not_enough_and_none_where_nothing_helps(tmp_path):
    rules = rules_of(tmp_path).of("en")
    of_exchange = next(pair for pair in report_confusion(rules).pairs if pair.intent == "exchange")

    assert of_exchange.examples == ("return my jacket", "send back my shirt")
    assert not of_exchange.advice or of_exchange.advice.startswith("keywords: {all: [")
    for pair in report_confusion(rules).pairs:
        words = set(pair.keywords)
        others = [example for rule in rules.rules.values() if rule.intent != pair.intent for example in rule.examples]
        assert not words or not any(words <= set(example.split()) for example in others)


def test_questions_of_no_rule_that_are_answered_are_counted_too(tmp_path):
    rules = rules_of(tmp_path)
    found = predict_all(rules, [Utterance("what does it cost", None, "en"), Utterance("how much is it", "price", "en")])
    report = report_mistaken(rules.of("en"), found)

    assert [(pair.intent, pair.taken_by, pair.examples, pair.advice) for pair in report.pairs] == [("–", "price", ("what does it cost",), "")]


def test_time_may_run_out(tmp_path):
    moments = iter(range(0, 10_000, 10))
    report = report_confusion(rules_of(tmp_path).of("en"), until=5, clock=lambda: next(moments))

    assert not report.is_whole
    assert json.loads(json.dumps(report.as_json()))["is_whole"] is False


def test_the_same_rules_differ_in_nothing(tmp_path):
    rules = rules_of(tmp_path)

    assert not differences(rules.of("en"), rules_of(tmp_path).of("en"))
    assert not differences(rules.of("en"), type(rules).from_payload(rules.to_payload()).of("en"))
    changed = rules_of(tmp_path, OVERLAPPING.replace("my shirt, return", "my shirt, bring back my shirt, return"))
    assert differences(changed.of("en"), rules.of("en")).changed == ("returns",)


def test_the_command_prints_the_pairs_as_text_and_as_json(tmp_path):
    bot = write_bot(tmp_path, OVERLAPPING)
    asked = ["evaluate", "chat", "--confusion", "--rules", str(bot)]
    text = CliRunner().invoke(program, asked)
    told = json.loads(CliRunner().invoke(program, [*asked, "--lang", "en", "--json"]).stdout)["languages"][0]

    assert text.exit_code == 0, text.output
    assert f"en: {told['mistaken']} of 16 mistaken" in text.stdout
    assert "2 × exchange answered by returns: “return my jacket”, “send back my shirt”" in text.stdout
    assert {"intent": "exchange", "taken_by": "returns", "count": 2}.items() <= next(one for one in told["pairs"] if one["intent"] == "exchange").items()


def test_the_command_counts_labelled_questions_too_and_refuses_what_it_cannot_do(tmp_path):
    bot = write_bot(tmp_path, OVERLAPPING)
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"text": "return the bigger dress", "intent": "exchange", "lang": "en"}\n', encoding="utf-8")

    def run(*arguments: str):
        return CliRunner().invoke(program, ["evaluate", "chat", "--rules", str(bot), *arguments])

    assert "en: 1 of 1 mistaken" in run("--confusion", "--utterances", str(asked)).stdout
    assert "would tell them apart: keywords: {any: [bigger]}" in run("--confusion", "--utterances", str(asked)).stdout
    assert run().exit_code == 2
    assert run("--confusion", "--predictions", str(tmp_path / "x")).exit_code == 2
    assert run("--confusion", "--lang", "lv").exit_code == 1
