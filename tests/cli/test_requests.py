"""`helpcenter requests`."""

import json

import pytest
from click.testing import CliRunner

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.journeys import trail
from helpcenter.settings import load_settings
from helpcenter.storage import writing
from helpcenter.support.requests import open_request
from helpcenter.web.asking import terms


@pytest.fixture
def references(environ) -> list[str]:
    """Return the references of two requests."""
    app = create_app(load_settings(environ))
    storage.migrate(app)
    found = []
    with app.test_request_context():
        for subject in ("First", "Роутер"):
            with writing() as session:
                journey = trail.start(session, "en")
                trail.record(session, journey, "search", query="router")
                opened = open_request(session, terms(), subject=subject, body="It blinks", email="ann@example.org", lang="en", journey_id=journey.id)
                found.append(opened.reference)
    storage.close(app)
    return found


def run(environ, *arguments: str):
    """Run the command and return its result."""
    return CliRunner(env=environ).invoke(program, ["requests", *arguments])


def test_the_list_shows_what_was_asked_last_first(environ, references):
    lines = run(environ, "list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == references[::-1]
    assert lines[0].endswith("Роутер")


def test_the_list_as_json_has_the_fields_of_the_contract(environ, references):
    listed = json.loads(run(environ, "list", "--json", "--state", "new").stdout)

    assert [one["reference"] for one in listed] == references[::-1]
    assert {"reference", "subject", "state", "email", "lang"} <= set(listed[0])
    assert listed[0]["priority"] == "normal"
    assert json.loads(run(environ, "list", "--json", "--state", "solved").stdout) == []


def test_a_request_as_json_carries_its_messages_and_trail(environ, references):
    shown = json.loads(run(environ, "show", references[1], "--json").stdout)

    assert {"reference", "subject", "state", "email", "lang", "messages", "trail"} <= set(shown)
    assert (shown["subject"], shown["state"], shown["email"]) == ("Роутер", "new", "ann@example.org")
    assert [step["kind"] for step in shown["trail"]] == ["search", "request"]
    assert [(one["from"], one["text"]) for one in shown["messages"]] == [("customer", "It blinks")]


def test_a_request_as_json_says_who_works_on_it_and_until_when(environ, references):
    shown = json.loads(run(environ, "show", references[1], "--json").stdout)

    assert (shown["assignee"], shown["team"], shown["tags"], shown["solution_due_at"]) == (None, None, [], None)
    assert shown["answer_due_at"] > shown["created_at"]


def test_a_request_is_shown_to_the_eye_however_its_reference_is_typed(environ, references):
    shown = run(environ, "show", references[0].lower().replace("-", " "))

    assert references[0] in shown.stdout
    assert "It blinks" in shown.stdout


def test_an_unknown_reference_is_one_line_and_an_exit_code(environ, references):
    shown = run(environ, "show", "R-777777", "--json")

    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert shown.stderr.startswith("helpcenter: There is no request R-777777.")
