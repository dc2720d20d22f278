"""Errors as people and programs want them: a page in the visitor's language, or problem+json under /api/."""

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import Forbidden, Gone, HTTPException, NotFound

from helpcenter.content.outline import SectionCount
from helpcenter.language.cleaning import TextRefused
from helpcenter.language.messages import gettext
from helpcenter.web.finding import nearest_articles, old_address
from helpcenter.web.locale import current_outline, interface_language, languages_or_default
from helpcenter.web.logs import loggable
from helpcenter.web.theme import with_icons

log = structlog.get_logger()

RETRY_AFTER_SECONDS = "30"
# What is not there, or no more.
LOST = (404, 410)


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


PAGES = {
    400: (_("That request could not be read"), _("Something in the address or the form was not what this page expects.")),
    403: (_("This form was not sent from our pages"), _("Go back, reload the page and send it again.")),
    404: (_("We cannot find that page"), _("It may have moved, or the link may be wrong. Search for it, or ask us.")),
    405: (_("That does not work here"), _("This page does not accept what was sent to it.")),
    410: (_("This page has been withdrawn"), _("Search for a newer article, or ask us.")),
    413: (
        _("That is too much at once"),
        _("What you sent is larger than we can take. Go back, make it shorter or leave files out: each may have 10 MB, all together 25 MB."),
    ),
    415: (_("That does not work here"), _("This page does not accept what was sent to it.")),
    429: (_("A short pause, please"), _("There were many messages from you in a short time. Wait a moment and try again.")),
    500: (_("Something went wrong on our side"), _("It is not your fault, and we have a note of it. Try again in a moment, or ask us.")),
    503: (_("We cannot save anything right now"), _("Reading and searching still work. Try again in a few minutes.")),
}


NO_RIGHT = (_("Your account may not open this page"), _("Go back, or ask an administrator for the right to see it."))


class NoRight(Forbidden):
    """Somebody of the staff asked for what their role may not see."""


class Problem(Exception):
    """An answer of the API that says what is wrong and what to change."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.more = status, title, detail, more


def init_app(app: Flask) -> None:
    """Answer every error of *app* in the form its caller reads."""
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(TextRefused, answer_refused_text)
    app.register_error_handler(Exception, answer_unexpected)


def answer_problem(problem: Problem) -> Response:
    """Return *problem* as RFC 9457 problem+json."""
    response = jsonify(type="about:blank", title=problem.title, status=problem.status, detail=problem.detail, **problem.more)
    response.status_code = problem.status
    response.mimetype = "application/problem+json"
    return response


def answer_refused_text(refused: TextRefused) -> ResponseReturnValue:
    """Return 400 for text that cannot be stored; forms with fields of their own catch it before."""
    return _answer(400, str(refused))


def answer_http_error(error: HTTPException) -> ResponseReturnValue:
    """Return the page or the problem for *error*, with the headers it came with."""
    if isinstance(error, NotFound | Gone) and not names_a_foreign_host():
        error = old_address(error)
    if isinstance(error, Response):
        return error
    if error.code is None or error.code < 400:
        return error.get_response()
    answer = _answer(error.code, "", NO_RIGHT if isinstance(error, NoRight) else None, error)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def answer_unexpected(error: Exception) -> ResponseReturnValue:
    """Log what nobody expected, and return an answer that says nothing of it but its number."""
    status = 503 if _is_storage_failure(error) else 500
    log.error("request failed", path=loggable(request.path), method=request.method, exc_info=error)
    answer = _answer(status, "")
    if status == 503:
        answer.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return answer


def _is_storage_failure(error: Exception) -> bool:
    return isinstance(error, OperationalError | TimeoutError)


def _answer(status: int, detail: str, words: tuple[str, str] | None = None, error: Exception | None = None) -> Response:
    if request.path.startswith("/api/"):
        title = PAGES.get(status, PAGES[400])[0]
        return answer_problem(Problem(status, title, detail or PAGES.get(status, PAGES[400])[1], request_id=g.get("request_id", "")))
    if names_a_foreign_host():
        return Response(PAGES[400][0], status, mimetype="text/plain")
    return Response(error_page(status, words, error), status)


def names_a_foreign_host() -> bool:
    """Return whether the request named a host that is not ours, so that no address can be built."""
    return request_ctx.url_adapter is None


def error_page(status: int, words: tuple[str, str] | None = None, error: Exception | None = None) -> str:
    """Return the page for *status* in the visitor's language, without anything that could fail again.

    For an article that was withdrawn it names those that are nearest to it, for what is not there the topics.
    """
    title, message = words or PAGES.get(status, PAGES[400 if status < 500 else 500])
    _speak_the_language_of_the_address()
    lang = interface_language()
    return render_template(
        "errors/error.html",
        status=status,
        is_lost=status in LOST and "site" in g,
        title=gettext(lang, title),
        message=gettext(lang, message),
        nearest=nearest_articles(error, lang),
        sections=topics(lang) if status in LOST else [],
    )


def topics(lang: str) -> list[SectionCount]:
    """Return the topics to go on from; none when the library does not answer."""
    try:
        return with_icons(current_outline(lang).sections_below())
    except SQLAlchemyError:
        log.exception("topics_unknown")
        return []


def _speak_the_language_of_the_address() -> None:
    first = request.path.strip("/").split("/")[0]
    if "lang" not in g and first in languages_or_default():
        g.lang = first
