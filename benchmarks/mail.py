"""The outbox against mail servers that fail: every mail arrives, in order, and is doubled only when nobody can know.

    python benchmarks/mail.py                          SQLite
    python benchmarks/mail.py --database-url URL       PostgreSQL, an empty database

Each case queues its mails, five a request, and lets two worker processes deliver them to a real SMTP server on loopback that
behaves as the case says. The workers' clock runs ahead, a few minutes a pass, so that hours of back-off take seconds; a
server's patience is cut to a second. Printed are counts, the time on that clock until nothing waited, and processor time.
"""

import argparse
import asyncio
import collections
import contextlib
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import delete, func, select

from helpcenter import storage
from helpcenter.mail import outbox
from helpcenter.mail.message import compose
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db, writing

MAILS_EACH, WORKERS = 5, 2
PASS = timedelta(minutes=3)
MOST_PASSES = 2000
WORKER = """
import sys
from datetime import timedelta
import structlog
from flask import Flask
from helpcenter import storage
from helpcenter.mail import mailers
from helpcenter.mail.outbox import deliver_due
from helpcenter.storage.columns import utcnow
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
mailers.TIMEOUT_SECONDS, mailers.ANSWER_SECONDS = 1, 1
app = Flask(__name__)
storage.init_app(app, sys.argv[1])
for line in sys.stdin:
    with app.app_context():
        deliver_due(mailers.SmtpMailer(sys.argv[2]), clock=lambda: utcnow() + timedelta(seconds=float(line)))
    print("done", flush=True)
"""


