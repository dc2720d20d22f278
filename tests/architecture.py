"""The rules of the house as functions over a tree of source files; each returns what breaks its rule, one line each.

`tests/test_architecture.py` runs them over this project, and over small trees that break them on purpose.
"""

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

PROJECT = "helpcenter"
# Parts of Flask under names of their own; whoever installs Flask has them.
PARTS_OF_FLASK = frozenset({"werkzeug", "markupsafe", "itsdangerous"})

# Who may import whom: each level imports the levels above it in this list, and never its own neighbours.
LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"paths"}),
    frozenset({"settings", "storage", "language"}),
    frozenset({"content", "journeys", "mail"}),
    frozenset({"search", "feedback", "support", "editing"}),
    frozenset({"chat"}),
    frozenset({"insights", "accounts"}),
    frozenset({"privacy"}),
    frozenset({"web"}),
    frozenset({"publishing"}),
    frozenset({"app"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)

# Packages that only some of ours may import; the rest get what they need as plain arguments.
RESERVED: dict[str, frozenset[str]] = {
    "helpcenter.settings": frozenset({"app", "cli"}),
    "helpcenter.paths": frozenset({"settings", "app", "cli", "storage", "language"}),
    "flask": frozenset({"web", "app", "cli", "storage"}),
    "flask.request": frozenset({"web"}),
    "flask.session": frozenset(),
    "flask.g": frozenset({"web"}),
    "werkzeug": frozenset({"web", "app"}),
    "click": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
    "granian": frozenset({"cli"}),
    "whoosh": frozenset({"search"}),
    "nh3": frozenset({"content", "mail"}),
    "markdown_it": frozenset({"content"}),
    "alembic": frozenset({"storage"}),
    "smtplib": frozenset({"mail"}),
    "argon2": frozenset({"accounts"}),
    "authlib": frozenset({"accounts"}),
}

# The chat engine decides from its arguments alone, so that a recorded conversation can be replayed.
PURE_MODULES = ("chat/dialogue.py", "chat/matcher.py")
IMPURE = frozenset({"flask", "sqlalchemy", "time", "random", "secrets", "helpcenter.storage"})

# Extras whose packages the code imports itself, where they are used.
EXTRAS = ("oidc",)

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
USUAL_FUNCTION = 30
USUAL_SHARE = 0.9

# Clocks that measure how long something takes: what they say differs with the machine.
CLOCKS = frozenset({"process_time", "perf_counter", "monotonic", "thread_time", "process_time_ns", "perf_counter_ns", "monotonic_ns", "total_seconds"})

LOGGING_CALLS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Give each module below the package folder *root*: its path there, and its syntax tree."""
    for path in sorted(root.rglob("*.py")):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give each name that *tree* imports, with its line: `from a import b` gives `a.b`, a relative one begins with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def _part_of(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


def _level_of(part: str) -> int | None:
    return next((number for number, level in enumerate(LEVELS) if part in level), None)


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def imports_against_the_order(root: Path) -> list[str]:
    """Return the imports that point the wrong way, and the parts that the table does not know."""
    broken = []
    for module, tree in modules(root):
        part = _part_of(module)
        if part in ("__init__", "bundle"):
            continue
        level = _level_of(part)
        if level is None:
            broken.append(f"{module}: {part} has no place in LEVELS")
            continue
        for line, name in imported_names(tree):
            if name.startswith("."):
                broken.append(f"{module}:{line}: relative import {name}")
            elif name.startswith(f"{PROJECT}."):
                target = name.split(".")[1]
                target_level = _level_of(target)
                if target != part and target_level is not None and target_level >= level:
                    broken.append(f"{module}:{line}: {part} imports {target}")
    return broken


def imports_of_reserved_packages(root: Path) -> list[str]:
    """Return the imports of packages that are kept for others, see RESERVED."""
    return [
        f"{module}:{line}: {name} is kept for {', '.join(sorted(allowed)) or 'nobody'}"
        for module, tree in modules(root)
        for line, name in imported_names(tree)
        for package, allowed in RESERVED.items()
        if _is_within(name, package) and _part_of(module) not in allowed
    ]


def impure_imports(root: Path, pure: tuple[str, ...] = PURE_MODULES) -> list[str]:
    """Return what the modules *pure*, and those they import, import but must not know."""
    trees = dict(modules(root))
    waiting = [name for name in pure if name in trees]
    seen, broken = set(), []
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        for line, name in imported_names(trees[module]):
            broken += [f"{module}:{line}: {name}" for package in IMPURE if _is_within(name, package)]
            waiting += _own_modules(name, trees)
    return sorted(broken)


def _own_modules(name: str, trees: dict[str, ast.Module]) -> list[str]:
    inside = name.removeprefix(f"{PROJECT}.").replace(".", "/")
    candidates = (f"{inside}.py", f"{inside.rpartition('/')[0]}.py")
    # Only the chat package itself: below it lies the language chain, which has rules of its own.
    return [path for path in candidates if path in trees and path.startswith("chat/")]


def long_modules(root: Path, *, excepted: frozenset[str] = frozenset()) -> list[str]:
    """Return the modules of more than LONGEST_MODULE lines."""
    lengths = {path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in root.rglob("*.py")}
    return [
        f"{module}: {length} lines" for module, length in sorted(lengths.items()) if length > LONGEST_MODULE and module not in excepted
    ]


def functions(root: Path) -> Iterator[tuple[str, int]]:
    """Give each function as `module:name`, and its number of lines without decorators."""
    for module, tree in modules(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def long_functions(root: Path, *, excepted: frozenset[str] = frozenset()) -> list[str]:
    """Return the functions of more than LONGEST_FUNCTION lines."""
    return [f"{name}: {length} lines" for name, length in functions(root) if length > LONGEST_FUNCTION and name not in excepted]


def share_of_short_functions(root: Path) -> float:
    """Return which part of all functions has at most USUAL_FUNCTION lines."""
    lengths = [length for _, length in functions(root)]
    return sum(length <= USUAL_FUNCTION for length in lengths) / len(lengths)


def silent_broad_excepts(root: Path, *, excepted: frozenset[str] = frozenset()) -> list[str]:
    """Return the handlers that take any exception and neither log nor raise."""
    broken = []
    for module, tree in modules(root):
        for function, handler in _handlers(tree):
            name = f"{module}:{function}"
            if _is_broad(handler) and not _speaks(handler) and name not in excepted:
                broken.append(f"{name}, line {handler.lineno}")
    return broken


def _handlers(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.ExceptHandler]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.ExceptHandler):
            yield inside, child
        yield from _handlers(child, inside)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds)


def _speaks(handler: ast.ExceptHandler) -> bool:
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGGING_CALLS)
        for node in ast.walk(handler)
    )


def packages_not_listed(checkout: Path) -> list[str]:
    """Return where the package list of `setup.cfg` and the folders with code differ."""
    config = configparser.ConfigParser()
    config.read(checkout / "setup.cfg", encoding="utf-8")
    listed = set(config["options"]["packages"].split())
    code = {path.parent.relative_to(checkout).as_posix().replace("/", ".") for path in (checkout / PROJECT).rglob("*.py")}
    bundled = {f"{PROJECT}.bundle.{name}" for name in ("articles", "templates", "static")}
    return [f"not listed: {name}" for name in sorted((code | bundled) - listed)] + [
        f"listed, but without code: {name}" for name in sorted(listed - code - bundled)
    ]


def dependencies_that_differ(checkout: Path) -> list[str]:
    """Return what the code imports and `setup.cfg` does not require, and what it requires and the code does not import."""
    config = configparser.ConfigParser()
    config.read(checkout / "setup.cfg", encoding="utf-8")
    lists = [config["options"]["install_requires"], *(config.get("options.extras_require", name, fallback="") for name in EXTRAS)]
    required = {re.split(r"[^\w-]", line)[0].lower() for line in " ".join(lists).split()}
    roots = {name.split(".")[0] for _, tree in modules(checkout / PROJECT) for _, name in imported_names(tree)}
    foreign = {root for root in roots if root and root != PROJECT and root not in sys.stdlib_module_names}
    providers = packages_distributions()
    imported = {providers.get(root, [root])[0].lower().replace("_", "-") for root in foreign} - PARTS_OF_FLASK
    return [f"imported, not required: {name}" for name in sorted(imported - required)] + [
        f"required, not imported: {name}" for name in sorted(required - imported)
    ]


def timed_assertions(tests: Path) -> list[str]:
    """Return the assertions below *tests* that depend on how fast the machine is; a deadline inside a waiting loop is none."""
    broken = []
    for module, tree in modules(tests):
        if not _mentions(tree, CLOCKS):
            continue
        timed = _names_of_times(tree)
        waiting = {id(part) for node in ast.walk(tree) if isinstance(node, ast.While) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert) and id(node) not in waiting and _compares(node, timed):
                broken.append(f"{module}:{node.lineno}")
    return broken


def _names_of_times(tree: ast.Module) -> frozenset[str]:
    """Return the clocks, the functions that give back what a clock said, and the names that hold it."""
    timed, before = CLOCKS, frozenset()
    while timed != before:
        before = timed
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and _mentions(node.value, timed):
                timed |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.FunctionDef) and any(isinstance(part, ast.Return) and _mentions(part, timed) for part in ast.walk(node)):
                timed |= {node.name}
    return timed


def _compares(asserted: ast.Assert, names: frozenset[str]) -> bool:
    return any(isinstance(node, ast.Compare) and _mentions(node, names) for node in ast.walk(asserted))


def _mentions(tree: ast.AST, names: frozenset[str]) -> bool:
    return any((node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")) in names for node in ast.walk(tree))
