"""A help center whose people answer, on both databases."""

import pytest

from helpcenter.content.site import Site
from helpcenter.paths import bundled
from helpcenter.storage import writing
from helpcenter.support.terms import Terms

SECRET = "a secret that only the tests know, long enough"


@pytest.fixture
def terms() -> Terms:
    """Return the terms of a small help center."""
    return Terms(
        site=Site(name="Nordlys", languages=["en", "lv", "kk"]),
        base_url="https://help.nordlys.example",
        secret_key=SECRET,
        mail_from="help@nordlys.example",
        templates=bundled("templates"),
        rate_limits=False,
    )


@pytest.fixture
def writer(storage_app):
    """Return a session that writes, on both databases."""
    with storage_app.app_context(), writing() as session:
        yield session


class Gus:
    """The agent who answers."""

    id = 7
    name = "Gus Answers"


@pytest.fixture
def gus() -> Gus:
    """Return the agent."""
    return Gus()


QUESTION = {
    "subject": "My router blinks red",
    "body": "Since yesterday it blinks red.\nI restarted it twice.",
    "email": "ann@example.org",
    "name": "Ann",
    "lang": "en",
}


@pytest.fixture
def question() -> dict:
    """Return what Ann asks."""
    return dict(QUESTION)
