"""`helpcenter requests`: what people asked, for operators and for other programs."""

import json

import click
from flask import Flask

from helpcenter.accounts.models import StaffUser
from helpcenter.cli.refusal import Refusal
from helpcenter.cli.running import with_app
from helpcenter.storage import db
from helpcenter.support import exporting, handling
from helpcenter.support import requests as support
from helpcenter.support.models import Message, SupportRequest

LIST_LIMIT = 100


@click.group(short_help="See what people asked.")
def requests() -> None:
    """See what people asked, and what became of it.

    \b
    Examples:
      helpcenter requests list --state new
      helpcenter requests show R-7K3M9Q --json
    """


@requests.command("list", short_help="List requests, urgent ones first.")
@click.option("--state", type=click.Choice(support.STATES), help="Only requests in this state.")
@click.option("--limit", default=LIST_LIMIT, show_default=True, type=click.IntRange(1, 100_000), help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@with_app
def list_(app: Flask, state: str | None, limit: int, as_json: bool) -> None:
    """List requests: urgent ones that are not done first, then those that changed last.

    \b
    Examples:
      helpcenter requests list
      helpcenter requests list --state waiting --json
    """
    found = support.list_requests(db.session, state=state, limit=limit)
    if as_json:
        click.echo(json.dumps([as_row(request) for request in found], ensure_ascii=False))
        return
    for request in found:
        mark = "!" if request.priority == "high" else " "
        click.echo(f"{request.reference}  {mark} {request.state:8}  {request.lang:3}  {request.changed_at:%Y-%m-%d %H:%M}  {request.subject}")
    if not found:
        click.echo("There is no request.", err=True)


@requests.command("show", short_help="Show one request with everything that led to it.")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_app
def show(app: Flask, reference: str, as_json: bool) -> None:
    """Show the request REFERENCE: its messages, and the trail that led to it.

    \b
    Examples:
      helpcenter requests show R-7K3M9Q
      helpcenter requests show R-7K3M9Q --json
    """
    request = support.find_by_reference(db.session, reference)
    if request is None:
        raise Refusal(f"There is no request {reference}. `helpcenter requests list` shows all.")
    whole = as_object(request, support.messages_of(db.session, request, public_only=False))
    click.echo(json.dumps(whole, ensure_ascii=False) if as_json else as_text(whole))


@requests.command("export", short_help="Write all requests as CSV or JSON.")
@click.option("--csv", "kind", flag_value="csv", help="One line a request, for spreadsheets; no cell is a formula.")
@click.option("--json", "kind", flag_value="json", default="json", help="One JSON object a line, with messages, transcript and trail.")
@with_app
def export(app: Flask, kind: str) -> None:
    """Write every request to standard output, one after the other, so that any number fits.

    \b
    Examples:
      helpcenter requests export --json > requests.jsonl
      helpcenter requests export --csv > requests.csv
    """
    lines = exporting.as_csv(db.session) if kind == "csv" else exporting.as_json_lines(db.session)
    for line in lines:
        click.echo(line, nl=False)


def as_row(request: SupportRequest) -> dict:
    """Return a request in short."""
    return {
        "reference": request.reference,
        "subject": request.subject,
        "state": request.state,
        "kind": request.kind,
        "priority": request.priority,
        "email": request.email,
        "name": request.name,
        "lang": request.lang,
        "created_at": request.created_at.isoformat(),
        "changed_at": request.changed_at.isoformat(),
    }


def as_object(request: SupportRequest, messages: list[Message]) -> dict:
    """Return a request whole, as the contract names its fields."""
    assignee = db.session.get(StaffUser, request.assignee_id) if request.assignee_id else None
    return {
        **as_row(request),
        "section": request.section,
        "slots": request.slots,
        "acknowledged": request.acknowledged,
        "messages": [as_message(message) for message in messages],
        "trail": request.trail,
        "transcript": request.transcript,
        "assignee": assignee.email if assignee else None,
        "team": request.team,
        "tags": handling.tags_of(db.session, request),
        "answer_due_at": request.answer_due_at.isoformat() if request.answer_due_at else None,
        "solution_due_at": request.solution_due_at.isoformat() if request.solution_due_at else None,
    }


def as_message(message: Message) -> dict:
    """Return one message of a request."""
    return {
        "from": message.author,
        "name": message.author_name,
        "text": message.text,
        "public": message.public,
        "via": message.via,
        "at": message.created_at.isoformat(),
    }


def as_text(whole: dict) -> str:
    """Return a request for the eye."""
    head = f"{whole['reference']}  {whole['state']}  {whole['kind']}  {whole['lang']}\n{whole['subject']}\n{whole['name'] or ''} <{whole['email']}>"
    steps = [f"  {step['at'][:16]}  {step['kind']}  {json.dumps(step['details'], ensure_ascii=False)}" for step in whole["trail"]]
    said = [f"{one['at'][:16]}  {one['name'] or one['from']}{'' if one['public'] else ' (internal)'}\n{one['text']}" for one in whole["messages"]]
    return "\n\n".join([head, *(["What led here:\n" + "\n".join(steps)] if steps else []), *said])
