"""`helpcenter staff`: accounts of those who answer and edit. There is no default account and no web installer."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.accounts import audit, second_factor
from helpcenter.accounts import staff as accounts
from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.passwords import ADVISED, PasswordRefused
from helpcenter.accounts.staff import ROLES, StaffError
from helpcenter.cli.refusal import Refusal
from helpcenter.cli.running import with_app
from helpcenter.language.cleaning import TextRefused
from helpcenter.mail.addresses import AddressRefused
from helpcenter.storage import db, writing

GENERATED_BYTES = 15

password_option = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")


@click.group(short_help="Make and end staff accounts.")
def staff() -> None:
    """Make and end accounts of the staff.

    \b
    Examples:
      helpcenter staff add gus@example.org --name "Gus" --role agent
      helpcenter staff list
      helpcenter staff disable gus@example.org
    """


@staff.command(short_help="Make an account.")
@click.argument("email")
@click.option("--name", default="", help="The name that customers see; the part before the @ if it is not given.")
@click.option(
    "--role", default="agent", show_default=True, type=click.Choice(ROLES),
    help="agent answers requests, editor changes articles, reviewer only reads, admin may do all.",
)  # fmt: skip
@password_option
@with_app
def add(app: Flask, email: str, name: str, role: str, password_stdin: bool) -> None:
    """Make an account for EMAIL. Asks for the password; without a terminal it makes one up and prints it.

    \b
    Examples:
      helpcenter staff add ada@example.org --name Ada --role admin
      helpcenter staff add gus@example.org --password-stdin < password.txt
    """
    password, made_up = chosen_password(from_stdin=password_stdin)
    with explained(), writing() as session:
        user = accounts.add_staff(session, email=email, name=name, role=role, password=password)
        audit.record(session, None, "staff.add", user.email, {"role": role})
    click.echo(f"{user.email} may sign in at /staff/ as {user.role}.")
    tell(password, made_up=made_up)


@staff.command(short_help="Change a password.")
@click.argument("email")
@password_option
@with_app
def password(app: Flask, email: str, password_stdin: bool) -> None:
    """Give the account EMAIL another password and end its sessions.

    \b
    Example:
      helpcenter staff password gus@example.org
    """
    chosen, made_up = chosen_password(from_stdin=password_stdin)
    change(email, "staff.password", lambda session, user: accounts.change_password(session, user, chosen))
    click.echo(f"{email} has another password and is signed out everywhere.")
    tell(chosen, made_up=made_up)


@staff.command(short_help="Keep somebody out.")
@click.argument("email")
@with_app
def disable(app: Flask, email: str) -> None:
    """Keep the account EMAIL out from this moment on, and end its sessions. What it wrote stays.

    \b
    Example:
      helpcenter staff disable gus@example.org
    """
    change(email, "staff.keep-out", accounts.disable)
    click.echo(f"{email} can no longer sign in.")


@staff.command(short_help="Let somebody in again.")
@click.argument("email")
@with_app
def enable(app: Flask, email: str) -> None:
    """Let the account EMAIL in again, with the password it had.

    \b
    Example:
      helpcenter staff enable gus@example.org
    """
    change(email, "staff.let-in", accounts.enable)
    click.echo(f"{email} can sign in again.")


@staff.command("second-factor-off", short_help="Take a lost second factor away.")
@click.argument("email")
@with_app
def second_factor_off(app: Flask, email: str) -> None:
    """Take the second factor of the account EMAIL away, when phone and recovery codes are lost.

    \b
    Example:
      helpcenter staff second-factor-off ada@example.org
    """
    change(email, "staff.second-factor-off", second_factor.disable)
    click.echo(f"{email} signs in with the password alone.")


@staff.command("list", short_help="List the accounts.")
@with_app
def list_(app: Flask) -> None:
    """List the accounts.

    \b
    Example:
      helpcenter staff list
    """
    for user in db.session.scalars(select(StaffUser).order_by(StaffUser.email)):
        click.echo(f"{user.email}  {user.role}  {user.name}{'  disabled' if user.disabled else ''}")


def change(email: str, name: str, action: Callable[[Session, StaffUser], None]) -> None:
    """Do *action* with the account *email*, and note it in the log as *name*."""
    with explained(), writing() as session:
        user = accounts.find_by_email(session, email)
        if user is None:
            raise StaffError("unknown", f"There is no account {email}. `helpcenter staff list` shows all.")
        action(session, user)
        audit.record(session, None, name, user.email)


def chosen_password(*, from_stdin: bool) -> tuple[str, bool]:
    """Return the password, and whether it was made up here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        return click.prompt(f"Password ({ADVISED} characters or more are advised)", hide_input=True, confirmation_prompt=True), False
    return secrets.token_urlsafe(GENERATED_BYTES), True


def tell(password: str, *, made_up: bool) -> None:
    """Print a password that was made up, the only time it is shown; advise when a typed one is short."""
    if made_up:
        click.echo(f"Password: {password}")
    elif len(password) < ADVISED:
        click.echo(f"Advice: {ADVISED} characters or more are much harder to guess.", err=True)


@contextmanager
def explained() -> Iterator[None]:
    """Say in one line what a person can mend."""
    try:
        yield
    except (StaffError, AddressRefused, PasswordRefused, TextRefused) as refused:
        raise Refusal(str(refused)) from None
