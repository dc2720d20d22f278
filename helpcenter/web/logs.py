"""One JSON line per request, with a number that also stands on the error page. No query, no body, no token."""

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

# Parts of an address that are a right and must not be written down.
SECRET_PATHS = ("/requests/", "/widget/v1/panel/sent/")


def configure(level: str) -> None:
    """Write log lines of at least *level* to standard error as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask) -> None:
    """Number every request of *app* and log how it ended."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """Give the request its number."""
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def end(response: Response) -> Response:
    """Log the request and name its number in the answer."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    structlog.get_logger().info(
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
