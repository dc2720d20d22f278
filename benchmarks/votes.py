"""Votes over HTTP: 32 connections, 4 processes, 5,000 votes of 500 visitors on 50 articles; every count compared with the sum.

    python benchmarks/votes.py                          SQLite
    python benchmarks/votes.py --database-url URL       PostgreSQL, an empty database

Measures what a visitor waits for, and what a vote costs: processor time of all of the server's processes, and of the clients. The server
runs as an operator runs it, in a folder of its own; its limits are off, since all these visitors have one address.
"""

import argparse
import collections
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ARTICLES, VISITORS, VOTES_EACH, CONNECTIONS, PROCESSES = 50, 500, 10, 32, 4


def write_library(folder: Path) -> None:
    """Write a library of fifty short articles."""
    (folder / "en" / "all").mkdir(parents=True)
    for number in range(ARTICLES):
        (folder / "en" / "all" / f"article-{number}.md").write_text(f"---\ntitle: Article {number}\n---\nText of article {number}.\n")


def wait_for(port: int, process: subprocess.Popen) -> None:
    """Return when the server answers. Raises RuntimeError when it ends instead."""
    while process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server ended")


class Voting:
    """What 32 connections do: each votes for its share of the visitors, in a shuffled order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seconds: list[float] = []
        self.errors: collections.Counter = collections.Counter()
        self.cookies: dict[int, str] = {}

    def vote_all(self, share: list[int]) -> None:
        """Vote ten times for every visitor of *share*; the last answer for an article counts."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for turn in range(VOTES_EACH):
            for visitor in share:
                article, helpful = plan(visitor, turn)
                body = json.dumps({"article": f"article-{article}", "lang": "en", "helpful": helpful, "query": "how to"})
                headers = {"Content-Type": "application/json", "Cookie": self.cookies.get(visitor, "")}
                begun = time.perf_counter()
                try:
                    connection.request("POST", "/api/v1/votes", body, headers)
                    answer = connection.getresponse()
                    answer.read()
                except OSError as error:
                    self.errors[type(error).__name__] += 1
                    connection.close()
                    continue
                self.seconds.append(time.perf_counter() - begun)
                if answer.status != 200:
                    self.errors[str(answer.status)] += 1
                if cookie := answer.getheader("Set-Cookie"):
                    self.cookies[visitor] = cookie.split(";")[0]


def plan(visitor: int, turn: int) -> tuple[int, bool]:
    """Return which article *visitor* votes on and how, ten different ones."""
    return (visitor * 7 + turn * 5) % ARTICLES, (visitor + turn) % 3 != 0


def expected() -> dict[int, list[int]]:
    """Return the counts that must come out, yes and no by article."""
    counts = {number: [0, 0] for number in range(ARTICLES)}
    for visitor in range(VISITORS):
        for turn in range(VOTES_EACH):
            article, helpful = plan(visitor, turn)
            counts[article][0 if helpful else 1] += 1
    return counts


def counted(environ: dict) -> dict[int, list[int]]:
    """Return the counts in the database, from its rows."""
    script = (
        "import json; from helpcenter.cli.running import open_app; from helpcenter.storage import db; from helpcenter.feedback import votes\n"
        "app = open_app()\nwith app.app_context(): print(json.dumps({k.rpartition('-')[2]: v for k, v in votes.all_counts(db.session).get('en', {}).items()}))"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environ, check=True, capture_output=True, text=True)
    return {int(number): list(pair) for number, pair in json.loads(done.stdout).items()}


def main() -> None:
    """Run the server, vote, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--port", type=int, default=8151)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_library(folder / "articles")
        environ = {**os.environ, "HELPCENTER_ARTICLES": str(folder / "articles"), "HELPCENTER_DATA": str(folder / "data")}
        environ |= {"HELPCENTER_SECRET_KEY": "x" * 40, "HELPCENTER_RATE_LIMITS": "off", "HELPCENTER_DATABASE_URL": given.database_url}
        command = [sys.executable, "-m", "helpcenter", "serve", "--port", str(given.port), "--workers", str(PROCESSES)]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, env=environ, stdout=log, stderr=log) as process:
            try:
                wait_for(given.port, process)
                report(given.port, environ, psutil.Process(process.pid))
            finally:
                process.terminate()


def spent(processes: list[psutil.Process]) -> float:
    """Return the processor seconds that *processes* have used, as users and in the system."""
    times = [process.cpu_times() for process in processes]
    return sum(time.user + time.system for time in times)


def report(port: int, environ: dict, server: psutil.Process) -> None:
    """Vote at *server* on *port* and print the rate, the waits, the cost, the errors, and whether the counts are exact."""
    voting, visitors = Voting(port), list(range(VISITORS))
    random.Random(7).shuffle(visitors)
    threads = [threading.Thread(target=voting.vote_all, args=(visitors[part::CONNECTIONS],)) for part in range(CONNECTIONS)]
    serving, voters = [server, *server.children(recursive=True)], [psutil.Process()]
    used, own, begun = spent(serving), spent(voters), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, waits = time.perf_counter() - begun, sorted(voting.seconds)
    used, own = spent(serving) - used, spent(voters) - own
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end")
    print(f"{len(waits)} votes in {took:.1f} s: {len(waits) / took:.0f} votes/s")
    print(f"p50 {waits[len(waits) // 2] * 1000:.0f} ms, p99 {waits[len(waits) * 99 // 100] * 1000:.0f} ms; errors {dict(voting.errors)}")
    print(f"processor time of a vote: {used / len(waits) * 1000:.2f} ms of the server, {own / len(waits) * 1000:.2f} ms of the clients")
    print("counts exact" if counted(environ) == expected() else "COUNTS DIFFER")


if __name__ == "__main__":
    main()
