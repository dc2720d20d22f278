"""Keep conversations in the database: start one, store each turn once, read on. Nothing here commits."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpcenter.chat.dialogue import LONGEST_MESSAGE, begin, first_state, reply
from helpcenter.chat.fallback import person_choice
from helpcenter.chat.models import ChatMessage, Conversation
from helpcenter.chat.rules import Rules
from helpcenter.chat.turns import Action, Context, FindArticle, Message, Reply, Search, State, Turn
from helpcenter.chat.wording import filled
from helpcenter.language.cleaning import clean_text, cut_text
from helpcenter.storage.tokens import digest, new_token
from helpcenter.support.requests import LONGEST_BODY

# A conversation that grows beyond this is stored no further: whoever floods it fills nothing.
MOST_MESSAGES = 500


class ChatError(Exception):
    """The message cannot be taken; the text says why and is fit to be shown."""


class ConversationFull(ChatError):
    """The conversation has as many messages as one may have."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one message of the visitor led to."""

    messages: list[ChatMessage]
    actions: tuple[Action, ...] = ()
    turn: Turn | None = None
    repeated: bool = False


def start(
    session: Session,
    lang: str,
    rules: Rules,
    *,
    search: Search,
    find_article: FindArticle,
    context: Context,
    query: str = "",
    journey_id: int | None = None,
) -> tuple[Conversation, str]:
    """Open a conversation with the bot's welcome; return it and the token that its visitor holds."""
    token, its_digest = new_token()
    conversation = Conversation(
        public_id=secrets.token_hex(12),
        token_hash=its_digest,
        lang=lang,
        page=cut_text(context.page, limit=500),
        query=cut_text(query, limit=500),
        visitor=dict(context.visitor),
        journey_id=journey_id,
        created_at=context.now,
        last_at=context.now,
    )
    turn = begin(rules, first_state(lang, conversation.public_id, context), search=search, find_article=find_article, context=context)
    conversation.state, conversation.status = turn.state.to_json(), turn.state.status
    session.add(conversation)
    session.flush()
    store_turn(session, conversation, turn, context)
    return conversation, token


def find_conversation(session: Session, public_id: str, token: str) -> Conversation | None:
    """Return the conversation when the token is its own, else None."""
    return session.scalar(
        select(Conversation).where(Conversation.public_id == public_id, Conversation.token_hash == digest(token))
    )


def say(
    session: Session,
    conversation: Conversation,
    rules: Rules,
    *,
    search: Search,
    find_article: FindArticle,
    context: Context,
    text: str = "",
    choice: str | None = None,
    client_id: str | None = None,
) -> Said:
    """Store what the visitor said and the bot's turn; return the new messages and what has to be done.

    The same *client_id* sent twice gives the first answer again, without actions. While a person answers in this conversation the bot
    is silent. Raises TextRefused for text that is too long, ConversationFull when there have been too many messages.
    """
    text = clean_text(text, limit=LONGEST_MESSAGE)
    choice = clean_text(choice, limit=200, lines=False) if choice is not None else None
    client_id = clean_text(client_id, limit=64, lines=False) or None if client_id is not None else None
    claim(session, conversation, context)
    if client_id and (earlier := find_by_client_id(session, conversation, client_id)) is not None:
        return Said(messages_after(session, conversation, earlier.id, until_visitor=True), repeated=True)
    refuse_full(session, conversation)
    state = State.from_json(conversation.state)
    visitor = ChatMessage(
        conversation_id=conversation.id,
        client_id=client_id,
        author="visitor",
        text=shown_words(session, conversation, text, choice, state),
        pressed=choice,
        created_at=context.now,
    )
    session.add(visitor)
    session.flush()
    if has_agent(session, conversation):
        return Said([])
    turn = reply(
        Message(text, choice), rules, state, search=search, find_article=find_article, context=context
    )
    conversation.state, conversation.status = turn.state.to_json(), turn.state.status
    return Said(store_turn(session, conversation, turn, context), turn.actions, turn)


def say_files(
    session: Session, conversation: Conversation, text: str, files: Sequence[Mapping[str, Any]], *, context: Context, client_id: str | None = None
) -> tuple[ChatMessage, bool]:
    """Store that the visitor sent *files*, their names and sizes, in the words of *text*; return the message and whether it was there before.

    Raises ConversationFull when there have been too many messages.
    """
    client_id = clean_text(client_id or "", limit=64, lines=False) or None
    claim(session, conversation, context)
    if client_id and (earlier := find_by_client_id(session, conversation, client_id)) is not None:
        return earlier, True
    refuse_full(session, conversation)
    message = add_message(session, conversation, "visitor", text, context)
    message.files, message.client_id = [dict(one) for one in files], client_id
    session.flush()
    return message, False


def claim(session: Session, conversation: Conversation, context: Context) -> None:
    """Make two turns of one *conversation* wait for each other, so that no state is lost."""
    session.execute(update(Conversation).where(Conversation.id == conversation.id).values(last_at=context.now))
    session.refresh(conversation)


def refuse_full(session: Session, conversation: Conversation) -> None:
    """Raise ConversationFull when *conversation* has as many messages as one may have."""
    if count_messages(session, conversation) >= MOST_MESSAGES:
        raise ConversationFull("This conversation has become very long. Please start a new one.")


