"""What the views work with: the engine, the mailer and a few plain values, handed over by `create_app`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from flask import current_app
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from helpcenter.accounts.provider import Provider
from helpcenter.chat.rules import Rules
from helpcenter.content import library
from helpcenter.mail.mailers import Mailer
from helpcenter.search.engine import SearchEngine
from helpcenter.search.live import LiveEngine
from helpcenter.search.promoted import Promotions
from helpcenter.storage import db
from helpcenter.web.drafts import Drafts
from helpcenter.web.popular import PopularArticles, PopularQueries
from helpcenter.web.recorder import Recorder
from helpcenter.web.votes_of_readers import VotesOfReaders

EXTENSION = "helpcenter"


@dataclass(frozen=True)
class MailDoors:
    """How mail comes in, whom the team's mail goes to, and which programs are told what happens."""

    reply: str = ""
    authserv_id: str = ""
    hook_secret: str = field(default="", repr=False)
    imap_url: str = field(default="", repr=False)
    team: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    webhook_secret: str = field(default="", repr=False)
    webhook_hosts: tuple[str, ...] = ()


@dataclass
class Services:
    """Everything outside a request that a view may use."""

    index: SearchEngine
    mailer: Mailer
    base_url: str
    mail_from: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    content_folder: Path
    data_folder: Path
    templates_folder: Path
    publish: Callable[[], object]
    """Publishes the content folder; handed over, because publishing stands above the web."""
    identity_keys: tuple[str, ...] = ()
    """Keys with which sites around the widget sign who a visitor is."""
    keep_days: Mapping[str, int] = field(default_factory=dict)
    """How many days each kind of thing is kept, see `privacy/retention.py`."""
    rate_limits: bool = True
    mail: MailDoors = field(default_factory=MailDoors)
    metrics_token: str = field(default="", repr=False)
    provider: Provider | None = field(default=None, repr=False)
    """Where the staff may sign in instead of here."""
    recorder: Recorder = field(default_factory=Recorder, repr=False)
    popular: PopularQueries = field(default_factory=PopularQueries, repr=False)
    popular_articles: PopularArticles = field(default_factory=PopularArticles, repr=False)
    drafts: Drafts = field(default_factory=Drafts, repr=False)
    votes: VotesOfReaders = field(default_factory=VotesOfReaders, repr=False)
    _bot: tuple[int, Rules] | None = field(default=None, repr=False)
    _synonyms: int | None = field(default=None, repr=False)
    _promotions: tuple[int, Promotions] | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def engine(self) -> SearchEngine:
        """The search engine, with the published synonyms and the votes of readers."""
        revision = library.part_revision(db.session, "synonyms")
        if revision != self._synonyms:
            part = library.published_part(db.session, "synonyms")
            self.index.set_synonyms(part[1] if part else {})
            self._synonyms = revision
        self.votes.hand_over(current_app._get_current_object(), self.index)
        return LiveEngine(self.index, db.session)

    def sign(self, purpose: str) -> URLSafeTimedSerializer:
        """Return the signer for *purpose*: what one signs, no other accepts. Earlier keys are still read."""
        return URLSafeTimedSerializer([*reversed(self.secret_key_fallbacks), self.secret_key], salt=purpose)

    def seal(self, purpose: str) -> URLSafeSerializer:
        """Return the signer for *purpose* that signs the same value always alike. Earlier keys are still read."""
        return URLSafeSerializer([*reversed(self.secret_key_fallbacks), self.secret_key], salt=purpose)

    def bot(self) -> Rules:
        """Return the published chat rules, compiled once per revision."""
        revision = library.part_revision(db.session, "rules")
        with self._lock:
            if self._bot is None or self._bot[0] != revision:
                part = library.published_part(db.session, "rules")
                self._bot = (revision, Rules.from_payload(part[1]) if part else Rules())
            return self._bot[1]

    def promotions(self) -> Promotions:
        """Return the published promoted answers, compiled once per revision."""
        revision = library.part_revision(db.session, "promotions")
        with self._lock:
            if self._promotions is None or self._promotions[0] != revision:
                part = library.published_part(db.session, "promotions")
                self._promotions = (revision, Promotions(part[1] if part else None))
            return self._promotions[1]


def services() -> Services:
    """Return the services of the application that handles this request."""
    return current_app.extensions[EXTENSION]
