"""`helpcenter doctor`: each thing that can be wrong is one line that says what to do."""

import json
import shutil
from contextlib import closing
from datetime import timedelta

import pysqlite3
import pytest
from click.testing import CliRunner

from helpcenter import storage
from helpcenter.accounts.models import StaffUser
from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.cli.doctor import look_at_database
from helpcenter.mail.models import OutboxMail
from helpcenter.settings import load_settings
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from tests.mail.smtp_server import MailServer, running
from tests.serving import free_port

PUBLIC = {"HELPCENTER_BASE_URL": "https://help.example.org", "HELPCENTER_PROXY_HOPS": "1"}


def examined(environ) -> dict[str, dict]:
    """Return what the command finds, by name."""
    ran = CliRunner(env=environ).invoke(program, ["doctor", "--json"])
    told = json.loads(ran.stdout)
    found = {each["name"]: each for each in told["findings"]}
    assert ran.exit_code == (1 if told["error"] else 0)
    assert told["error"] == sum(each["state"] == "error" for each in told["findings"])
    return found


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Return a folder with a published library, made once."""
    from tests.cli.conftest import LIBRARY, SECRET

    place = tmp_path_factory.mktemp("doctor")
    shutil.copytree(LIBRARY, place / "articles")
    environ = {"HELPCENTER_ARTICLES": str(place / "articles"), "HELPCENTER_DATA": str(place / "data"), "HELPCENTER_SECRET_KEY": SECRET}
    assert CliRunner(env=environ).invoke(program, ["sync"]).exit_code == 0
    return place


@pytest.fixture
def site(environ, published, tmp_path):
    """Return the environment of a site of its own that is as it should be, but for mail."""
    shutil.copytree(published / "data", tmp_path / "data")
    (tmp_path / "data").chmod(0o700)
    return environ | PUBLIC


def change(environ, *rows) -> None:
    """Store *rows* in the database of *environ*."""
    app = create_app(load_settings(environ))
    with app.app_context(), writing() as session:
        session.add_all(rows)
    storage.close(app)


def an_admin(**more) -> StaffUser:
    """Return an admin."""
    return StaffUser(email="ada@example.org", name="Ada", role="admin", password_hash="x", **more)


def a_mail(**more) -> OutboxMail:
    """Return a mail in the outbox."""
    return OutboxMail(thread="T-1", recipient="ann@example.org", message_id="<1@example.org>", content=b"", **more)


def test_a_site_that_is_well_says_so_line_by_line(site):
    change(site, an_admin(totp_secret="A" * 32))
    with running(MailServer()) as server:
        environ = site | {"HELPCENTER_SMTP_URL": f"smtp://127.0.0.1:{server.port}", "HELPCENTER_MAIL_FROM": "help@example.org"}
        ran = CliRunner(env=environ).invoke(program, ["doctor"])

    lines = ran.stdout.splitlines()
    assert ran.exit_code == 0, ran.output
    assert [line for line in lines if not line.startswith("ok ") and " disk: " not in line] == []
    for name in ("settings", "secret key", "address", "data folder", "disk", "content", "database", "index", "mail queue", "mail server", "staff"):
        assert sum(f" {name}: " in line for line in lines) == 1, name


def test_a_setting_that_is_wrong_is_all_there_is_to_say(environ):
    assert examined(environ | {"HELPCENTER_PROXY_HOPS": "many"})["settings"]["state"] == "error"


@pytest.mark.parametrize(
    ("more", "name", "state"),
    [
        ({"HELPCENTER_SECRET_KEY": ""}, "secret key", "error"),
        ({"HELPCENTER_SECRET_KEY": "short"}, "secret key", "error"),
        ({"HELPCENTER_SECRET_KEY": "ab" * 20}, "secret key", "warning"),
        ({"HELPCENTER_BASE_URL": ""}, "address", "warning"),
        ({"HELPCENTER_BASE_URL": "http://help.example.org"}, "address", "warning"),
        ({"HELPCENTER_PROXY_HOPS": "0"}, "address", "warning"),
        ({"HELPCENTER_RATE_LIMITS": "off"}, "limits", "warning"),
        ({"HELPCENTER_ARTICLES": "/nowhere"}, "content", "error"),
        ({"HELPCENTER_DATABASE_URL": "sqlite:////nowhere/none.sqlite3"}, "database", "error"),
    ],
)
def test_what_the_settings_name_is_looked_at(site, more, name, state):
    found = examined(site | more)

    assert found[name]["state"] == state
    assert site["HELPCENTER_SECRET_KEY"] not in json.dumps(found) and "ab" * 20 not in json.dumps(found)


def test_a_mail_server_that_is_not_there_and_links_that_only_this_machine_can_open_are_errors(site):
    found = examined(site | {"HELPCENTER_SMTP_URL": f"smtp://u:a-password@127.0.0.1:{free_port()}", "HELPCENTER_BASE_URL": "http://127.0.0.1:8000"})

    assert (found["mail server"]["state"], found["address"]["state"]) == ("error", "error")
    assert "a-password" not in json.dumps(found)


def test_without_a_data_folder_it_makes_none(environ, tmp_path):
    assert examined(environ)["data folder"]["state"] == "error"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_everybody_may_look_into_is_a_warning(site, tmp_path):
    (tmp_path / "data").chmod(0o755)

    assert examined(site)["data folder"]["state"] == "warning"


def test_content_with_an_error_and_an_index_that_is_gone_are_errors(site, tmp_path):
    (tmp_path / "articles/en/payments").mkdir(exist_ok=True)
    (tmp_path / "articles/en/payments/broken.md").write_text("---\ntitle: [\n---\n")
    shutil.rmtree(tmp_path / "data/index")
    found = examined(site)

    assert (found["content"]["state"], found["index"]["state"]) == ("error", "error")


def test_a_schema_that_is_not_ours_is_an_error_and_stays(site, tmp_path):
    with closing(pysqlite3.connect(str(tmp_path / "data/helpcenter.sqlite3"))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()

    found = examined(site)
    assert found["database"]["state"] == "error" and "0001" in found["database"]["said"]
    assert examined(site)["database"] == found["database"]


def test_a_damaged_database_is_an_error(site, tmp_path):
    database = tmp_path / "data/helpcenter.sqlite3"
    with closing(pysqlite3.connect(str(database))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.write(b"no database at all, " * 100)

    assert examined(site)["database"]["state"] == "error"


def test_mail_that_nobody_delivers_is_an_error_and_old_or_failed_mail_a_warning(site):
    assert examined(site)["mail queue"]["state"] == "ok"
    now = utcnow()
    old = now - timedelta(days=1)
    change(site, a_mail(created_at=old, next_try_at=now + timedelta(days=1)))
    assert examined(site)["mail queue"]["state"] == "warning"
    due = OutboxMail(thread="T-2", recipient="a@example.org", message_id="<2@example.org>", content=b"", next_try_at=old)
    failed = OutboxMail(thread="T-3", recipient="a@example.org", message_id="<3@example.org>", content=b"", state="failed")
    change(site, due, failed)

    found = examined(site)
    assert (found["mail queue"]["state"], found["failed mail"]["state"]) == ("error", "warning")


def test_an_admin_without_a_second_factor_is_a_warning_with_their_name(site):
    assert "no admin" in examined(site)["staff"]["said"]
    change(site, an_admin())

    found = examined(site)["staff"]
    assert found["state"] == "warning" and "ada@example.org" in found["said"]


def test_the_database_is_looked_at_on_both_kinds(storage_app):
    with storage_app.app_context():
        found = {each.name: each.state for each in look_at_database(storage_app)}

        assert set(found.values()) == {"ok"}
        assert ("clock" in found) == (db.engine.dialect.name == "postgresql")
