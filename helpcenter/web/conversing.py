"""What a chat message does, whichever door it came through: page, widget or API.

The engine only says what should happen; here it happens, in the same transaction as the message itself: a request with
its transcript and mail, or nothing at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from helpcenter.chat import conversations
from helpcenter.chat.conversations import Said
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.chat.turns import Action, AddToRequest, ArticleCard, Context, Escalate, Passage, Resolve
from helpcenter.content import library
from helpcenter.content.site import Site
from helpcenter.journeys import trail
from helpcenter.journeys.models import Journey
from helpcenter.language.messages import gettext
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import attachments
from helpcenter.support import requests as support
from helpcenter.support.attachments import CheckedFile
from helpcenter.support.models import SupportRequest
from helpcenter.web.asking import status_url, terms
from helpcenter.web.carrying import NOTHING, Carried, article_step, record_carried
from helpcenter.web.limits import limited
from helpcenter.web.locale import current_site
from helpcenter.web.promises import until_when
from helpcenter.web.services import services
from helpcenter.web.visitor import ensure_visitor

CHAT_PAGE = re.compile(r"/[a-z-]+/chat/?")
ARTICLE_PAGE = re.compile(r"/(?P<lang>[a-z-]+)/articles/(?P<slug>[^/?#]+)")
SECTION_PAGE = re.compile(r"/[a-z-]+/sections/(?P<section>[^?#]+?)/?")
# The hours of the people who answer are those of the first channel of this kind.
PEOPLE_CHANNELS = ("chat", "phone", "email")


@dataclass(frozen=True)
class Started:
    """A new conversation and the token that its visitor holds."""

    conversation: Conversation
    token: str
    messages: list[ChatMessage]


def start(lang: str, *, page: str = "", query: str = "", visitor_is: Mapping[str, str] | None = None, way: Carried = NOTHING) -> Started:
    """Open a conversation in *lang*; *page*, *query* and *way* are where the visitor comes from, *visitor_is* what a signed identity says."""
    limited("chat-start")
    # Compiled before the transaction begins: a worker's first time takes a while, and nobody should wait for that.
    visitor, rules = ensure_visitor(), services().bot()
    with writing() as session:
        journey = trail.of_visitor(session, visitor, lang)
        viewed = viewed_page(page)
        record_carried(session, journey, way, ("search", {"query": query}) if query else None, ("view", viewed) if viewed else None)
        trail.record(session, journey, "chat")
        conversation, token = conversations.start(
            session, lang, rules, query=query, journey_id=journey.id, context=context_at(page, visitor=visitor_is), **finders()
        )
        return Started(conversation, token, conversations.messages_after(session, conversation))


def viewed_page(path: str) -> dict | None:
    """Return what the trail says of the page a chat was opened on: our article, or a page of the host; never the chat itself."""
    if not path or CHAT_PAGE.fullmatch(path):
        return None
    if match := ARTICLE_PAGE.fullmatch(path):
        found = library.resolve(db.session, current_site(), match["lang"], match["slug"])
        if found is not None:
            return article_step(found.article)
    return {"page": path}


def find(public_id: str, token: str) -> Conversation | None:
    """Return the conversation when *token* opens it."""
    return conversations.find_conversation(db.session, public_id, token)


def take(found: Conversation, *, text: str = "", choice: str | None = None, client_id: str | None = None) -> Said:
    """Store what the visitor said, answer it, and do what the answer asks for."""
    pause_after_many(found)
    rules = services().bot()
    with writing() as session:
        conversation = session.get(Conversation, found.id)
        said = conversations.say(
            session,
            conversation,
            rules,
            context=context_at(conversation.page, visitor=conversation.visitor),
            text=text,
            choice=choice,
            client_id=client_id,
            **finders(),
        )
        if not said.repeated and (journey := journey_of(session, conversation)):
            trail.record(session, journey, "turn", rule=said.turn.rule if said.turn else None)
        added = [perform(session, conversation, action) for action in said.actions]
        if conversation.request_id and text and not said.repeated and not said.actions:
            added.append(add_to_request(session, conversation, text))
        return Said([*said.messages, *filter(None, added)], said.actions, said.turn, said.repeated)


def take_files(found: Conversation, files: Sequence[CheckedFile], client_id: str | None = None) -> Said:
    """Keep what the visitor sent: in the request, or until the conversation becomes one; return the message and what is said to it.

    Raises AttachmentRefused when there are too many files by now.
    """
    pause_after_many(found)
    told = [{"name": file.name, "size": len(file.data)} for file in files]
    text = gettext(found.lang, "Files: %(names)s", names=", ".join(file.name for file in files))
    with writing() as session:
        conversation = session.get_one(Conversation, found.id)
        message, repeated = conversations.say_files(session, conversation, text, told, context=context_at(), client_id=client_id)
        if repeated:
            return Said([message], repeated=True)
        keep = keep_in_request if conversation.request_id else keep_until_asked
        return Said([message, *keep(session, conversation, message.text, files)])


def keep_in_request(session: Session, conversation: Conversation, text: str, files: Sequence[CheckedFile]) -> list[ChatMessage]:
    """Add *files* as a message to the request that the conversation has become; return what has to be told, if anything."""
    told = add_to_request(session, conversation, text)
    request = session.get_one(SupportRequest, conversation.request_id)
    message = support.messages_of(session, request, public_only=True)[-1]
    for file in files:
        attachments.keep(session, request, file, folder=services().data_folder, message=message)
    return [told] if told else []


def keep_until_asked(session: Session, conversation: Conversation, _text: str, files: Sequence[CheckedFile]) -> list[ChatMessage]:
    """Keep *files* for the people who may be asked later, and say so; what was to choose from stays to choose from."""
    offered = conversations.last_choices(session, conversation)
    for file in files:
        attachments.keep_waiting(session, conversation.id, file, folder=services().data_folder)
    said = gettext(conversation.lang, "I have kept your files for our team: I cannot read them myself. They come along when you ask a person.")
    answer = conversations.add_bot_message(session, conversation, said, rule="builtin.files", context=context_at())
    answer.choices = offered
    return [answer]


def journey_of(session: Session, conversation: Conversation) -> Journey | None:
    """Return the visit that *conversation* belongs to; None when it is kept no more."""
    return session.get(Journey, conversation.journey_id) if conversation.journey_id else None


def pause_after_many(found: Conversation) -> None:
    """Ask for a pause, in the visitor's language, when there were too many messages in a minute. Raises TooManyRequests."""
    try:
        limited("chat-message", found.public_id)
    except TooManyRequests as many:
        asked = gettext(
            found.lang, "There were many messages in a short time. Please wait a minute and send this one again; what you typed is kept."
        )
        raise TooManyRequests(asked, retry_after=many.retry_after) from None


