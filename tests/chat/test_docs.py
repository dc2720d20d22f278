"""docs/chat.md names every key, and its examples work."""

import re
from pathlib import Path

import pytest

from helpcenter.chat import conversation_tests, reading, schema
from helpcenter.chat.conversation_tests import ConversationSource, TurnSource, WantedRequest, run_conversation_tests
from helpcenter.chat.rules import load_rules
from tests.chat.talking import write_bot

DOCS = (Path(__file__).parents[2] / "docs" / "chat.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
CODE = (
    r'"((?:YAML|UNKNOWN|MISSING|BAD|NOT|TOO|SAME|FEW|NO)(?:-[A-Z0-9]+)+|UNREACHED|RESERVED|UNTESTED|SHADOWED|CONFUSED|NEGATIVE|BLAMING|SHOUTING)"'
)
MODELS = [*reading.KEYS_OF.values(), schema.BotFile, ConversationSource, TurnSource, WantedRequest]


@pytest.mark.parametrize("model", dict.fromkeys(MODELS), ids=lambda model: model.__name__)
def test_every_key_is_in_the_docs(model):
    for name in model.model_fields:
        assert re.search(rf"\b{name}\b", DOCS), f"{model.__name__}.{name} is not in docs/chat.md"


def test_every_slot_type_and_error_code_is_in_the_docs():
    source = "".join(path.read_text(encoding="utf-8") for path in Path(schema.__file__).parent.glob("*.py"))
    codes = set(re.findall(CODE, source))

    assert all(f"`{kind}`" in DOCS for kind in schema.SLOT_TYPES)
    assert [code for code in sorted(codes) if f"`{code}`" not in DOCS] == []


def test_the_examples_load_and_the_documented_test_passes(tmp_path):
    *bots, tests = BLOCKS
    write_bot(tmp_path, "rules: []\n", "parts/returns.yaml")
    for number, text in enumerate(bots):
        folder = write_bot(tmp_path, text, f"en/{number}.yaml")
    rules, problems = load_rules(folder, ["en"])
    assert [str(one) for one in problems if one.severity == "error"] == []

    path = tmp_path / "conversations" / "en" / "docs.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(tests, encoding="utf-8")
    assert run_conversation_tests(tmp_path / "conversations", rules) == []
    assert conversation_tests.report_conversations(tmp_path / "conversations", rules).conversations == 1
