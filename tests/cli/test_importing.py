"""`helpcenter import`: exports of other help centers from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from helpcenter.cli import program

FIXTURES = Path(__file__).parent.parent / "content/importers/fixtures"


def run(*arguments: str | Path) -> Result:
    """Run `helpcenter import` and return its result."""
    return CliRunner().invoke(program, ["import", *map(str, arguments)])


def test_an_import_says_what_it_did_and_what_was_lost_by_name(tmp_path):
    answer = run("zendesk", FIXTURES / "zendesk", "--to", tmp_path)

    assert answer.exit_code == 0
    assert answer.output.startswith("7 articles: 7 added, 0 changed, 0 unchanged, 0 kept as editors left them\n")
    assert "  restricted (1)\n    Plans (103, en): only some readers could see it; it was made a draft\n" in answer.output


def test_the_whole_report_is_one_json_object(tmp_path):
    answer = run("zendesk", FIXTURES / "zendesk", "--to", tmp_path, "--json")
    report = json.loads(answer.output)

    assert (report["kind"], report["articles"], report["votes"], report["site_written"]) == ("zendesk", 7, 1, True)
    assert {"source": "Plans (103, en)", "line": None, "what": "restricted"}.items() <= next(
        loss for loss in report["losses"] if loss["what"] == "restricted"
    ).items()


def test_a_dry_run_leaves_no_trace(tmp_path):
    answer = run("intercom", FIXTURES / "intercom", "--to", tmp_path / "new", "--dry-run")

    assert answer.exit_code == 0
    assert "4 would be added" in answer.output
    assert not (tmp_path / "new").exists()


def test_a_second_import_after_an_edit_keeps_the_edit(tmp_path):
    run("freescout", FIXTURES / "freescout", "--to", tmp_path)
    (tmp_path / "en/start/install.md").write_text("Ed was here.")

    answer = run("freescout", FIXTURES / "freescout", "--to", tmp_path)

    assert "3 articles: 0 added, 0 changed, 2 unchanged, 1 kept as editors left them" in answer.output
    assert "kept: en/start/install.md" in answer.output


def test_exports_without_a_language_get_the_one_that_was_named(tmp_path):
    run("helpscout", FIXTURES / "helpscout", "--to", tmp_path, "--language", "sv")

    assert (tmp_path / "sv/guides/mail/sign-out.md").exists()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["zendesk", "nowhere.json"], 2, "does not exist"),
        (["helpscout", FIXTURES / "helpscout", "--language", "../x"], 2, "is no language code"),
        (["zendesk", FIXTURES / "intercom/collections.json"], 1, "has no articles of zendesk"),
        (["zendesk", FIXTURES / "phpmyfaq/sitemap.xml"], 1, "not valid JSON"),
    ],
)
def test_what_cannot_be_imported_is_said_in_one_line(tmp_path, arguments, exit_code, said):
    answer = run(*arguments, "--to", tmp_path)

    assert answer.exit_code == exit_code
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_a_folder_that_leads_elsewhere_is_not_written_to(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/.imports").symlink_to(tmp_path / "elsewhere")

    answer = run("freescout", FIXTURES / "freescout", "--to", tmp_path / "folder")

    assert answer.exit_code == 2
    assert answer.output.startswith("helpcenter: ")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_tree_of_another_tool_says_its_links_and_its_losses_by_file_and_line(tmp_path):
    answer = run("markdown", FIXTURES / "mkdocs/source", "--to", tmp_path)

    assert answer.exit_code == 0
    assert answer.output.startswith("4 articles: 4 added")
    assert "5 markdown files, 6 links resolved, 1 links unresolved, 1 anchors unresolved\n" in answer.output
    assert "    docs/index.md:3: The link to pay/lost.md leads nowhere; its words stay.\n" in answer.output


def test_the_style_of_a_tree_can_be_said(tmp_path):
    answer = run("markdown", FIXTURES / "jekyll/source", "--style", "plain", "--to", tmp_path, "--json")

    assert "en/about.md" in json.loads(answer.output)["added"]


def test_a_folder_without_articles_ends_with_one_line(tmp_path):
    answer = run("markdown", tmp_path, "--to", tmp_path / "to")

    assert answer.exit_code == 1
    assert "has no Markdown files of the style plain." in answer.output
