"""`helpcenter import rasa`, `dialogflow`, `botpress` and `rivescript`: the bots of other tools as rules of ours."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from helpcenter.chat.importers.bot import ImportedBot
from helpcenter.chat.importers.botpress import read_botpress
from helpcenter.chat.importers.dialogflow import read_dialogflow
from helpcenter.chat.importers.rasa import read_rasa
from helpcenter.chat.importers.rivescript import read_rivescript
from helpcenter.chat.importers.writing import write_bot
from helpcenter.cli.refusal import Refusal
from helpcenter.content.importers.article import ImportRefused
from helpcenter.content.importers.target import UnsafePath
from helpcenter.content.languages import language_code

Reader = Callable[[Path, str | None], ImportedBot]
READERS: dict[str, tuple[Reader, str, str]] = {
    "rasa": (read_rasa, "Rasa", "a project's folder with its YAML: nlu, domain, rules, stories"),
    "dialogflow": (read_dialogflow, "Dialogflow ES", "the zip that an agent's settings export"),
    "botpress": (read_botpress, "Botpress v12", "a bot's folder, or what its Q&A module exports"),
    "rivescript": (read_rivescript, "RiveScript", "a .rive file, or a folder of them"),
}


def bot_command(name: str, reader: Reader, tool: str, what: str) -> click.Command:
    """Return the command that imports the bots of one tool."""

    def run(source: Path, language: str | None, folder: Path, as_json: bool) -> None:
        import_bot(reader, source, language, folder, as_json=as_json)

    run.__doc__ = f"""Import a bot of {tool}: {what}.

    SOURCE is a file, a folder or a zip. Rules go to the bot folder of the content folder, one file a rule; what could not come along is
    named. A second import changes nothing, and files that an editor changed stay. See docs/chat.md.

    \b
    Examples:
      helpcenter import {name} ../our-bot --to articles
      helpcenter import {name} ../our-bot --to articles --lang lv --json
    """
    there = "The content folder; it is made when it is not there."
    options = (
        click.argument("source", type=click.Path(exists=True, path_type=Path)),
        click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help=there),
        click.option("--lang", "language", help="The language of what does not say its own; en without it."),
        click.option("--json", "as_json", is_flag=True, help="Print the whole report as one JSON object."),
    )
    for option in reversed(options):
        run = option(run)
    return click.command(name=name, short_help=f"Import a bot of {tool}.")(run)


def import_bot(reader: Reader, source: Path, language: str | None, folder: Path, *, as_json: bool) -> None:
    """Import the bot at *source*, and print what was done. Exits with 1 when there was no rule in it."""
    if language is not None and language_code(language) is None:
        raise click.BadParameter(f"{language[:40]!r} is no language code such as en or pt-br", param_hint="--lang")
    try:
        bot = reader(source, language_code(language) if language else None)
        report = write_bot(bot, folder)
    except ImportRefused as refused:
        raise click.ClickException(f"{refused}.".replace("..", ".")) from None
    except (UnsafePath, OSError) as error:
        raise Refusal(f"{folder} cannot be written to: {getattr(error, 'strerror', None) or error}.") from None
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        for line in report.lines():
            click.echo(line)
        click.echo("now run `helpcenter check`" if report.rules else f"{source} has nothing that could become a rule")
    if not report.rules:
        sys.exit(1)


BOTS = [bot_command(name, *parts) for name, parts in READERS.items()]
