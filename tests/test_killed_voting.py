"""Votes over HTTP while the server is killed: what was acknowledged is there, what was sent again counts once."""

import json
import os
import signal
import sys
import threading
import urllib.error
import urllib.request

from sqlalchemy import func, select

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.feedback import votes
from helpcenter.feedback.models import Vote
from helpcenter.storage import db
from helpcenter.web.services import services
from helpcenter.web.visitor import COOKIE, PURPOSE
from tests.serving import serving

ARTICLES = ("find-an-invoice", "payment-methods", "restart-the-router")
VISITORS, SENDERS = 100, 4
BEFORE_THE_KILL = 100
WAIT_SECONDS = 250


def plan(visitor: int, article: int) -> bool:
    """Return whether *article* helps *visitor*."""
    return (visitor + article) % 3 != 0


class Voting:
    """What visitors do: each votes on every article, and once more on the next server when no answer came."""

    def __init__(self, url: str, cookies: list[str]) -> None:
        self.url, self.cookies = url, cookies
        self.acknowledged: list[tuple[int, int]] = []
        self.enough, self.again = threading.Event(), threading.Event()

    def vote_all(self, part: int) -> None:
        """Vote for each visitor of *part*."""
        for visitor in range(part, VISITORS, SENDERS):
            for article in range(len(ARTICLES)):
                try:
                    self.vote(visitor, article)
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    assert self.again.wait(WAIT_SECONDS)
                    self.vote(visitor, article)

    def vote(self, visitor: int, article: int) -> None:
        """Send one vote and note that it was acknowledged."""
        body = json.dumps({"article": ARTICLES[article], "lang": "en", "helpful": plan(visitor, article)}).encode()
        headers = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={self.cookies[visitor]}"}
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/api/v1/votes", body, headers), timeout=60):
            self.acknowledged.append((visitor, article))
        if len(self.acknowledged) >= BEFORE_THE_KILL:
            self.enough.set()


def stored(app) -> dict[tuple[str, str], bool]:
    """Return every vote by its article and visitor."""
    with app.app_context():
        rows = db.session.execute(select(Vote.key, Vote.visitor, Vote.helpful)).all()
        assert len(rows) == db.session.scalar(select(func.count()).select_from(Vote))
    found = {(key.rpartition("/")[2], visitor): helpful for key, visitor, helpful in rows}
    assert len(found) == len(rows)
    return found


def test_no_acknowledged_vote_is_lost_and_none_doubled_when_the_server_is_killed(settings, tmp_path):
    app = create_app(settings)
    storage.migrate(app)
    with app.app_context():
        cookies = [services().sign(PURPOSE).dumps(f"visitor-{number}") for number in range(VISITORS)]
    names = {"ARTICLES": settings.articles, "DATA": settings.data, "SECRET_KEY": settings.secret_key.get_secret_value(), "RATE_LIMITS": "off"}
    environ = {**os.environ, **{f"HELPCENTER_{name}": str(value) for name, value in names.items()}}
    command = [sys.executable, "-m", "helpcenter"]
    with serving(command, environ, tmp_path) as first:
        voting = Voting(first.url, cookies)
        senders = [threading.Thread(target=voting.vote_all, args=(part,), daemon=True) for part in range(SENDERS)]
        for sender in senders:
            sender.start()
        assert voting.enough.wait(WAIT_SECONDS)
        os.killpg(first.process.pid, signal.SIGKILL)
        first.process.wait()
        at_the_kill = len(voting.acknowledged)
        survived = len(stored(app))
        with serving(command, environ, tmp_path) as second:
            voting.url = second.url
            voting.again.set()
            for sender in senders:
                sender.join(WAIT_SECONDS)
    kept = stored(app)
    with app.app_context():
        counts = [votes.own_counts(db.session, "en", key) for key in sorted(set(db.session.scalars(select(Vote.key))))]
    storage.close(app)

    assert BEFORE_THE_KILL <= at_the_kill <= survived
    assert sorted(voting.acknowledged) == [(visitor, article) for visitor in range(VISITORS) for article in range(len(ARTICLES))]
    assert len(kept) == sum(map(sum, counts)) == VISITORS * len(ARTICLES)
    assert sum(kept.values()) == sum(plan(visitor, article) for visitor in range(VISITORS) for article in range(len(ARTICLES)))
