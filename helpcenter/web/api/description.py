"""The API's description, made from the same models that read the bodies."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from helpcenter import __version__
from helpcenter.support.attachments import MOST_FILES
from helpcenter.web.api import bp
from helpcenter.web.api.answers import (
    AnsweredAnswer,
    ChatAnswer,
    MessagesAnswer,
    ProblemAnswer,
    RequestAnswer,
    RequestsAnswer,
    SearchAnswer,
    SuggestAnswer,
    VoteAnswer,
    WholeRequest,
)
from helpcenter.web.api.bodies import AnswerBody, ChatBody, MessageBody, RequestBody, VoteBody

SCHEMAS = "#/components/schemas/"


def parameter(name: str, place: str, kind: str, description: str, *, required: bool = False) -> dict:
    """Return one parameter of a route."""
    return {"name": name, "in": place, "required": required, "description": description, "schema": {"type": kind}}


QUERY = parameter("q", "query", "string", "What the visitor typed.", required=True)
LANG = parameter("lang", "query", "string", "A language of the site; its default when left out.")
LIMIT = parameter("limit", "query", "integer", "At most how many.")
TYPING = parameter("typing", "query", "integer", "1 while somebody still types: the search is not counted.")
CONVERSATION = parameter("conversation", "path", "string", "The conversation's id.", required=True)
AFTER = parameter("after", "query", "integer", "Only messages after this id.")
KEY = parameter("Idempotency-Key", "header", "string", "A value of your own; the same one twice opens one request.", required=True)

STATE = parameter("state", "query", "string", "Only requests in this state.")
PAGE = parameter("page", "query", "integer", "Which page, from 1.")
REFERENCE = parameter("reference", "path", "string", "The request's reference.", required=True)


def route(
    summary: str, answer: type[BaseModel], *parameters: dict, body: type[BaseModel] | None = None, status: int = 200, bearer: str = ""
) -> dict:
    """Return the description of one route."""
    described: dict = {
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            str(status): {"description": "Done.", "content": {"application/json": {"schema": {"$ref": SCHEMAS + answer.__name__}}}},
            "default": {
                "description": "What is wrong and what to change.",
                "content": {"application/problem+json": {"schema": {"$ref": SCHEMAS + "ProblemAnswer"}}},
            },
        },
    }
    if body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"$ref": SCHEMAS + body.__name__}}}}
    if bearer:
        described["security"] = [{bearer: []}]
    return described


def with_form(described: dict, parts: dict) -> dict:
    """Return the description of a route that also takes a form: *parts*, and files."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": MOST_FILES}
    form = {"schema": {"type": "object", "properties": {**parts, "files": files}}}
    body = described.setdefault("requestBody", {"required": True, "content": {}})
    body["content"]["multipart/form-data"] = form
    return described


TEXT_PART = {"type": "string", "description": "The sender's own name for the files, so that they come once."}
PATHS = {
    "/search": {"get": route("Search the articles", SearchAnswer, QUERY, LANG, LIMIT, TYPING)},
    "/suggest": {"get": route("Suggest titles as you type", SuggestAnswer, QUERY, LANG, LIMIT)},
    "/votes": {"post": route("Say whether an article helped", VoteAnswer, body=VoteBody)},
    "/chat": {"post": route("Open a conversation", ChatAnswer, body=ChatBody, status=201)},
    "/chat/{conversation}/messages": {
        "post": route("Say something", MessagesAnswer, CONVERSATION, body=MessageBody, bearer="conversation"),
        "get": route("Read what was said", MessagesAnswer, CONVERSATION, AFTER, bearer="conversation"),
    },
    "/chat/{conversation}/files": {
        "post": with_form(route("Send files", MessagesAnswer, CONVERSATION, bearer="conversation"), {"id": TEXT_PART}),
    },
    "/requests": {
        "post": with_form(
            route("Ask a person", RequestAnswer, KEY, body=RequestBody, status=201), {"request": {"$ref": SCHEMAS + "RequestBody"}}
        ),
        "get": route("List requests, with the scope requests:read", RequestsAnswer, STATE, PAGE, bearer="token"),
    },
    "/requests/{reference}": {
        "get": route("Read a request, with the scope requests:read", WholeRequest, REFERENCE, bearer="token"),
    },
    "/requests/{reference}/messages": {
        "post": route(
            "Answer a request, with the scope requests:write", AnsweredAnswer, REFERENCE, body=AnswerBody, status=201, bearer="token"
        ),
    },
}


@bp.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Return the OpenAPI 3.1 description of this API."""
    bodies = [(model, "validation") for model in (VoteBody, ChatBody, MessageBody, RequestBody, AnswerBody)]
    answers = [
        (model, "serialization")
        for model in (
            SearchAnswer,
            SuggestAnswer,
            VoteAnswer,
            ChatAnswer,
            MessagesAnswer,
            RequestAnswer,
            RequestsAnswer,
            WholeRequest,
            AnsweredAnswer,
            ProblemAnswer,
        )
    ]
    _, schemas = models_json_schema(bodies + answers, ref_template=SCHEMAS + "{model}")
    return jsonify(
        openapi="3.1.0",
        info={"title": "helpcenter", "version": __version__},
        servers=[{"url": "/api/v1"}],
        paths=PATHS,
        components={
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "conversation": {"type": "http", "scheme": "bearer", "description": "The token of the conversation."},
                "token": {"type": "http", "scheme": "bearer", "description": "A token of the staff (hc_…), see docs/accounts.md."},
            },
        },
    )
