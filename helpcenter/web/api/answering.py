"""Requests for programs of the staff: read them and answer them, with a token that somebody made for it."""

from typing import NoReturn

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpcenter.accounts import audit, tokens
from helpcenter.accounts.models import ApiToken
from helpcenter.language.cleaning import TextRefused
from helpcenter.storage import db, writing
from helpcenter.support import requests as support
from helpcenter.support.models import Message, SupportRequest
from helpcenter.web.api import bp
from helpcenter.web.api.answers import AnsweredAnswer, ListedRequest, RequestMessage, RequestsAnswer, WholeRequest
from helpcenter.web.api.bodies import AnswerBody, read_body
from helpcenter.web.asking import terms
from helpcenter.web.conversing import answer_in_chat
from helpcenter.web.errors import Problem

PAGE = 50
MOST_PAGES = 10_000


def token_for(scope: str) -> ApiToken:
    """Return the token that the caller sent. Raises Problem: 401 without a good one, 403 when it does not allow *scope*."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    token = tokens.find_token(db.session, text.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        advice = "Send Authorization: Bearer hc_… with a token made at /staff/account/. Tokens run out, and end with their person's account."
        raise Problem(401, "There is no valid token", advice)
    if not tokens.may(token, scope):
        raise Problem(403, "The token does not allow this", f"Make one with the scope {scope}.")
    if tokens.is_used_long_ago(token):
        with writing() as session:
            tokens.touch(session, token)
    return token


@bp.get("/requests")
def list_requests() -> ResponseReturnValue:
    """List support requests: urgent ones that are not done first, then those that changed last."""
    token_for("requests:read")
    state = request.args.get("state") or None
    if state is not None and state not in support.STATES:
        raise Problem(422, "There is no such state", f"States are {', '.join(support.STATES)}.")
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    found = support.list_requests(db.session, state=state, limit=PAGE + 1, offset=(page - 1) * PAGE)
    answer = RequestsAnswer(requests=[listed(one) for one in found[:PAGE]], next_page=page + 1 if len(found) > PAGE else None)
    return jsonify(answer.model_dump())


@bp.get("/requests/<reference>")
def show_request(reference: str) -> ResponseReturnValue:
    """Show a support request with its messages, its transcript and the trail that led to it."""
    token_for("requests:read")
    found = support.find_by_reference(db.session, reference) or missing(reference)
    messages = [shown(one) for one in support.messages_of(db.session, found, public_only=False)]
    more = {"section": found.section, "slots": found.slots, "trail": found.trail, "transcript": found.transcript}
    return jsonify(WholeRequest(**listed(found).model_dump(), **more, messages=messages).model_dump())


@bp.post("/requests/<reference>/messages")
def answer_request(reference: str) -> ResponseReturnValue:
    """Answer the customer, or add an internal note. The same words twice in a row are one message."""
    token = token_for("requests:write")
    body = read_body(AnswerBody)
    g.lang = g.get("lang") or terms().site.languages[0]
    try:
        with writing() as session:
            found = support.find_by_reference(session, reference) or missing(reference)
            message = add_message(session, found, body, token)
            audit.record(session, token.user, "api.note" if body.note else "api.reply", reference, {"token": token.name})
            answer = AnsweredAnswer(reference=reference, state=found.state, message=shown(message))
    except (support.RequestRefused, TextRefused) as refused:
        raise Problem(422, "The message cannot be stored", str(refused)) from None
    return jsonify(answer.model_dump()), 201


def add_message(session: Session, found: SupportRequest, body: AnswerBody, token: ApiToken) -> Message:
    """Store what *body* says about the request *found* in the name of the token's person, and return the message."""
    if body.note:
        return support.add_note(session, found, body.text, staff=token.user)
    repeated = support.is_repeated(session, found, body.text, staff=token.user)
    message = support.reply(session, terms(), found, body.text, staff=token.user, state=body.state)
    if not repeated:
        answer_in_chat(session, found, message.text)
    return message


def missing(reference: str) -> NoReturn:
    """Raise Problem 404 for the *reference*, which no request has."""
    raise Problem(404, f"There is no request {reference[:40]}", "References look like R-7K3M9Q; GET /api/v1/requests lists them.")


def listed(found: SupportRequest) -> ListedRequest:
    """Return a request in short."""
    names = ("reference", "subject", "state", "kind", "priority", "email", "name", "lang")
    times = {"created_at": found.created_at.isoformat(), "changed_at": found.changed_at.isoformat()}
    return ListedRequest(**{name: getattr(found, name) for name in names}, **times)


def shown(message: Message) -> RequestMessage:
    """Return a message of a request."""
    return RequestMessage(
        id=message.id,
        author=message.author,
        name=message.author_name,
        public=message.public,
        via=message.via,
        text=message.text,
        at=message.created_at.isoformat(),
    )
