"""What an editor saves is noticed, by itself and soon."""

import threading
import time
from contextlib import contextmanager

import pytest

from helpcenter.content.problems import FolderRefused
from helpcenter.content.watch import notify, watch
from tests.content.folders import write

# How long a hang is waited for; what works takes a second or two.
LONGEST_SECONDS = 60
PROBE = "probe.md"

pytestmark = pytest.mark.timeout(300)


@contextmanager
def watching(folder, on_change):
    """Watch *folder* in another thread; begin when it is awake and quiet, and stop it at the end."""
    stop, heard, awake = threading.Event(), threading.Event(), threading.Event()

    def tell():
        (on_change if awake.is_set() else heard.set)()

    thread = threading.Thread(target=watch, args=(folder, tell, stop))
    thread.start()
    try:
        wake(folder, heard)
        awake.set()
        yield thread
    finally:
        stop.set()
        thread.join(LONGEST_SECONDS)
    assert not thread.is_alive()


def wake(folder, heard):
    """Save something until the watcher hears it, and then wait until it hears nothing more."""
    for number in range(LONGEST_SECONDS):
        write(folder, {PROBE: f"{number}"})
        if heard.wait(1):
            break
    while heard.is_set():
        heard.clear()
        heard.wait(1)


def articles_of(folder):
    """Return how many articles *folder* has."""
    return sum(path.name != PROBE for path in folder.rglob("*.md"))


def wait_for(found):
    """Wait until *found* is true."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not found() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found()


def test_saves_that_come_together_are_few_changes(folder):
    seen = []
    working, go_on = threading.Event(), threading.Event()

    def on_change():
        working.set()
        go_on.wait(LONGEST_SECONDS)
        seen.append(articles_of(folder))

    before = articles_of(folder)
    with watching(folder, on_change):
        write(folder, {"en/first.md": "# First"})
        assert working.wait(LONGEST_SECONDS)
        # All of these are saved while the first change is still worked at.
        for number in range(20):
            write(folder, {f"en/pay/{number}.md": "# New"})
        working.clear()
        go_on.set()
        wait_for(lambda: working.is_set() and seen[-1] == before + 21)

    assert len(seen) < 10


def test_a_failure_does_not_end_the_watching(folder, caplog):
    calls = []

    def on_change():
        calls.append(1)
        raise RuntimeError("broken for now")

    with watching(folder, on_change):
        write(folder, {"en/a.md": "# A"})
        wait_for(lambda: calls)
        before = len(calls)
        write(folder, {"en/b.md": "# B"})
        wait_for(lambda: len(calls) > before)

    assert "publishing after a change failed" in caplog.text


def test_temporary_files_are_no_change(folder):
    noticed = threading.Event()
    with watching(folder, noticed.set):
        write(folder, {"en/a.md.tmp": "x", "en/.#a.md": "x", "en/b.md~": "x"})

        assert not noticed.wait(2)


def test_a_folder_that_cannot_be_published_is_one_line_and_no_traceback(caplog):
    def on_change():
        raise FolderRefused("articles does not exist")

    notify(on_change)

    assert [(record.message, record.exc_info) for record in caplog.records] == [("nothing was published: articles does not exist", None)]
