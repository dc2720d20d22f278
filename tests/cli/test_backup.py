"""`helpcenter backup` and `helpcenter restore`: all of it or nothing, also under load, and nothing believed that an archive says."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pysqlite3
import pytest
from click.testing import CliRunner
from flask import Flask

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.cli.archive import MANIFEST, ArchiveError, Manifest, is_harmless, read_archive, writing_archive
from helpcenter.cli.backup import put_in_place
from helpcenter.settings import load_settings
from helpcenter.storage import writing
from helpcenter.storage.counters import count_up
from helpcenter.support.models import Attachment
from helpcenter.web.services import services

CHECKOUT = Path(__file__).parent.parent.parent
WRITERS = 3
# Writes requests with a file each until its standard input ends, and says the number of each once it is committed.
WRITER = """
import sys, threading
from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.settings import load_settings
from helpcenter.storage import writing
from helpcenter.support.attachments import store_attachment
from helpcenter.support.models import SupportRequest
from helpcenter.web.services import services

stopping = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopping.set()), daemon=True).start()
app = create_app(load_settings())
with app.app_context():
    number = 0
    while not stopping.is_set():
        number += 1
        name = f"{sys.argv[1]}-{number}"
        with writing() as session:
            request = SupportRequest(public_id=name, reference=name, subject="Load", lang="en", email="a@example.org")
            session.add(request)
            session.flush()
            store_attachment(session, request, "log.txt", "text/plain", (name * 2000).encode(), folder=services().data_folder)
        print(name, flush=True)
storage.close(app)
"""


def run(environ, *arguments):
    """Run the command and return its result."""
    return CliRunner(env=environ).invoke(program, [str(each) for each in arguments])


def opened(environ) -> Flask:
    """Return the application of *environ*, migrated."""
    app = create_app(load_settings(environ))
    storage.migrate(app)
    return app


@pytest.fixture
def site(environ, tmp_path):
    """Return an environment with a published library, a file that came with a request, and a mail in a file."""
    assert run(environ, "sync").exit_code == 0
    data = tmp_path / "data"
    for name in ("uploads/file", "mail/one.eml", "mail-in/ab/one.eml", "secret-key", "uploads/.unfinished"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(f"this is {name}")
    os.utime(data / "mail" / "one.eml", (1_000_000_000, 1_000_000_000))
    (tmp_path / "articles" / ".git").mkdir()
    (tmp_path / "articles" / ".git" / "config").write_text("password")
    return environ


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below *folder* that a backup is about."""
    left_out = {"index", "secret-key", ".git"}
    files = [path for path in folder.rglob("*") if path.is_file() and not left_out & set(path.relative_to(folder).parts)]
    names = [path for path in files if ".sqlite3" not in path.name and not path.name.startswith(".")]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in names}


def rows(database: Path) -> dict[str, list]:
    """Return all rows of a database by table."""
    with closing(pysqlite3.connect(str(database))) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in names}


def test_everything_comes_back_and_the_secrets_stay(site, tmp_path):
    file = tmp_path / "all.tar"
    made = run(site, "backup", file)
    back = run(site, "restore", file, "--to", tmp_path / "new")

    assert (made.exit_code, back.exit_code) == (0, 0), made.output + back.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert rows(tmp_path / "new/data/helpcenter.sqlite3") == rows(tmp_path / "data/helpcenter.sqlite3")
    assert hashes(tmp_path / "new/content") == hashes(tmp_path / "articles")
    assert hashes(tmp_path / "new/data") == hashes(tmp_path / "data")
    assert (tmp_path / "new/data/mail/one.eml").stat().st_mtime == 1_000_000_000
    assert not (tmp_path / "new/data/secret-key").exists() and not (tmp_path / "new/content/.git").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.tar", "articles", "data", "new"]


