"""An application for a command: settings read, log set up, database migrated."""

from collections.abc import Callable
from functools import wraps

from flask import Flask

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.settings import Settings, load_settings
from helpcenter.web import logs


def open_app(settings: Settings | None = None, *, log_level: str = "warning") -> Flask:
    """Return the application with its database at this version's schema."""
    logs.configure(log_level)
    app = create_app(settings or load_settings())
    storage.migrate(app)
    return app


def with_app(command: Callable) -> Callable:
    """Run *command* inside an application context; the application is its first argument."""

    @wraps(command)
    def run(*args, **kwargs):
        app = open_app()
        with app.app_context():
            return command(app, *args, **kwargs)

    return run
