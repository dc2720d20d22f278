"""`helpcenter gaps`: what people look for and do not find."""

import json

import click
from flask import Flask
from sqlalchemy import select

from helpcenter.cli.insight_chores import find_gaps
from helpcenter.cli.running import with_app
from helpcenter.insights.listing import FOUND_LAST, Wanted, list_gaps
from helpcenter.insights.models import STATES, Gap, GapPass
from helpcenter.storage import db

MOST = 500


@click.command(short_help="List what people look for and do not find.")
@click.option("--lang", default="", metavar="XX", help="Only this language.")
@click.option("--state", type=click.Choice(STATES), default="open", show_default=True, help="Only those that are so.")
@click.option("--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="How many.")
@click.option("--find", "find_now", is_flag=True, help="Group everything anew first; `helpcenter work` does so every hour.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_app
def gaps(app: Flask, lang: str, state: str, limit: int, find_now: bool, as_json: bool) -> None:
    """List the gaps, those that concern most people first: known visits, and searches, which nobody can tell apart.

    \b
    Examples:
      helpcenter gaps
      helpcenter gaps --lang lv --json
      helpcenter gaps --state closed
    """
    if find_now:
        find_gaps()
    last = db.session.scalars(select(GapPass).where(GapPass.id == FOUND_LAST)).first()
    found = list_gaps(db.session, Wanted(lang=lang, state=state), limit=limit)
    if as_json:
        grouped = last.finished_at.isoformat() if last else None
        click.echo(json.dumps({"grouped_at": grouped, "gaps": [as_dict(gap) for gap in found]}, ensure_ascii=False))
        return
    for gap in found:
        click.echo(f"{gap.people:5} {gap.lang:3} {gap.name[:60]}  ({', '.join(word for _, word, _ in gap.words[:4])})")
    click.echo(f"{len(found)} gaps; grouped {last.finished_at:%Y-%m-%d %H:%M} UTC" if last else "Nothing is grouped yet; see --find.")


def as_dict(gap: Gap) -> dict:
    """Return a gap as JSON values."""
    return {
        "id": gap.id, "lang": gap.lang, "name": gap.name, "state": gap.state, "words": [word for _, word, _ in gap.words],
        "visits": gap.visits, "searches": gap.searches, "first_day": gap.first_day.isoformat(), "last_day": gap.last_day.isoformat(),
        "acted_as": gap.acted_as, "acted_at": gap.acted_at.isoformat() if gap.acted_at else None,
    }  # fmt: skip
