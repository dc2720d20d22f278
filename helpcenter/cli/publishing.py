"""Publishing from the command line: a progress bar while it runs, one line of counts when it is done."""

import time

import click
from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from helpcenter.publishing import Published, publish
from helpcenter.web.services import services


def publish_with_progress(app: Flask) -> Published:
    """Publish the content folder of *app* and say what was done. Needs an application context."""
    began = time.perf_counter()
    console = Console(stderr=True)
    columns = (TextColumn("Publishing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("publish", total=None)
        published = publish(
            services().content_folder,
            services().index,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    say(published, time.perf_counter() - began)
    return published


def say(published: Published, seconds: float) -> None:
    """Print the problems to standard error, then the counts."""
    changes = published.changes
    problems = [*changes.broken, *published.rule_problems, *published.synonym_problems, *published.promotion_problems]
    for problem in problems:
        if getattr(problem, "severity", "error") == "error":
            click.echo(str(problem), err=True)
    for failure in published.rule_failures:
        click.echo(f"tests/{failure}", err=True)
    if published.rules_held:
        held = ", ".join(published.rules_held)
        click.echo(f"The bot's rules of {held} stay as they were until these conversations go as wanted.", err=True)
    if published.rules_withdrawn:
        gone = ", ".join(published.rules_withdrawn)
        click.echo(f"The bot's rules of {gone} were withdrawn, because their files below bot/ are gone. Put them back if that is not meant.", err=True)
    broken = len({problem.path for problem in problems if getattr(problem, "severity", "error") == "error"})
    click.echo(
        f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.removed)} removed,"
        f" {broken} broken, {changes.unchanged} unchanged in {seconds:.1f} s"
    )
