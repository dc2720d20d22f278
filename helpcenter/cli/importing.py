"""`helpcenter import`: bringing in content from elsewhere."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from helpcenter.cli.evaluate_chat import utterances
from helpcenter.cli.importing_bots import BOTS
from helpcenter.cli.refusal import Refusal
from helpcenter.content.importers.article import ImportRefused, Source
from helpcenter.content.importers.freescout import FreeScout
from helpcenter.content.importers.helpscout import HelpScout
from helpcenter.content.importers.intercom import Intercom
from helpcenter.content.importers.phpmyfaq import PhpMyFaq
from helpcenter.content.importers.report import Report
from helpcenter.content.importers.target import UnsafePath
from helpcenter.content.importers.trees.detection import STYLES
from helpcenter.content.importers.trees.source import TreeSource
from helpcenter.content.importers.writing import write
from helpcenter.content.importers.zendesk import Zendesk
from helpcenter.content.languages import language_code

PLACE = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
EXPORTS = {
    "zendesk": (Zendesk, "Zendesk Guide", "the API's articles.json, sections.json, categories.json, …"),
    "intercom": (Intercom, "Intercom", "the API's /articles and /help_center/collections"),
    "helpscout": (HelpScout, "Help Scout Docs", "the Docs API's collections, categories and articles"),
    "phpmyfaq": (PhpMyFaq, "phpMyFAQ", "its JSON or XML export, and sitemap.xml for old addresses"),
    "freescout": (FreeScout, "FreeScout", "the Knowledge Base API module's export, one file a language"),
}


@click.group(name="import", short_help="Bring in content from elsewhere.")
def import_() -> None:
    """Bring in content from elsewhere, with a report of what could not come along.

    A second import changes nothing, and what editors changed in between stays. The exit code is 1 when nothing could be imported.

    \b
    Examples:
      helpcenter import zendesk export.zip --to articles --dry-run
      helpcenter import zendesk export.zip --to articles
      helpcenter import markdown ../old-site --to articles
      helpcenter import utterances questions.jsonl --to articles/
      helpcenter import rasa ../our-rasa-project --to articles
    """


def writing_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return *command* with the options that all imports of articles share."""
    options = (
        click.option("--to", "folder", type=FOLDER, required=True, help="The content folder; it is made when it is not there."),
        click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing."),
        click.option("--prune", is_flag=True, help="Delete files of an earlier import whose source is gone, unless an editor changed them."),
        click.option("--json", "as_json", is_flag=True, help="Print the whole report as one JSON object."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def export_command(name: str, reader: type, tool: str, what: str) -> click.Command:
    """Return the command that imports the exports of one tool."""

    def run(source: Path, language: str, folder: Path, dry_run: bool, prune: bool, as_json: bool) -> None:
        code = language_code(language)
        if code is None:
            raise click.BadParameter(f"{language[:40]!r} is no language code such as en or pt-br", param_hint="--language")
        import_articles(reader(source, language=code), folder, dry_run=dry_run, prune=prune, as_json=as_json)

    run.__doc__ = f"""Import articles from {tool}: {what}.

    SOURCE is a file, a folder or a zip of them, with attachments beside them. Nothing is fetched.

    \b
    Example:
      helpcenter import {name} export.zip --to articles
    """
    language = click.option("--language", default="en", show_default=True, help="The language of what does not say its own.")
    command = click.argument("source", type=PLACE)(language(writing_options(run)))
    return click.command(name=name, short_help=f"Import articles from {tool}.")(command)


@click.command(short_help="Import a tree of Markdown files of another tool.")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--style", type=click.Choice(list(STYLES)), help="The tool the tree was made for; found out when it is not said.")
@click.option("--edition", default="fpt", show_default=True, help="Which edition's text to take, where a tree holds several (GitHub Docs).")
@writing_options
def markdown(source: Path, style: str | None, edition: str, folder: Path, dry_run: bool, prune: bool, as_json: bool) -> None:
    """Import a tree of Markdown files: Docusaurus, Hugo, Jekyll, MkDocs, GitHub Docs, Microsoft Learn, or no tool at all.

    SOURCE is the folder with the tool's settings, or with the language folders. Nothing in it is run or changed, and no link out of it is
    followed. docs/importing.md says for each tool what is kept, changed and lost.

    \b
    Examples:
      helpcenter import markdown ../old-site --to articles --dry-run
      helpcenter import markdown ../old-site --style hugo --to articles
    """
    tree = TreeSource(source, style=style or "", version=edition)
    import_articles(tree, folder, dry_run=dry_run, prune=prune, as_json=as_json)


def import_articles(source: Source, folder: Path, *, dry_run: bool, prune: bool, as_json: bool) -> None:
    """Import *source* into *folder*, and print what was done. Exits with 1 when there was nothing to import."""
    began = time.perf_counter()
    console = Console(stderr=True)
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("import", total=None)
            report = write(source, folder, dry_run=dry_run, prune=prune, progress=lambda done, total: bar.update(task, completed=done, total=total))
    except ImportRefused as refused:
        raise click.ClickException(f"{refused}.".replace("..", ".")) from None
    except (UnsafePath, OSError) as error:
        raise Refusal(f"{folder} cannot be written to: {getattr(error, 'strerror', None) or error}.") from None
    show(report, time.perf_counter() - began, as_json=as_json)
    if not report.articles:
        sys.exit(1)


def show(report: Report, seconds: float, *, as_json: bool) -> None:
    """Print *report*, in words or as JSON."""
    if as_json:
        return click.echo(json.dumps({**report.as_json(), "seconds": round(seconds, 2)}, ensure_ascii=False))
    for line in report.lines():
        click.echo(line)
    click.echo(f"{'nothing was written, ' if report.dry_run else ''}{seconds:.1f} s; now run `helpcenter check`")


for name, (reader, tool, what) in EXPORTS.items():
    import_.add_command(export_command(name, reader, tool, what))
import_.add_command(markdown)
import_.add_command(utterances)
for command in BOTS:
    import_.add_command(command)
