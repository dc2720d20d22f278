"""`helpcenter gaps`."""

import json

from click.testing import CliRunner

from helpcenter.cli import program
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from tests.insights.rows import a_search


def run(settings, *arguments: str):
    """Run the command over the data of *settings* and return its result."""
    secret = settings.secret_key.get_secret_value()
    environ = {"HELPCENTER_ARTICLES": str(settings.articles), "HELPCENTER_DATA": str(settings.data), "HELPCENTER_SECRET_KEY": secret}
    return CliRunner(env=environ).invoke(program, ["gaps", *arguments])


def test_gaps_are_found_and_listed_with_what_people_wrote(published_app, settings):
    with published_app.app_context(), writing() as session:
        session.add_all(a_search("zeppelin tickets", day=utcnow().date()) for _ in range(4))

    assert "Nothing is grouped yet" in run(settings).output
    assert "    4 en  zeppelin tickets  (" in run(settings, "--find").output
    (gap,) = json.loads(run(settings, "--json", "--lang", "en").stdout)["gaps"]
    assert (gap["name"], gap["searches"], gap["visits"], gap["state"]) == ("zeppelin tickets", 4, 0, "open")
    assert json.loads(run(settings, "--json", "--lang", "lv").stdout)["gaps"] == []
