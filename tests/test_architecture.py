"""The shape of the code: who imports whom, how long things get, what is never swallowed."""

from pathlib import Path

import pytest

from tests import architecture

CHECKOUT = Path(__file__).parent.parent
ROOT = CHECKOUT / "helpcenter"

# Longer than usual, each with its reason.
LONG_MODULES: frozenset[str] = frozenset()
LONG_FUNCTIONS = frozenset(
    {
        # One statement a table: a migration cut into functions would hide what it does.
        "storage/migrations/versions/0001_the_first_tables.py:upgrade",
        "storage/migrations/versions/0001_the_first_tables.py:downgrade",
    }
)
# Handlers that take any exception without logging it, each with its reason.
SILENT_EXCEPTS: frozenset[str] = frozenset()


def test_imports_point_one_way() -> None:
    assert architecture.imports_against_the_order(ROOT) == []


def test_settings_requests_and_engines_stay_where_they_belong() -> None:
    assert architecture.imports_of_reserved_packages(ROOT) == []


def test_the_chat_engine_is_pure() -> None:
    assert architecture.impure_imports(ROOT) == []


def test_the_pure_modules_exist() -> None:
    assert all((ROOT / module).is_file() for module in architecture.PURE_MODULES)


def test_no_module_is_too_long_to_read() -> None:
    assert architecture.long_modules(ROOT, excepted=LONG_MODULES) == []


def test_no_function_is_too_long_to_read() -> None:
    assert architecture.long_functions(ROOT, excepted=LONG_FUNCTIONS) == []


def test_nine_in_ten_functions_are_short() -> None:
    assert architecture.share_of_short_functions(ROOT) >= architecture.USUAL_SHARE


def test_nothing_is_swallowed() -> None:
    assert architecture.silent_broad_excepts(ROOT, excepted=SILENT_EXCEPTS) == []


def test_no_test_depends_on_how_fast_the_machine_is() -> None:
    # Count the work (tests/effort.py) or say what came out; seconds are for benchmarks/.
    assert architecture.timed_assertions(CHECKOUT / "tests") == []


def test_every_package_is_listed_for_the_wheel() -> None:
    assert architecture.packages_not_listed(CHECKOUT) == []


def test_what_is_imported_is_required_and_nothing_else() -> None:
    assert architecture.dependencies_that_differ(CHECKOUT) == []


def test_exceptions_from_the_rules_are_still_needed() -> None:
    long = {line.split(": ")[0] for line in architecture.long_modules(ROOT) + architecture.long_functions(ROOT)}
    silent = {line.split(", ")[0] for line in architecture.silent_broad_excepts(ROOT)}

    assert LONG_MODULES | LONG_FUNCTIONS <= long
    assert SILENT_EXCEPTS <= silent


def tree(folder: Path, **files: str) -> Path:
    """Write *files*, named with `__` for a slash, and return the folder."""
    for name, code in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
    return folder


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"content__library": "from helpcenter.search import engine"}, "content/library.py:1: content imports search"),
        ({"content__library": "def f():\n    import helpcenter.web.pages"}, "content/library.py:2: content imports web"),
        ({"storage__tokens": "from helpcenter import language"}, "storage/tokens.py:1: storage imports language"),
        ({"mail__outbox": "from helpcenter.journeys.trail import start"}, "mail/outbox.py:1: mail imports journeys"),
        ({"web__pages": "from helpcenter.app import create_app"}, "web/pages.py:1: web imports app"),
        ({"web__pages": "from . import services"}, "web/pages.py:1: relative import ..services"),
        ({"utils__text": ""}, "utils/text.py: utils has no place in LEVELS"),
    ],
)
def test_an_import_against_the_order_is_found(tmp_path: Path, files: dict, said: str) -> None:
    assert architecture.imports_against_the_order(tree(tmp_path, **files)) == [said]