def test_a_restored_site_searches_at_once(site, tmp_path):
    run(site, "backup", tmp_path / "all.tar")
    run(site, "restore", tmp_path / "all.tar", "--to", tmp_path / "new")

    app = opened(site | {"HELPCENTER_DATA": str(tmp_path / "new/data"), "HELPCENTER_ARTICLES": str(tmp_path / "new/content")})
    with app.app_context():
        found = services().engine.search("invoice", "en")
    ready = app.test_client().get("/readyz")
    storage.close(app)

    assert found.total > 0
    assert ready.status_code == 200


def test_a_backup_under_load_restores_with_every_count_and_hash_equal(site, tmp_path):
    """Three processes store requests with files all the while: what was said to be stored before is there, and all fits together."""
    environ = site | {"PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-c", WRITER]
    writers = [
        subprocess.Popen([*command, f"w{number}"], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for number in range(WRITERS)
    ]
    try:
        stored = [writer.stdout.readline().strip() for writer in writers for _ in range(5)]
        made = run(site, "backup", tmp_path / "load.tar")
        # They were alive all the while.
        assert [writer.poll() for writer in writers] == [None] * WRITERS
        later = [writer.stdout.readline().strip() for writer in writers]
    finally:
        for writer in writers:
            writer.communicate()
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert all(later)
    assert made.exit_code == 0, made.output

    empty = site | {"HELPCENTER_DATA": str(tmp_path / "machine/data"), "HELPCENTER_ARTICLES": str(tmp_path / "machine/articles")}
    back = run(empty, "restore", tmp_path / "load.tar")
    assert back.exit_code == 0, back.output

    manifest = read_archive(tmp_path / "load.tar")
    restored = rows(tmp_path / "machine/data/helpcenter.sqlite3")
    assert {name: len(each) for name, each in restored.items()} == manifest.tables
    assert manifest.tables["support_request"] == manifest.tables["support_attachment"] >= len(stored)
    found = {f"data/{name}": each for name, each in hashes(tmp_path / "machine/data").items()}
    found |= {f"content/{name}": each for name, each in hashes(tmp_path / "machine/articles").items()}
    listed = {name: digest for name, (_, digest) in manifest.files.items() if ".sqlite3" not in name}
    assert found == listed
    app = opened(empty)
    with app.app_context():
        kept = storage.db.session.execute(storage.db.select(Attachment.stored_name, Attachment.size)).all()
    storage.close(app)
    assert all(name in "".join(restored["support_request"]) for name in stored)
    # Every row has its file, whole.
    assert {name: (tmp_path / "machine/data/uploads" / name).stat().st_size for name, _ in kept} == dict(kept)


def test_nothing_is_restored_over_something(site, tmp_path):
    run(site, "backup", tmp_path / "all.tar")
    app = opened(site)
    with app.app_context(), writing() as session:
        count_up(session, "since", window_seconds=3600)
    storage.close(app)
    before = rows(tmp_path / "data/helpcenter.sqlite3")

    refused = run(site, "restore", tmp_path / "all.tar")
    assert refused.exit_code == 2 and "--force" in refused.stderr
    assert rows(tmp_path / "data/helpcenter.sqlite3") == before

    forced = run(site, "restore", tmp_path / "all.tar", "--force")
    assert forced.exit_code == 0, forced.output
    assert rows(tmp_path / "data/helpcenter.sqlite3")["counter"] == []
    aside = next(tmp_path.glob("data.before-*"))
    assert rows(aside / "helpcenter.sqlite3") == before
    assert len(list(tmp_path.glob("articles.before-*"))) == 1


def test_when_the_last_step_fails_all_goes_back(tmp_path):
    for name in ("fresh-one/new", "fresh-two/new", "one/old"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "two").write_text("a file, where a folder goes")

    with pytest.raises(OSError):
        put_in_place({tmp_path / "fresh-one": tmp_path / "one", tmp_path / "fresh-two": tmp_path / "two"})

    assert (tmp_path / "one/old").is_dir() and (tmp_path / "fresh-one/new").is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh-one", "fresh-two", "one", "two"]


def test_links_are_left_out_but_a_folder_of_the_content_that_is_one(site, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "rules.yaml").write_text("rules: []")
    shutil.rmtree(tmp_path / "articles" / "bot", ignore_errors=True)
    (tmp_path / "articles" / "bot").symlink_to(outside)
    (outside / "deeper").symlink_to(tmp_path / "articles")
    (tmp_path / "articles" / "settings").symlink_to("/etc/hostname")
    made = run(site, "backup", tmp_path / "all.tar")

    assert made.exit_code == 0, made.output
    assert "content/bot/rules.yaml" in read_archive(tmp_path / "all.tar").files
    assert "content/settings" not in read_archive(tmp_path / "all.tar").files
    assert made.stderr.count("left out: ") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("backup", "{tmp}/data/all.tar"), "inside of"),
        (("backup", "{tmp}/articles/all.tar"), "inside of"),
        (("backup", "{tmp}/nowhere/all.tar"), "There is no folder"),
        (("backup", "{tmp}/there.tar"), "exists already"),
        (("restore", "{tmp}/there.tar"), "Nothing was restored"),
        (("restore", "{tmp}/gone.tar"), "Nothing was restored"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(site, tmp_path, arguments, said):
    (tmp_path / "there.tar").write_text("not a backup")
    refused = run(site, *[each.format(tmp=tmp_path) for each in arguments])

    assert refused.exit_code == 2
    assert said in refused.stderr and refused.stderr.count("\n") == 1
    assert (tmp_path / "there.tar").read_text() == "not a backup"


def test_with_postgresql_the_command_says_what_to_run_and_copies_the_files(site, tmp_path):
    elsewhere = site | {"HELPCENTER_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1/nothing"}

    refused = run(elsewhere, "backup", tmp_path / "all.tar")
    assert refused.exit_code == 2 and "pg_dump" in refused.stderr and "--without-database" in refused.stderr
    made = run(elsewhere, "backup", tmp_path / "files.tar", "--without-database")
    assert made.exit_code == 0 and "pg_dump" in made.stderr
    files = read_archive(tmp_path / "files.tar").files
    assert "data/uploads/file" in files and not [name for name in files if "sqlite3" in name]


def test_a_damaged_database_makes_no_backup(site, tmp_path):
    database = tmp_path / "data" / "helpcenter.sqlite3"
    with closing(pysqlite3.connect(str(database))) as connection:
        # What is in the log would be read instead.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(os.urandom(200_000))

    refused = CliRunner(env=site).invoke(program, ["backup", str(tmp_path / "all.tar")])

    assert refused.exit_code != 0 and isinstance(refused.exception, storage.StorageError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles", "data"]


def archive(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], **manifest) -> Path:
    """Write a tar of *members* with a list that fits them, or says what *manifest* says."""
    files = {member.name: (len(content), hashlib.sha256(content).hexdigest()) for member, content in members}
    listed = {"program": "1", "made_at": "now", "schema": None, "tables": {}, "files": files, "format": 1} | manifest
    with tarfile.open(path, "w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        text = json.dumps(listed).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return path


def kind(name: str, type_: bytes, target: str = "") -> tarfile.TarInfo:
    """Return a member of this kind."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = type_, target
    return member


NAMES = [
    "../out", "data/../../out", "/etc/out", "data//x", "data/./x", "data", "other/x", "data/..", "data\\x", "data/a\\..\\x", "", "content/", "data/x/"
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    assert not is_harmless(name)
    file = archive(tmp_path / "bad.tar", [(tarfile.TarInfo(name), b"x")])

    (tmp_path / "into").mkdir()
    # tarfile itself takes a slash off the end; then the name is not the one of the list, or no file's.
    with pytest.raises(ArchiveError):
        read_archive(file, into=tmp_path / "into")
    assert list((tmp_path / "into").rglob("*")) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.tar", "into"]


@pytest.mark.parametrize("type_", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.GNUTYPE_SPARSE])
def test_links_and_devices_are_refused(tmp_path, type_):
    file = archive(tmp_path / "bad.tar", [(kind("data/x", type_, "/etc/passwd"), b"")])

    with pytest.raises(ArchiveError):
        read_archive(file, into=tmp_path / "into")


@pytest.mark.parametrize(
    "manifest",
    [
        {"files": {}},
        {"files": {"data/x": (1, "0" * 64)}},
        {"files": {"data/x": (2, hashlib.sha256(b"x").hexdigest())}},
        {"files": {"data/x": (1, hashlib.sha256(b"x").hexdigest()), "data/y": (1, "0" * 64)}},
        {"files": {"data/x": (1, "short")}},
        {"files": {"data/x": 1}},
        {"files": [], "format": 1},
        {"format": 2},
        {"unknown": True},
    ],
)
def test_an_archive_that_is_not_its_list_is_refused(tmp_path, manifest):
    assert read_archive(archive(tmp_path / "good.tar", [(tarfile.TarInfo("data/x"), b"x")])).size == 1
    file = archive(tmp_path / "bad.tar", [(tarfile.TarInfo("data/x"), b"x")], **manifest)

    with pytest.raises(ArchiveError):
        read_archive(file)


def test_the_same_name_twice_a_compressed_tar_and_one_without_a_list_are_refused(tmp_path):
    twice = archive(tmp_path / "twice.tar", [(tarfile.TarInfo("data/x"), b"x"), (tarfile.TarInfo("data/x"), b"x")])
    with tarfile.open(tmp_path / "small.tar.gz", "w:gz") as tar:
        tar.add(twice, "data/x")
    with tarfile.open(tmp_path / "bare.tar", "w") as tar:
        tar.add(twice, "data/x")

    for file in (twice, tmp_path / "small.tar.gz", tmp_path / "bare.tar"):
        with pytest.raises(ArchiveError):
            read_archive(file)


def test_each_changed_or_missing_byte_is_noticed(site, tmp_path):
    run(site, "backup", tmp_path / "all.tar")
    whole = (tmp_path / "all.tar").read_bytes()
    with tarfile.open(tmp_path / "all.tar") as tar:
        places = [member.offset_data for member in tar if member.size][::7]

    for place in places:
        (tmp_path / "bad.tar").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert run(site, "restore", tmp_path / "bad.tar", "--to", tmp_path / "new").exit_code == 2
    for length in (0, 511, 512, len(whole) // 2):
        (tmp_path / "bad.tar").write_bytes(whole[:length])
        assert run(site, "restore", tmp_path / "bad.tar", "--to", tmp_path / "new").exit_code == 2
    assert list((tmp_path / "new").rglob("*") if (tmp_path / "new").exists() else []) == []


def test_a_database_with_other_rows_than_the_list_is_refused(site, tmp_path):
    run(site, "backup", tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar if member.name != MANIFEST]
    tables = read_archive(tmp_path / "all.tar").tables | {"article": 0}
    archive(tmp_path / "bad.tar", members, schema=read_archive(tmp_path / "all.tar").schema, tables=tables)

    refused = run(site, "restore", tmp_path / "bad.tar", "--to", tmp_path / "new")

    assert refused.exit_code == 2 and "rows of its database" in refused.stderr
    assert list(tmp_path.glob("new/*")) == []


class Growing(io.FileIO):
    """A file that has become longer whenever it was read."""

    def read(self, size: int = -1) -> bytes:
        """Return what is there, then append to it."""
        done = super().read(size)
        with open(self.name, "ab") as file:
            file.write(b"x" if done else b"")
        return done


class GrowingPath(type(Path())):
    """The path of a file that grows."""

    def open(self, mode: str = "r", *_, **__) -> Growing:
        """Open the file."""
        return Growing(str(self), "rb")


def test_a_file_that_changes_all_the_time_makes_no_backup(tmp_path):
    (tmp_path / "moving").write_bytes(b"x")

    with pytest.raises(ArchiveError, match="changes all the time"), writing_archive(tmp_path / "all.tar", Manifest("1", "now")) as writer:
        writer.add("data/moving", GrowingPath(tmp_path / "moving"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moving"]
