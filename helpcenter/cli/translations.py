"""`helpcenter translations`: what is translated, what is stale, what is missing."""

import json
import sys

import click
from flask import Flask
from rich.console import Console
from rich.table import Table
from rich.text import Text

from helpcenter.cli.refusal import Refusal
from helpcenter.cli.running import with_app
from helpcenter.content import library
from helpcenter.content.accepting import NotAccepted, accept
from helpcenter.content.matrix import FRESH_STATE, MISSING, SOURCE, STALE, STATES, Cell, Matrix, Row, load_matrix, matrix_as_dict
from helpcenter.content.translations import MAJOR
from helpcenter.settings import load_settings
from helpcenter.storage import db

# So many columns a terminal has when nobody says; key and words get what the languages leave, but so many at least.
WIDTH = 80
KEY_WIDTH = 36
CELL_WIDTH = 8
STYLES = {MAJOR: "bold red", "medium": "yellow", MISSING: "cyan"}


@click.group(name="translations", invoke_without_command=True, short_help="Show which translations are missing or stale.")
@click.option("--lang", "languages", multiple=True, metavar="XX", help="Only this language; may be given again.")
@click.option("--only", type=click.Choice(STATES), help="Only articles that are so in a language shown.")
@click.option("--section", default="", metavar="KEY", help="Only this section and those below it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, see docs/writing.md.")
@click.option("--check", is_flag=True, help="Exit with 1 after a major change of a source; with --only, when any is listed.")
@click.pass_context
def translations(context: click.Context, **options: object) -> None:
    """Show the published articles in every language: the source, what is fresh, stale (and by how much) or missing.

    A missing translation shows what readers get instead. The words are those of the sources: what there is to translate.

    \b
    Examples:
      helpcenter translations
      helpcenter translations --lang lv --only stale
      helpcenter translations --section payments --json
      helpcenter translations --check
      helpcenter translations accept lv payments/find-an-invoice
    """
    if context.invoked_subcommand is None:
        show(**options)


@translations.command("accept", short_help="Say that a translation fits its source as it is now.")
@click.argument("lang")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
def accept_(lang: str, keys: tuple[str, ...]) -> None:
    """Write into the file of the translation of KEY into LANG that it fits its source as it is now (`source_hash`).

    For a translation that was read again and needed no change. Only that one line of the file changes; it counts with the
    next publish.

    \b
    Example:
      helpcenter translations accept lv payments/find-an-invoice
    """
    try:
        accepted = accept(load_settings().articles, lang, [key.removesuffix(".md").strip("/") for key in keys])
    except NotAccepted as error:
        raise Refusal(str(error)) from error
    for one in accepted:
        said = "says" if one.changed else "said already"
        click.echo(f"{one.path} {said} source_hash: {one.source_hash}, the text of {one.source_path}.")


@with_app
def show(app: Flask, *, languages: tuple[str, ...], only: str | None, section: str, as_json: bool, check: bool) -> None:
    """Print the matrix, and end with exit code 1 when it was asked for and there is a reason."""
    if library.revision(db.session) == 0:
        raise Refusal("Nothing is published yet. Run `helpcenter sync` first.")
    site = library.site(db.session)
    for lang in languages:
        if lang not in site.languages:
            raise Refusal(f"The site has no language {lang!r}; it has {', '.join(site.languages)}.")
    matrix = load_matrix(db.session, site, languages=list(dict.fromkeys(languages)), section=section.strip("/"))
    rows = matrix.only(lambda cell: cell.state == only) if only else matrix.rows
    if as_json:
        click.echo(json.dumps(matrix_as_dict(matrix, rows), ensure_ascii=False))
    else:
        say(matrix, rows, site.default_language)
    reasons = rows if only else matrix.only(lambda cell: cell.step == MAJOR)
    if check and reasons:
        sys.exit(1)


def say(matrix: Matrix, rows: list[Row], default: str) -> None:
    """Print *rows* as tables that fit the terminal, then the totals."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, markup=False, emoji=False)
    for languages in groups(matrix.languages, (console.width - KEY_WIDTH) // CELL_WIDTH):
        if rows:
            console.print(table_of(rows, languages, default))
            console.print()
    console.print(totals_of(matrix))
    if not matrix.rows:
        click.echo("There is no article here.", err=True)


def groups(languages: list[str], size: int) -> list[list[str]]:
    """Return *languages* in groups of at most *size*, as even as they can be.

    >>> groups(["a", "b", "c", "d", "e"], 4)
    [['a', 'b', 'c'], ['d', 'e']]
    """
    count = -(-len(languages) // max(size, 1))
    length = -(-len(languages) // count)
    return [languages[start : start + length] for start in range(0, len(languages), length)]


def table_of(rows: list[Row], languages: list[str], default: str) -> Table:
    """Return a table with a line for each of *rows*."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("Article", ratio=1, overflow="fold")
    table.add_column("Words", justify="right")
    for lang in languages:
        table.add_column(lang, no_wrap=True)
    for row in rows:
        key = row.key if row.source == default else f"{row.key} ({row.source})"
        table.add_row(key, str(row.words), *(shown(row.cells[lang]) for lang in languages))
    return table


def shown(cell: Cell) -> Text:
    """Return a cell of the table: the step of a stale one, for a missing one what readers get instead."""
    words = {SOURCE: "source", FRESH_STATE: "ok", STALE: cell.step, MISSING: f"→ {cell.shown}" if cell.shown else "—"}
    return Text(words[cell.state], style=STYLES.get(cell.step or cell.state, ""))


def totals_of(matrix: Matrix) -> Table:
    """Return the table of what there is and what is left to translate in each language."""
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    table.add_column("Language")
    for name in ("Source", "Fresh", "Typo", "Medium", "Major", "Missing", "Words to translate"):
        table.add_column(name, justify="right")
    for total in matrix.totals:
        numbers = (total.source, total.fresh, total.typo, total.medium, total.major, total.missing, total.words)
        table.add_row(total.lang, *(f"{number:,}" for number in numbers))
    return table
