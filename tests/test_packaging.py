"""What is installed is what is in the checkout: the wheel, in an empty environment, goes the whole way."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests import walking
from tests.serving import serving
from tests.walking import Person

CHECKOUT = Path(__file__).parent.parent
BUNDLED = ("articles", "templates", "static")
OTHER_PYTHONS = ("3.12", "3.13")
NOT_SHIPPED = ("__pycache__", ".pyc", ".egg-info")

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(600), pytest.mark.xdist_group("packaging")]


def run(*command: object, folder: Path, **environ: str) -> str:
    """Run *command* in *folder* without anything of the checkout, and return what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HELPCENTER_", "PYTHON", "VIRTUAL_ENV"))}
    ran = subprocess.run([str(part) for part in command], cwd=folder, env=clean | environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """Return a copy of the checkout's files, so that building leaves no trace in it."""
    folder = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CHECKOUT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def built(source: Path, tmp_path_factory) -> Path:
    """Return the folder with the sdist, and the wheel that was built from it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source, folder=out)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """Return the wheel."""
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def constraints(tmp_path_factory) -> Path:
    """Return the versions of the lock, so that the newest release of something cannot fail this test by surprise."""
    path = tmp_path_factory.mktemp("constraints") / "constraints.txt"
    # With their markers: some packages have another version for an older Python.
    pinned = re.findall(r"^([\w.-]+==[^\\\n]+)", (CHECKOUT / "requirements.lock").read_text(), re.MULTILINE)
    path.write_text("\n".join(pinned))
    return path


def installed(python: str, wheel: Path, constraints: Path, folder: Path) -> Path:
    """Return the `bin` of an empty environment of *python* into which only *wheel* was installed."""
    run(python, "-m", "venv", folder / "env", folder=folder)
    run(folder / "env/bin/python", "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel, folder=folder)
    return folder / "env" / "bin"


@pytest.fixture(scope="module")
def environment(wheel: Path, constraints: Path, tmp_path_factory) -> Path:
    """Return the `bin` of such an environment of this Python."""
    return installed(sys.executable, wheel, constraints, tmp_path_factory.mktemp("installed"))


def shipped_as(name: str) -> str | None:
    """Return where the wheel keeps the file *name* of the checkout; None for what it leaves out."""
    top = name.partition("/")[0]
    if any(part in name for part in NOT_SHIPPED):
        return None
    return name if top == "helpcenter" else f"helpcenter/bundle/{name}" if top in BUNDLED else None


def test_the_wheel_has_every_file_and_no_other(source: Path, wheel: Path) -> None:
    files = (path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    wanted = {place for name in files if (place := shipped_as(name))}

    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert sorted(wanted - shipped) == []
    assert sorted(shipped - wanted) == []


def test_the_wheel_names_its_licence_and_all_it_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read(next(name for name in archive.namelist() if name.endswith("/METADATA"))).decode()

    assert "License: MIT" in metadata or "License-Expression: MIT" in metadata
    assert any(name.endswith("LICENSE") for name in archive.namelist())
    assert "Requires-Python: >=3.11" in metadata
    assert "Requires-Dist: whoosh==2.7.4" in metadata


def test_the_sdist_can_be_built_again(built: Path) -> None:
    names = tarfile.open(next(built.glob("*.tar.gz"))).getnames()

    assert any(name.endswith("/setup.cfg") for name in names)
    assert any(name.endswith("/templates/base.html") for name in names)


def test_building_says_nothing_against_the_metadata(source: Path, tmp_path: Path) -> None:
    said = run(sys.executable, "-W", "default", "-m", "build", "--no-isolation", "--sdist", "--outdir", tmp_path, source, folder=tmp_path)

    assert "deprecat" not in said.lower()


def test_the_installed_program_shows_help_and_its_own_files(environment: Path, tmp_path: Path) -> None:
    assert "helpcenter serve" in run(environment / "helpcenter", "--help", folder=tmp_path)

    place = run(environment / "python", "-c", "import helpcenter; print(helpcenter.__file__)", folder=tmp_path)
    assert Path(place).is_relative_to(environment.parent)


def test_the_installed_program_goes_the_whole_way(environment: Path, tmp_path: Path) -> None:
    environ = {"HELPCENTER_DATA": str(tmp_path / "data"), "HELPCENTER_SECRET_KEY": "x" * 40, "PATH": os.environ["PATH"]}
    published = run(environment / "helpcenter", "sync", folder=tmp_path, **environ)
    assert re.match(r"\d{2,} added, 0 changed, 0 removed, 0 broken", published)

    with serving([environment / "helpcenter"], environ, tmp_path) as running:
        asked = walking.go_by_api(Person(running.url), "lv")
        status = Person(running.url).visit(asked.status_url)
        page = Person(running.url).visit("/kk/")

    assert asked.reference in status.text
    assert page.status == 200
    shown = run(environment / "helpcenter", "requests", "show", asked.reference, "--json", folder=tmp_path, **environ)
    assert walking.PROBLEM in shown


def python_of(version: str) -> str:
    """Return the interpreter of *version* on this machine, or skip."""
    candidates = [f"python{version}", *map(str, sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")))]
    for candidate in candidates:
        asked = [candidate, "-c", "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"]
        try:
            ran = subprocess.run(asked, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue
        if ran.stdout.strip() == version:
            return candidate
    pytest.skip(f"no Python {version} on this machine")


@pytest.mark.parametrize("version", OTHER_PYTHONS)
def test_other_declared_pythons_publish_and_search(version: str, wheel: Path, constraints: Path, tmp_path: Path) -> None:
    environment = installed(python_of(version), wheel, constraints, tmp_path)
    environ = {"HELPCENTER_DATA": str(tmp_path / "data"), "HELPCENTER_SECRET_KEY": "x" * 40}

    assert " 0 broken" in run(environment / "helpcenter", "sync", folder=tmp_path, **environ)
    assert "Rēķins" in run(environment / "helpcenter", "search", "rekins", "--lang", "lv", folder=tmp_path, **environ)


def test_the_tests_run_on_the_versions_that_are_served() -> None:
    served, tested = (set(re.findall(r"^[\w.-]+==[^ \\]+", (CHECKOUT / name).read_text(), re.MULTILINE)) for name in ("requirements.lock", "requirements-test.lock"))

    assert served < tested


def test_only_tested_pythons_are_declared() -> None:
    declared = re.findall(r"Python :: (3\.\d+)", (CHECKOUT / "setup.cfg").read_text())

    assert declared == ["3.11", *OTHER_PYTHONS]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_can_be_used_anywhere(name: str) -> None:
    lock = (CHECKOUT / name).read_text()

    assert not re.search(r"https?://|--find-links|--index-url|--extra-index-url|file:| @ ", lock)
    assert "setuptools==" in lock
    # Every package is pinned by at least one hash.
    assert all("--hash=sha256:" in part for part in re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:])
