"""A help center of any content folder, served to a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.publishing import Published, publish
from helpcenter.settings import Settings
from helpcenter.web.services import EXTENSION

SECRET = "a secret that only the browser tests know"


@contextmanager
def published(articles: Path, data: Path) -> Iterator[tuple[Flask, Published]]:
    """Give an application that has published *articles*, and what the publish said."""
    app = create_app(Settings(articles=articles, data=data, secret_key=SECRET, rate_limits="off"))
    storage.migrate(app)
    with app.app_context():
        said = publish(articles, app.extensions[EXTENSION].engine)
    yield app, said
    app.extensions[EXTENSION].recorder.finish()
    storage.close(app)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Give the address at which *app* answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
