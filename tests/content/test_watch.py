"""What an editor saves is noticed within a second or two."""

import threading
import time
from contextlib import contextmanager

from helpcenter.content.watch import watch
from tests.content.folders import write

LONGEST_SECONDS = 10


@contextmanager
def watching(folder, on_change):
    """Watch *folder* in another thread, and stop it at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(folder, on_change, stop))
    thread.start()
    # The watcher needs a moment to begin; what is written before is not noticed.
    time.sleep(0.7)
    try:
        yield thread
    finally:
        stop.set()
        thread.join(LONGEST_SECONDS)
    assert not thread.is_alive()


def test_saves_that_come_together_are_one_change(folder):
    seen = []
    noticed = threading.Event()

    def on_change():
        seen.append(time.monotonic())
        noticed.set()

    with watching(folder, on_change):
        began = time.monotonic()
        for number in range(20):
            write(folder, {f"en/pay/{number}.md": "# New"})

        assert noticed.wait(LONGEST_SECONDS)
        assert seen[0] - began < 5  # a second or two, on a machine that is not busy
        time.sleep(1)
        assert len(seen) == 1


def test_a_failure_does_not_end_the_watching(folder, caplog):
    calls = []
    second = threading.Event()

    def on_change():
        calls.append(1)
        if len(calls) > 1:
            second.set()
        raise RuntimeError("broken for now")

    with watching(folder, on_change):
        write(folder, {"en/a.md": "# A"})
        time.sleep(1.5)
        write(folder, {"en/b.md": "# B"})

        assert second.wait(LONGEST_SECONDS)
    assert "publishing after a change failed" in caplog.text


def test_temporary_files_are_no_change(folder):
    noticed = threading.Event()
    with watching(folder, noticed.set):
        write(folder, {"en/a.md.tmp": "x", "en/.#a.md": "x", "en/b.md~": "x"})

        assert not noticed.wait(2)