def test_imports_in_the_order_are_fine(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        chat__dialogue="from helpcenter.language.analysis import analyse\nfrom helpcenter.chat.rules import Rules",
        web__pages="from helpcenter.chat import dialogue\nfrom helpcenter import __version__",
        cli__serve="from helpcenter.app import create_app",
    )

    assert architecture.imports_against_the_order(root) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"web__pages": "from helpcenter.settings import load_settings"}, "web/pages.py:1: helpcenter.settings.load_settings"),
        ({"chat__talk": "from flask import request"}, "chat/talk.py:1: flask.request"),
        ({"cli__serve": "from flask import g"}, "cli/serve.py:1: flask.g"),
        ({"web__searching": "from whoosh.index import open_dir"}, "web/searching.py:1: whoosh.index.open_dir"),
        ({"content__library": "from helpcenter import paths"}, "content/library.py:1: helpcenter.paths"),
    ],
)
def test_an_import_of_a_reserved_package_is_found(tmp_path: Path, files: dict, said: str) -> None:
    broken = architecture.imports_of_reserved_packages(tree(tmp_path, **files))

    assert broken
    assert all(line.startswith(said) for line in broken)


def test_a_clock_behind_the_chat_engine_is_found(tmp_path: Path) -> None:
    root = tree(tmp_path, chat__dialogue="from helpcenter.chat.turns import Turn", chat__turns="import time", chat__talk="import time")

    assert architecture.impure_imports(root) == ["chat/turns.py:1: time"]


def test_a_long_module_and_a_long_function_are_found(tmp_path: Path) -> None:
    root = tree(tmp_path, web__pages="def view():\n" + "    pass\n" * 400)

    assert architecture.long_modules(root) == ["web/pages.py: 401 lines"]
    assert architecture.long_functions(root) == ["web/pages.py:view: 401 lines"]
    assert architecture.share_of_short_functions(root) == 0


@pytest.mark.parametrize("caught", ["", " Exception", " (ValueError, BaseException)"])
def test_a_swallowed_exception_is_found(tmp_path: Path, caught: str) -> None:
    root = tree(tmp_path, web__pages=f"def view():\n    try:\n        pass\n    except{caught}:\n        pass\n")

    assert architecture.silent_broad_excepts(root) == ["web/pages.py:view, line 4"]


@pytest.mark.parametrize("spoken", ["raise", "log.exception('no')", "raise ValueError from None"])
def test_an_exception_that_is_logged_or_raised_is_fine(tmp_path: Path, spoken: str) -> None:
    root = tree(tmp_path, web__pages=f"try:\n    pass\nexcept Exception:\n    {spoken}\n")

    assert architecture.silent_broad_excepts(root) == []


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("began = time.monotonic()\nwork()\nassert time.monotonic() - began < 1", [3]),
        ("def seconds():\n    return perf_counter() - began\nassert min(seconds(), seconds()) < 1", [3]),
        ("took = process_time()\nslow = took > 3\nassert work()\nassert len(took) < 2", [4]),
        ("begun = now()\nassert (now() - begun).total_seconds() < 5", [2]),
        ("ends = time.monotonic() + 90\nwhile not done():\n    assert time.monotonic() < ends", []),
        ("assert count < 5\nassert time.strftime('%Y')", []),
    ],
)
def test_an_assertion_about_time_is_found(tmp_path: Path, code: str, lines: list[int]) -> None:
    assert architecture.timed_assertions(tree(tmp_path, web__test_pages=code)) == [f"web/test_pages.py:{line}" for line in lines]


def test_a_package_that_the_wheel_would_miss_is_found(tmp_path: Path) -> None:
    tree(tmp_path, helpcenter__start="", helpcenter__new__thing="")
    (tmp_path / "setup.cfg").write_text("[options]\npackages =\n    helpcenter\n    helpcenter.bundle.articles\n    helpcenter.old\n")

    assert architecture.packages_not_listed(tmp_path) == [
        "not listed: helpcenter.bundle.static",
        "not listed: helpcenter.bundle.templates",
        "not listed: helpcenter.new",
        "listed, but without code: helpcenter.old",
    ]


def test_a_dependency_too_few_and_one_too_many_are_found(tmp_path: Path) -> None:
    tree(tmp_path, helpcenter__web="import flask, werkzeug, json, yaml\nfrom helpcenter import paths")
    (tmp_path / "setup.cfg").write_text("[options]\ninstall_requires =\n    flask>=3\n    requests\n")

    assert architecture.dependencies_that_differ(tmp_path) == ["imported, not required: pyyaml", "required, not imported: requests"]
