"""A skipped test fails in CI, and only there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

IN_A_TEST = "import pytest\ndef test_it():\n    pytest.skip({reason!r})\n"
IN_A_MODULE = "import pytest\npytest.skip({reason!r}, allow_module_level=True)\n"


def run_pytest(folder: Path, code: str, **environ: str) -> subprocess.CompletedProcess:
    """Return what pytest says about a module of *code* when our hooks are on."""
    (folder / "test_skipping.py").write_text(code)
    environ = {name: value for name, value in os.environ.items() if name != "CI"} | {"PYTHONPATH": str(ROOT)} | environ
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.skips", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    return subprocess.run([*command, "test_skipping.py"], cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [IN_A_TEST, IN_A_MODULE], ids=["test", "module"])
def test_a_skip_fails_in_ci(tmp_path: Path, code: str) -> None:
    code = code.format(reason="no browser here")

    ran = run_pytest(tmp_path, code, CI="true")

    assert ran.returncode != 0
    assert "which tests/skips.py does not allow: no browser here" in ran.stdout


def test_a_skip_is_only_shown_elsewhere(tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, IN_A_TEST.format(reason="no browser here"))

    assert ran.returncode == 0
    assert "1 skipped" in ran.stdout


def test_an_allowed_reason_stays_a_skip_in_ci(tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, IN_A_TEST.format(reason="no Python 3.13 on this machine"), CI="true")

    assert ran.returncode == 0
    assert "1 skipped" in ran.stdout
