"""`helpcenter preview` as an editor runs it: a process of its own, stopped by Ctrl+C or a signal."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.content.folders import write
from tests.serving import free_port

pytestmark = pytest.mark.timeout(300)
# How long a hang is waited for; what works takes a second or two.
LONGEST_SECONDS = 90
ARTICLE = "---\ntitle: Pay by card\n---\n{}\n"


@contextmanager
def previewing(folder: Path, environ: dict[str, str], *arguments: str):
    """Run `helpcenter preview folder`, and give its address and process."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "helpcenter", "preview", str(folder), "--port", str(port), *arguments],
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: process.poll() is not None or read(url + "/preview/changes"))
        yield url, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=LONGEST_SECONDS)


def read(url: str) -> str:
    """Return a page, or nothing while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def wait_for(found, seconds: float = LONGEST_SECONDS):
    """Return what *found* returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError("this did not happen in time")


@pytest.fixture
def folder(tmp_path):
    """Return a content folder with one article."""
    return write(tmp_path / "content", {"en/pay/card.md": ARTICLE.format("First.")})


@pytest.fixture
def alone(tmp_path):
    """Return an environment without any setting, in which temporary folders are made in one place."""
    (tmp_path / "tmp").mkdir()
    return {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path / "tmp")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_saves_are_shown_at_once_and_nothing_stays_behind(folder, alone, tmp_path, number):
    with previewing(folder, alone) as (url, process):
        def saved_and_shown():
            # Saved again and again: what is saved before the watcher begins is not noticed.
            write(folder, {"en/pay/card.md": ARTICLE.format("Second."), "en/pay/new.md": "---\ntitle: New\ndraft: true\n---\nText\n"})
            time.sleep(0.7)
            return "Second." in read(f"{url}/en/articles/card")

        wait_for(saved_and_shown)
        assert "Draft" in wait_for(lambda: read(f"{url}/en/articles/new"))
        assert json.loads(read(f"{url}/preview/changes"))["number"] >= 2
        wait_for(lambda: "no-description" in read(f"{url}/preview/problems"))
        assert list((tmp_path / "tmp").glob("helpcenter-preview-*"))

        os.killpg(process.pid, number)
        said, _ = process.communicate(timeout=LONGEST_SECONDS)

    assert process.returncode == 0, said
    assert f"The preview of {folder} is at {url}" in said
    assert "Traceback" not in said
    assert list((tmp_path / "tmp").glob("helpcenter-*")) == []
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["card.md", "new.md"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "does not exist"),
        ((".", "--host", "0.0.0.0"), "Name one address of this machine with --host"),
        ((".",), "has no articles"),
    ],
)
def test_what_cannot_be_previewed_is_said_in_one_line(alone, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "helpcenter", "preview", *arguments, "--port", str(free_port())],
        cwd=tmp_path / "empty", env=alone | {"PYTHONPATH": str(Path(__file__).parents[2])}, capture_output=True, text=True,
        timeout=LONGEST_SECONDS, check=False,
    )  # fmt: skip

    assert ran.returncode == 2
    assert ran.stderr.startswith("helpcenter: ")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert list((tmp_path / "tmp").glob("helpcenter-*")) == []
