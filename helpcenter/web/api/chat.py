"""The chat: one conversation is opened with a token that only its visitor holds."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from helpcenter.chat import conversations
from helpcenter.chat.conversations import ChatError
from helpcenter.chat.models import Conversation
from helpcenter.language.cleaning import cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.support.attachments import AttachmentRefused
from helpcenter.web import conversing
from helpcenter.web.api import bp
from helpcenter.web.api.bodies import ChatBody, MessageBody, read_body
from helpcenter.web.api.search import checked_language
from helpcenter.web.carrying import read
from helpcenter.web.errors import Problem, answer_problem
from helpcenter.web.guards import same_site_only
from helpcenter.web.identity import IdentityRefused, read_identity
from helpcenter.web.request_files import FilesRefused, are_given, problem, read_files, takes_files
from helpcenter.web.services import services
from helpcenter.web.survey_links import survey_after_chat
from helpcenter.web.visitor import with_visitor


@bp.post("/chat")
@same_site_only
def start_chat() -> ResponseReturnValue:
    """Open a conversation; the answer holds its token and the bot's welcome."""
    body = read_body(ChatBody)
    lang = checked_language(body.lang)
    visitor, told = identified(body.identity)
    started = conversing.start(lang, page=body.page, query=body.query, visitor_is=visitor, way=read(body.trail))
    answer = jsonify(
        conversation=started.conversation.public_id,
        token=started.token,
        messages=conversations.to_api(started.messages),
        state=started.conversation.status,
        **told,
    )
    return with_visitor(answer), 201


def identified(token: str | None) -> tuple[dict[str, str], dict]:
    """Return what *token* says of the visitor, and what the answer tells of it; a bad one keeps nobody out."""
    if token is None:
        return {}, {}
    try:
        visitor = read_identity(token, services().identity_keys, audience=services().base_url, now=utcnow())
    except IdentityRefused as refused:
        return {}, {"identity": {"accepted": False, "reason": str(refused)}}
    return visitor, {"identity": {"accepted": True}}


@bp.post("/chat/<conversation>/messages")
@same_site_only
def say(conversation: str) -> ResponseReturnValue:
    """Say something to the bot, or to the person who has taken over."""
    found = authorised(conversation)
    body = read_body(MessageBody)
    if not body.text and body.choice is None:
        raise Problem(422, "The message is empty", "Send text, or the value of a choice.")
    try:
        said = conversing.take(found, text=body.text, choice=body.choice, client_id=body.id)
    except ChatError as refused:
        raise Problem(409, "The message cannot be taken", gettext(found.lang, str(refused))) from None
    except TooManyRequests as pause:
        answer = answer_problem(Problem(429, gettext(found.lang, "A short pause, please"), pause.description))
        answer.headers["Retry-After"] = str(pause.retry_after)
        return answer
    return _messages(found, said.messages)


@bp.post("/chat/<conversation>/files")
@takes_files
@same_site_only
def send_files(conversation: str) -> ResponseReturnValue:
    """Send files, as the parts `files` of a form; a part `id` is the sender's own name for them, so that they come once."""
    found = authorised(conversation)
    if not are_given():
        raise Problem(422, "There are no files", "Send a form with one or more parts named files.")
    try:
        said = conversing.take_files(found, read_files(found.lang), cut_text(request.form.get("id", ""), limit=64) or None)
    except (FilesRefused, AttachmentRefused) as refused:
        told = str(refused) if isinstance(refused, FilesRefused) else problem(found.lang, refused)
        raise Problem(422, "A file is not taken", told, errors=[{"field": "files", "message": told}]) from None
    except ChatError as refused:
        raise Problem(409, "The files cannot be taken", gettext(found.lang, str(refused))) from None
    return _messages(found, said.messages)


@bp.get("/chat/<conversation>/messages")
def messages(conversation: str) -> ResponseReturnValue:
    """Return the messages after the one with the id `after`."""
    found = authorised(conversation)
    after = request.args.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Problem(400, "The message id cannot be used", "after must be the id of a message.")
    return _messages(found, conversations.messages_after(db.session, found, int(after)))


def authorised(public_id: str) -> Conversation:
    """Return the conversation that the bearer token opens. Raises Problem 404 for every other one alike."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = conversing.find(public_id, token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Problem(404, "There is no such conversation", "Check the conversation and its token, or start a new one.")
    return found


def _messages(found: Conversation, shown: list) -> Response:
    conversation = db.session.get(Conversation, found.id, populate_existing=True)
    answer = {"messages": conversations.to_api(shown), "state": conversation.status}
    if asked := conversing.request_of(conversation):
        answer["request"] = asked
    if survey := survey_after_chat(conversation):
        answer["survey"] = survey
    return jsonify(answer)
