"""The parts of the documentation that are written by the program itself: `make docs`.

Each function returns text; PARTS says where it stands. A test fails when it stands there no longer.
"""

import inspect
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from helpcenter import storage
from helpcenter.app import create_app
from helpcenter.cli import program
from helpcenter.settings import PREFIX, Settings

CHECKOUT = Path(__file__).parent.parent
BEGIN = "<!-- {name}: written by `make docs` -->"
END = "<!-- end of {name} -->"
# Said of a default that depends on the machine.
DEFAULTS = {"articles": "the sample help center", "data": "`var`"}


def settings_table() -> str:
    """Return the settings as a table: name, default, meaning."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=False)
        plain = default.get_secret_value() if hasattr(default, "get_secret_value") else default
        shown = DEFAULTS.get(name) or (f"`{plain}`" if plain not in ("", ()) else "–")
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


def commands(group: click.Group = program, words: tuple[str, ...] = ("helpcenter",)) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Give every command with its words, groups before what is in them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


def command_pages() -> str:
    """Return what `--help` says of every command, each under its own heading."""
    pages = []
    for words, command in commands():
        context = click.Context(command, info_name=" ".join(words), terminal_width=100, help_option_names=["-h", "--help"])
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        pages.append(f"## {' '.join(words)}\n\n```text\n{text}\n```")
    return "\n\n".join(pages)


@contextmanager
def any_app() -> Iterator[Flask]:
    """Give an application that is only looked at."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data=Path(folder), secret_key="x" * 32))
        yield app
        storage.close(app)


def readable(rule: str) -> str:
    """Return the *rule* of a route as people write it: `/<lang>/articles/<slug>`."""
    return re.sub(r"<\w+:(\w+)>", r"<\1>", rule)


def routes() -> Iterator[tuple[str, str, str]]:
    """Give every route that people or programs may rely on: path, methods, and what it does."""
    with any_app() as app:
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule.startswith("/api"), rule.rule, rule.endpoint)):
            if rule.endpoint != "static":
                methods = ", ".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
                said = inspect.getdoc(app.view_functions[rule.endpoint]) or ""
                yield readable(rule.rule), methods, " ".join(said.split("\n\n")[0].split())


def route_table() -> str:
    """Return the routes as a table."""
    return "\n".join(["| address | method | what it does |", "|---|---|---|", *(f"| `{path}` | {methods} | {said} |" for path, methods, said in routes())])


def decision_list() -> str:
    """Return a link to each decision, by its title."""
    pages = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))
    titles = [page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") for page in pages]
    return "\n".join(f"- [{title}](decisions/{page.name})" for page, title in zip(pages, titles, strict=True))


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("docs/configuration.md", settings_table),
    "commands": ("docs/commands.md", command_pages),
    "addresses": ("docs/addresses.md", route_table),
    "decisions": ("docs/README.md", decision_list),
}


def with_part(page: str, name: str, text: str) -> str:
    """Return *page* with *text* as its part *name*."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise LookupError(f"the page has no place for {name}: it needs the lines {begin} and {end}")
    return f"{before}{begin}\n{text}\n{end}{after}"


def main() -> None:
    """Write each part where it stands."""
    for name, (file, write) in PARTS.items():
        path = CHECKOUT / file
        path.write_text(with_part(path.read_text(encoding="utf-8"), name, write()), encoding="utf-8")
        print(f"wrote {name} in {file}", file=sys.stderr)


if __name__ == "__main__":
    main()
