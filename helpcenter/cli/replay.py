"""`helpcenter replay`: what the bot would say today to what visitors said before."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import select

from helpcenter.chat import conversations
from helpcenter.chat.models import Conversation
from helpcenter.chat.replay import Replayed, replay
from helpcenter.chat.rules import Rules
from helpcenter.chat.turns import Context
from helpcenter.cli.ask import rules_from
from helpcenter.cli.running import with_app
from helpcenter.storage import db
from helpcenter.web.conversing import context_at, finders
from helpcenter.web.services import services


@dataclass(frozen=True)
class Played:
    """A conversation that was played again."""

    conversation: Conversation
    turns: list[Replayed]

    @property
    def changed(self) -> list[Replayed]:
        """Return the turns in which the visitor would read something else."""
        return [turn for turn in self.turns if not turn.same_answer]


@click.command(name="replay", short_help="Play stored conversations again over the bot's rules.")
@click.argument("names", nargs=-1, metavar="[CONVERSATION]...")
@click.option("--last", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many, when none is named.")
@click.option("--rules", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Rules in files instead of the published ones.")
@click.option("--trace", is_flag=True, help="Show the reasons then and now, also where only they differ.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_app
def replay_command(app: Flask, names: tuple[str, ...], last: int, folder: Path | None, trace: bool, as_json: bool) -> None:
    """Play the last conversations, or those that are named, again, and show what the bot would answer otherwise.

    With the rules and articles of then every answer and every reason is the same. Nothing is stored or sent.

    \b
    Examples:
      helpcenter replay --rules our-articles/bot
      helpcenter replay --last 500 --json
      helpcenter replay 3f2a9c0d1e4b5a6978c0d1e2 --trace
    """
    chosen = choose(names, last)
    rules = rules_from(folder, sorted({one.lang for one in chosen})) if folder else services().bot()
    with app.test_request_context("/"):
        played = [Played(one, list(play(one, rules))) for one in chosen]
    if as_json:
        click.echo(json.dumps(as_dict(played), ensure_ascii=False))
    else:
        show(played, trace=trace)


def choose(names: tuple[str, ...], last: int) -> list[Conversation]:
    """Return the named conversations, or the last ones, oldest first. Raises ClickException for a name nobody knows."""
    if not names:
        newest = db.session.scalars(select(Conversation).order_by(Conversation.id.desc()).limit(last))
        return list(reversed(newest.all()))
    found = {one.public_id: one for one in db.session.scalars(select(Conversation).where(Conversation.public_id.in_(names)))}
    if unknown := [name for name in names if name not in found]:
        raise click.ClickException(f"There is no conversation {unknown[0][:40]}. `helpcenter replay --json` names those there are.")
    return [found[name] for name in names]


def play(conversation: Conversation, rules: Rules) -> list[Replayed]:
    """Return the turns of *conversation*, then and now."""
    messages = conversations.messages_after(db.session, conversation)
    def then(moment: datetime) -> Context:
        return context_at(conversation.page, moment, conversation.visitor)

    return list(replay(conversation, messages, rules, context_at=then, **finders()))


def show(played: list[Played], *, trace: bool) -> None:
    """Print what differs, and how much does."""
    for one in played:
        for turn in one.turns:
            if not turn.same_answer or (trace and not turn.same_trace):
                show_turn(one.conversation, turn, trace=trace)
    turns = sum(len(one.turns) for one in played)
    changed = sum(len(one.changed) for one in played)
    click.echo(f"{len(played)} conversations, {turns} turns: {turns - changed} answered as before, {changed} otherwise")


def show_turn(conversation: Conversation, turn: Replayed, *, trace: bool) -> None:
    """Print one turn, then and now."""
    said = turn.then.said.text if turn.then.said else "(the conversation begins)"
    click.echo(f"{conversation.public_id} ({conversation.lang}): {said}")
    for name, texts in (("then", [one.text for one in turn.then.answers]), ("now", [one.text for one in turn.now.replies])):
        click.echo(f"  {name}: {' / '.join(texts)}")
    if trace:
        for name, lines in (("then", turn.then.trace), ("now", turn.now.trace)):
            for line in lines:
                click.secho(f"    {name} · {line}", dim=True)


def as_dict(played: list[Played]) -> dict[str, Any]:
    """Return what was played as JSON values."""
    return {
        "turns": sum(len(one.turns) for one in played),
        "changed": sum(len(one.changed) for one in played),
        "conversations": [
            {"conversation": one.conversation.public_id, "lang": one.conversation.lang, "turns": [turn_dict(turn) for turn in one.turns]}
            for one in played
        ],
    }


def turn_dict(turn: Replayed) -> dict[str, Any]:
    """Return one turn, then and now, as JSON values."""
    return {
        "said": turn.then.said.text if turn.then.said else None,
        "same_answer": turn.same_answer,
        "same_trace": turn.same_trace,
        "then": {"texts": [one.text for one in turn.then.answers], "trace": turn.then.trace},
        "now": {"rule": turn.now.rule, "texts": [one.text for one in turn.now.replies], "trace": list(turn.now.trace)},
    }
