"""Commands for who works on helpcenter itself."""

import click
from flask import Flask

from helpcenter.cli.running import with_app
from helpcenter.storage.database import WRITER
from helpcenter.storage.drafting import draft_migration


@click.command(hidden=True)
@click.argument("message")
@with_app
def migration(app: Flask, message: str) -> None:
    """Draft the migration from the database to the models, named MESSAGE."""
    draft_migration(app.extensions[WRITER], message)
