"""`helpcenter evaluate chat` and `helpcenter import utterances`: how well the rules understand, measured from outside."""

import json
from pathlib import Path
from typing import Any

import click

from helpcenter.chat.evaluation import UtterancesBroken, measure, predict_all, read_utterances, write_predictions
from helpcenter.chat.importing import bot_folder, import_utterances
from helpcenter.chat.rules import load_rules

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
UTTERANCES = "a JSONL file with `text`, `intent` (null: out of scope) and `lang`"


@click.command()
@click.option("--rules", "folder", type=FOLDER, help="A folder with rules; the content folder's bot without it.")
@click.option("--utterances", "source", type=EXISTING_FILE, required=True, help=f"The questions: {UTTERANCES}.")
@click.option("--predictions", type=click.Path(dir_okay=False, path_type=Path), help="Write each prediction to this JSONL file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line.")
def chat(folder: Path | None, source: Path, predictions: Path | None, as_json: bool) -> None:
    """Measure how well the chat rules understand questions with known intents.

    \b
    Example:
      helpcenter evaluate chat --utterances questions.jsonl --predictions out.jsonl --json
    """
    utterances = read(source)
    languages = list(dict.fromkeys(one.lang for one in utterances))
    rules, problems = load_rules(bot_folder(folder or content_folder()), languages)
    for problem in problems:
        if problem.severity == "error":
            click.echo(str(problem), err=True)
    if not rules.languages:
        raise click.ClickException(f"There are no rules in {', '.join(languages)} under {bot_folder(folder or content_folder())}.")
    found = predict_all(rules, utterances)
    if predictions is not None:
        write_predictions(predictions, found)
    show({"rules": rules.revision, **measure(found)}, as_json=as_json)


@click.command()
@click.argument("source", type=EXISTING_FILE)
@click.option("--to", "folder", type=FOLDER, required=True, help="The content folder (rules go to its bot folder).")
def utterances(source: Path, folder: Path) -> None:
    """Import SOURCE, utterances with their intents: one rule per intent.

    \b
    Example:
      helpcenter import utterances questions.jsonl --to our-articles
    """
    for line in import_utterances(read(source), folder).lines():
        click.echo(line)


def read(source: Path) -> list[Any]:
    """Return the utterances of a file; one that cannot be read is a usage error."""
    try:
        return read_utterances(source)
    except UtterancesBroken as error:
        raise click.ClickException(str(error)) from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{source}: the file is not UTF-8") from None


def content_folder() -> Path:
    """Return the content folder of the settings."""
    from helpcenter.settings import load_settings

    return load_settings().articles


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print figures, one a line or as JSON."""
    if as_json:
        return click.echo(json.dumps(figures, ensure_ascii=False))
    for name, value in figures.items():
        click.echo(f"{name:22} {'–' if value is None else value}")
    return None
