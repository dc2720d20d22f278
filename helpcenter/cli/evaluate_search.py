"""`helpcenter evaluate search`: how good the search is on questions with known answers."""

import json
import sys
from pathlib import Path

import click

from helpcenter.search.collection import load_collection
from helpcenter.search.engine import SearchError
from helpcenter.search.evaluation import (
    Measured,
    evaluate_collection,
    evaluate_search_tests,
    load_search_tests,
    run_search_tests,
    write_run,
)

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
BAR = 30


@click.command("search", short_help="Measure the search.")
@click.option("--collection", type=FOLDER, help="A folder with docs.jsonl, queries.jsonl and qrels.tsv.")
@click.option("--lang", help="Only this language; with a collection also that of rows that say none.")
@click.option("--run", "run", type=FILE, help="Write the answers as a TREC run file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate_search(collection: Path | None, lang: str | None, run: Path | None, as_json: bool) -> None:
    """Measure the search over a collection, or over the published articles with the editors' search tests.

    Times are CPU milliseconds of one query, snippets included.

    \b
    Examples:
      helpcenter evaluate search
      helpcenter evaluate search --collection questions/ --lang lv --run answers.run --json
    """
    figures, measured, failures = measure_collection(collection, lang) if collection else measure_published(lang)
    if run:
        write_run(measured, run)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        for name, figure in figures.items():
            click.echo(f"{name:>13}  {figure}")
        for failure in failures:
            click.echo(failure)


def measure_collection(folder: Path, lang: str | None) -> tuple[dict, Measured, list[str]]:
    """Return the figures of the collection in *folder*."""
    loaded = load_collection(folder, lang=lang)
    if not loaded.documents or not loaded.queries:
        raise SearchError(f"{folder} has no articles or no queries" + (f" in {lang}" if lang else ""))
    measured = evaluate_collection(loaded, progress=show_progress)
    return measured.figures(loaded.judged), measured, []


def measure_published(lang: str | None) -> tuple[dict, Measured, list[str]]:
    """Return the figures of the editors' search tests over the published articles, and what fails."""
    from helpcenter.cli.running import open_app
    from helpcenter.web.services import EXTENSION

    app = open_app()
    with app.app_context():
        services = app.extensions[EXTENSION]
        tests, problems = load_search_tests(services.content_folder / "tests" / "searches")
        tests = [test for test in tests if lang in (None, test.lang)]
        if not tests:
            raise SearchError(f"{services.content_folder / 'tests' / 'searches'} has no search tests; give --collection")
        if services.engine.revision is None:
            raise SearchError("nothing is published yet; run `helpcenter sync`")
        measured, judged = evaluate_search_tests(services.engine, tests, progress=show_progress)
        failures = run_search_tests(services.engine, tests)
    figures = measured.figures(judged) | {"tests": len(tests), "failed": len(failures)}
    return figures, measured, [*map(str, problems), *map(str, failures)]


def show_progress(what: str, done: int, total: int) -> None:
    """Draw how far the work is on standard error, when a person looks at it."""
    if sys.stderr.isatty():
        filled = BAR * done // total
        end = "\n" if done == total else ""
        print(f"\r{what:>10} {'█' * filled}{'·' * (BAR - filled)} {done}/{total}", end=end, file=sys.stderr, flush=True)
    elif done == total:
        print(f"{what} {done}/{total}", file=sys.stderr)
