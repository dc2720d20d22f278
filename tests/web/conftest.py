"""A site with whatever articles a test needs, beside those of the small library."""

import pytest

from helpcenter.publishing import publish
from helpcenter.web.services import services
from tests.content.folders import write


@pytest.fixture
def publish_files(app, settings):
    """Return a function that writes files into the content folder, publishes it, and gives a browser without JavaScript."""

    def publish_now(files: dict[str, str]):
        write(settings.articles, files)
        with app.app_context():
            publish(settings.articles, services().index)
        return app.test_client()

    return publish_now
