"""The status page of one support request, opened by its secret link and nothing else."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.language.cleaning import TextRefused, clean_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db, writing
from helpcenter.support import links
from helpcenter.support.models import SupportRequest
from helpcenter.support.requests import LONGEST_BODY, customer_reply, messages_of
from helpcenter.web import forms
from helpcenter.web.conversing import people_hours
from helpcenter.web.guards import same_site_only
from helpcenter.web.limits import limited
from helpcenter.web.locale import current_site, known_language

bp = Blueprint("status", __name__)


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


STATES = {
    "new": _("Received"),
    "open": _("A person is working on it"),
    "waiting": _("Waiting for your answer"),
    "solved": _("Solved"),
    "closed": _("Closed"),
}


@bp.get("/requests/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the request in the language it was asked in."""
    return render(get_request(token), token)


@bp.post("/requests/<token>")
@same_site_only
def reply(token: str) -> ResponseReturnValue:
    """Add what the customer writes; the same words twice in a row are one message."""
    found = get_request(token)
    try:
        text = clean_text(request.form.get("text", ""), limit=LONGEST_BODY)
    except TextRefused:
        return render(found, token, gettext(found.lang, "This is too long: at most %(limit)s characters", limit=LONGEST_BODY)), 422
    if request.form.get(forms.TRAP) or not text:
        return render(found, token, gettext(found.lang, "Write your message first")), 422
    limited("chat-message", f"request-{found.id}")
    messages = messages_of(db.session, found, public_only=True)
    if not messages or (messages[-1].author, messages[-1].text) != ("customer", text):
        with writing() as session:
            customer_reply(session, session.get(SupportRequest, found.id), text, via="form")
    return redirect(url_for("status.show", token=token, _anchor="last"), 303)


def get_request(token: str) -> SupportRequest:
    """Return the request that *token* opens, speaking its language; 404 for an unknown, expired or malformed one alike."""
    found = links.find_by_token(db.session, token)
    if found is None:
        abort(404)
    known_language(found.lang if found.lang in current_site().languages else current_site().default_language)
    return found


def render(found: SupportRequest, token: str, problem: str | None = None) -> str:
    """Return the page of a request: where it stands, what was written, and a line to add more."""
    site = current_site()
    hours = people_hours(site)
    times = site.answer_within_hours
    return render_template(
        "status/status.html",
        request_shown=found,
        state=STATES.get(found.state, STATES["open"]),
        messages=messages_of(db.session, found, public_only=True),
        token=token,
        is_new="new" in request.args,
        answer_hours=times.complaint if found.kind == "complaint" else times.question,
        has_hours=hours is not None,
        problem=problem,
        draft=request.form.get("text", "") if problem else "",
        trap=forms.TRAP,
        limit=LONGEST_BODY,
    )
