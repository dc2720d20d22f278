"""Who may do what on the staff pages: one table, checked before every view. What is not in the table is for admins."""

import hmac

from flask import Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.accounts import sessions, staff, throttle
from helpcenter.accounts.models import StaffSession, StaffUser
from helpcenter.language.messages import interface_languages
from helpcenter.storage import db, writing
from helpcenter.web.errors import NoRight
from helpcenter.web.guards import is_cross_site
from helpcenter.web.locale import preferred_language
from helpcenter.web.services import services

EVERYBODY, STAFF = frozenset({"anybody"}), frozenset({"agent", "editor", "admin"})
ANSWERING = frozenset({"agent", "admin"})
EDITING = frozenset({"editor", "admin"})

# Endpoint -> the roles that may use it.
ALLOWED = {
    "staff.sign_in_form": EVERYBODY,
    "staff.sign_in": EVERYBODY,
    "staff.sign_out": STAFF,
    "staff.home": STAFF,
    "staff.library": STAFF,
    "staff.requests": ANSWERING,
    "staff.show_request": ANSWERING,
    "staff.reply": ANSWERING,
    "staff.note": ANSWERING,
    "staff.set_state": ANSWERING,
    "staff_articles.articles": STAFF,
    "staff_articles.history": STAFF,
    "staff_articles.version": STAFF,
    "staff_articles.changes": STAFF,
    "staff_articles.restore": EDITING,
    "staff_bot.trial": STAFF,
    "staff_bot.talk": STAFF,
    "staff_bot.report": STAFF,
}
ADMINS = frozenset({"admin"})
READING = ("GET", "HEAD", "OPTIONS")
LONGEST_INPUT = 400


def may(role: str, endpoint: str) -> bool:
    """Return whether *role* may use *endpoint*."""
    return role in ALLOWED.get(endpoint, ADMINS)


def check_access() -> ResponseReturnValue | None:
    """Let a request through to its view, or answer it: sign in first, or 403."""
    g.lang = preferred_language(interface_languages())
    g.staff = sessions.find(db.session, request.cookies.get(cookie_name(), ""))
    changes = request.method not in READING
    if changes and is_cross_site():
        abort(403)
    if ALLOWED.get(request.endpoint) is EVERYBODY:
        return None
    if g.staff is None:
        if changes:
            abort(403)
        return redirect(url_for("staff.sign_in_form"), 303)
    if not may(g.staff.user.role, request.endpoint):
        raise NoRight
    if changes and not has_csrf_token(g.staff):
        abort(403)
    keep_alive(g.staff)
    return None


def has_csrf_token(found: StaffSession) -> bool:
    """Return whether the form that was sent came from a page of this very session."""
    sent = request.form.get("csrf_token", "")
    return hmac.compare_digest(sent.encode("utf-8", "replace"), found.csrf_token.encode())


def keep_alive(found: StaffSession) -> None:
    """Note the click, at most once a minute."""
    if sessions.is_seen_long_ago(found):
        with writing() as session:
            sessions.touch(session, found)


def is_encrypted() -> bool:
    """Return whether browsers reach us by https, also when a proxy does not tell."""
    return request.is_secure or services().base_url.startswith("https:")


def cookie_name() -> str:
    """Return the name of the session cookie. `__Host-` keeps subdomains and plain http from planting one."""
    return "__Host-hc_staff" if is_encrypted() else "hc_staff"


def try_sign_in(email: str, password: str) -> str | None:
    """Return the token of a new session, or None: wrong name, wrong password, disabled and too often look the same."""
    email, password = email[:LONGEST_INPUT], password[:LONGEST_INPUT]
    with writing() as session:
        admitted = throttle.admit(session, email, request.remote_addr)
    user = staff.verify(db.session, email, password) if admitted else None
    if user is None:
        return None
    with writing() as session:
        throttle.forget(session, email, request.remote_addr)
        user = session.get_one(StaffUser, user.id)
        staff.refresh_hash(user, password)
        if g.staff is not None:
            sessions.end(session, g.staff)
        return sessions.start(session, user)


def with_session_cookie(response: Response, token: str) -> Response:
    """Return *response* with the session's cookie."""
    response.set_cookie(
        cookie_name(), token, max_age=sessions.LONGEST, path="/", httponly=True, samesite="Lax", secure=is_encrypted()
    )
    return response


def without_session_cookie(response: Response) -> Response:
    """Return *response* with the session's cookie taken away."""
    response.delete_cookie(cookie_name(), path="/", httponly=True, samesite="Lax", secure=is_encrypted())
    return response
