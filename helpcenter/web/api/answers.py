"""The shapes of the API's answers, for its description and for the tests that hold the routes to it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(extra="forbid")


class HitAnswer(Answer):
    """One article found; *snippet* is safe HTML with `<mark>` only."""

    slug: str
    lang: str
    title: str
    url: str
    score: float
    snippet: str
    section: str


class PromotedAnswer(Answer):
    """An answer that editors put above the hits of this query; *note* is theirs, plain text."""

    slug: str
    lang: str
    title: str
    url: str
    note: str
    section: str


class SearchAnswer(Answer):
    """The articles that answer a query, best first."""

    query: str
    lang: str
    total: int
    took_ms: float
    did_you_mean: str | None
    corrected: bool
    hits: list[HitAnswer]
    other_languages: list[HitAnswer]
    promoted: list[PromotedAnswer]
    redirect: str | None
    """The page that this query leads straight to."""


class SuggestionAnswer(Answer):
    """A title (`article`), a heading of an article (`heading`) or a query that helped others (`query`, without a slug)."""

    title: str
    slug: str
    section: str
    kind: str
    url: str


class SuggestAnswer(Answer):
    """Titles for a half-typed query."""

    query: str
    lang: str
    suggestions: list[SuggestionAnswer]


class VoteAnswer(Answer):
    """The article's votes, and the visitor's own."""

    article: str
    lang: str
    helpful: int
    not_helpful: int
    yours: bool


class CardAnswer(Answer):
    """An article as the chat shows it."""

    key: str
    lang: str
    slug: str
    title: str
    url: str
    excerpt: str
    version: int


class ChoiceAnswer(Answer):
    """A button: what it says, and the value to send back as `choice` or `text`."""

    label: str
    value: str


class FileAnswer(Answer):
    """A file that the visitor sent, as it is kept."""

    name: str
    size: int


class MessageAnswer(Answer):
    """One message; *html* is safe HTML, *files* are those that the visitor sent with it."""

    id: int
    sender: Literal["visitor", "bot", "agent"] = Field(alias="from")
    text: str
    html: str
    article: CardAnswer | None = None
    choices: list[ChoiceAnswer]
    rule: str | None
    files: list[FileAnswer] | None = None


class RequestAnswer(Answer):
    """The reference of a support request, and the link that opens it."""

    reference: str
    status_url: str


class MessagesAnswer(Answer):
    """New messages of a conversation, how it stands, the request it has become, and the address of the survey about it."""

    messages: list[MessageAnswer]
    state: Literal["open", "form", "escalated", "resolved"]
    request: RequestAnswer | None = None
    survey: str | None = None


class IdentityAnswer(Answer):
    """Whether the signed identity was believed; *reason* says why not."""

    accepted: bool
    reason: str | None = None


class ChatAnswer(Answer):
    """A new conversation; *token* goes into `Authorization: Bearer`."""

    conversation: str
    token: str
    messages: list[MessageAnswer]
    state: str
    identity: IdentityAnswer | None = None


class ListedRequest(Answer):
    """A support request in short; times are ISO 8601 in UTC."""

    reference: str
    subject: str
    state: str
    kind: str
    priority: str
    email: str
    name: str | None
    lang: str
    created_at: str
    changed_at: str


class RequestsAnswer(Answer):
    """A page of requests, and the number of the next one."""

    requests: list[ListedRequest]
    next_page: int | None


class RequestMessage(Answer):
    """One message: from the customer, an agent, or a note (*public* is false)."""

    id: int
    author: str
    name: str | None
    public: bool
    via: str
    text: str
    at: str


class WholeRequest(ListedRequest):
    """A support request with everything that led to it."""

    section: str | None
    slots: dict
    trail: list
    transcript: list
    messages: list[RequestMessage]


class AnsweredAnswer(Answer):
    """What was stored, and the state of the request now."""

    reference: str
    state: str
    message: RequestMessage


class ProblemAnswer(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