def perform(session: Session, conversation: Conversation, action: Action) -> ChatMessage | None:
    """Do what the engine asked for; return the message that tells the visitor, if there is one."""
    if isinstance(action, Escalate):
        return escalate(session, conversation, action)
    if isinstance(action, AddToRequest):
        return add_to_request(session, conversation, action.text)
    if isinstance(action, Resolve) and (journey := journey_of(session, conversation)):
        trail.record(session, journey, "solved")
        trail.close(session, journey, "resolved")
    return None


def escalate(session: Session, conversation: Conversation, action: Escalate) -> ChatMessage:
    """Turn the conversation into a support request that carries everything said and done before."""
    messages = conversations.messages_after(session, conversation)
    request = support.open_request(
        session,
        terms(),
        subject=action.subject,
        body=action.body or action.slots.get("problem", ""),
        email=action.email,
        name=action.name or None,
        lang=conversation.lang,
        kind=action.kind,
        section=action.section,
        priority="high" if action.urgent else "normal",
        slots={**action.slots, **signed_in(conversation)},
        journey_id=conversation.journey_id,
        transcript=conversations.transcript(messages),
        via="chat",
    )
    conversation.request_id, conversation.status = request.id, "escalated"
    attachments.hand_over(session, conversation.id, request)
    return tell_reference(session, conversation, request)


