"""`helpcenter staff`."""

import re

import pytest
from click.testing import CliRunner

from helpcenter import storage
from helpcenter.accounts.staff import verify
from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.settings import load_settings
from helpcenter.storage import db

PASSWORD = "four quiet otters dancing"


def run(environ, *arguments: str, typed: str = ""):
    """Run the command without a terminal, and return its result."""
    return CliRunner(env=environ).invoke(program, ["staff", *arguments], input=typed)


def opens(environ, email: str, password: str) -> bool:
    """Return whether *email* may sign in with *password*."""
    app = create_app(load_settings(environ))
    try:
        with app.app_context():
            return verify(db.session, email, password) is not None
    finally:
        storage.close(app)


def test_an_account_is_made_with_the_password_from_standard_input(environ):
    made = run(environ, "add", "Ada@example.org", "--name", "Ada", "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n")

    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    assert opens(environ, "ada@example.org", PASSWORD)
    assert run(environ, "list").stdout == "ada@example.org  admin  Ada\n"


def test_without_a_terminal_a_password_is_made_up_and_printed_once(environ):
    made = run(environ, "add", "gus@example.org")

    password = re.search(r"Password: (\S{20,})", made.stdout)[1]
    assert opens(environ, "gus@example.org", password)


def test_another_password_and_the_door_closed(environ):
    run(environ, "add", "gus@example.org", "--password-stdin", typed=PASSWORD)

    assert run(environ, "password", "gus@example.org", "--password-stdin", typed="seven loud herons").exit_code == 0
    assert not opens(environ, "gus@example.org", PASSWORD)
    assert opens(environ, "gus@example.org", "seven loud herons")

    assert run(environ, "disable", "GUS@example.org").exit_code == 0
    assert not opens(environ, "gus@example.org", "seven loud herons")
    assert "disabled" in run(environ, "list").stdout


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("add", "gus"), PASSWORD, "helpcenter: "),
        (("add", "gus@example.org"), "short", "helpcenter: The password is too short"),
        (("add", "gus@example.org"), "", "helpcenter: The password is too short"),
        (("add", "gus@example.org"), "password123", "helpcenter: Everybody"),
        (("add", "ada@example.org"), PASSWORD, "helpcenter: ada@example.org has an account already."),
        (("password", "eve@example.org"), PASSWORD, "helpcenter: There is no account eve@example.org."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(environ, arguments, typed, said):
    run(environ, "add", "ada@example.org", "--password-stdin", typed=PASSWORD)

    refused = run(environ, *arguments, "--password-stdin", typed=typed)

    assert refused.exit_code == 2
    assert refused.stderr.startswith(said)
    assert refused.stderr.count("\n") == 1
