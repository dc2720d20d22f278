"""What every test may ask for: settings in an empty folder, an application, and one with a published library."""

import os
import shutil
from pathlib import Path

import pytest
from flask import Flask

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.mail.mailers import MemoryMailer
from helpcenter.publishing import publish
from helpcenter.settings import Settings
from helpcenter.web import logs
from helpcenter.web.services import EXTENSION, services
from tests.skips import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401

SECRET = "a secret that only the tests know, long enough"
LIBRARY = Path(__file__).parent / "library"


@pytest.fixture(autouse=True)
def quiet_logs() -> None:
    """Write only errors, as the program would."""
    logs.configure("error")


def close(app: Flask) -> None:
    """Close *app* after what it still writes beside the requests."""
    app.extensions[EXTENSION].recorder.finish()
    storage.close(app)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a data folder and a content folder of their own."""
    articles = tmp_path / "articles"
    shutil.copytree(LIBRARY, articles)
    return Settings(articles=articles, data=tmp_path / "data", secret_key=SECRET, rate_limits="off")


@pytest.fixture
def mailer() -> MemoryMailer:
    """Return the mailer that remembers what it was given."""
    return MemoryMailer()


@pytest.fixture
def app(settings: Settings, mailer: MemoryMailer) -> Flask:
    """Return a migrated application with an empty library."""
    app = create_app(settings, mailer=mailer)
    storage.migrate(app)
    yield app
    close(app)


@pytest.fixture(scope="session")
def published_data(tmp_path_factory) -> Path:
    """Return a data folder with the small library published, made once and copied by whoever needs it."""
    data = tmp_path_factory.mktemp("published")
    app = create_app(Settings(articles=LIBRARY, data=data, secret_key=SECRET), mailer=MemoryMailer())
    storage.migrate(app)
    with app.app_context():
        publish(LIBRARY, services().index)
    storage.close(app)
    return data


@pytest.fixture
def published_app(published_data: Path, settings: Settings, mailer: MemoryMailer) -> Flask:
    """Return an application whose small library is published."""
    shutil.copytree(published_data, settings.data)
    app = create_app(settings, mailer=mailer)
    yield app
    close(app)


@pytest.fixture
def client(published_app: Flask):
    """Return a browser without JavaScript on the published site."""
    return published_app.test_client()


@pytest.fixture
def session(app: Flask):
    """Return a session for reading inside an application context."""
    with app.app_context():
        yield storage.db.session


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """Return the address of a PostgreSQL server: the one named by HELPCENTER_TEST_POSTGRES_URL, or our own."""
    if url := os.environ.get("HELPCENTER_TEST_POSTGRES_URL"):
        yield url
        return
    from tests.postgres import running_postgres

    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def storage_app(request, settings: Settings, mailer: MemoryMailer) -> Flask:
    """Return a migrated application, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        from tests.postgres import empty_database

        url = request.getfixturevalue("postgres_url")
        with empty_database(url) as database_url:
            yield from _migrated(settings.model_copy(update={"database_url": database_url}), mailer)
        return
    yield from _migrated(settings, mailer)


def _migrated(settings: Settings, mailer: MemoryMailer):
    app = create_app(settings, mailer=mailer)
    storage.migrate(app)
    yield app
    close(app)
