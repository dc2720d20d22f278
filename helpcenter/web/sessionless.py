"""No session in a cookie: what a visit needs travels in its pages, and staff and visitors have cookies of their own."""

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface, SessionMixin


class NoSessions(SessionInterface):
    """Opens and saves nothing, so that no request pays for a signer; what would keep something in a session fails."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Return the session in which nothing can be kept."""
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: object) -> None:
        """Save nothing: Flask asks for it only when there is something to save."""


def init_app(app: Flask) -> None:
    """Take Flask's own session from *app*."""
    app.session_interface = NoSessions()
