"""Running the program as an operator does: in a process of its own, on a free port, stopped by a signal."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# How long a hang is waited for; both take a few seconds on a machine that is not busy.
START_SECONDS = 200
STOP_SECONDS = 90


@dataclass
class Served:
    """A running `helpcenter serve`: its address, its process and what it wrote."""

    url: str
    process: subprocess.Popen
    log: Path

    def wait_until_ready(self) -> None:
        """Return when the site can be used; raise when it ends or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=30) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        raise AssertionError(f"helpcenter did not start:\n{self.log.read_text()}")

    def interrupt(self) -> None:
        """Press Ctrl+C, which reaches every process of the terminal, and wait for the end."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(STOP_SECONDS)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port: int) -> bool:
    """Return whether someone listens on *port* of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(command: Sequence[str], environ: dict[str, str], folder: Path) -> Iterator[Served]:
    """Run `*command* serve` in *folder* with *environ*, and give it once it is ready. Two workers, as everywhere."""
    port = free_port()
    log = folder / f"serve-{port}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port), "--workers", "2"],
            env=environ, cwd=folder, stdout=written, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    served = Served(f"http://127.0.0.1:{port}", process, log)
    try:
        served.wait_until_ready()
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(STOP_SECONDS)
