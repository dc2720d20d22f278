"""One JSON line per request, with a number that also stands on the error page. No query, no body, no token."""

import logging
import secrets
import sys
import time

import structlog
from flask import Response, g, has_app_context, request

# Parts of an address that are a right and must not be written down.
SECRET_PATHS = ("/requests/", "/widget/v1/panel/sent/")

# Until `configure` binds it.
_requests = structlog.get_logger()


def configure(level: str) -> None:
    """Write log lines of at least *level* to standard error as JSON."""
    structlog.configure(
        processors=[
            add_request_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Bound here and not for every request.
    global _requests  # noqa: PLW0603
    _requests = structlog.get_logger().bind()


def begin() -> None:
    """Give the request its number."""
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()


def add_request_id(_logger: object, _method: str, line: dict) -> dict:
    """Return *line* with the number of the request that writes it."""
    if has_app_context() and "request_id" in g:
        line["request_id"] = g.request_id
    return line


def end(response: Response) -> Response:
    """Log the request and name its number in the answer."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    _requests.info(
        "request",
        method=request.method,
        path=loggable(request.path),
        status=response.status_code,
        took_ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
    )
    return response


def loggable(path: str) -> str:
    """Return *path* without what it gives a right to.

    >>> loggable("/requests/3nE4")
    '/requests/…'
    """
    for start in SECRET_PATHS:
        if path.startswith(start):
            return start + "…"
    return path
