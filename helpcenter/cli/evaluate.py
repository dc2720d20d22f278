"""`helpcenter evaluate`: measuring search and chat on questions with known answers."""

import click

from helpcenter.cli.evaluate_chat import chat as evaluate_chat
from helpcenter.cli.evaluate_search import evaluate_search


@click.group(short_help="Measure search or chat on questions with known answers.")
def evaluate() -> None:
    """Measure search or chat on questions with known answers.

    \b
    Examples:
      helpcenter evaluate search
      helpcenter evaluate chat --utterances questions.jsonl --json
    """


evaluate.add_command(evaluate_search)
evaluate.add_command(evaluate_chat)
