"""`helpcenter work`: mail goes out, and stopping interrupts nothing."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.cli import chores, work
from helpcenter.content.models import Article
from helpcenter.content.schedule import Schedule, find_next_change, save_next_change
from helpcenter.journeys import reading
from helpcenter.journeys.models import ArticleViews, ReadTogether
from helpcenter.journeys.reading import View
from helpcenter.publishing import publish
from helpcenter.settings import load_settings
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support.requests import open_request
from helpcenter.web.asking import terms
from helpcenter.web.services import services
from tests.mail.smtp_server import MailServer, running
from tests.moments import seen_before


@pytest.fixture
def ask(environ):
    """Return a function that opens a request."""
    app = create_app(load_settings(environ))
    storage.migrate(app)

    def ask(email: str) -> None:
        with app.test_request_context(), writing() as session:
            open_request(session, terms(), subject="Router", body="It blinks", email=email, lang="en")

    yield ask
    storage.close(app)


def start(environ, *options: str) -> subprocess.Popen:
    """Start the command in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "helpcenter", "work", *options], env=environ, stderr=subprocess.DEVNULL)


def once(environ) -> str:
    """Return what one pass says it did."""
    command = [sys.executable, "-m", "helpcenter", "work", "--once"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=200, check=True).stdout


def wait_until(condition, seconds: float = 90) -> None:
    """Wait for *condition*."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_once_delivers_to_files_until_a_server_is_configured(environ, ask, tmp_path):
    ask("ann@example.org")
    ask("bob@example.org")

    first, second = once(environ), once(environ)

    assert first == "2 sent, 0 to be tried again, 0 failed\n"
    assert second == "0 sent, 0 to be tried again, 0 failed\n"
    assert len(list((tmp_path / "data" / "mail").glob("*.eml"))) == 2


def test_a_running_worker_delivers_what_comes_later_and_ends_when_asked(environ, ask):
    with running(MailServer()) as server:
        worker = start(environ | {"HELPCENTER_SMTP_URL": server.url})
        try:
            ask("ann@example.org")
            wait_until(lambda: server.arrived)
            ask("bob@example.org")
            wait_until(lambda: len(server.arrived) == 2)
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=90) == 0

    assert server.recipients() == ["ann@example.org", "bob@example.org"]


def test_sigterm_lets_the_mail_that_is_being_sent_finish(environ, ask):
    ask("ann@example.org")
    ask("bob@example.org")
    sending, go_on = threading.Event(), threading.Event()

    def wait_in_the_middle() -> None:
        sending.set()
        go_on.wait(90)

    with running(MailServer(after_data=wait_in_the_middle)) as server:
        environ = environ | {"HELPCENTER_SMTP_URL": server.url}
        worker = start(environ)
        assert sending.wait(90)
        worker.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert worker.poll() is None
        go_on.set()
        assert worker.wait(timeout=90) == 0
        assert server.recipients() == ["ann@example.org"]

        assert once(environ).startswith("1 sent")
        assert server.recipients() == ["ann@example.org", "bob@example.org"]


def test_what_editors_save_is_published(environ, ask, tmp_path):
    worker = start(environ, "--watch")
    try:
        article = tmp_path / "articles" / "en" / "payments" / "zebra.md"
        article.write_text("---\ntitle: Zebra payments\n---\nHow zebras pay.\n")
        wait_until(lambda: published(environ, "zebra"))
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=90) == 0


def test_an_article_appears_and_leaves_on_time_without_a_save(environ, ask, tmp_path):
    article = tmp_path / "articles" / "en" / "payments" / "zebra.md"
    app = create_app(load_settings(environ))

    def rows_with(key: str, moment: datetime) -> int:
        """Publish the article with a moment that lies ahead, and return how many rows it has before."""
        article.write_text(f"---\n{key}: {moment.isoformat()}\n---\n# Zebras\n\nHow zebras pay.\n")
        with app.app_context():
            publish(tmp_path / "articles", services().index)
            return rows_of("zebra")

    before, appears = seen_before(lambda moment: rows_with("publish_at", moment))
    worker = start(environ)
    try:
        with app.app_context():
            wait_until(lambda: rows_of("zebra") == 1)
        appeared = utcnow()
        stayed, leaves = seen_before(lambda moment: rows_with("expire_at", moment))
        with app.app_context():
            wait_until(lambda: rows_of("zebra") == 0)
        left = utcnow()
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=90) == 0
        storage.close(app)

    assert (before, stayed) == (0, 1)
    assert appears <= appeared
    assert leaves <= left


def rows_of(slug: str) -> int:
    """Return how many rows the library has for *slug*, whatever the time."""
    with writing() as session:
        return session.scalar(select(func.count()).select_from(Article).where(Article.slug == slug))


def test_a_publish_that_fails_is_tried_again_later_each_time(app, settings):
    schedule, start = Schedule(), utcnow()
    with app.app_context():
        publish(settings.articles, services().index)
        with writing() as session:
            save_next_change(session, start)
        shutil.move(settings.articles, settings.articles.with_name("away"))
        work.publish_due(schedule, settings.articles)
        first = schedule.not_before
        due_at_once = schedule.is_due(db.session, start)
        schedule.not_before = start
        work.publish_due(schedule, settings.articles)
        second = schedule.not_before
        schedule.not_before = start
        shutil.move(settings.articles.with_name("away"), settings.articles)
        work.publish_due(schedule, settings.articles)

        assert not due_at_once
        assert second - utcnow() > first - utcnow() + timedelta(seconds=1)
        assert schedule.not_before is None and find_next_change(db.session) is None


def test_nothing_is_read_between_two_publishes(app, monkeypatch):
    # A transaction left open would keep SQLite's log from ever being emptied, and it would grow with every write.
    readers = []

    def save_twice(_folder, on_change, _stopping):
        for _ in range(2):
            with app.app_context():
                readers.append(storage.db.engine.pool.checkedout())
            on_change()

    monkeypatch.setattr(work, "watch_folder", save_twice)
    work.publish_changes(app, threading.Event())

    assert readers == [0, 0]


def published(environ, slug: str) -> bool:
    """Return whether an article is in the library."""
    from helpcenter.content import library

    app = create_app(load_settings(environ))
    try:
        with app.app_context():
            return library.find_article(storage.db.session, "en", slug) is not None
    finally:
        storage.close(app)


def test_an_index_that_is_deleted_while_running_is_built_again(environ, ask, tmp_path):
    app = create_app(load_settings(environ))
    with app.app_context():
        publish(tmp_path / "articles", services().index)
    client = app.test_client()
    worker = start(environ)
    try:
        shutil.rmtree(tmp_path / "data" / "index")
        assert client.get("/en/search?q=invoices").status_code == 200
        wait_until(lambda: (tmp_path / "data" / "index" / "CURRENT").exists())
        wait_until(lambda: client.get("/readyz").status_code == 200)
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=90) == 0
        storage.close(app)


def test_old_readings_are_forgotten_with_the_rest(environ):
    app = create_app(load_settings(environ))
    storage.migrate(app)
    today = utcnow().date()
    with app.app_context():
        with writing() as session:
            reading.store(session, [View(today - timedelta(days=500), "en", "old", "before"), View(today, "en", "new", "before")])
        chores.tidy()

        assert db.session.scalars(select(ArticleViews.key)).all() == ["new"]
        assert db.session.scalars(select(ReadTogether.other_key)).all() == ["new"]
    storage.close(app)
