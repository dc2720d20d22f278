"""A real server with the sample library, and a real Chromium in front of it. Any complaint in its console fails the test."""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.paths import bundled
from helpcenter.publishing import publish
from helpcenter.settings import Settings
from helpcenter.web.services import EXTENSION

SECRET = "a secret that only the browser tests know"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOST_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Shop</title>
<style nonce="x">button {{ background: red !important; font-size: 40px !important }} {styles}</style></head>
<body><h1>A shop</h1><button id="shop">Buy</button><a data-help href="{help}/en/chat">Help</a>
<script nonce="x" src="{help}/widget/v1/loader.js" async></script></body></html>"""

# What a host's stylesheet could do at worst to an element that it did not make.
HOSTILE_STYLES = """:not(html) { all: revert !important; display: none !important; visibility: hidden !important; opacity: 0 !important;
  pointer-events: none !important; transform: scale(0) !important; z-index: -1 !important } html, body { display: block !important }"""


@dataclass(frozen=True)
class Live:
    """Where the help center runs, and the shop that shows its widget."""

    url: str
    shop: str
    stranger: str
    app: Flask


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def live_server(tmp_path_factory) -> Iterator[Live]:
    """Serve the sample library, and a shop on another origin that may show the widget."""
    folder = tmp_path_factory.mktemp("live")
    port, shop_port = free_port(), free_port()
    url, shop = f"http://127.0.0.1:{port}", f"http://localhost:{shop_port}"
    articles = folder / "articles"
    shutil.copytree(bundled("articles"), articles)
    with (articles / "site.yaml").open("a", encoding="utf-8") as site:
        site.write(f"\nwidget_origins: ['{shop}']\nwidget: {{pages: {{/lv/checkout*: [payments/find-an-invoice]}}}}\n")
    settings = Settings(articles=articles, data=folder / "data", secret_key=SECRET, rate_limits="off", base_url=url)
    app = create_app(settings)
    live = Live(url, shop, f"http://127.0.0.1:{shop_port}", app)
    storage.migrate(app)
    with app.app_context():
        assert not publish(articles, app.extensions[EXTENSION].engine).has_errors
    servers = [make_server("127.0.0.1", port, app, threaded=True), shop_server(shop_port, live.url)]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    yield live
    for server in servers:
        server.shutdown()
        server.server_close()
    storage.close(app)


def shop_server(port: int, help_center: str) -> ThreadingHTTPServer:
    """Return a server of one page with a strict policy, which includes the widget of *help_center*."""
    two = f"script-src {help_center}; frame-src {help_center}"
    policy = f"default-src 'none'; {two}; style-src 'nonce-x'; require-trusted-types-for 'script'"
    # The page is named by its path.
    policies = {"/two": two, "/hostile": f"{two}; require-trusted-types-for 'script'"}

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            """Answer every path with the shop's page; `/xx` is its language."""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policies.get(self.path, policy))
            self.end_headers()
            lang = self.path[1:3] if self.path[3:4] in ("", "/") else ""
            styles = HOSTILE_STYLES if self.path == "/hostile" else ""
            self.wfile.write(HOST_PAGE.format(lang=lang or "en", help=help_center, styles=styles).encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return ThreadingHTTPServer(("127.0.0.1", port), Shop)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the Chromium of this machine."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed; `make chromium` installs it")
    # Five seconds, the default, are not enough on a busy machine.
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server: Live):
    """Return a function that opens a page of its own visitor; what their consoles say is an error at the end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    # Words of complaints that a test provokes; they may come a moment after it has ended.
    expected: list[str] = []

    def open_page(**options) -> Page:
        context = chromium.new_context(base_url=live_server.url, **{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.complaints = complaints
        page.expected = expected
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in complaints if not any(words in one for words in expected)] == []
