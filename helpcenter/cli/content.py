"""`helpcenter sync` publishes the content folder; `helpcenter check` looks for mistakes in it before readers do."""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from helpcenter.chat.canned_replies import check_canned_replies
from helpcenter.chat.conversation_tests import report_conversations
from helpcenter.chat.reviewing import review
from helpcenter.chat.rules import load_rules
from helpcenter.chat.turns import ArticleCard
from helpcenter.cli.publishing import publish_with_progress
from helpcenter.cli.running import with_app
from helpcenter.content.carried_votes import load_carried_votes
from helpcenter.content.checks import Checked, check_library
from helpcenter.content.models import Article
from helpcenter.content.problems import ERROR, INFO, WARNING, Problem, nearest
from helpcenter.content.reader import ArticleSource
from helpcenter.search.engine import Document, SearchEngine
from helpcenter.search.following import document_of
from helpcenter.search.own_titles import not_first
from helpcenter.search.promoted import load_promotions
from helpcenter.search.search_tests import load_search_tests, run_search_tests
from helpcenter.search.synonyms import load_synonyms
from helpcenter.search.whoosh_engine import WhooshEngine
from helpcenter.settings import load_settings

FOLDER = click.Path(file_okay=False, path_type=Path)
FORMATS = ("text", "json", "github")
Step = Callable[[str, int, int], None]
# An article among the first hits of its title is found all the same.
FOUND_SOON = 3
# What GitHub Actions calls our severities.
GITHUB = {ERROR: "error", WARNING: "warning", INFO: "notice"}


@click.command(short_help="Publish the content folder once.")
@with_app
def sync(app: Flask) -> None:
    """Publish what changed in the content folder: articles, chat rules, synonyms and the search index.

    A broken file keeps its last good version and makes the exit code 1; everything else is published.

    \b
    Example:
      helpcenter sync
    """
    if publish_with_progress(app).has_errors:
        sys.exit(1)


@click.command(short_help="Look for mistakes in articles, rules and their tests.")
@click.argument("folder", required=False, type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--format", "style", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print.")
@click.option("--quiet", is_flag=True, help="Leave out what is only noted.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave out problems with this code. May be given several times.")
def check(folder: Path | None, as_json: bool, style: str, quiet: bool, ignore: tuple[str, ...]) -> None:
    """Look for mistakes in FOLDER (the content folder of the settings when none is named).

    Articles, chat rules, synonyms and promoted answers are read, conversation and search tests are run. Nothing is published, and no
    database is needed. The exit code is 1 when there is an error, 2 when there is nothing to check, else 0. Every code is explained in
    docs/writing.md.

    \b
    Examples:
      helpcenter check
      helpcenter check ~/our-articles --json
      helpcenter check articles --format github --quiet
      helpcenter check --ignore bare-url --ignore image-name
    """
    if folder is None:
        folder = load_settings().articles
    with progress_bar() as bar:
        found = checked_problems(folder, bar)[1]
    problems = [problem for problem in found if problem.code not in ignore and (not quiet or problem.severity != INFO)]
    say(problems, "json" if as_json else style)
    if any(problem.severity == ERROR for problem in problems):
        sys.exit(1)


def say(problems: list[Problem], style: str) -> None:
    """Print *problems*, and how many there are."""
    counts = {name: sum(problem.severity == name for problem in problems) for name in (ERROR, WARNING, INFO)}
    codes = Counter(problem.code for problem in problems)
    if style == "json":
        rows = [problem.as_dict() for problem in problems]
        click.echo(json.dumps({"problems": rows, **counts, "codes": dict(sorted(codes.items()))}, ensure_ascii=False))
        return
    for problem in problems:
        click.echo(as_github(problem) if style == "github" else str(problem))
    each = ", ".join(f"{code} {number}" for code, number in codes.most_common())
    click.echo(f"{counts[ERROR]} errors, {counts[WARNING]} warnings, {counts[INFO]} notes{': ' if each else ''}{each}", err=True)


def as_github(problem: Problem) -> str:
    """Return a problem as GitHub Actions shows it beside the line of a pull request."""
    message = problem.message.replace("%", "%25").replace("\n", "%0A")
    return f"::{GITHUB[problem.severity]} file={problem.path},line={problem.line},title={problem.code}::{message}"


