"""`helpcenter translations`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from helpcenter.cli import program


def run(environ: dict[str, str], *arguments: str) -> Result:
    """Run the program and return its result."""
    return CliRunner(env=environ).invoke(program, [*arguments])


@pytest.fixture
def published(environ: dict[str, str]) -> dict[str, str]:
    """Return an environment whose library is published, and in which one translation is stale by a major change."""
    assert run(environ, "sync").exit_code == 0
    source = Path(environ["HELPCENTER_ARTICLES"], "en/payments/find-an-invoice.md")
    source.write_text(source.read_text().replace("---\n", "---\nsignificance: major\n", 1) + "\nAsk us for paper.\n")
    assert run(environ, "sync").exit_code == 0
    return environ


def test_before_the_first_publish_it_says_so(environ):
    answer = run(environ, "translations")

    assert (answer.exit_code, answer.output) == (2, "helpcenter: Nothing is published yet. Run `helpcenter sync` first.\n")


def test_the_table_fits_a_terminal_of_80_columns(published):
    answer = run(published, "translations")
    lines = answer.output.splitlines()

    assert answer.exit_code == 0
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["Article", "Words", "en", "lv", "pl", "sv", "kk"]
    invoice = next(line for line in lines if line.startswith("payments/find-an-invoice")).split()
    assert invoice[2:] == ["source", "major", "→", "en", "→", "en", "→", "en"]


def test_many_languages_take_several_tables(published):
    site = Path(published["HELPCENTER_ARTICLES"], "site.yaml")
    site.write_text(site.read_text().replace("sv, kk]", "sv, kk, de, fr, es, it, pt-br, ru]"))
    run(published, "sync")
    lines = run(published, "translations").output.splitlines()

    assert max(map(len, lines)) <= 80
    assert [line.split()[2:] for line in lines if line.startswith("Article")] == [
        ["en", "lv", "pl", "sv"], ["kk", "de", "fr", "es"], ["it", "pt-br", "ru"],
    ]  # fmt: skip


def test_json_has_languages_and_articles(published):
    told = json.loads(run(published, "translations", "--lang", "lv", "--only", "stale", "--json").output)

    assert [one["lang"] for one in told["languages"]] == ["lv"]
    assert (told["languages"][0]["major"], told["languages"][0]["missing"]) == (1, 2)
    (article,) = told["articles"]
    assert article["translations"] == {"lv": {"state": "stale", "step": "major", "slug": "atrast-rekinu"}}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--check"], 1),
        (["--check", "--lang", "sv"], 0),
        (["--check", "--lang", "sv", "--only", "missing"], 1),
        (["--check", "--section", "internet"], 0),
        (["--only", "stale"], 0),
    ],
)
def test_check_fails_where_there_is_a_reason(published, options, code):
    assert run(published, "translations", *options).exit_code == code


def test_an_accepted_translation_is_fresh(published):
    answer = run(published, "translations", "accept", "lv", "payments/find-an-invoice")

    assert answer.exit_code == 0
    assert answer.output.startswith("lv/payments/find-an-invoice.md says source_hash: ")
    assert answer.output.endswith("the text of en/payments/find-an-invoice.md.\n")

    run(published, "sync")

    assert run(published, "translations", "--check").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lang", "xx"], "The site has no language 'xx'; it has en, lv, pl, sv, kk."),
        (["accept", "sv", "payments/find-an-invoice"], "There is no article payments/find-an-invoice in sv."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(published, arguments, said):
    answer = run(published, "translations", *arguments)

    assert (answer.exit_code, answer.output) == (2, f"helpcenter: {said}\n")
