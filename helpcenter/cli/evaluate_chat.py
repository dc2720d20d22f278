"""`helpcenter evaluate chat` and `helpcenter import utterances`: how well the rules understand, measured from outside."""

import json
from pathlib import Path
from typing import Any

import click

from helpcenter.chat.confusion import EXAMPLES_SHOWN, ConfusionReport, report_confusion, report_mistaken
from helpcenter.chat.evaluation import UtterancesBroken, measure, predict_all, read_utterances, write_predictions
from helpcenter.chat.importing import bot_folder, import_utterances
from helpcenter.chat.rules import Rules, load_rules

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
UTTERANCES = "a JSONL file with `text`, `intent` (null: out of scope) and `lang`"


@click.command()
@click.option("--rules", "folder", type=FOLDER, help="A folder with rules; the content folder's bot without it.")
@click.option("--utterances", "source", type=EXISTING_FILE, help=f"The questions: {UTTERANCES}. Needed without --confusion.")
@click.option("--confusion", is_flag=True, help="Say which rules are mistaken for which; without questions, by leaving out each rule's own examples.")
@click.option("--lang", "languages", multiple=True, help="Only this language; may be given several times.")
@click.option("--predictions", type=click.Path(dir_okay=False, path_type=Path), help="Write each prediction to this JSONL file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line.")
def chat(
    folder: Path | None, source: Path | None, confusion: bool, languages: tuple[str, ...], predictions: Path | None, as_json: bool
) -> None:
    """Measure how well the chat rules understand questions with known intents.

    \b
    Examples:
      helpcenter evaluate chat --utterances questions.jsonl --predictions out.jsonl --json
      helpcenter evaluate chat --confusion --lang en
      helpcenter evaluate chat --confusion --utterances questions.jsonl
    """
    if source is None and not confusion:
        raise click.UsageError("Name the questions with --utterances, or ask for --confusion.")
    if source is None and predictions is not None:
        raise click.UsageError("--predictions needs --utterances.")
    bot = bot_folder(folder or content_folder())
    if source is None:
        rules = rules_in(bot, list(languages) or languages_in(bot))
        return show_confusions([report_confusion(of_lang) for of_lang in rules.languages.values()], as_json=as_json)
    utterances = [one for one in read(source) if not languages or one.lang in languages]
    rules = rules_in(bot, list(dict.fromkeys(one.lang for one in utterances)))
    found = predict_all(rules, utterances)
    if predictions is not None:
        write_predictions(predictions, found)
    if confusion:
        by_lang = {lang: [one for one in found if one.utterance.lang == lang] for lang in rules.languages}
        return show_confusions([report_mistaken(rules.of(lang), told) for lang, told in by_lang.items()], as_json=as_json)
    return show({"rules": rules.revision, **measure(found)}, as_json=as_json)


def rules_in(bot: Path, languages: list[str]) -> Rules:
    """Return the rules of *languages* under *bot*; what is wrong with them goes to standard error. None at all is an error."""
    rules, problems = load_rules(bot, languages)
    for problem in problems:
        if problem.severity == "error":
            click.echo(str(problem), err=True)
    if not rules.languages:
        raise click.ClickException(f"There are no rules in {', '.join(languages) or 'any language'} under {bot}.")
    return rules


def languages_in(bot: Path) -> list[str]:
    """Return the languages that have a folder under *bot*."""
    return sorted(path.name for path in bot.glob("*/") if path.is_dir() and any(path.glob("**/*.yaml")))


def show_confusions(reports: list[ConfusionReport], *, as_json: bool) -> None:
    """Print the pairs of each language, those with most mistaken questions first, or all as one JSON object."""
    if as_json:
        return click.echo(json.dumps({"languages": [report.as_json() for report in reports]}, ensure_ascii=False))
    for report in reports:
        click.echo(f"{report.lang}: {report.mistaken} of {report.examples} mistaken")
        for pair in report.pairs:
            click.echo(f"  {pair.count} × {pair.intent} answered by {pair.taken_by}: " + ", ".join(f"“{text}”" for text in pair.examples[:EXAMPLES_SHOWN]))
            if pair.advice:
                click.echo(f"      would tell them apart: {pair.advice}")
    return None


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
