"""`helpcenter ask`: one turn of the bot with its reasons, or a whole chat in the terminal."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import Flask

from helpcenter.chat.dialogue import LONGEST_MESSAGE, begin, reply
from helpcenter.chat.importing import bot_folder
from helpcenter.chat.rules import Rules, load_rules
from helpcenter.chat.turns import Message, State, Turn
from helpcenter.cli.running import with_app
from helpcenter.content.languages import language_code
from helpcenter.language.cleaning import TextRefused, clean_text
from helpcenter.web.conversing import context_at, finders
from helpcenter.web.locale import current_site
from helpcenter.web.services import services


@click.command()
@click.argument("text", required=False)
@click.option("--lang", help="The language of the conversation; the site's first without it.")
@click.option("--page", default="", help="The page the visitor is on, as /en/articles/….")
@click.option("--rules", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Rules in files instead of the published ones.")
@click.option("--trace", is_flag=True, help="Say in words why the bot answers so.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line, the trace in it.")
@with_app
def ask(app: Flask, text: str | None, lang: str | None, page: str, folder: Path | None, trace: bool, as_json: bool) -> None:
    """Ask the bot TEXT and see, with --trace, why it answers so; without TEXT, chat.

    \b
    Examples:
      helpcenter ask "where is my parcel?" --trace
      helpcenter ask "gdzie jest moja paczka" --lang pl --json
      helpcenter ask --rules our-articles/bot
    """
    with app.test_request_context("/"):
        site = current_site()
        lang = language_code(lang or site.languages[0])
        if lang is None:
            raise click.UsageError("--lang takes the code of a language, such as en or pt-br.")
        rules = rules_from(folder, [lang]) if folder else published_rules([lang])
        told: dict[str, Any] = {"context": context_at(page), **finders()}
        if text is None:
            return chat(rules, lang, told, trace=trace)
        turn = reply(Message(cleaned(text)), rules, State(lang, seed="ask"), **told)
        if as_json:
            show_json(turn)
        else:
            show_words(turn, trace=trace)
    return None


def published_rules(languages: list[str]) -> Rules:
    """Return the published rules; those of the content folder as long as nothing is published."""
    return services().bot() if services().bot().languages else rules_from(services().content_folder, languages)


def cleaned(text: str) -> str:
    """Return the text as the web would take it; a text that is refused is a usage error."""
    try:
        return clean_text(text, limit=LONGEST_MESSAGE)
    except TextRefused as error:
        raise click.UsageError(f"The question cannot be taken: {error}") from None


def rules_from(folder: Path, languages: list[str]) -> Rules:
    """Return the rules of a folder; what is wrong with them goes to standard error."""
    rules, problems = load_rules(bot_folder(folder), languages)
    for problem in problems:
        if problem.severity == "error":
            click.echo(str(problem), err=True)
    return rules


def chat(rules: Rules, lang: str, told: dict[str, Any], *, trace: bool) -> None:
    """Talk with the bot until the input ends."""
    turn = begin(rules, State(lang, seed="ask"), **told)
    show_words(turn, trace=False)
    while True:
        try:
            text = click.prompt("", prompt_suffix="> ", default="", show_default=False)
        except (click.Abort, EOFError):
            return click.echo()
        turn = reply(Message(cleaned(text)), rules, turn.state, **told)
        show_words(turn, trace=trace)


def show_words(turn: Turn, *, trace: bool) -> None:
    """Print a turn for people, with *trace* also why it is so."""
    for one in turn.replies:
        click.echo(one.text)
        if one.article:
            click.echo(f"  {one.article.url}")
        if one.choices:
            click.echo("  " + "  ".join(f"[{choice.label}]" for choice in one.choices))
    for action in turn.actions:
        click.echo(f"  ({type(action).__name__})")
    if trace:
        click.secho("Why:", dim=True)
        for line in turn.trace:
            click.secho(f"  · {line}", dim=True)


def show_json(turn: Turn) -> None:
    """Print a turn as one JSON object."""
    click.echo(json.dumps(turn_json(turn), ensure_ascii=False))


def turn_json(turn: Turn) -> dict[str, Any]:
    """Return a turn as JSON values."""
    return {
        "rule": turn.rule,
        "confidence": turn.confidence,
        "replies": [asdict(one) for one in turn.replies],
        "state": turn.state.status,
        "actions": [{"action": type(action).__name__.lower(), **asdict(action)} for action in turn.actions],
        "trace": list(turn.trace),
    }
