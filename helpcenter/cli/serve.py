"""Serving: web and background work together on one machine, or apart."""

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import click
from flask import Flask

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.cli.publishing import publish_with_progress
from helpcenter.cli.running import open_app
from helpcenter.settings import PREFIX, Settings, SettingsError, load_settings
from helpcenter.web import logs

THREADS_PER_WORKER = 4
RESTART_PAUSE_SECONDS = 2

port_options = [
    click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on."),
    click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on."),
    click.option("--workers", default=os.cpu_count() or 1, show_default="one per core", type=click.IntRange(1, 64), help="Worker processes."),
]


def with_port_options(command):
    """Give *command* --host, --port and --workers."""
    for option in reversed(port_options):
        command = option(command)
    return command


@click.command(short_help="Publish the articles, serve them, send mail.")
@with_port_options
def serve(host: str, port: int, workers: int) -> None:
    """Publish the content folder, serve the site, deliver mail and publish what editors save. All on one machine.

    \b
    Examples:
      helpcenter serve
      helpcenter serve --port 9000 --workers 4
      HELPCENTER_ARTICLES=~/our-articles helpcenter serve
    """
    settings = _settings_for(host, port)
    app = open_app(settings)
    with app.app_context():
        publish_with_progress(app)
    storage.close(app)
    _tell(settings, address(host, port))
    work = Background([sys.executable, "-m", "helpcenter", "work", "--watch", "--with-parent"])
    work.start()
    try:
        _run_web(host, port, workers)
    finally:
        work.stop()


@click.command(short_help="Serve the site only.")
@with_port_options
def web(host: str, port: int, workers: int) -> None:
    """Serve what is published, without background work. Run `helpcenter work` beside it.

    \b
    Example:
      helpcenter web --host 0.0.0.0 --port 8080
    """
    settings = _settings_for(host, port)
    storage.close(open_app(settings))
    _run_web(host, port, workers)


def _settings_for(host: str, port: int) -> Settings:
    """Return the settings, checked for serving. The workers read the same ones from the environment."""
    settings = load_settings()
    if "base_url" not in settings.model_fields_set:
        os.environ[PREFIX + "BASE_URL"] = address(host, port)
        settings = load_settings()
    settings.require_secret()
    check_port(host, port)
    return settings


def address(host: str, port: int) -> str:
    """Return the address under which a browser on this machine reaches *host* and *port*."""
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_port(host: str, port: int) -> None:
    """Raise SettingsError when nothing can listen on *host* and *port*."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another one with --port, or stop what uses it.") from error


def _tell(settings: Settings, served_at: str) -> None:
    # The program as it was called, so that the line works when it is copied.
    program = "helpcenter" if sys.argv[0].endswith(".py") else os.path.relpath(sys.argv[0])
    program = sys.argv[0] if program.startswith("..") else program
    click.echo(f"\nThe help center is at {served_at}")
    click.echo(f"Staff sign in at {served_at}/staff/; make the first account with:")
    click.echo(f"  {program} staff add you@example.org --role admin")
    if not settings.smtp_url:
        click.echo(f"Mail is written to {settings.data / 'mail'} until HELPCENTER_SMTP_URL is set.")
    click.echo("Stop with Ctrl+C.\n")


def _run_web(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    # The workers are forks: what is loaded here they share, as long as nobody's garbage collector writes into it.
    gc.collect()
    gc.freeze()
    Granian(
        "helpcenter.cli.serve:web_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS_PER_WORKER,
        respawn_failed_workers=True,
        log_access=False,
        log_level="warning",
        workers_kill_timeout=15,
    ).serve()


def web_app() -> Flask:
    """Return the application of one worker process, which ends when its parent does."""
    end_with_parent()
    # Ctrl+C reaches every process of the terminal's group. The server stops its workers itself, and one that is told
    # twice no longer answers it.
    os.setpgrp()
    settings = load_settings()
    settings.require_secret()
    logs.configure(settings.log_level)
    return create_app(settings)


def end_with_parent() -> None:
    """Let this process end as soon as its parent is gone, even when the parent was killed and could say nothing."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


class Background:
    """A child process that is started again when it ends on its own."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the child and a thread that minds it."""
        threading.Thread(target=self._mind, name="background-work", daemon=True).start()

    def _mind(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen(self._command)
            self._process.wait()
            self._stopping.wait(RESTART_PAUSE_SECONDS)

    def stop(self) -> None:
        """Ask the child to finish what it does and wait for it."""
        self._stopping.set()
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
