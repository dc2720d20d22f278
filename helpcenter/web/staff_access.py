"""Who may do what on the staff pages: one table, checked before every view. What is not in the table is for admins."""

import hmac

from flask import Response, abort, after_this_request, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.accounts import audit, sessions
from helpcenter.accounts.models import StaffSession
from helpcenter.language.messages import interface_languages
from helpcenter.storage import db, writing
from helpcenter.web.errors import NoRight
from helpcenter.web.guards import is_cross_site
from helpcenter.web.locale import preferred_language
from helpcenter.web.services import services

EVERYBODY, STAFF = frozenset({"anybody"}), frozenset({"agent", "editor", "reviewer", "admin"})
ANSWERING = frozenset({"agent", "admin"})
EDITING = frozenset({"editor", "admin"})
ADMINS = frozenset({"admin"})
REVIEWING = EDITING | {"reviewer"}

# Endpoint -> the roles that may use it.
ALLOWED = {
    "staff.sign_in_form": EVERYBODY,
    "staff.sign_in": EVERYBODY,
    "staff.sign_out": STAFF,
    "staff_entering.second_factor_form": EVERYBODY,
    "staff_entering.second_factor_post": EVERYBODY,
    "staff_entering.forgot_form": EVERYBODY,
    "staff_entering.forgot": EVERYBODY,
    "staff_entering.join_form": EVERYBODY,
    "staff_entering.join": EVERYBODY,
    "staff_provider.leave": EVERYBODY,
    "staff_provider.welcome": EVERYBODY,
    "staff_account.unlink": STAFF,
    "staff_entering.confirm_form": STAFF,
    "staff_entering.confirm": STAFF,
    "staff_account.home": STAFF,
    "staff_account.change_password": STAFF,
    "staff_account.factor": STAFF,
    "staff_account.set_factor": STAFF,
    "staff_account.end_factor": STAFF,
    "staff_account.renew_codes": STAFF,
    "staff_account.end_sessions": STAFF,
    "staff_account.make_token": STAFF,
    "staff_account.revoke_token": STAFF,
    "staff.home": STAFF,
    "staff.library": STAFF,
    "staff.requests": ANSWERING,
    "staff.show_request": ANSWERING,
    "staff.reply": ANSWERING,
    "staff.note": ANSWERING,
    "staff.set_state": ANSWERING,
    "staff_inbox.save_filter": ANSWERING,
    "staff_inbox.remove_filter": ANSWERING,
    "staff_inbox.change_many": ANSWERING,
    "staff_inbox.times": ANSWERING,
    "staff_inbox.news": ANSWERING,
    "staff_requests.properties": ANSWERING,
    "staff_requests.compose": ANSWERING,
    "staff_requests.join": ANSWERING,
    "staff_requests.split": ANSWERING,
    "staff_requests.spam": ANSWERING,
    "staff_requests.take_back": ANSWERING,
    "staff_requests.solved_by": ANSWERING,
    "staff_requests.draft_article": ANSWERING,
    "staff_requests.make_article": ANSWERING,
    "staff_requests.file": ANSWERING,
    "staff_articles.articles": STAFF,
    "staff_articles.history": STAFF,
    "staff_articles.version": STAFF,
    "staff_articles.changes": STAFF,
    "staff_articles.restore": EDITING,
    "staff_articles.deleted": EDITING,
    "staff_reviews.ask": EDITING,
    "staff_reviews.home": REVIEWING,
    "staff_reviews.show": REVIEWING,
    "staff_reviews.preview": REVIEWING,
    "staff_reviews.comment": REVIEWING,
    "staff_reviews.approve": REVIEWING,
    "staff_reviews.send_back": REVIEWING,
    "staff_reviews.withdraw": EDITING,
    "staff_translating.home": STAFF,
    "staff_translating.begin": EDITING,
    "staff_translating.accept": EDITING,
    "staff_rules.home": EDITING,
    "staff_rules.edit": EDITING,
    "staff_rules.check": EDITING,
    "staff_rules.talk": EDITING,
    "staff_rules.run_tests": EDITING,
    "staff_rules.keep": EDITING,
    "staff_rules.discard": EDITING,
    "staff_rules.save_rules": EDITING,
    "staff_writing.new": EDITING,
    "staff_writing.make": EDITING,
    "staff_writing.link": EDITING,
    "staff_writing.picture": EDITING,
    "staff_editor.edit": EDITING,
    "staff_editor.check": EDITING,
    "staff_editor.preview": EDITING,
    "staff_editor.keep": EDITING,
    "staff_editor.discard": EDITING,
    "staff_editor.save_text": EDITING,
    "staff_bot.trial": STAFF,
    "staff_bot.talk": STAFF,
    "staff_bot.report": STAFF,
    "staff_feedback.inbox": STAFF,
    "staff_feedback.export": STAFF,
    "staff_feedback.show": STAFF,
    "staff_feedback.done": ANSWERING | EDITING,
    "staff_feedback.reopen": ANSWERING | EDITING,
    "staff_feedback.answer": ANSWERING | EDITING,
    "staff_feedback.make_request": ANSWERING | EDITING,
    "staff_feedback.edits": STAFF,
    "staff_feedback.edit": STAFF,
    "staff_insights.overview": STAFF,
    "staff_insights.choose_letter": ANSWERING | EDITING,
    "staff_replay.page": STAFF,
    "staff_replay.run": STAFF,
    "staff_insights.export": STAFF,
    "staff_gaps.index": STAFF,
    "staff_gaps.export": STAFF,
    "staff_gaps.show": STAFF,
    "staff_gaps.assign": ANSWERING | EDITING,
    "staff_gaps.act": ANSWERING | EDITING,
    "staff_gaps.dismiss": ANSWERING | EDITING,
    "staff_gaps.reopen": ANSWERING | EDITING,
    "staff_gaps.find": ANSWERING | EDITING,
    "staff_surveys.report": STAFF,
    "staff_surveys.export": STAFF,
    "staff_surveys.make_link": ANSWERING | EDITING,
    "staff_mail.overview": ANSWERING,
    "staff_mail.retry": ANSWERING,
    "staff_mail.discard_outgoing": ANSWERING,
    "staff_mail.choose_notices": ANSWERING,
    "staff_mail.show": ANSWERING,
    "staff_mail.html": ANSWERING,
    "staff_mail.original": ANSWERING,
    "staff_mail.accept": ANSWERING,
    "staff_mail.discard": ANSWERING,
    "staff_mail.forward_form": ANSWERING,
    "staff_mail.forward": ANSWERING,
    "staff_mail.deliveries": ADMINS,
    "staff_mail.retry_webhook": ADMINS,
    "staff_demo.home": STAFF,
    "staff_demo.page": STAFF,
    "staff_style.page": STAFF,
    "staff_style.schemes": STAFF,
}
READING = ("GET", "HEAD", "OPTIONS")
# Forms that change nothing of the help center.
NOT_LOGGED = frozenset({
    "staff.sign_out", "staff_bot.talk", "staff_editor.check", "staff_editor.preview", "staff_replay.run", "staff_entering.confirm", "staff_requests.compose",
    "staff_rules.check", "staff_rules.run_tests", "staff_rules.talk", "staff_writing.link",
})  # fmt: skip
# What scripts ask by themselves keeps nobody signed in.
NO_CLICK = frozenset({"staff_inbox.news"})
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
    if request.endpoint not in NO_CLICK:
        keep_alive(g.staff)
    if changes and request.endpoint not in NOT_LOGGED:
        after_this_request(log_change)
    return None


def log_change(response: Response) -> Response:
    """Note in the log what somebody of the staff changed, unless the view has noted it better already."""
    if response.status_code < 400 and not g.get("logged"):
        names = (str(value) for value in (request.view_args or {}).values())
        with writing() as session:
            audit.record(session, g.staff.user, request.endpoint, " ".join(names))
    return response


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


def cookie_rules() -> dict:
    """Return how cookies of the staff pages are set: for this host alone, out of reach of scripts and other sites."""
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": is_encrypted()}


def with_session_cookie(response: Response, token: str) -> Response:
    """Return *response* with the session's cookie."""
    response.set_cookie(cookie_name(), token, max_age=sessions.LONGEST, **cookie_rules())
    return response


def without_session_cookie(response: Response) -> Response:
    """Return *response* with the session's cookie taken away."""
    response.delete_cookie(cookie_name(), **cookie_rules())
    return response
