"""`helpcenter import rasa` and its kin from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from helpcenter.cli import program

FIXTURES = Path(__file__).parent.parent / "chat/importers/fixtures"


def run(*arguments: str | Path) -> Result:
    """Run `helpcenter import` and return its result."""
    return CliRunner().invoke(program, ["import", *map(str, arguments)])


@pytest.mark.parametrize("kind", ["rasa", "dialogflow", "botpress", "rivescript"])
def test_an_import_counts_what_it_wrote_and_names_what_was_lost(kind, tmp_path):
    answer = run(kind, FIXTURES / kind, "--to", tmp_path)
    again = json.loads(run(kind, FIXTURES / kind, "--to", tmp_path, "--json").output)

    assert answer.exit_code == 0
    assert answer.output.startswith(f"{again['rules']} rules with {again['examples']} examples, ")
    assert all(f"  {what} ({count})\n" in answer.output for what, count in again["lost"].items())
    assert (again["added"], again["changed"], again["problems"]) == ([], [], [])


def test_a_language_of_the_command_is_the_folder_of_the_rules(tmp_path):
    run("rivescript", FIXTURES / "rivescript", "--to", tmp_path, "--lang", "pt-BR")

    assert (tmp_path / "bot/pt-br/hello.yaml").exists()


def test_a_language_that_is_none_is_refused(tmp_path):
    answer = run("rasa", FIXTURES / "rasa", "--to", tmp_path, "--lang", "../x")

    assert answer.exit_code == 2
    assert "is no language code" in answer.output


def test_a_source_without_a_rule_fails_and_says_so(tmp_path):
    (tmp_path / "source").mkdir()
    answer = run("dialogflow", tmp_path / "source", "--to", tmp_path / "content")

    assert answer.exit_code == 1
    assert "has nothing that could become a rule" in answer.output
    assert not (tmp_path / "content").exists()