def tell_reference(session: Session, conversation: Conversation, request: SupportRequest) -> ChatMessage:
    """Tell the visitor in the conversation under which reference people answer."""
    text = gettext(
        conversation.lang,
        "Your request has the reference %(reference)s. A person answers here and by e-mail to %(email)s.",
        reference=request.reference,
        email=request.email,
    )
    said = " ".join([text, *until_when(request)])
    return conversations.add_bot_message(session, conversation, said, rule="builtin.escalated", context=context_at())


def signed_in(conversation: Conversation) -> dict[str, str]:
    """Return what agents learn of a visitor who had signed in: the customer, and the address if it is another one."""
    known = conversation.visitor
    return {"signed_in_as": known["sub"], **({"signed_in_email": known["email"]} if "email" in known else {})} if "sub" in known else {}


def add_to_request(session: Session, conversation: Conversation, text: str) -> ChatMessage | None:
    """Add what the visitor wrote to the request their conversation has become.

    A closed request leads to a new one; return the message that tells its reference, None when nothing has to be told.
    """
    request = session.get(SupportRequest, conversation.request_id)
    if request is None:
        return None
    reached = support.merged_into(session, request)
    message = support.customer_reply(session, reached, text, via="chat", terms=terms())
    conversation.request_id = message.request_id
    return tell_reference(session, conversation, message.request) if message.request_id != reached.id else None


def follow_merge(session: Session, request: SupportRequest, into: SupportRequest) -> None:
    """Let the conversation that became *request* go on in the one it was merged *into*: people's answers come from there."""
    session.execute(update(Conversation).where(Conversation.request_id == request.id).values(request_id=into.id))


def answer_in_chat(session: Session, request: SupportRequest, text: str) -> None:
    """Show a person's answer, whole, in every conversation that became *request*; there the bot is silent now."""
    for conversation in session.scalars(select(Conversation).where(Conversation.request_id == request.id)).all():
        conversations.add_agent_message(session, conversation, text, context=context_at())


def request_of(conversation: Conversation) -> dict | None:
    """Return the reference and the status link of the conversation's request, if it has one."""
    request = db.session.get(SupportRequest, conversation.request_id) if conversation.request_id else None
    return {"reference": request.reference, "status_url": status_url(request)} if request else None


def context_at(page: str = "", now: datetime | None = None, visitor: Mapping[str, str] | None = None) -> Context:
    """Return what the engine may know of a moment, of the present one without *now*, and of the visitor."""
    now, site = now or utcnow(), current_site()
    place = {"page": page, "visitor": dict(visitor or {}), **place_of(page)}
    hours = people_hours(site)
    if hours is None:
        return Context(now, **place)
    return Context(now, **place, open_now=site.is_open(hours, now), next_opening=site.next_opening(hours, now))


def place_of(page: str) -> dict[str, str]:
    """Return the article and the section of one of our pages; nothing for a page of the host."""
    path = page.partition("?")[0].partition("#")[0]
    if match := SECTION_PAGE.fullmatch(path):
        return {"section": match["section"]}
    match = ARTICLE_PAGE.fullmatch(path)
    found = library.resolve(db.session, current_site(), match["lang"], match["slug"]) if match else None
    return {"article": found.article.key, "section": found.article.section} if found else {}


def people_hours(site: Site) -> str | None:
    """Return the name of the hours in which people answer the chat."""
    named = {channel.kind: channel.hours for channel in reversed(site.channels) if channel.hours}
    return next((named[kind] for kind in PEOPLE_CHANNELS if kind in named), None)


def finders() -> dict:
    """Return how the engine looks into the library."""
    return {"search": find_passages, "find_article": find_card}


def find_passages(text: str, lang: str, limit: int) -> list[Passage]:
    """Return the passages that answer *text*."""
    return services().engine.passages(text, lang, limit)


def find_card(key: str, lang: str) -> ArticleCard | None:
    """Return the card of the article *key* in *lang* or in the first language of its chain that has it."""
    for code in current_site().chain(lang):
        article = library.find_by_key(db.session, code, key)
        if article is not None:
            url = url_for("pages.article", lang=lang, slug=article.slug)
            return ArticleCard(key, code, article.slug, article.title, url, article.description, article.version)
    return None
