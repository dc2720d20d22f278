"""A conversation taken elsewhere: its transcript by mail, or the chat itself in a window of its own."""

import re
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.chat import conversations
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.language.messages import gettext
from helpcenter.mail import outbox
from helpcenter.mail.addresses import AddressRefused, checked_address
from helpcenter.mail.letters import Letter, write_letter
from helpcenter.mail.limits import may_send_automatic
from helpcenter.storage import db, writing
from helpcenter.web import conversing
from helpcenter.web.addresses import absolute
from helpcenter.web.asking import terms
from helpcenter.web.chatting import Held, held_conversation, remember
from helpcenter.web.guards import same_site_only
from helpcenter.web.limits import limited
from helpcenter.web.locale import known_language

bp = Blueprint("chat_elsewhere", __name__)

# Anybody can type anybody's address: what a visitor wrote must not bring a stranger to a page.
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}\b(?:[/:]\S*)?", re.IGNORECASE)
LEFT_OUT = "[…]"


@bp.post("/<lang:lang>/chat/continue")
@same_site_only
def carry_on(lang: str) -> ResponseReturnValue:
    """Lead to the chat's own page with the conversation that the form names; its token then stays in a cookie."""
    known_language(lang)
    held = named_conversation()
    answer = redirect(url_for("chatting.page", lang=lang, _anchor="last"), 303)
    return remember(answer, held) if held else answer


@bp.post("/<lang:lang>/chat/transcript")
@same_site_only
def send_transcript(lang: str) -> ResponseReturnValue:
    """Mail the conversation so far to the address that its visitor gives; a script gets the form alone with what came of it."""
    known_language(lang)
    held = named_conversation() or held_conversation()
    came = queue_transcript(held.conversation, request.form.get("email", "")) if held else "none"
    if request.headers.get("X-Fragment"):
        return render_template("chatting/_transcript.html", copied=came, copy_to=request.form.get("email", "")[:320], conversation=held)
    return redirect(url_for("chatting.page", lang=lang, copy=came, _anchor="copy"), 303)


def named_conversation() -> Held | None:
    """Return the conversation that the form names and has the token of."""
    public_id, token = request.form.get("conversation", ""), request.form.get("token", "")
    found = conversing.find(public_id, token) if public_id and token else None
    return Held(found, token) if found else None


def queue_transcript(conversation: Conversation, given: str) -> str:
    """Put the mail into the outbox; return "sent", "wrong" for no address, "later" when there were too many."""
    try:
        address = checked_address(given.strip()[:320])
    except AddressRefused:
        return "wrong"
    limited("transcript")
    messages = conversations.messages_after(db.session, conversation)
    letter = transcript(conversation, messages, address)
    with writing() as session:
        if not may_send_automatic(session, address, rate_limits=terms().rate_limits):
            return "later"
        # Nobody is told when it cannot be delivered: the address was typed by whoever.
        outbox.queue(session, thread=f"chat-{conversation.public_id}", envelope_sender="", **letter._asdict())
    return "sent"


def transcript(conversation: Conversation, messages: Sequence[ChatMessage], address: str) -> Letter:
    """Return the mail to *address*: every message under the name of who wrote it."""
    names = {"visitor": gettext(conversation.lang, "You"), "bot": gettext(conversation.lang, "Assistant"), "agent": gettext(conversation.lang, "Our team")}
    lines = [{"who": names[one.author], "text": harmless(one), "article": article_of(one)} for one in messages]
    chat_url = absolute("chatting.page", lang=conversation.lang)
    return write_letter(terms(), "transcript", recipient=address, lang=conversation.lang, automatic=True, lines=lines, chat_url=chat_url)


def harmless(message: ChatMessage) -> str:
    """Return the words of *message*; addresses of pages only from those who work here."""
    return ADDRESS.sub(LEFT_OUT, message.text) if message.author == "visitor" else message.text


def article_of(message: ChatMessage) -> dict[str, str] | None:
    """Return title and address of the article that *message* shows."""
    card = message.card
    return {"title": card["title"], "url": absolute("pages.article", lang=message.conversation.lang, slug=card["slug"])} if card else None
