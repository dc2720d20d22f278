"""What callers may send, and how a body is read: every mistake is a 400 or 422 that says where."""

import json
from typing import Annotated, Literal, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from helpcenter.chat.dialogue import LONGEST_MESSAGE
from helpcenter.content.request_fields import MOST_FIELDS
from helpcenter.language.cleaning import TextRefused, clean_text
from helpcenter.support.kinds import KINDS
from helpcenter.web.errors import Problem
from helpcenter.web.identity import LONGEST_TOKEN

# Ten thousand emoji, written as JSON escapes, are 120 KB.
LARGEST_JSON_BYTES = 128 * 1024
Body = TypeVar("Body", bound=BaseModel)


def words(limit: int, *, lines: bool = True, required: bool = True) -> object:
    """Return the type of a text field of at most *limit* characters, cleaned."""

    def clean(value: str) -> str:
        try:
            cleaned = clean_text(value, limit=limit, lines=lines)
        except TextRefused as refused:
            raise ValueError(str(refused)) from None
        if required and not cleaned:
            raise ValueError("must not be empty")
        return cleaned

    return Annotated[str, AfterValidator(clean)]


Lang = Annotated[str, Field(max_length=35)]
# What the page that the call comes from carries of the visit, see docs/privacy.md; one that cannot be read is none.
Trail = str | None


class Strict(BaseModel):
    """Base of all bodies: types are not guessed. Further fields are ignored, so that older servers serve newer clients."""

    model_config = ConfigDict(strict=True, extra="ignore")


class VoteBody(Strict):
    """A visitor's answer to "Did this article help you?"."""

    article: words(400, lines=False)
    lang: Lang
    helpful: bool
    reason: words(40, lines=False) | None = None
    # One that is too long is cut, not refused.
    comment: words(LARGEST_JSON_BYTES, required=False) | None = None
    query: words(256, lines=False, required=False) | None = None
    trail: Trail = None
    read_seconds: int | None = None


class ChatBody(Strict):
    """The beginning of a conversation; *page* is the path the visitor is on, *identity* a signed token of the site around."""

    lang: Lang
    page: words(500, lines=False, required=False) = ""
    query: words(256, lines=False, required=False) = ""
    trail: Trail = None
    identity: Annotated[str, Field(max_length=LONGEST_TOKEN)] | None = None


class MessageBody(Strict):
    """One message to the bot: words, or the value of a choice it offered. *id* is the sender's own name for it."""

    text: words(LONGEST_MESSAGE, required=False) = ""
    choice: words(400, lines=False) | None = None
    id: words(64, lines=False) | None = None


class RequestBody(Strict):
    """A question to a person; *fields* answers what site.yaml asks for its kind, by name."""

    lang: Lang
    subject: words(200, lines=False)
    body: words(20000)
    email: words(320, lines=False)
    name: words(100, lines=False, required=False) | None = None
    kind: Literal[KINDS] = "question"
    fields: dict[str, words(200, lines=False, required=False)] = Field(default={}, max_length=MOST_FIELDS)
    journey: words(64, lines=False) | None = None
    trail: Trail = None


class AnswerBody(Strict):
    """An answer to the customer, which moves the request to *state*, or a *note* that only the staff sees."""

    text: words(20000)
    note: bool = False
    state: Literal["waiting", "open", "solved"] = "waiting"


def read_body(model: type[Body]) -> Body:
    """Return the request's JSON body as *model*. Raises Problem: 413 too large, 415 no JSON, 400 unreadable, 422 wrong."""
    if request.content_length is not None and request.content_length > LARGEST_JSON_BYTES:
        raise Problem(413, "The body is too large", f"At most {LARGEST_JSON_BYTES // 1024} KB are taken.")
    if request.mimetype != "application/json":
        raise Problem(415, "The body is not JSON", "Send it with Content-Type: application/json.")
    return read_json(model, request.get_data())


def read_body_with_files(model: type[Body]) -> Body:
    """Return the JSON of a form's part `request` as *model* when the call is multipart, else that of the body. Raises Problem likewise."""
    if request.mimetype != "multipart/form-data":
        return read_body(model)
    part = request.form.get("request", "")
    if len(part) > LARGEST_JSON_BYTES:
        raise Problem(413, "The body is too large", f"At most {LARGEST_JSON_BYTES // 1024} KB are taken in the part request.")
    return read_json(model, part)


def read_json(model: type[Body], text: str | bytes) -> Body:
    """Return *text*, which is JSON, as *model*. Raises Problem: 400 unreadable, 422 wrong."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "The body cannot be read", f"It is not valid JSON: {error}"[:300]) from None
    if not isinstance(value, dict):
        raise Problem(400, "The body is not an object", 'Send a JSON object such as {"lang": "en"}.')
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Problem(422, "Some fields are wrong", _sentences(error), errors=_errors(error)) from None


def _unique(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _errors(error: ValidationError) -> list[dict]:
    return [
        {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"].removeprefix("Value error, ")}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _sentences(error: ValidationError) -> str:
    return " ".join(f"{one['field']}: {one['message']}." for one in _errors(error))