class Worker:
    """A process that delivers what is due whenever it is told to."""

    def __init__(self, url: str, port: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, url, f"smtp://127.0.0.1:{port}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def begin(self, ahead: timedelta) -> None:
        """Begin a pass with a clock that is *ahead*."""
        # One that was killed since its last pass says so in `has_ended`.
        with contextlib.suppress(BrokenPipeError):
            print(ahead.total_seconds(), file=self.process.stdin, flush=True)

    def has_ended(self) -> bool:
        """Wait for the end of the pass; return whether it was the end of the process."""
        return self.process.stdout.readline() == ""

    def kill(self) -> None:
        """End the process at once, in whatever it does."""
        self.process.send_signal(signal.SIGKILL)

    def stop(self) -> None:
        """Let the process end. Raises RuntimeError when it ended of itself."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait() not in (0, -signal.SIGKILL):
            raise RuntimeError("a worker could not work")


@dataclass
class Server:
    """A mail server that keeps what arrives and misbehaves as *trouble* says, asked for each mail with its number and try."""

    trouble: Callable[[int, int], str | None] = lambda number, tried: None
    arrived: list[str] = field(default_factory=list)
    tried: collections.Counter = field(default_factory=collections.Counter)
    workers: list[Worker] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """Refuse a recipient when that is the trouble."""
        number = int(address.partition("@")[0].rpartition("-")[2])
        what = self.trouble(number, self.tried[address])
        if what in ("450 recipient", "550 recipient", "silence before"):
            self.tried[address] += 1
        if what == "silence before":
            await asyncio.sleep(3)
        if what in ("450 recipient", "550 recipient"):
            return f"{what[:3]} not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Take the mail, or do what the trouble is."""
        address = envelope.rcpt_tos[0]
        number = int(address.partition("@")[0].rpartition("-")[2])
        what = self.trouble(number, self.tried[address])
        self.tried[address] += 1
        if what in ("451 content", "554 content"):
            return f"{what[:3]} no"
        self.arrived.append(message_from_bytes(envelope.content)["Message-ID"])
        if what == "hangs up":
            server.transport.abort()
        elif what == "silence after":
            await asyncio.sleep(3)
        elif what == "kill":
            # Whoever of the workers sends this mail: both die, as with a machine.
            for worker in self.workers:
                worker.kill()
        return "250 OK"


def queue_mails(requests: int) -> None:
    """Queue five mails for each of so many requests, in turns, as a busy day would."""
    with writing() as session:
        session.execute(delete(OutboxMail))
        for turn in range(MAILS_EACH):
            for request in range(requests):
                number = request * MAILS_EACH + turn
                message_id, recipient = f"<{request}.{turn}@help.example>", f"ann-{number}@example.org"
                content = compose(
                    mail_from="help@help.example", sender_name="Help", recipient=recipient, subject="Re: Router", text="Hold the button.\n" * 40,
                    html="<p>Hold the button.</p>" * 40, lang="en", message_id=message_id, automatic=False,
                )  # fmt: skip
                outbox.queue(
                    session, thread=f"R-{request}", envelope_sender="help@help.example", recipient=recipient, message_id=message_id, content=content
                )


def drain(url: str, server: Server, up: Callable[[int], bool]) -> timedelta:
    """Let workers deliver, pass by pass, until nothing waits; return the time on their clock. *up* says whether the server is there in a pass."""
    controller, ahead = None, timedelta(0)
    for number in range(MOST_PASSES):
        if up(number) and controller is None:
            controller = Controller(server, hostname="127.0.0.1", port=server.port)
            controller.start()
        ahead += one_pass(url, server, ahead)
        waiting = outbox.backlog(db.session).waiting
        db.session.rollback()
        if waiting == 0:
            break
    for worker in server.workers:
        worker.stop()
    if controller:
        controller.stop()
    return ahead


def one_pass(url: str, server: Server, ahead: timedelta) -> timedelta:
    """Let each worker deliver once, and return how much later the next pass begins."""
    while len(server.workers) < WORKERS:
        server.workers.append(Worker(url, server.port))
    for worker in server.workers:
        worker.begin(ahead)
    ended = [worker for worker in server.workers if worker.has_ended()]
    for worker in ended:
        worker.stop()
        server.workers.remove(worker)
    # A mail whose worker was killed is free when its lease ends.
    return outbox.LEASE if ended else PASS


def first_tries(share: float, what: str, tries: int = 1) -> Callable[[int, int], str | None]:
    """Return a trouble that *share* of the mails meet the first *tries* times."""
    chosen = random.Random(8)
    unlucky = [chosen.random() < share for _ in range(100_000)]
    return lambda number, tried: what if unlucky[number] and tried < tries else None


def mixed(number: int, tried: int) -> str | None:
    """Return one trouble after the other."""
    every = ("450 recipient", "hangs up", "451 content", None, "kill", None, None, "silence before", None, None)
    return every[number % len(every)] if tried == 0 else None


CASES = {
    # what it is: (trouble, in which passes the server is there, how many requests)
    "all is well": (lambda number, tried: None, lambda number: True, 40),
    "down for an hour": (lambda number, tried: None, lambda number: number >= 20, 40),
    "tarpit: no answer to RCPT, a tenth of the mails": (first_tries(0.1, "silence before"), lambda number: True, 10),
    "tarpit: mail taken, answer too late, a tenth": (first_tries(0.1, "silence after"), lambda number: True, 10),
    "451 after DATA, half of the mails, three times": (first_tries(0.5, "451 content", 3), lambda number: True, 40),
    "554 after DATA, a tenth, for good": (first_tries(0.1, "554 content", 99), lambda number: True, 40),
    "half of the recipients refused with 450, twice": (first_tries(0.5, "450 recipient", 2), lambda number: True, 40),
    "half of the recipients refused with 550": (first_tries(0.5, "550 recipient", 99), lambda number: True, 40),
    "server dies after DATA, a fifth of the mails": (first_tries(0.2, "hangs up"), lambda number: True, 10),
    "workers killed (SIGKILL) after DATA, a tenth": (first_tries(0.1, "kill"), lambda number: True, 10),
    "all of it, one after the other": (mixed, lambda number: number >= 3, 10),
}


def report(name: str, url: str, port: int) -> None:
    """Run one case and print a line."""
    trouble, up, requests = CASES[name]
    queue_mails(requests)
    server = Server(trouble, port=port)
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = drain(url, server, up)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - begun.ru_utime - begun.ru_stime
    states = dict(db.session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state)).all())
    sent = set(db.session.scalars(select(OutboxMail.message_id).where(OutboxMail.state != "failed")))
    db.session.rollback()
    times = collections.Counter(server.arrived)
    total = requests * MAILS_EACH
    print(
        f"{name:<50} {total:>5} {len(times):>7} {states.get('failed', 0):>6} {len(sent - set(times)):>5} {sum(times.values()) - len(times):>7}"
        f" {max(times.values(), default=0) - 1:>5} {violations(server.arrived):>5} {took.total_seconds() / 60:>8.0f} {cpu:>7.1f}",
        flush=True,
    )


def violations(arrived: list[str]) -> int:
    """Return how often a mail arrived after a later one of its request."""
    latest: dict[str, int] = {}
    wrong = 0
    for message_id in arrived:
        request, turn = message_id.strip("<>").partition("@")[0].split(".")
        wrong += int(turn) < latest.get(request, 0)
        latest[request] = max(int(turn), latest.get(request, 0))
    return wrong


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    """Run every case and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--only", default="", help="only cases with this in their name")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = given.database_url or f"sqlite:///{Path(name) / 'mail.sqlite'}"
        app = Flask(__name__)
        storage.init_app(app, url)
        storage.migrate(app)
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the beginning; {url.partition(':')[0]}")
        print(f"{'':<50} mails arrived failed  lost doubled most× order  minutes  cpu s")
        with app.app_context():
            for case in CASES:
                if given.only in case:
                    report(case, url, given.port or free_port())


if __name__ == "__main__":
    main()
