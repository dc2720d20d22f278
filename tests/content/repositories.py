"""Makes git repositories for tests, among them one that would run a program at every turn."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.content.folders import write

ENVIRON = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ed", "GIT_AUTHOR_EMAIL": "ed@example.org",
    "GIT_COMMITTER_NAME": "Ed", "GIT_COMMITTER_EMAIL": "ed@example.org",
}  # fmt: skip


def git(folder: Path, *arguments: str, **environ: str) -> str:
    """Return what git prints in *folder*, run as a person runs it, with all that the repository's configuration says."""
    ran = subprocess.run(["git", *arguments], cwd=folder, env=ENVIRON | environ, capture_output=True, text=True, timeout=200, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def commit(folder: Path, subject: str, files: dict[str, str | bytes], **environ: str) -> str:
    """Write *files*, commit everything, and return the commit."""
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", subject, **environ)
    return git(folder, "rev-parse", "HEAD").strip()


def repository(folder: Path) -> Path:
    """Return *folder* as an empty repository."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def set_traps(folder: Path, mark: Path) -> None:
    """Let the repository in *folder* run a program that makes the file *mark*, wherever git offers to run one."""
    trap = folder / ".git" / "trap"
    trap.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{mark}'\ncat 2>/dev/null\nexit 0\n")
    trap.chmod(0o755)
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    names = ("pre-commit", "post-commit", "commit-msg", "prepare-commit-msg", "post-index-change", "reference-transaction", "post-checkout")
    for name in (*names, "fsmonitor-watchman", "pre-auto-gc", "post-rewrite"):
        (hooks / name).write_text(trap.read_text())
        (hooks / name).chmod(0o755)
    for name, value in {
        "core.fsmonitor": str(trap), "core.pager": str(trap), "pager.log": "true", "core.editor": str(trap), "core.askPass": str(trap),
        "core.sshCommand": str(trap), "diff.external": str(trap), "diff.evil.textconv": str(trap), "diff.evil.command": str(trap),
        "filter.evil.clean": str(trap), "filter.evil.smudge": str(trap), "filter.evil.process": str(trap), "gpg.program": str(trap),
        "commit.gpgSign": "true", "log.showSignature": "true", "alias.log": f"!{trap}", "alias.rev-parse": f"!{trap}",
        "interactive.diffFilter": str(trap), "credential.helper": f"!{trap}", "extensions.partialClone": "evil",
        "remote.evil.url": f"ext::{trap}", "remote.evil.promisor": "true", "protocol.ext.allow": "always", "core.attributesFile": str(folder / ".git" / "marks"),
    }.items():  # fmt: skip
        git(folder, "config", name, value)
    (folder / ".git" / "marks").write_text("* diff=evil filter=evil\n")
    info = folder / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("* diff=evil filter=evil\n")
