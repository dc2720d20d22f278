"""`helpcenter retention`: forget what has been kept long enough."""

import click
from flask import Flask

from helpcenter.cli.running import with_app
from helpcenter.privacy import person
from helpcenter.privacy.retention import FIXED_DAYS, RULES, old_mail_files, run
from helpcenter.storage import writing
from helpcenter.storage.columns import utcnow
from helpcenter.storage.database import WRITER
from helpcenter.web.services import services


@click.command(short_help="Forget what has been kept long enough.")
@click.option("--dry-run", is_flag=True, help="Only say what would be forgotten.")
@with_app
def retention(app: Flask, dry_run: bool) -> None:
    """Forget what is older than the HELPCENTER_KEEP_* settings say. `helpcenter work` does the same once a day.

    By hand the database is also written anew, so that nothing of it stays in free pages.

    \b
    Examples:
      helpcenter retention --dry-run
      helpcenter retention
    """
    done = forget(dry_run=dry_run)
    days = {**services().keep_days, **FIXED_DAYS}
    for rule in RULES:
        kept = f"{days[rule.keep]} days" if days[rule.keep] else "for ever"
        click.echo(f"{rule.name:24} kept {kept:10} {done.get(rule.name, 0):7}")
    click.echo(f"{'mail in files':24} kept {days['mail']} days {done['mail in files']:9}")
    click.echo("Nothing was changed." if dry_run else "Forgotten.")
    if not dry_run and any(done.values()):
        person.compact(app.extensions[WRITER])


def forget(*, dry_run: bool = False) -> dict[str, int]:
    """Forget what is old enough, and return how much by the name of its rule."""
    keep, now = services().keep_days, utcnow()
    with writing() as session:
        done = run(session, keep, now, dry_run=dry_run)
    files = old_mail_files(services().data_folder, keep, now)
    for path in files if not dry_run else ():
        path.unlink(missing_ok=True)
    return {**done, "mail in files": len(files)}
