"""Staff accounts on both databases."""

import pytest

from helpcenter.accounts.staff import add_staff
from helpcenter.storage import writing

PASSWORD = "four quiet otters dancing"


@pytest.fixture
def writer(storage_app):
    """Return a session that writes, on both databases."""
    with storage_app.app_context(), writing() as session:
        yield session


@pytest.fixture
def gus(writer):
    """Return the agent who answers."""
    return add_staff(writer, email="Gus@Example.org", name="Gus", role="agent", password=PASSWORD)