def label_in(offered: Iterable[Mapping[str, str]], value: str | None) -> str | None:
    """Return the words on the button with this value."""
    return next((choice["label"] for choice in offered if choice["value"] == value), None)


def shown_words(session: Session, conversation: Conversation, text: str, choice: str | None, state: State) -> str:
    """Return what the transcript shows of a message: the words, or the label of the button, also of an earlier one."""
    if label := label_in(state.offered, choice or text):
        return label
    if text or choice is None:
        return text
    earlier = [offered for message in messages_after(session, conversation) for offered in message.choices or ()]
    return label_in([*earlier, asdict(person_choice(conversation.lang))], choice) or choice


def store_turn(session: Session, conversation: Conversation, turn: Turn, context: Context) -> list[ChatMessage]:
    """Store the bot's replies; the last one carries the trace of the turn."""
    messages = [message_of(conversation, one, context) for one in turn.replies]
    if messages:
        messages[-1].trace = list(turn.trace)
    session.add_all(messages)
    session.flush()
    return messages


def message_of(conversation: Conversation, one: Reply, context: Context) -> ChatMessage:
    """Return a reply as a row."""
    return ChatMessage(
        conversation_id=conversation.id,
        author="bot",
        text=one.text,
        html=one.html,
        card=asdict(one.article) if one.article else None,
        choices=[asdict(choice) for choice in one.choices],
        rule=one.rule,
        created_at=context.now,
    )


def messages_after(
    session: Session, conversation: Conversation, after: int = 0, *, until_visitor: bool = False
) -> list[ChatMessage]:
    """Return the messages after the one with the id *after*; with *until_visitor* only up to the visitor's next."""
    query = select(ChatMessage).where(ChatMessage.conversation_id == conversation.id, ChatMessage.id > after)
    found = list(session.scalars(query.order_by(ChatMessage.id).limit(MOST_MESSAGES)))
    if not until_visitor:
        return found
    end = next((place for place, message in enumerate(found) if message.author == "visitor"), len(found))
    return found[:end]


def last_choices(session: Session, conversation: Conversation) -> list[dict[str, str]]:
    """Return what the visitor was last offered to choose from."""
    ours = (ChatMessage.conversation_id == conversation.id, ChatMessage.author == "bot")
    return session.scalar(select(ChatMessage.choices).where(*ours).order_by(ChatMessage.id.desc()).limit(1)) or []


def add_bot_message(
    session: Session, conversation: Conversation, text: str, *, rule: str, context: Context
) -> ChatMessage:
    """Store words of the house that follow from a turn, such as the reference of the request."""
    return add_message(session, conversation, "bot", text, context, rule=rule)


def add_agent_message(session: Session, conversation: Conversation, text: str, *, context: Context) -> ChatMessage:
    """Store a person's message in the conversation, as long as it may be in a request; from now on the bot is silent there."""
    return add_message(session, conversation, "agent", clean_text(text, limit=LONGEST_BODY), context)


def add_message(
    session: Session, conversation: Conversation, author: str, text: str, context: Context, *, rule: str | None = None
) -> ChatMessage:
    """Store one plain message."""
    message = ChatMessage(
        conversation_id=conversation.id,
        author=author,
        text=text,
        html=filled(text),
        rule=rule,
        choices=[],
        created_at=context.now,
    )
    conversation.last_at = context.now
    session.add(message)
    session.flush()
    return message


def find_by_client_id(session: Session, conversation: Conversation, client_id: str) -> ChatMessage | None:
    """Return the message that the visitor's program sent under this name."""
    return session.scalar(
        select(ChatMessage).where(
            ChatMessage.conversation_id == conversation.id, ChatMessage.client_id == client_id
        )
    )


def count_messages(session: Session, conversation: Conversation) -> int:
    """Return how many messages the conversation has, counting no further than may be."""
    ids = select(ChatMessage.id).where(ChatMessage.conversation_id == conversation.id).limit(MOST_MESSAGES)
    return len(session.scalars(ids).all())


def has_agent(session: Session, conversation: Conversation) -> bool:
    """Tell whether a person has written in the conversation."""
    query = select(ChatMessage.id).where(
        ChatMessage.conversation_id == conversation.id, ChatMessage.author == "agent"
    )
    return session.scalar(query.limit(1)) is not None


def transcript(messages: Iterable[ChatMessage]) -> list[dict[str, Any]]:
    """Return a conversation as the request keeps it: who, when, what, and why the bot answered so."""
    return [transcript_line(message) for message in messages]


def transcript_line(message: ChatMessage) -> dict[str, Any]:
    """Return one message of a transcript; only the last message of the bot's turn has its trace."""
    line = {
        "from": message.author,
        "text": message.text,
        "article": message.card["key"] if message.card else None,
        "rule": message.rule,
        "at": message.created_at.isoformat(),
    }
    return {**line, "trace": message.trace} if message.trace else line


def to_api(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Return messages as the chat API answers them."""
    shown = []
    for message in messages:
        one: dict[str, Any] = {
            "id": message.id,
            "from": message.author,
            "text": message.text,
            "html": message.html,
            "choices": message.choices or [],
            "rule": message.rule,
        }
        if message.card:
            one["article"] = message.card
        if message.files:
            one["files"] = message.files
        shown.append(one)
    return shown