@contextmanager
def progress_bar() -> Iterator[Step]:
    """Show on a terminal how far the steps of a check are."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def step(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name)
            bar.update(tasks[name], completed=done, total=total)

        yield step


def say_nothing(name: str, done: int, total: int) -> None:
    """Take a step without showing it."""


def checked_problems(folder: Path, step: Step = say_nothing) -> tuple[Checked, list[Problem]]:
    """Return the articles of *folder*, and what is wrong with everything in it, in the order of files and lines."""
    checked = check_library(folder, progress=partial(step, "Articles"))
    problems = list(checked.problems)
    problems += synonym_problems(folder, checked.site.languages)
    problems += promotion_problems(folder, checked)
    problems += check_canned_replies(folder, checked.site)
    carried = load_carried_votes(folder)
    problems += [*carried.problems, *carried.unknown({(each.source.lang, each.source.key) for each in checked.compiled})]
    problems += with_index(folder, checked, step)
    return checked, sorted(set(problems))


def with_index(folder: Path, checked: Checked, step: Step) -> list[Problem]:
    """Return what is wrong with chat rules, conversations and searches, played over an index made for this check."""
    with tempfile.TemporaryDirectory(prefix="helpcenter-check-") as place:
        engine = WhooshEngine(Path(place), synonyms=load_synonyms(folder / "synonyms")[0])
        # These articles belong to no database.
        listed = [each for each in checked.compiled if not each.source.front.draft and not each.source.front.unlisted]
        documents = [document_of(Article(**each.row)) for each in listed]
        engine.rebuild(iter(documents), 1)
        titles = list(title_problems(engine, [(each.source, document) for each, document in zip(listed, documents, strict=True)], step))
        return [*titles, *chat_problems(folder, checked, engine), *search_problems(folder, engine)]


def title_problems(engine: SearchEngine, articles: list[tuple[ArticleSource, Document]], step: Step) -> Iterator[Problem]:
    """Yield the articles that their own title does not find first."""
    found = not_first(engine, [document for _, document in articles])
    for done, ((source, _), problem) in enumerate(zip(articles, found, strict=True), 1):
        step("Titles", done, len(articles))
        if problem is None:
            continue
        was = f"it is number {problem.place}" if problem.place else "it is not among the first hits"
        other = f"; first comes {problem.first_key} “{problem.first_title}”" if problem.first_key else ""
        severity = INFO if problem.place and problem.place <= FOUND_SOON else WARNING
        message = f"A search for the title does not find this article first: {was}{other}."
        yield Problem(source.path, source.front.lines.get("title", 1), "title-not-first", severity, message)


def chat_problems(folder: Path, checked: Checked, engine: SearchEngine) -> Iterator[Problem]:
    """Yield what is wrong with the chat rules, and the conversations that do not go as wanted."""
    keys = {each.source.key for each in checked.compiled}
    rules, problems = load_rules(folder / "bot", checked.site.languages, article_keys=keys)
    report = report_conversations(folder / "tests" / "conversations", rules, engine.passages, Cards(checked).find)
    for problem in (*problems, *review(folder / "bot", checked.site.languages, rules, report)):
        yield Problem(problem.path, problem.line, problem.code, problem.severity, problem.message)
    for failure in report.all_failures:
        yield Problem(f"tests/{failure.path}", failure.line, "CONVERSATION", ERROR, failure.message)


class Cards:
    """Finds the cards of articles that are not published yet."""

    def __init__(self, checked: Checked) -> None:
        self.site = checked.site
        self.sources = {(each.source.lang, each.source.key): each.source for each in checked.compiled}

    def find(self, key: str, lang: str) -> ArticleCard | None:
        """Return the card of the article *key* in the chain of *lang*, or None."""
        for code in self.site.chain(lang):
            source = self.sources.get((code, key))
            if source:
                url = f"/{lang}/articles/{source.slug}"
                return ArticleCard(key, code, source.slug, source.title, url, source.front.description)
        return None


def search_problems(folder: Path, engine: SearchEngine) -> Iterator[Problem]:
    """Yield the searches that do not find their article in time."""
    tests, problems = load_search_tests(folder / "tests" / "searches")
    for problem in problems:
        yield Problem(inside(problem.path, folder), problem.line, "SEARCH", ERROR, problem.message)
    for failure in run_search_tests(engine, tests):
        place = inside(failure.test.path, folder)
        message = str(failure).partition(f":{failure.test.line}: ")[2]
        yield Problem(place, failure.test.line, "SEARCH", ERROR, message)


def synonym_problems(folder: Path, languages: list[str]) -> Iterator[Problem]:
    """Yield the lines of synonyms that cannot be used, and the files of languages that the site has not."""
    synonyms, problems = load_synonyms(folder / "synonyms")
    for problem in problems:
        yield Problem(inside(problem.path, folder), problem.line, "SYNONYM", ERROR, problem.message)
    for lang in synonyms.keys() - set(languages):
        message = f"The site has no language {lang}, so nobody searches with these.{nearest(lang, languages)}"
        yield Problem(f"synonyms/{lang}.txt", 1, "SYNONYM", WARNING, message)


def promotion_problems(folder: Path, checked: Checked) -> list[Problem]:
    """Return what is wrong with the promoted answers and the queries that lead elsewhere."""
    sources = [each.source for each in checked.compiled if not each.source.front.draft]
    sections = {*(section.key for section in checked.site.sections), *(source.section for source in sources)}
    return load_promotions(folder, checked.site.languages, articles={source.key for source in sources}, sections=sections)[1]


def inside(path: Path, folder: Path) -> str:
    """Return *path* as seen from *folder*, with forward slashes."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
