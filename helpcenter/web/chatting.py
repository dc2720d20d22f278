"""The chat as a page of its own: plain forms, with the conversation's token in a cookie from the first message on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData
from werkzeug.exceptions import TooManyRequests

from helpcenter.chat import conversations
from helpcenter.chat.conversations import LONGEST_MESSAGE, ChatError
from helpcenter.chat.dialogue import begin
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.chat.turns import Reply, State
from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db
from helpcenter.support.attachments import AttachmentRefused, CheckedFile
from helpcenter.web import conversing, request_files
from helpcenter.web.carrying import carried, carry, carry_from_article
from helpcenter.web.guards import same_site_only
from helpcenter.web.locale import current_site, known_language
from helpcenter.web.recording import count_act
from helpcenter.web.request_files import FilesRefused, read_files, takes_files
from helpcenter.web.services import services
from helpcenter.web.survey_links import survey_after_chat
from helpcenter.web.visitor import with_visitor

bp = Blueprint("chatting", __name__)

COOKIE = "hc_chat"
PURPOSE = "chat-page"
LIFETIME_SECONDS = 24 * 3600
LONGEST_QUERY = 256
PERSON = "person"


@dataclass(frozen=True)
class Bubble:
    """One message as the page shows it."""

    author: str
    text: str
    html: str = ""
    article: dict | None = None
    choices: list[dict] = field(default_factory=list)
    id: int = 0


@dataclass(frozen=True)
class Held:
    """The conversation that the visitor's cookie opens, and its token."""

    conversation: Conversation
    token: str


@bp.get("/<lang:lang>/chat")
def page(lang: str) -> ResponseReturnValue:
    """Show the conversation, or the greeting; looking at it starts nothing."""
    known_language(lang)
    held = held_conversation()
    if held is None:
        count_act("chat-seen", lang)
        return show(lang, greeting(lang))
    messages = conversations.messages_after(db.session, held.conversation)
    return show(lang, [bubble_of(message) for message in messages], held)


@bp.post("/<lang:lang>/chat")
@takes_files
@same_site_only
def say(lang: str) -> ResponseReturnValue:
    """Take a message or a button, starting the conversation if it is the first, and show the page again."""
    known_language(lang)
    if request.form.get("restart"):
        return forget(redirect(url_for("chatting.page", lang=lang), 303))
    try:
        text = clean_text(request.form.get("text", ""), limit=LONGEST_MESSAGE)
    except TextRefused:
        return show_refusal(lang, gettext(lang, "This message is too long: at most %(limit)s characters.", limit=LONGEST_MESSAGE))
    choice = cut_text(request.form.get("choice", ""), limit=200) or None
    try:
        files = read_files(lang)
    except FilesRefused as refused:
        return show_refusal(lang, str(refused))
    if not text and choice is None and not files:
        return show_refusal(lang, gettext(lang, "Please write your question in a few words."))
    return answer(lang, text, choice, files)


def answer(lang: str, text: str, choice: str | None, files: Sequence[CheckedFile] = ()) -> ResponseReturnValue:
    """Say it to the bot, keep the *files*, and lead back to the page, the cookie set."""
    held = held_conversation()
    if held is None:
        started = conversing.start(lang, query=asked_query(), way=carried())
        held = Held(started.conversation, started.token)
    try:
        if files:
            conversing.take_files(held.conversation, files)
        if text or choice is not None:
            conversing.take(held.conversation, text=text, choice=choice)
    except AttachmentRefused as refused:
        return show_refusal(lang, request_files.problem(lang, refused))
    except ChatError as refused:
        return show_refusal(lang, gettext(lang, str(refused)))
    except TooManyRequests as pause:
        page, _ = show_refusal(lang, pause.description)
        return page, 429, {"Retry-After": str(pause.retry_after)}
    return with_visitor(remember(redirect(url_for("chatting.page", lang=lang, _anchor="last"), 303), held))


def show(lang: str, bubbles: list[Bubble], held: Held | None = None, *, problem: str | None = None) -> str:
    """Return the page with *bubbles*; only the last buttons can still be pressed."""
    carry(carry_from_article())
    g.switcher = {other: url_for("chatting.page", lang=other) for other in current_site().languages}
    return render_template(
        "chatting/chat.html",
        bubbles=bubbles,
        choices=open_choices(bubbles),
        conversation=held.conversation if held else None,
        token=held.token if held else None,
        asked=conversing.request_of(held.conversation) if held else None,
        survey=survey_after_chat(held.conversation if held else None),
        draft=request.form.get("text", "") if problem else asked_query() if held is None else "",
        query=asked_query(),
        problem=problem,
        limit=LONGEST_MESSAGE,
    )


def open_choices(bubbles: list[Bubble]) -> list[dict]:
    """Return the buttons of the last message.

    "Talk to a person" always stands below the line to write on, so it is left out where it would say nothing new: alone,
    and in the greeting.
    """
    choices = bubbles[-1].choices if bubbles else []
    others = [choice for choice in choices if choice["value"] != PERSON]
    is_greeting = all(bubble.author == "bot" for bubble in bubbles)
    return others if is_greeting or not others else choices


def show_refusal(lang: str, problem: str) -> ResponseReturnValue:
    """Return the page with what is wrong with the message, and the message still in the box."""
    held = held_conversation()
    messages = conversations.messages_after(db.session, held.conversation) if held else []
    bubbles = [bubble_of(message) for message in messages] if held else greeting(lang)
    return show(lang, bubbles, held, problem=problem), 422


def greeting(lang: str) -> list[Bubble]:
    """Return what the bot says first, without a conversation being stored."""
    turn = begin(services().bot(), State(lang), context=conversing.context_at(), **conversing.finders())
    return [greeting_bubble(reply) for reply in turn.replies]


def greeting_bubble(reply: Reply) -> Bubble:
    """Return a reply that is stored nowhere as a bubble."""
    choices = [{"label": choice.label, "value": choice.value} for choice in reply.choices]
    article = {"title": reply.article.title, "url": reply.article.url, "excerpt": reply.article.excerpt} if reply.article else None
    return Bubble("bot", reply.text, reply.html, article, choices)


def bubble_of(message: ChatMessage) -> Bubble:
    """Return a stored message as a bubble."""
    html = message.html if message.author == "bot" else ""
    return Bubble(message.author, message.text, html, message.card, message.choices or [], message.id)


def asked_query() -> str:
    """Return the search that led here, from the address or the form."""
    return cut_text(request.values.get("q", ""), limit=LONGEST_QUERY)


def held_conversation() -> Held | None:
    """Return the conversation of the cookie, None without a valid one."""
    try:
        held = services().sign(PURPOSE).loads(request.cookies.get(COOKIE, ""), max_age=LIFETIME_SECONDS)
        public_id, token = held["conversation"], held["token"]
    except (BadData, KeyError, TypeError):
        return None
    found = conversing.find(public_id, token)
    return Held(found, token) if found else None


def remember(response: Response, held: Held) -> Response:
    """Return *response* with the cookie that opens the conversation for a day."""
    signed = services().sign(PURPOSE).dumps({"conversation": held.conversation.public_id, "token": held.token})
    response.set_cookie(
        COOKIE, signed, max_age=LIFETIME_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


def forget(response: Response) -> Response:
    """Return *response* without the conversation's cookie."""
    response = make_response(response)
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
