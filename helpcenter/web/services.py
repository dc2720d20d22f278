"""What the views work with: the engine, the mailer and a few plain values, handed over by `create_app`."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from flask import current_app
from itsdangerous import URLSafeTimedSerializer

from helpcenter.chat.rules import Rules, from_payload
from helpcenter.content import library
from helpcenter.mail.mailers import Mailer
from helpcenter.search.engine import SearchEngine
from helpcenter.storage import db

EXTENSION = "helpcenter"


@dataclass
class Services:
    """Everything outside a request that a view may use."""

    engine: SearchEngine
    mailer: Mailer
    base_url: str
    mail_from: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    content_folder: Path
    data_folder: Path
    rate_limits: bool = True
    _bot: tuple[int, Rules] | None = field(default=None, repr=False)
    _bot_lock: Lock = field(default_factory=Lock, repr=False)

    def sign(self, purpose: str) -> URLSafeTimedSerializer:
        """Return the signer for *purpose*: what one signs, no other accepts. Earlier keys are still read."""
        return URLSafeTimedSerializer([*reversed(self.secret_key_fallbacks), self.secret_key], salt=purpose)

    def bot(self) -> Rules:
        """Return the published chat rules, compiled once per revision."""
        part = library.published_part(db.session, "rules")
        revision, payload = part if part else (0, None)
        with self._bot_lock:
            if self._bot is None or self._bot[0] != revision:
                self._bot = (revision, from_payload(payload))
            return self._bot[1]


def services() -> Services:
    """Return the services of the application that handles this request."""
    return current_app.extensions[EXTENSION]
