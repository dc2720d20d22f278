"""The versions of an article, and what a repository must not be able to do to whoever reads them."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from helpcenter.content import git as git_module
from helpcenter.content.differences import rows_of
from helpcenter.content.folder import ArticleFile
from helpcenter.content.git import GitError, NoRepository, run
from helpcenter.content.history import HistoryError, find_version, lines_between, read_version, read_versions
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import hash_of
from helpcenter.content.restoring import Author, restore
from tests.content.folders import write
from tests.content.repositories import commit, git, repository, set_traps

FIRST = "---\ntitle: Pay by card\n---\nOpen the page.\n\nChoose a card.\n\nSay yes.\n"
SECOND = FIRST.replace("a card", "another card")
ED = Author("Ed", "ed@example.org")


@pytest.fixture
def written(tmp_path):
    """Return a content folder inside a repository, with an article that was written, renamed and changed."""
    root = repository(tmp_path / "repository")
    commit(root, "Begin", {"help/en/pay/old.md": FIRST, "help/en/pay/other.md": "# Other\n", "secret.txt": "secret"})
    (root / "help/en/pay/old.md").rename(root / "help/en/pay/card.md")
    commit(root, "Rename", {})
    commit(root, "Change <b>it</b>", {"help/en/pay/card.md": SECOND}, GIT_AUTHOR_NAME="Ann \x1b[31m\u202e O'Hara")
    return root / "help"


def card(folder):
    """Return the article file that the tests restore."""
    return ArticleFile("en/pay/card.md", "en", "en")


def seen(folder) -> str:
    """Return the hash of the article as its editor sees it."""
    return hash_of((folder / "en/pay/card.md").read_bytes())


def test_versions_go_back_across_renames(written):
    versions = read_versions(written, "en/pay/card.md")

    assert [(v.subject, v.path) for v in versions] == [
        ("Change <b>it</b>", "help/en/pay/card.md"),
        ("Rename", "help/en/pay/card.md"),
        ("Begin", "help/en/pay/old.md"),
    ]
    assert [v.author for v in versions] == ["Ann [31m O'Hara", "Ed", "Ed"]
    assert [read_version(written, v).decode() for v in versions] == [SECOND, FIRST, FIRST]


def test_a_deletion_and_a_merge_are_versions_too(written):
    git(written, "checkout", "--quiet", "-b", "side", "HEAD~1")
    commit(written, "Beside", {"en/pay/card.md": FIRST.replace("Say yes", "Say no")})
    git(written, "checkout", "--quiet", "main")
    git(written, "merge", "--quiet", "-m", "Both", "side")
    (written / "en/pay/card.md").unlink()
    commit(written, "Delete", {})
    versions = read_versions(written, "en/pay/card.md")

    assert [v.subject for v in versions][0] == "Delete"
    assert versions[0].is_deletion
    assert {"Both", "Beside", "Rename", "Begin"} >= {v.subject for v in versions} - {"Delete", "Change <b>it</b>"}
    with pytest.raises(HistoryError, match="deleted"):
        read_version(written, versions[0])
    assert b"Say no" in read_version(written, next(v for v in versions if v.subject == "Beside"))


@pytest.mark.parametrize(
    "path", ["../../secret.txt", "/etc/passwd", ":(glob)**", ":/secret.txt", "--output=here", "-p", "en/pay/*.md", "gone.md", "", "."]
)
def test_a_path_is_a_path_and_nothing_else(written, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    try:
        found = read_versions(written, path)
    except GitError:
        found = []

    assert [v.path for v in found if not v.path.startswith("help/en/pay/")] == []
    assert not (tmp_path / "here").exists()
    assert (found == []) is (path not in ("", "."))


@pytest.mark.parametrize("commit_name", ["", "HEAD", "main", "--help", "0000000", "../../secret", "HEAD:secret.txt"])
def test_only_listed_versions_can_be_named(written, commit_name):
    versions = read_versions(written, "en/pay/card.md")

    assert find_version(versions, commit_name) is None
    assert find_version(versions, versions[1].commit[:7]) == versions[1]


def test_links_and_files_that_are_too_large_are_not_shown(written):
    (written / "en/pay/card.md").unlink()
    (written / "en/pay/card.md").symlink_to("/etc/passwd")
    commit(written, "Link", {})
    (written / "en/pay/card.md").unlink()
    commit(written, "Large", {"en/pay/card.md": "x" * (256 * 1024 + 1)})
    large, link = read_versions(written, "en/pay/card.md")[:2]

    with pytest.raises(HistoryError, match="too-large"):
        read_version(written, large)
    with pytest.raises(HistoryError, match="not-a-file"):
        read_version(written, link)


def test_a_folder_without_a_repository_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(NoRepository) as refused:
        read_versions(tmp_path, "en/a.md")
    assert refused.value.reason == "no-repository"

    repository(tmp_path / "empty")
    assert read_versions(tmp_path / "empty", "en/a.md") == []

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRepository) as refused:
        read_versions(tmp_path / "empty", "en/a.md")
    assert refused.value.reason == "no-git"


def test_a_repository_of_somebody_else_is_not_read(written, tmp_path, monkeypatch):
    # Git's own tests say so that a repository belongs to another user; only root could arrange it.
    real = shutil.which("git")
    write(tmp_path / "bin", {"git": f"#!/bin/sh\nexport GIT_TEST_ASSUME_DIFFERENT_OWNER=1\nexec {real} \"$@\"\n"})
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(NoRepository) as refused:
        read_versions(written, "en/pay/card.md")
    assert refused.value.reason == "owner"

    # The operator's own configuration may say that it is to be trusted; the repository's may not.
    write(tmp_path, {".gitconfig": f"[safe]\n\tdirectory = {written.parent}\n"})
    assert len(read_versions(written, "en/pay/card.md")) == 3


def test_a_shallow_clone_has_the_versions_it_has(written, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{written.parent}", "clone")

    assert [v.subject for v in read_versions(tmp_path / "clone/help", "en/pay/card.md")] == ["Change <b>it</b>", "Rename"]


def test_a_linked_working_tree_has_the_same_history(written, tmp_path):
    git(written, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = tmp_path / "linked/help"
    version = read_versions(linked, "en/pay/card.md")[-1]
    restore(linked, card(linked), version, seen=seen(linked), author=ED)

    assert (linked / "en/pay/card.md").read_text() == FIRST
    assert (written / "en/pay/card.md").read_text() == SECOND
    assert git(linked, "status", "--porcelain") == ""
    assert git(written, "status", "--porcelain") == ""


def test_a_hostile_repository_runs_nothing(written, tmp_path):
    mark = tmp_path / "run"
    set_traps(written.parent, mark)
    (written.parent / ".gitattributes").write_text("* diff=evil filter=evil\n")
    versions = read_versions(written, "en/pay/card.md")
    texts = [read_version(written, version) for version in versions]
    lines_between(written, texts[0], texts[-1])
    restore(written, card(written), versions[-1], seen=seen(written), author=ED)

    assert len(versions) == 3
    assert not mark.exists(), mark.read_text()
    # The traps are real: the same as a person would run it springs them.
    subprocess.run(["git", "status"], cwd=written, capture_output=True, timeout=200, check=False)
    assert mark.exists()


def test_a_repository_that_names_another_working_tree_is_not_followed_there(written):
    git(written, "config", "core.worktree", "/")
    version = read_versions(written, "en/pay/card.md")

    # Seen from there the article has another path, and no versions.
    assert version == []


def test_a_link_out_of_the_folder_is_not_written_through(written, tmp_path):
    version = read_versions(written, "en/pay/card.md")[-1]
    outside = tmp_path / "outside.md"
    outside.write_text(SECOND)
    (written / "en/pay/card.md").unlink()
    (written / "en/pay/card.md").symlink_to(outside)

    with pytest.raises(BrokenFile, match="outside"):
        restore(written, card(written), version, seen=seen(written), author=ED)
    assert outside.read_text() == SECOND


def test_git_is_stopped_when_it_takes_too_long_or_says_too_much(written, monkeypatch):
    monkeypatch.setattr(git_module, "MAX_OUTPUT_BYTES", 10)
    with pytest.raises(GitError, match="more than 0 MB"):
        run(["--help"], {})
    monkeypatch.setattr(git_module, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(git_module, "MAX_OUTPUT_BYTES", 1000)
    os.mkfifo(written.parent / "pipe")
    git(written, "config", "include.path", str(written.parent / "pipe"))
    with pytest.raises(NoRepository):
        read_versions(written, "en/pay/card.md")


def test_a_restored_version_is_committed_by_the_person(written):
    (written / "en/pay/other.md").write_text("# Not yet committed\n")
    git(written, "add", "en/pay/other.md")
    version = read_versions(written, "en/pay/card.md")[-1]
    done = restore(written, card(written), version, seen=seen(written), author=Author("--amend <x>\n", "gus@example.org"))

    assert (written / "en/pay/card.md").read_text() == FIRST
    assert git(written, "log", "-1", "--format=%H %an %ae %s").strip() == (
        f"{done} --amend x gus@example.org Restore en/pay/card.md as of {version.short}"
    )
    assert git(written, "show", "--name-only", "--format=", "HEAD").split() == ["help/en/pay/card.md"]
    # What others had prepared stays prepared.
    assert git(written, "status", "--porcelain") == "M  help/en/pay/other.md\n"


def test_what_was_saved_but_not_committed_is_kept(written):
    version = read_versions(written, "en/pay/card.md")[-1]
    (written / "en/pay/card.md").write_text("# Hours of work\n")
    restore(written, card(written), version, seen=seen(written), author=ED)

    assert [v.subject[:4] for v in read_versions(written, "en/pay/card.md")][:2] == ["Rest", "Keep"]
    assert read_version(written, read_versions(written, "en/pay/card.md")[1]) == b"# Hours of work\n"


def test_a_file_that_changed_meanwhile_is_left_alone(written):
    version = read_versions(written, "en/pay/card.md")[-1]
    looked_at = seen(written)
    (written / "en/pay/card.md").write_text("# Somebody else\n")
    head = git(written, "rev-parse", "HEAD")

    with pytest.raises(HistoryError, match="changed"):
        restore(written, card(written), version, seen=looked_at, author=ED)
    assert (written / "en/pay/card.md").read_text() == "# Somebody else\n"
    assert git(written, "rev-parse", "HEAD") == head


@pytest.mark.parametrize(("arrange", "code"), [("detach", "no-branch"), ("merge", "under-way"), ("same", "same")])
def test_a_version_is_not_restored_where_it_would_be_lost(written, arrange, code):
    version = read_versions(written, "en/pay/card.md")[0 if arrange == "same" else -1]
    if arrange == "detach":
        git(written, "checkout", "--quiet", "--detach")
    if arrange == "merge":
        (written.parent / ".git" / "MERGE_HEAD").write_text(git(written, "rev-parse", "HEAD"))

    with pytest.raises(HistoryError, match=code):
        restore(written, card(written), version, seen=seen(written), author=ED)
    assert (written / "en/pay/card.md").read_text() == SECOND


def test_a_version_that_cannot_be_published_is_not_restored(written):
    commit(written, "Break", {"en/pay/card.md": "---\ntitle: [\n---\n"})
    commit(written, "Mend", {"en/pay/card.md": FIRST})
    broken = read_versions(written, "en/pay/card.md")[1]

    with pytest.raises(BrokenFile, match="front-matter"):
        restore(written, card(written), broken, seen=seen(written), author=ED)
    assert (written / "en/pay/card.md").read_text() == FIRST


def test_a_difference_tells_lines_and_words(written):
    versions = read_versions(written, "en/pay/card.md")
    rows = rows_of(lines_between(written, read_version(written, versions[-1]), read_version(written, versions[0])))

    assert [(row.kind, row.old, row.new) for row in rows if row.kind != "same"] == [("gap", None, None), ("removed", 6, None), ("added", None, 6)]
    removed, added = (row.parts for row in rows if row.kind in ("removed", "added"))
    assert removed == [(False, "Choose "), (True, "a"), (False, " card.")]
    assert added == [(False, "Choose "), (True, "another"), (False, " card.")]
    assert rows_of("") == []


def test_a_large_difference_is_quick_and_cut():
    lines = "\n".join(f"-{'word ' * 300}{n}\n+{'other ' * 300}{n}" for n in range(3000))
    rows = rows_of(f"@@ -1,3000 +1,3000 @@\n{lines}")

    assert len(rows) == 2001
    assert rows[-1].kind == "gap"
