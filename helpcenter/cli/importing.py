"""`helpcenter import`: bringing in content from elsewhere."""

import click

from helpcenter.cli.evaluate_chat import utterances


@click.group(name="import", short_help="Bring in content from elsewhere.")
def import_() -> None:
    """Bring in content from elsewhere, with a report of what could not come along.

    \b
    Example:
      helpcenter import utterances questions.jsonl --to articles/
    """


import_.add_command(utterances)
