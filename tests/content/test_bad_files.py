"""Files that cannot be articles: each is one clear line, the others are published, and the last good version stays."""

import os

import pytest

from helpcenter.content import library, sync
from helpcenter.content.checks import check_folder
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from tests.content.folders import write

BAD = "en/pay/card.md"
CONTENTS = {
    "bad YAML": b"---\ntitle: [\n---\n",
    "a day that no calendar has": b"---\ntitle: T\nupdated: 2026-02-31\n---\n",
    "aliases": b"---\ntitle: &a T\ndescription: *a\n---\n",
    "Latin-1": "# Rēķins".encode("iso8859-13"),
    "UTF-16": "# Invoice".encode("utf-16"),
    "NUL": b"# Pay\x00 by card\n",
    "50 MB": b"x" * 50 * 1024 * 1024,
}
KINDS = [*CONTENTS, "a folder", "a loop of links", "a link to what is gone", "a link out of the folder"]


def spoil(folder, kind: str) -> None:
    """Put a bad file of *kind* in the place of the article."""
    path = folder / BAD
    path.unlink()
    if kind in CONTENTS:
        write(folder, {BAD: CONTENTS[kind]})
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to({"a loop of links": path.name, "a link to what is gone": "gone.md"}.get(kind, "/etc/passwd"))


@pytest.mark.parametrize("preview", [False, True], ids=["sync", "preview"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_file_is_one_line_and_its_last_good_version_stays(library_app, folder, kind, preview):
    def publish() -> sync.ChangeSet:
        prepared = sync.prepare(folder, db.session, now=utcnow(), include_unpublished=preview)
        with writing() as session:
            return sync.publish(prepared, session, now=utcnow())

    publish()
    spoil(folder, kind)
    write(folder, {"en/pay/new.md": "# New\n"})
    changes = publish()

    assert [problem.path for problem in changes.broken] == [BAD]
    assert "\n" not in str(changes.broken[0])
    assert len(str(changes.broken[0])) < 300
    assert library.find_article(db.session, "en", "card").title == "Pay by card"
    assert library.find_article(db.session, "en", "new") is not None
    assert [problem for problem in check_folder(folder) if problem.path == BAD and problem.severity == "error"] == changes.broken


def test_a_byte_order_mark_does_no_harm(folder):
    write(folder, {BAD: b"\xef\xbb\xbf" + (folder / BAD).read_bytes()})

    assert [problem for problem in check_folder(folder) if problem.path == BAD and problem.severity == "error"] == []
    assert os.path.getsize(folder / BAD) > 3
