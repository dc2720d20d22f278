"""What a command says when it cannot do what it was asked."""

from typing import IO, Any

import click


class Refusal(click.ClickException):
    """One line on standard error that says what to change, and exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line in the form of every other failure."""
        click.echo(f"helpcenter: {self.message}", err=True, file=file)
