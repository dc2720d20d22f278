"""Answers for whoever watches the server: is it alive, can it work, how is it doing."""

import hmac

import structlog
from flask import Blueprint, Response, abort, jsonify, request

from helpcenter.content import library
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.metrics import exposition
from helpcenter.web.services import services

bp = Blueprint("health", __name__)

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
log = structlog.get_logger()


@bp.get("/healthz")
def alive() -> Response:
    """Answer while the process lives."""
    return jsonify(status="ok")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Answer 200 when the database can be read and the index has caught up, else 503 with what is missing."""
    missing = []
    try:
        revision = library.revision(db.session)
        if services().engine.revision != revision:
            missing.append("the search index has not caught up")
    except Exception:
        log.exception("not_ready")
        missing.append("the database cannot be read")
    return jsonify(status="ok" if not missing else "waiting", missing=missing), 200 if not missing else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Return numbers for Prometheus; only to this machine, not to whom a proxy on it speaks for, or to who has the token."""
    if not (_has_token() or _is_here()):
        abort(404)
    text = exposition(db.session, services().index.revision, utcnow())
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_here() -> bool:
    return request.remote_addr in LOOPBACK and not any(header in request.headers for header in FORWARDED)


def _has_token() -> bool:
    wanted = services().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
