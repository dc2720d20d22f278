"""`helpcenter sync` publishes the content folder; `helpcenter check` looks for mistakes in it before readers do."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from flask import Flask

from helpcenter.chat.conversation_tests import report_conversations
from helpcenter.chat.reviewing import review
from helpcenter.chat.rules import load_rules
from helpcenter.chat.turns import ArticleCard
from helpcenter.cli.publishing import publish_with_progress
from helpcenter.cli.running import with_app
from helpcenter.content.checks import Checked, check_library
from helpcenter.content.models import Article
from helpcenter.content.problems import ERROR, INFO, WARNING, Problem, nearest
from helpcenter.search.engine import SearchEngine
from helpcenter.search.following import document_of
from helpcenter.search.promoted import load_promotions
from helpcenter.search.search_tests import load_search_tests, run_search_tests
from helpcenter.search.synonyms import load_synonyms
from helpcenter.search.whoosh_engine import WhooshEngine
from helpcenter.settings import load_settings

FOLDER = click.Path(file_okay=False, path_type=Path)
FORMATS = ("text", "json", "github")
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
def check(folder: Path | None, as_json: bool, style: str, quiet: bool) -> None:
    """Look for mistakes in FOLDER (the content folder of the settings when none is named).

    Articles, chat rules, synonyms and promoted answers are read, conversation and search tests are run. Nothing is published, and no
    database is needed. The exit code is 1 when there is an error.

    \b
    Examples:
      helpcenter check
      helpcenter check ~/our-articles --json
      helpcenter check articles --format github --quiet
    """
    if folder is None:
        folder = load_settings().articles
    problems = [problem for problem in all_problems(folder) if not quiet or problem.severity != INFO]
    say(problems, "json" if as_json else style)
    if any(problem.severity == ERROR for problem in problems):
        sys.exit(1)


def say(problems: list[Problem], style: str) -> None:
    """Print *problems*, and how many there are."""
    counts = {name: sum(problem.severity == name for problem in problems) for name in (ERROR, WARNING, INFO)}
    if style == "json":
        rows = [problem.as_dict() for problem in problems]
        click.echo(json.dumps({"problems": rows, **counts}, ensure_ascii=False))
        return
    for problem in problems:
        click.echo(as_github(problem) if style == "github" else str(problem))
    click.echo(f"{counts[ERROR]} errors, {counts[WARNING]} warnings, {counts[INFO]} notes", err=True)


def as_github(problem: Problem) -> str:
    """Return a problem as GitHub Actions shows it beside the line of a pull request."""
    message = problem.message.replace("%", "%25").replace("\n", "%0A")
    return f"::{GITHUB[problem.severity]} file={problem.path},line={problem.line},title={problem.code}::{message}"


def all_problems(folder: Path) -> list[Problem]:
    """Return what is wrong with everything in *folder*, in the order of files and lines."""
    checked = check_library(folder)
    problems = list(checked.problems)
    problems += synonym_problems(folder, checked.site.languages)
    problems += promotion_problems(folder, checked)
    problems += with_index(folder, checked)
    return sorted(set(problems))


def with_index(folder: Path, checked: Checked) -> list[Problem]:
    """Return what is wrong with chat rules, conversations and searches, played over an index made for this check."""
    with tempfile.TemporaryDirectory(prefix="helpcenter-check-") as place:
        engine = WhooshEngine(Path(place), synonyms=load_synonyms(folder / "synonyms")[0])
        # These articles belong to no database.
        articles = [Article(**each.row) for each in checked.compiled if not each.source.front.draft]
        engine.rebuild((document_of(article) for article in articles if not article.unlisted), 1)
        return [*chat_problems(folder, checked, engine), *search_problems(folder, engine)]


def chat_problems(folder: Path, checked: Checked, engine: SearchEngine) -> Iterator[Problem]:
    """Yield what is wrong with the chat rules, and the conversations that do not go as wanted."""
    keys = {each.source.key for each in checked.compiled}
    rules, problems = load_rules(folder / "bot", checked.site.languages, article_keys=keys)
    report = report_conversations(folder / "tests" / "conversations", rules, engine.passages, Cards(checked).find)
    for problem in (*problems, *review(folder / "bot", checked.site.languages, rules, report)):
        yield Problem(problem.path, problem.line, problem.code, problem.severity, problem.message)
    for failure in report.all_failures:
        message = f"{failure.conversation}: after “{failure.said}” wanted {failure.wanted}, got {failure.got}"
        yield Problem(f"tests/{failure.path}", failure.line, "CONVERSATION", ERROR, message)


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
