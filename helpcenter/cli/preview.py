"""`helpcenter preview`: an editor's own view of a content folder, with drafts, problems and live reload. Nothing is published."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import click
from flask import Flask

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.cli.content import FOLDER
from helpcenter.cli.refusal import Refusal
from helpcenter.cli.serve import address, check_port
from helpcenter.content.problems import FolderRefused, Problem
from helpcenter.content.watch import notify
from helpcenter.content.watch import watch as watch_folder
from helpcenter.mail.mailers import MemoryMailer
from helpcenter.publishing import publish
from helpcenter.settings import Settings, load_settings
from helpcenter.web import logs
from helpcenter.web import preview as pages
from helpcenter.web.preview import Preview
from helpcenter.web.services import EXTENSION

EVERYWHERE = ("0.0.0.0", "::")
CHILD_PRIORITY = 10
CHILD_LOOK_SECONDS = 0.1
FindProblems = Callable[[], list[Problem] | None]
OURS = ("127.0.0.1", "localhost", "::1")


@click.command(short_help="See what you write, as you write it.")
@click.argument("folder", required=False, type=FOLDER)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
def preview(folder: Path | None, host: str, port: int) -> None:
    """Show FOLDER (the content folder of the settings when none is named) as readers would see it, and nothing is published.

    Pages load again within a second or two after you save. Drafts, articles that appear later and expired ones are shown with a
    banner; so is what `helpcenter check` finds. A file that cannot be read shows its last good version. Database and search index
    stand in a temporary folder, which is removed at the end; no mail is sent, and nobody signs in.

    \b
    Examples:
      helpcenter preview
      helpcenter preview ~/our-articles --port 9000
    """
    folder = folder or load_settings().articles
    if host in EVERYWHERE:
        raise Refusal("Name one address of this machine with --host, so that only requests for it are answered.")
    check_port(host, port)
    logs.configure("error")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
    with tempfile.TemporaryDirectory(prefix="helpcenter-preview-") as place:
        app, shown = preview_app(folder, Path(place), host=host, port=port)
        try:
            serve_preview(app, shown, host, port)
        finally:
            app.extensions[EXTENSION].recorder.finish()
            storage.close(app)


def interrupt(*_: object) -> None:
    """End the program as Ctrl+C does, so that the temporary folder is removed."""
    raise KeyboardInterrupt


def preview_app(folder: Path, place: Path, *, host: str, port: int) -> tuple[Flask, Preview]:
    """Return the application that shows *folder* with its data in *place*, and its preview. Raises FolderRefused."""
    settings = Settings(
        articles=folder, data=place, secret_key=secrets.token_hex(32), base_url=address(host, port), hosts=(host,), rate_limits="off"
    )
    app = create_app(settings, mailer=MemoryMailer())
    shown = Preview(folder)
    pages.init_app(app, shown)
    storage.migrate(app)
    publish_preview(app, shown)
    if shown.refusal:
        storage.close(app)
        raise FolderRefused(shown.refusal)
    return app, shown


def publish_preview(app: Flask, shown: Preview) -> None:
    """Bring the preview to what the folder says; a folder that cannot be read is said on the page."""
    with app.app_context():
        try:
            publish(shown.folder, app.extensions[EXTENSION].index, include_unpublished=True)
        except FolderRefused as error:
            shown.published(str(error))
        else:
            shown.published()


def serve_preview(app: Flask, shown: Preview, host: str, port: int) -> None:
    """Serve, watch and check until Ctrl+C."""
    stopping, saved = threading.Event(), threading.Event()
    saved.set()

    def find_problems() -> list[Problem] | None:
        return problems_in_a_child(shown.folder, stopping)

    def on_save() -> None:
        publish_preview(app, shown)
        saved.set()

    work = [
        threading.Thread(target=watch_folder, args=(shown.folder, on_save, stopping), name="watch"),
        threading.Thread(target=check_again, args=(shown, saved, stopping, find_problems), name="check"),
    ]
    server = make_server(host, port, app, server_class=ServerV6 if ":" in host else Server, handler_class=QuietHandler)
    for thread in work:
        thread.start()
    where = address(host, port)
    click.echo(f"\nThe preview of {shown.folder} is at {where}\nProblems are at {where}/preview/problems")
    if host not in OURS:
        click.echo("Others in your network can see it too, with all drafts.")
    click.echo("Stop with Ctrl+C.\n")
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        click.echo("The preview is over.")
    finally:
        stopping.set()
        server.server_close()
        for thread in work:
            thread.join()


def check_again(shown: Preview, saved: threading.Event, stopping: threading.Event, find_problems: FindProblems) -> None:
    """Check the folder after every save, and rest as long as the check took, so that writing stays quick."""
    while not stopping.is_set():
        if not saved.wait(0.5):
            continue
        saved.clear()
        began = time.monotonic()
        notify(lambda: check_once(shown, find_problems))
        stopping.wait(time.monotonic() - began)


def check_once(shown: Preview, find_problems: FindProblems) -> None:
    """Check the folder, and note what was found."""
    found = find_problems()
    if found is not None:
        shown.checked(found)


def problems_in_a_child(folder: Path, stopping: threading.Event) -> list[Problem] | None:
    """Return what `helpcenter check` finds in *folder*, None when it finds no folder or is stopped.

    A process of its own, and one that lets others go first: beside the publishing it would make every save wait.
    """
    command = [sys.executable, "-m", "helpcenter", "check", str(folder.resolve()), "--json"]
    with tempfile.TemporaryFile() as printed:
        child = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL, start_new_session=True)
        os.setpriority(os.PRIO_PROCESS, child.pid, CHILD_PRIORITY)
        while child.poll() is None:
            if stopping.wait(CHILD_LOOK_SECONDS):
                child.kill()
                child.wait()
                return None
        printed.seek(0)
        text = printed.read()
    return [Problem(**row) for row in json.loads(text)["problems"]] if child.returncode in (0, 1) and text else None


class Server(ThreadingMixIn, WSGIServer):
    """Answers several requests at once; what it still answers when the preview ends is left."""

    daemon_threads = True


class ServerV6(Server):
    """The same on an IPv6 address."""

    address_family = socket.AF_INET6


class QuietHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""
