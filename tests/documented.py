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
from helpcenter.chat.conversation_tests import ConversationSource, context_of, find_no_passage, read_test_file
from helpcenter.chat.dialogue import begin, reply
from helpcenter.chat.rules import Rules, load_rules
from helpcenter.chat.turns import Message, State, Turn
from helpcenter.cli import program
from helpcenter.cli.content import Cards
from helpcenter.content.checks import check_library
from helpcenter.settings import PREFIX, Settings
from tests.content import dialect_examples

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


LANGUAGES = {"en": "English", "lv": "Latviešu", "pl": "Polski", "sv": "Svenska", "kk": "Қазақша"}
SHOWN_CONVERSATIONS = 3


def conversation_page() -> str:
    """Return the longest conversations of the sample library's tests, in each language, as their readers see them."""
    articles = CHECKOUT / "articles"
    checked = check_library(articles)
    rules, _problems = load_rules(articles / "bot", checked.site.languages)
    cards = Cards(checked)
    pages = []
    for lang, name in LANGUAGES.items():
        pages.append(f"## {name}")
        for source in longest_conversations(articles / "tests" / "conversations", lang):
            told = {"search": find_no_passage, "find_article": cards.find, "context": context_of(source)}
            pages.append(f"### {source.conversation}\n\n" + "\n\n".join(lines_of(source, rules, lang, told)))
    return "\n\n".join(pages)


def longest_conversations(folder: Path, lang: str) -> list[ConversationSource]:
    """Return the conversations of *lang* with the most turns, longest first."""
    files = [read_test_file(path, folder)[0] for path in sorted((folder / lang).glob("*.yaml"))]
    sources = [source for file in files if file for source in file.conversations]
    return sorted(sources, key=lambda source: -len(source.turns))[:SHOWN_CONVERSATIONS]


def lines_of(source: ConversationSource, rules: Rules, lang: str, told: dict) -> Iterator[str]:
    """Give what visitor and bot say to each other, one paragraph a message, buttons in brackets."""
    turn = begin(rules, State(lang, source.conversation), **told)
    yield from said_by_bot(turn)
    for one in source.turns:
        values = {offered["label"]: offered["value"] for offered in turn.state.offered}
        yield f"> {one.say if one.say is not None else f'[{one.choose}]'}"
        message = Message(one.say or "") if one.choose is None else Message(choice=values[one.choose])
        turn = reply(message, rules, turn.state, **told)
        yield from said_by_bot(turn)


def said_by_bot(turn: Turn) -> Iterator[str]:
    """Give the bot's messages of a turn, as Markdown."""
    for one in turn.replies:
        text = f"→ *{one.article.title}*" if one.article else "  \n".join(one.text.splitlines())
        buttons = " ".join(f"`[{choice.label}]`" for choice in one.choices)
        yield f"{text}  \n{buttons}" if buttons else text


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("docs/configuration.md", settings_table),
    "commands": ("docs/commands.md", command_pages),
    "addresses": ("docs/addresses.md", route_table),
    "decisions": ("docs/README.md", decision_list),
    "conversations": ("docs/conversations.md", conversation_page),
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
    dialect_examples.main()


if __name__ == "__main__":
    main()
