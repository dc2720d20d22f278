"""`helpcenter sync` and `helpcenter check` as people run them."""

import json
import shutil

import pytest
from click.testing import CliRunner

from helpcenter.cli import program
from tests.content.folders import ROOT, write


@pytest.fixture
def environ(tmp_path, folder):
    """Return the settings of a help center in a temporary place."""
    return {
        "HELPCENTER_ARTICLES": str(folder),
        "HELPCENTER_DATA": str(tmp_path / "data"),
        "HELPCENTER_SECRET_KEY": "a secret that only the tests know, long enough",
    }


def run(environ, *arguments):
    """Run the program in this process."""
    return CliRunner().invoke(program, list(arguments), env=environ)


def test_sync_says_what_it_did(environ, folder):
    first = run(environ, "sync")
    write(folder, {"en/pay/card.md": "# New card\n"})
    (folder / "lv/pay/invoice.md").unlink()
    second = run(environ, "sync")

    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert first.stdout.startswith("3 added, 0 changed, 0 removed, 0 broken, 0 unchanged in ")
    assert second.stdout.startswith("0 added, 1 changed, 1 removed, 0 broken, 1 unchanged in ")


def test_sync_says_which_file_is_broken_and_publishes_the_rest(environ, folder):
    write(folder, {"en/bad.md": "---\ntitle: [\n---\n"})
    ran = run(environ, "sync")

    assert ran.exit_code == 1
    assert "en/bad.md:3: front-matter Not valid YAML" in ran.stderr
    assert ran.stdout.startswith("3 added, 0 changed, 0 removed, 1 broken")


def test_check_needs_no_database_and_exits_with_one_on_an_error(environ, folder, tmp_path):
    good = run(environ, "check")
    write(folder, {"en/bad.md": "# Bad\n\n[x](gone.md)\n"})
    bad = run(environ, "check", "--quiet")

    assert good.exit_code == 0, good.output
    assert bad.exit_code == 1
    assert bad.stdout == "en/bad.md:3: broken-link The link to gone.md leads nowhere.\n"
    assert bad.stderr == "1 errors, 0 warnings, 0 notes: broken-link 1\n"
    assert not (tmp_path / "data").exists()


def test_check_prints_json(environ, folder):
    write(folder, {"en/bad.md": "# Bad\n\n[x](gone.md)\n"})
    printed = json.loads(run(environ, "check", "--json").stdout)

    assert printed["error"] == 1
    assert {
        "path": "en/bad.md",
        "line": 3,
        "code": "broken-link",
        "severity": "error",
        "message": "The link to gone.md leads nowhere.",
    } in printed["problems"]


def test_check_leaves_out_what_is_ignored_and_counts_the_rest_by_code(environ, folder):
    write(folder, {"en/bad.md": "# Bad\n\n[x](gone.md)\n\n[here](lost.md)\n"})
    everything = json.loads(run(environ, "check", "--json").stdout)
    ran = run(environ, "check", "--json", "--ignore", "broken-link", "--ignore", "vague-link")

    assert everything["codes"]["broken-link"] == 2
    assert everything["codes"]["vague-link"] == 1
    assert ran.exit_code == 0
    assert {"broken-link", "vague-link"} & set(json.loads(ran.stdout)["codes"]) == set()


def test_check_names_articles_that_their_own_title_does_not_find_first(environ, folder):
    write(folder, {"en/pay/asking.md": "---\ntitle: '???'\n---\nNobody can search for this.\n"})
    lines = [line for line in run(environ, "check").stdout.splitlines() if "title-not-first" in line]

    assert lines == ["en/pay/asking.md:2: title-not-first A search for the title does not find this article first: it is not among the first hits."]


def test_a_title_that_two_articles_have_counts_for_both(environ, folder):
    write(folder, {f"en/{section}/refund.md": f"---\ntitle: Refund form\nslug: {section}\n---\nText {section}.\n" for section in "ab"})

    assert "title-not-first" not in run(environ, "check").stdout


def test_check_prints_lines_for_github(environ, folder):
    write(folder, {"en/bad.md": "# Bad\n\n[x](100%.md)\n"})

    assert "::error file=en/bad.md,line=3,title=broken-link::The link to 100%25.md leads nowhere." in run(
        environ, "check", "--format", "github"
    ).stdout.splitlines()


def test_check_looks_at_rules_synonyms_conversations_and_searches(environ, folder):
    write(
        folder,
        {
            "bot/en/pay.yaml": "- intent: pay\n",
            "synonyms/en.txt": "a => b => c\n",
            "tests/conversations/en/pay.yaml": "- conversation: c\n  trns: []\n",
            "tests/searches/en.yaml": "- {query: card, lang: en, article: pay/card, within: 1}\n"
            "- {query: zebra, lang: en, article: pay/card}\n",
        },
    )
    ran = run(environ, "check", "--quiet")
    places = {line.partition(": ")[0] for line in ran.stdout.splitlines()}

    assert ran.exit_code == 1
    assert "tests/searches/en.yaml:2" in places
    assert "tests/searches/en.yaml:1" not in places
    for part in ("bot/en/pay.yaml", "synonyms/en.txt", "tests/conversations/en/pay.yaml"):
        assert any(place.startswith(part) for place in places), ran.output


def test_the_sample_library_publishes_without_a_broken_file(environ, tmp_path):
    shutil.copytree(ROOT / "articles", tmp_path / "articles")
    ran = run(environ | {"HELPCENTER_ARTICLES": str(tmp_path / "articles")}, "sync")

    assert ran.exit_code == 0, ran.output
    assert " 0 broken," in ran.stdout


def test_synonyms_of_a_language_that_the_site_has_not_are_noticed(environ, folder):
    write(folder, {"synonyms/eng.txt": "bill, invoice\n"})
    ran = run(environ, "check")

    assert "synonyms/eng.txt:1: SYNONYM The site has no language eng, so nobody searches with these. Did you mean en?" in ran.stdout
    assert ran.exit_code == 0
