"""The command line: every command shows how it is used, and what a person can mend is said in one line."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from helpcenter import __version__, storage
from helpcenter.app import create_app
from helpcenter.cli import COMMANDS, program
from helpcenter.settings import Settings
from helpcenter.storage.database import WRITER

SECRET = "a secret that only the tests know, long enough"


def helpcenter(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    """Run the program as a person does, in a process of its own."""
    command = [sys.executable, "-m", "helpcenter", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=200, check=False)


def all_commands(group: click.Group = program, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the words of every command and of every group of commands."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*words, name)
        if isinstance(command, click.Group):
            yield from all_commands(command, (*words, name))


def assert_one_line(ran: subprocess.CompletedProcess, said: str) -> None:
    """Check that the program ended with exit code 2 and one line that begins with *said*."""
    assert ran.stderr.startswith(f"helpcenter: {said}")
    assert ran.stderr.count("\n") == 1
    assert ran.returncode == 2


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_shows_an_example(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    inside = all_commands(command, (name,)) if isinstance(command, click.Group) else []
    for words in [(name,), *inside]:
        shown = CliRunner().invoke(program, [*words, "--help"])

        assert shown.exit_code == 0
        assert f"\n    helpcenter {' '.join(words)}" in shown.output, f"`helpcenter {' '.join(words)} --help` has no example"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_list_of_commands_says_what_each_does(name: str) -> None:
    said = COMMANDS[name][2]

    assert said.endswith(".")
    assert f"{name} " in CliRunner().invoke(program, ["--help"]).output


def test_help_is_quick_because_it_loads_nothing_heavy() -> None:
    code = """
import sys
from click.testing import CliRunner
from helpcenter.cli import program
assert CliRunner().invoke(program, ["--help"]).exit_code == 0
print([name for name in ("flask", "sqlalchemy", "whoosh", "granian", "pydantic") if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(program, ["--version"]).output == f"helpcenter, version {__version__}\n"


def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    ran = CliRunner().invoke(program, ["serv"])

    assert ran.exit_code == 2
    assert "There is no command 'serv'. Did you mean `helpcenter serve`?" in ran.output


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("HELPCENTER_DATTA", "x", "HELPCENTER_DATTA in the environment is not a setting. Did you mean HELPCENTER_DATA?"),
        ("HELPCENTER_PROXY_HOPS", "many", "HELPCENTER_PROXY_HOPS: Input should be a valid integer"),
        ("HELPCENTER_SECRET_KEY", "", "HELPCENTER_SECRET_KEY is missing."),
        ("HELPCENTER_SECRET_KEY", "short", "HELPCENTER_SECRET_KEY is only 5 characters long."),
        ("HELPCENTER_SETTINGS_FILE", "/nowhere.env", "HELPCENTER_SETTINGS_FILE names /nowhere.env, which cannot be read"),
        ("HELPCENTER_DATA", "/proc/helpcenter", "The data folder /proc/helpcenter cannot be written: "),
        ("HELPCENTER_DATA", __file__, f"The data folder {__file__} cannot be written: "),
    ],
)
def test_serving_with_a_wrong_setting_ends_in_one_line(environ: dict[str, str], setting: str, value: str, said: str) -> None:
    assert_one_line(helpcenter(environ | {setting: value}, "serve"), said)


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_busy_port_is_told_before_anything_starts(environ: dict[str, str], command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ran = helpcenter(environ, command, "--port", str(port))

    assert_one_line(ran, f"Cannot listen on 127.0.0.1:{port}: Address already in use.")


@pytest.mark.parametrize("command", ["sync", "check"])
def test_a_missing_content_folder_is_told(environ: dict[str, str], tmp_path: Path, command: str) -> None:
    missing = tmp_path / "no-articles"

    ran = helpcenter(environ | {"HELPCENTER_ARTICLES": str(missing)}, command)

    assert str(missing) in ran.stderr
    assert "Traceback" not in ran.stderr
    assert (ran.stderr.count("\n"), ran.returncode) == (1, 2)


def test_a_database_of_a_newer_version_is_left_alone(environ: dict[str, str], tmp_path: Path) -> None:
    app = create_app(Settings(articles=tmp_path / "articles", data=tmp_path / "data", secret_key=SECRET))
    storage.migrate(app)
    with app.extensions[WRITER].begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    storage.close(app)

    ran = helpcenter(environ, "sync")

    assert_one_line(ran, "The database sqlite:///")
    assert "was made by a newer version of helpcenter (schema 9999)" in ran.stderr


def test_a_broken_article_is_named_and_the_rest_is_published(environ: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "articles" / "en" / "broken.md"
    broken.write_text("---\ntitle: [never closed\n---\nText.\n", encoding="utf-8")

    ran = helpcenter(environ, "sync")

    assert ran.returncode == 1
    assert "en/broken.md:" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    found = helpcenter(environ, "search", "the", "--json")
    assert found.returncode == 0


def test_searching_before_anything_is_published_says_what_to_do(environ: dict[str, str]) -> None:
    ran = helpcenter(environ, "search", "invoice")

    assert (ran.returncode, ran.stderr) == (1, "Error: Nothing is published yet. Run `helpcenter sync` first.\n")


def test_searching_in_a_language_the_site_has_not_names_those_it_has(environ: dict[str, str]) -> None:
    helpcenter(environ, "sync")

    ran = helpcenter(environ, "search", "invoice", "--lang", "xx")

    assert ran.returncode == 2
    assert "The site has no language 'xx'; it has en, lv, pl, sv, kk." in ran.stderr
