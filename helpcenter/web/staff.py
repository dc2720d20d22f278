"""The staff pages: sign in, see what was asked and what led there, answer it; see what is wrong in the library."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.accounts import sessions
from helpcenter.content.models import ContentProblem
from helpcenter.language.cleaning import TextRefused
from helpcenter.language.messages import gettext
from helpcenter.mail import outbox
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import attachments, handling, inbox
from helpcenter.support import requests as support
from helpcenter.support.attachments import AttachmentRefused
from helpcenter.support.models import Message, SupportRequest
from helpcenter.web import request_files, staff_inbox, staff_requests
from helpcenter.web import staff_access as access
from helpcenter.web import staff_words as words
from helpcenter.web.asking import terms
from helpcenter.web.conversing import answer_in_chat
from helpcenter.web.locale import current_site
from helpcenter.web.request_files import FilesRefused
from helpcenter.web.services import services
from helpcenter.web.staff_areas import AREAS
from helpcenter.web.staff_home import render_home
from helpcenter.web.staff_signing_in import enter, verified

bp = Blueprint("staff", __name__, url_prefix="/staff")

MOST_PAGES = 10_000


@bp.before_request
def make_room() -> None:
    """Let a reply bring files. Nothing of it is read before it is known who sends it."""
    if request.endpoint == "staff.reply":
        request_files.make_room()


bp.before_request(access.check_access)


@bp.context_processor
def template_values() -> dict:
    """Return what every staff page shows."""
    return {
        "staff": g.get("staff"),
        "may": lambda endpoint: g.staff is not None and access.may(g.staff.user.role, endpoint),
        "words": words,
        "areas": [area for area in AREAS if g.get("staff") is not None and access.may(g.staff.user.role, area.endpoint)],
        "site_name": current_site().name_in(g.lang),
        "provider": services().provider,
    }


@bp.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """Ask for address and password."""
    return redirect(url_for("staff.home"), 303) if g.staff else render_template("staff/sign_in.html", failed=False)


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Begin a session or ask for the second factor, or say the same for every reason why not."""
    user = verified(request.form.get("email", ""), request.form.get("password", ""))
    if user is None:
        return render_template("staff/sign_in.html", failed=True), 403
    return enter(user)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session on the server, not only in the browser."""
    with writing() as session:
        sessions.end(session, g.staff)
    return access.without_session_cookie(make_response(redirect(url_for("staff.sign_in_form"), 303)))


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show what needs this person now."""
    return render_home()


@bp.get("/requests")
def requests() -> ResponseReturnValue:
    """List the requests of a view: urgent ones first, then those that are due soonest."""
    return staff_inbox.render_list()


@bp.get("/requests/<reference>")
def show_request(reference: str) -> ResponseReturnValue:
    """Show one request with everything that led to it."""
    found = get_request(db.session, reference)
    staff_requests.note_look(found)
    return render_request(found)


@bp.post("/requests/<reference>/reply")
def reply(reference: str) -> ResponseReturnValue:
    """Answer the customer, with files if need be: on their status page, by mail, and in the chat they came from."""
    text, state, staff = request.form.get("text", ""), request.form.get("state", "waiting"), g.staff.user
    seen, held_until = request.form.get("seen", type=int), staff_requests.held_until()
    news: list[Message] = []
    try:
        files = request_files.read_files(g.lang)
    except FilesRefused as refused:
        return render_request(get_request(db.session, reference), problem=str(refused), drafts={"text": text}), 422

    def answer(session: Session, found: SupportRequest) -> None:
        # Looked at under a lock: of two who answer at once, the second sees what the first wrote.
        handling.lock(session, found)
        news.extend(inbox.news_since(session, found, seen, staff=staff) if seen else ())
        if news:
            inbox.save_draft(session, found, text, staff=staff)
            return
        if not support.is_repeated(session, found, text, staff=staff):
            # Held until its files are with it, or for as long as it may be taken back.
            message = support.reply(session, terms(), found, text, staff=staff, state=state, held_until=held_until or utcnow())
            for file in files:
                attachments.keep(session, found, file, folder=services().data_folder, message=message)
            if held_until is None:
                handling.release(session, terms(), found, message)
                answer_in_chat(session, found, message.text)
        inbox.save_draft(session, found, "", staff=staff)

    answered = change(reference, answer, draft="text")
    if news:
        return render_request(get_request(db.session, reference), news=news, drafts={"text": text}), 409
    return answered


@bp.post("/requests/<reference>/note")
def note(reference: str) -> ResponseReturnValue:
    """Add a note that only the staff sees, and call whom it names with an @."""
    text, people = request.form.get("note", ""), staff_requests.people()

    def add(session: Session, found: SupportRequest) -> None:
        message = support.add_note(session, found, text, staff=g.staff.user)
        handling.note_mentions(session, found, message, handling.mentioned(message.text, people), staff=g.staff.user)

    return change(reference, add, draft="note")


@bp.post("/requests/<reference>/state")
def set_state(reference: str) -> ResponseReturnValue:
    """Move the request to another state."""
    state = request.form.get("state", "")
    return change(reference, lambda session, found: support.set_state(session, found, state, staff=g.staff.user))


def change(reference: str, action, *, draft: str | None = None) -> ResponseReturnValue:
    """Do *action* with the request in one transaction; what cannot be stored comes back with what was typed."""
    try:
        with writing() as session:
            action(session, get_request(session, reference))
    except (support.RequestRefused, TextRefused, AttachmentRefused) as refused:
        values = {draft: request.form.get(draft, "")} if draft else {}
        return render_request(get_request(db.session, reference), problem=refused_text(refused), drafts=values), 422
    return redirect(url_for("staff.show_request", reference=reference, _anchor="last"), 303)


def refused_text(refused: Exception) -> str:
    """Return in the reader's language why a text was not taken."""
    if isinstance(refused, AttachmentRefused):
        return request_files.problem(g.lang, refused)
    if isinstance(refused, TextRefused):
        return gettext(g.lang, "This is too long: at most %(limit)s characters", limit=support.LONGEST_BODY)
    if getattr(refused, "field", "") == "text":
        return gettext(g.lang, "Write your message first")
    return gettext(g.lang, "This state does not exist")


def get_request(session: Session, reference: str) -> SupportRequest:
    """Return the request with *reference*; 404 when there is none."""
    found = support.find_by_reference(session, reference)
    if found is None:
        abort(404)
    return found


def render_request(found: SupportRequest, *, problem: str | None = None, drafts: dict | None = None, news: Sequence[Message] = ()) -> str:
    """Return the page of one request; *news* are letters that came while a reply was written."""
    return render_template(
        "staff/request.html",
        shown=found,
        messages=support.messages_of(db.session, found, public_only=False),
        others=support.others_of(db.session, found),
        undelivered=outbox.undelivered(db.session, found.reference),
        mails=staff_requests.mails_of(found),
        problem=problem,
        drafts=drafts or {},
        news=news,
        limit=support.LONGEST_BODY,
        without_files=bool(problem or news) and request_files.are_given(),
        **staff_requests.page_values(found),
    )


@bp.get("/library")
def library() -> ResponseReturnValue:
    """List what the last publish found wrong."""
    problems = db.session.scalars(select(ContentProblem).order_by(ContentProblem.path, ContentProblem.line)).all()
    return render_template("staff/library.html", problems=problems)


@bp.after_request
def keep_private(response: Response) -> Response:
    """Return *response* so that no cache keeps it."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
