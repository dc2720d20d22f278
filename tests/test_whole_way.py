"""The whole way on the sample help center: a customer searches, votes, chats and asks; an agent answers; the customer reads it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests import walking
from tests.serving import Served, is_listening, serving
from tests.walking import Asked, Person

COMMAND = [sys.executable, "-m", "helpcenter"]
AGENT, PASSWORD = "gus@example.org", "quiet-harbour-fourteen-boats"
# One server for the whole module, so one process of pytest-xdist.
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("whole-way")]


@pytest.fixture(scope="module")
def environ(tmp_path_factory) -> dict[str, str]:
    """Return the environment of an operator who serves the sample articles."""
    data = tmp_path_factory.mktemp("whole-way") / "data"
    return {
        "PATH": os.environ["PATH"],
        "HELPCENTER_DATA": str(data),
        "HELPCENTER_SECRET_KEY": "a secret that only the tests know, long enough",
        "HELPCENTER_RATE_LIMITS": "off",
    }


@pytest.fixture(scope="module")
def served(environ: dict[str, str], tmp_path_factory) -> Iterator[Served]:
    """Give the running help center."""
    with serving(COMMAND, environ, tmp_path_factory.mktemp("run")) as running:
        yield running


@pytest.fixture(scope="module")
def agent(served: Served, environ: dict[str, str]) -> Person:
    """Return Gus, who has signed in."""
    added = subprocess.run(
        [*COMMAND, "staff", "add", AGENT, "--role", "agent", "--password-stdin"], env=environ, input=PASSWORD, capture_output=True, text=True, check=False
    )
    assert added.returncode == 0, added.stderr
    gus = Person(served.url)
    page = gus.visit("/staff/")
    page = gus.send(page, page.form(with_field="password"), email=AGENT, password=PASSWORD)
    assert "R-" in gus.visit("/staff/").text or page.status == 200
    return gus


def mails_to(environ: dict[str, str], about: str) -> list:
    """Return the mails in the folder that stands for a mail server, those that name *about*."""
    folder = Path(environ["HELPCENTER_DATA"]) / "mail"
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.rglob("*.eml"))]
    return [mail for mail in mails if about in mail.as_string()]


def wait_for(look, *, seconds: float = 90):
    """Return what *look* finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.3)
    return found


@pytest.mark.parametrize("lang", sorted(walking.INVOICE))
@pytest.mark.parametrize("way", [walking.go_by_api, walking.go_by_forms, walking.ask_by_form, walking.ask_by_api])
def test_a_question_reaches_a_person(served: Served, environ: dict[str, str], lang: str, way) -> None:
    asked: Asked = way(Person(served.url), lang)

    status = Person(served.url).visit(asked.status_url)
    assert status.status == 200
    assert asked.reference in status.text
    mails = wait_for(lambda: mails_to(environ, asked.reference))
    assert [mail["To"] for mail in mails] == [walking.EMAIL]
    assert mails[0]["Auto-Submitted"] == "auto-replied"
    assert "blinks red" not in mails[0].as_string()


def test_the_answer_of_an_agent_reaches_the_customer_everywhere(served: Served, environ: dict[str, str], agent: Person) -> None:
    ann = Person(served.url)
    asked = walking.go_by_api(ann, "lv")
    page = agent.visit(f"/staff/requests/{asked.reference}")
    assert "blinks red" in page.text
    assert "rekins" in page.text, "the agent sees what was searched and said"

    sent = agent.send(page, next(form for form in page.forms if form.action.endswith("/reply")), text="Nospiediet pogu WPS piecas sekundes.")
    assert sent.status == 200

    assert "Nospiediet pogu WPS" in Person(served.url).visit(asked.status_url).text
    said = ann.call(f"{asked.messages_path}?after=0", Authorization=f"Bearer {asked.token}")["messages"]
    assert [message["text"] for message in said if message["from"] == "agent"] == ["Nospiediet pogu WPS piecas sekundes."]
    assert wait_for(lambda: [mail for mail in mails_to(environ, asked.reference) if "Nospiediet pogu WPS" in mail.get_body(("plain",)).get_content()])


def test_a_stranger_opens_nothing(served: Served) -> None:
    asked = walking.ask_by_api(Person(served.url), "en")
    eve = Person(served.url)

    assert eve.visit(asked.status_url[:-1]).status == 404
    assert eve.visit(f"/requests/{asked.reference}").status == 404
    assert eve.visit(f"/staff/requests/{asked.reference}").form(with_field="password")


def test_ctrl_c_ends_everything_soon(environ: dict[str, str], tmp_path: Path) -> None:
    def is_ended_in_peace(attempt: int) -> bool:
        with serving(COMMAND, environ | {"HELPCENTER_DATA": str(tmp_path / f"data-{attempt}")}, tmp_path) as running:
            port = int(running.url.rpartition(":")[2])

            running.interrupt()

        assert not is_listening(port)
        assert "Traceback" not in running.log.read_text()
        return "refused to gracefully stop" not in running.log.read_text()

    # A worker that is only just starting may miss the call; one that does not end by itself does so each time.
    assert is_ended_in_peace(1) or is_ended_in_peace(2)


def test_killed_right_after_an_escalation_everything_is_there_once(environ: dict[str, str], tmp_path: Path) -> None:
    environ = {**environ, "HELPCENTER_DATA": str(tmp_path / "data")}
    with serving(COMMAND, environ, tmp_path) as served:
        asked = walking.go_by_api(Person(served.url), "kk")
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()
        port = int(served.url.rpartition(":")[2])
        # Nobody told the workers; they notice that they are alone.
        assert wait_for(lambda: not is_listening(port))

    with serving(COMMAND, environ, tmp_path):
        assert wait_for(lambda: mails_to(environ, asked.reference))
        time.sleep(3)

    shown = subprocess.run([*COMMAND, "requests", "show", asked.reference, "--json"], env=environ, capture_output=True, text=True, check=True)
    listed = subprocess.run([*COMMAND, "requests", "list", "--json"], env=environ, capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout)["transcript"]
    assert [request["reference"] for request in json.loads(listed.stdout)] == [asked.reference]
    assert len(mails_to(environ, asked.reference)) == 1
