"""Saving: whole or not at all, never over somebody else's text, and never outside the folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from helpcenter.content.reader import hash_of
from helpcenter.content.restoring import Author
from helpcenter.editing.saving import NOTHING, SaveRefused, save
from tests.content.folders import write
from tests.content.repositories import commit, git, repository

ED = Author("Ed", "ed@example.org")
PATH = "en/a.md"
# Saves one long text after the other until it is killed.
WRITER = """
import sys
from pathlib import Path
from helpcenter.content.reader import hash_of
from helpcenter.content.restoring import Author
from helpcenter.editing.saving import save
folder, number = Path(sys.argv[1]), 0
while True:
    seen = hash_of((folder / "en/a.md").read_bytes())
    number += 1
    save(folder, "en/a.md", (f"{number}\\n" * 20_000).encode(), seen=seen, author=Author("Ed", "ed@example.org"), subject="Edit")
    print(number, flush=True)
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a content folder in a repository."""
    root = repository(tmp_path / "articles")
    commit(root, "Begin", {PATH: "0\n"})
    return root


@pytest.mark.parametrize("saves", [1, 2, 3])
def test_killed_in_the_middle_leaves_the_old_or_the_new_text_and_a_sound_repository(folder, saves):
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, env=environ)
    try:
        for _ in range(saves):
            writer.stdout.readline()
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    left = (folder / PATH).read_text().split()

    assert len(set(left)) == 1
    assert len(left) == 20_000
    git(folder, "fsck", "--no-dangling")
    saved = save(folder, PATH, b"After\n", seen=hash_of((folder / PATH).read_bytes()), author=ED, subject="Edit again")
    assert git(folder, "show", f"{saved.commit}:{PATH}") == "After\n"
    assert git(folder, "rev-parse", "HEAD").strip() == saved.commit


def test_a_new_file_is_made_with_its_folders_and_never_over_another(folder):
    save(folder, "en/new/b.md", b"B\n", seen=NOTHING, author=ED, subject="New")

    assert git(folder, "show", "HEAD:en/new/b.md") == "B\n"
    assert git(folder, "status", "--porcelain") == ""
    with pytest.raises(SaveRefused, match="changed"):
        save(folder, "en/new/b.md", b"C\n", seen=NOTHING, author=ED, subject="New")
    with pytest.raises(SaveRefused, match="changed"):
        save(folder, "en/gone.md", b"C\n", seen=hash_of(b"C"), author=ED, subject="Edit")


def test_what_was_saved_but_not_committed_is_committed_first(folder):
    (folder / PATH).write_text("By hand\n")
    save(folder, PATH, b"By Ed\n", seen=hash_of(b"By hand\n"), author=ED, subject="Edit")

    assert git(folder, "log", "--format=%s", "-2").split("\n")[:2] == ["Edit", f"Keep {PATH} as it was saved"]
    assert git(folder, "show", f"HEAD~1:{PATH}") == "By hand\n"


def test_links_out_of_the_folder_are_not_followed(folder, tmp_path):
    outside = write(tmp_path / "outside", {"a.md": "Theirs\n"})
    (folder / "en/link.md").symlink_to(outside / "a.md")
    (folder / "en/there").symlink_to(outside, target_is_directory=True)

    for path, seen in (("en/link.md", hash_of(b"Theirs\n")), ("en/there/new.md", NOTHING), ("en/there/a.md", hash_of(b"Theirs\n"))):
        with pytest.raises(SaveRefused, match="outside"):
            save(folder, path, b"Ours\n", seen=seen, author=ED, subject="Edit")
    assert (outside / "a.md").read_text() == "Theirs\n"
    assert [path.name for path in outside.iterdir()] == ["a.md"]


def test_a_repository_without_a_commit_and_a_folder_without_a_repository(tmp_path):
    empty = repository(tmp_path / "empty")
    write(empty, {PATH: "0\n"})
    plain = write(tmp_path / "plain", {PATH: "0\n"})

    for folder in (empty, plain):
        assert save(folder, PATH, b"1\n", seen=hash_of(b"0\n"), author=ED, subject="Edit").uncommitted == "no-repository"
        assert (folder / PATH).read_text() == "1\n"


def test_a_full_disk_leaves_everything_as_it_was(folder, monkeypatch):
    def full(*_arguments) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for path, seen in ((PATH, hash_of(b"0\n")), ("en/new.md", NOTHING)):
        with pytest.raises(SaveRefused, match="disk: No space left on device"):
            save(folder, path, b"1\n", seen=seen, author=ED, subject="Edit")
    assert sorted(path.name for path in (folder / "en").iterdir()) == ["a.md"]
    assert (folder / PATH).read_text() == "0\n"
    assert git(folder, "log", "--format=%s").split() == ["Begin"]
