"""Figures from outside: import utterances, evaluate on others, and recompute."""

import json
import re

import pytest
from click.testing import CliRunner

from helpcenter.chat.evaluation import UtterancesBroken, auroc, measure, predict_all, read_utterances
from helpcenter.chat.importing import import_utterances
from helpcenter.chat.rules import load_rules
from helpcenter.cli import program

TRAINING = [
    ("where is my order", "ORDER_STATUS"), ("track my parcel", "ORDER_STATUS"), ("has my order been sent", "ORDER_STATUS"),
    ("i want a refund", "Refund?"), ("give my money back", "Refund?"), ("when do i get my refund", "Refund?"),
    ("play some music", "play/music"), ("put on a song", "play/music"), ("Play some music", "play/music"),
    ("i want a refund", "ORDER_STATUS"), ("what is love", None), ("how tall is the moon", "oos"), ("yes", "Refund?"),
]  # fmt: skip
TESTS = [("where's my order", "ORDER_STATUS"), ("refund please", "Refund?"), ("a song please", "play/music"), ("who won the election", None)]


def write(path, rows):
    """Write utterances as JSONL."""
    path.write_text("".join(json.dumps({"text": text, "intent": intent, "lang": "en"}) + "\n" for text, intent in rows))
    return path


@pytest.fixture
def bot(tmp_path):
    """Return the bot folder of the imported training utterances."""
    import_utterances(read_utterances(write(tmp_path / "train.jsonl", TRAINING)), tmp_path / "library")
    return tmp_path / "library" / "bot"


def test_an_import_makes_a_rule_per_intent_and_keeps_their_names(bot):
    rules, problems = load_rules(bot, ["en"])

    assert sorted(rules.of("en").rules) == ["ORDER_STATUS", "Refund?", "play/music"]
    assert [one for one in problems if one.severity == "error"] == []
    assert "yes" in rules.of("en").rules["Refund?"].examples


def test_an_import_reports_what_was_left_out(tmp_path):
    report = import_utterances(read_utterances(write(tmp_path / "train.jsonl", TRAINING)), tmp_path / "bot")

    assert (report.rules, report.examples, report.out_of_scope, len(report.contradicting)) == (3, 10, 2, 1)
    assert "each rule holds a placeholder" in "\n".join(report.lines())
    assert report.files[0].parent == tmp_path / "bot" / "en"


def test_a_language_cannot_lead_out_of_the_folder(tmp_path):
    path = tmp_path / "u.jsonl"
    path.write_text('{"text": "x", "intent": "../../y", "lang": "../../../etc"}\n')
    report = import_utterances(read_utterances(path), tmp_path / "bot")

    assert report.files == [tmp_path / "bot" / "etc" / "y.yaml"]


def test_the_command_prints_figures_that_its_predictions_confirm(tmp_path, bot):
    source, out = write(tmp_path / "test.jsonl", TESTS), tmp_path / "out.jsonl"
    result = CliRunner().invoke(
        program, ["evaluate", "chat", "--rules", str(bot.parent), "--utterances", str(source), "--predictions", str(out), "--json"]
    )
    figures = json.loads(result.stdout)
    rows = [json.loads(line) for line in out.read_text().splitlines()]

    assert [set(row) for row in rows] == [{"text", "intent", "confidence", "ranked", "decision"}] * 4
    right = sum(row["intent"] == intent for row, (_, intent) in zip(rows, TESTS) if intent)
    assert figures["accuracy"] == right / 3 == 1.0
    assert figures["out_of_scope_recall"] == 1.0
    assert figures["out_of_scope_auroc"] == 1.0
    assert {row["decision"] for row in rows} <= {"answer", "ask", "decline"}
    assert {"macro_f1", "top_3", "p50_ms", "p95_ms", "answered_wrongly"} <= set(figures)


def test_the_import_command_says_what_it_did(tmp_path):
    source = write(tmp_path / "train.jsonl", TRAINING)
    result = CliRunner().invoke(program, ["import", "utterances", str(source), "--to", str(tmp_path / "library")])

    assert result.exit_code == 0
    assert re.match(r"3 rules with 10 examples in 3 files", result.output)


@pytest.mark.parametrize(
    ("line", "message"),
    [("{", "u.jsonl:1: this is no JSON"), ('{"intent": "x"}', "u.jsonl:1: a line must be an object"), ('{"text": "x", "intent": 3}', "`intent` must be text"), ("", "holds no utterances")],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path, line, message):
    path = tmp_path / "u.jsonl"
    path.write_text(line + "\n")

    with pytest.raises(UtterancesBroken, match=re.escape(message)):
        read_utterances(path)
    assert "Error:" in CliRunner().invoke(program, ["evaluate", "chat", "--utterances", str(path)]).stderr


def test_macro_f1_counts_every_intent_the_same(bot):
    rules, _ = load_rules(bot, ["en"])
    rows = [("where is my order", "ORDER_STATUS")] * 9 + [("where is my order", "Refund?")]
    source = write(bot.parent / "t.jsonl", rows)
    figures = measure(predict_all(rules, read_utterances(source)))

    assert figures["accuracy"] == 0.9
    assert figures["macro_f1"] == pytest.approx((2 * 9 / 19 + 0) / 2, abs=1e-4)


def test_auroc_is_the_share_of_pairs_in_the_right_order():
    assert auroc([3, 2], [1, 2]) == 0.875
    assert auroc([], [1]) is None
