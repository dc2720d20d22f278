"""What editors copy into repositories of their own works as it stands there."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from helpcenter.cli import COMMANDS
from helpcenter.cli import program as command_line
from tests.content.folders import write
from tests.content.repositories import ENVIRON, git, repository

CHECKOUT = Path(__file__).parent.parent
EXAMPLES = CHECKOUT / "docs" / "examples"
BROKEN = "# Bad\n\nSee [the invoice](gone.md).\n"


def loaded(path: Path):
    """Return what the YAML file at *path* says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def program(tmp_path) -> dict[str, str]:
    """Return an environment with the program on the PATH, as pip puts it there."""
    command = write(tmp_path / "bin", {"helpcenter": f'#!/bin/sh\nexec "{sys.executable}" -m helpcenter "$@"\n'}) / "helpcenter"
    command.chmod(0o755)
    return ENVIRON | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(CHECKOUT)}


def commands() -> dict[str, list[str]]:
    """Return each call of the program in the examples, by the file it stands in."""
    steps = loaded(EXAMPLES / "check.yml")["jobs"]["check"]["steps"]
    workflow = next(step["run"] for step in steps if step.get("run", "").startswith("helpcenter"))
    hook = loaded(CHECKOUT / ".pre-commit-hooks.yaml")[0]
    return {"check.yml": shlex.split(workflow), ".pre-commit-hooks.yaml": [*shlex.split(hook["entry"]), *hook["args"]]}


def test_the_workflow_and_the_hooks_are_what_their_readers_expect():
    workflow, hooks, config = loaded(EXAMPLES / "check.yml"), loaded(CHECKOUT / ".pre-commit-hooks.yaml"), loaded(EXAMPLES / "pre-commit-config.yaml")

    # YAML 1.1 reads the key `on` as true; GitHub knows.
    assert set(workflow) == {"name", True, "permissions", "jobs"}
    assert workflow["permissions"] == {"contents": "read"}
    assert {"id", "name", "entry", "language"} <= set(hooks[0])
    assert hooks[0]["pass_filenames"] is False
    assert config["repos"][0]["hooks"][0]["id"] in {hook["id"] for hook in hooks}


@pytest.mark.parametrize("name", ["check.yml", ".pre-commit-hooks.yaml"])
def test_the_commands_in_them_name_the_broken_link_with_file_and_line(tmp_path, program, name):
    command = commands()[name]
    folder = write(tmp_path / "articles", {"en/pay/bad.md": BROKEN})
    ran = subprocess.run(command, cwd=folder, env=program, capture_output=True, text=True, timeout=200, check=False)

    assert command[1] in COMMANDS
    assert ran.returncode == 1
    wanted = "file=en/pay/bad.md,line=3" if name == "check.yml" else "en/pay/bad.md:3: broken-link"
    assert wanted in ran.stdout, ran.stdout + ran.stderr


def test_the_git_hook_refuses_a_commit_with_a_broken_link_and_takes_a_mended_one(tmp_path, program):
    folder = repository(tmp_path / "articles")
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(EXAMPLES / "pre-commit", hook)
    write(folder, {"en/pay/bad.md": BROKEN})
    git(folder, "add", "--all")
    commit = ["git", "commit", "--quiet", "-m", "New"]
    refused = subprocess.run(commit, cwd=folder, env=program, capture_output=True, text=True, timeout=200, check=False)

    assert refused.returncode == 1
    assert "en/pay/bad.md:3: broken-link" in refused.stdout + refused.stderr

    write(folder, {"en/pay/bad.md": BROKEN.replace("(gone.md)", "(#bad)").replace("# Bad", "# Title\n\n## Bad")})
    git(folder, "add", "--all")
    taken = subprocess.run(commit, cwd=folder, env=program, capture_output=True, text=True, timeout=200, check=False)
    assert taken.returncode == 0, taken.stdout + taken.stderr


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file, joined over line ends."""
    lines = (EXAMPLES / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line and not line.startswith("#")]


def test_the_container_runs_a_command_with_options_that_there_are():
    given = dict(instructions())
    command, *options = yaml.safe_load(given["CMD"])

    known = {option for parameter in command_line.get_command(None, command).params for option in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known
    assert given["USER"] == "helpcenter"
    assert given["VOLUME"] == given["ENV"].partition("=")[2]


def test_what_the_container_copies_is_there():
    for name, rest in instructions():
        source = rest.split()[0]
        if name == "COPY" and not source.startswith("--from"):
            assert (CHECKOUT / source).exists()


def test_the_container_leaves_out_what_git_leaves_out_of_a_checkout():
    left_out = (CHECKOUT / ".containerignore").read_text(encoding="utf-8").split()
    assert {".venv", "var", "build", "dist"} <= set(left_out)
