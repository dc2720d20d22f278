"""Answers for whoever watches the server: is it alive, can it work, how is it doing."""

import structlog
from flask import Blueprint, Response, abort, jsonify, request
from sqlalchemy import func, select

from helpcenter.content import library
from helpcenter.mail.models import OutboxMail
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
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
    """Return a few gauges in Prometheus' text form; only to this machine, and not to whom a proxy on it speaks for."""
    if request.remote_addr not in LOOPBACK or any(header in request.headers for header in FORWARDED):
        abort(404)
    lines = [f"helpcenter_{name} {value}" for name, value in _gauges().items()]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _gauges() -> dict[str, float]:
    waiting = select(func.count(), func.min(OutboxMail.created_at)).where(OutboxMail.state != "sent")
    count, oldest = db.session.execute(waiting).one()
    return {
        "library_revision": library.revision(db.session),
        "outbox_waiting": count,
        "outbox_oldest_seconds": (utcnow() - oldest).total_seconds() if oldest else 0,
    }
