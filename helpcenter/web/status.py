"""The status page of one support request, opened by its secret link and nothing else."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db, writing
from helpcenter.support import attachments, letters, links
from helpcenter.support.models import SupportRequest
from helpcenter.support.requests import LONGEST_BODY, customer_reply, find_by_reference, merged_into, messages_of, solved_by_customer
from helpcenter.support.service_levels import answer_within, calendar_of
from helpcenter.web import forms
from helpcenter.web.asking import terms
from helpcenter.web.guards import same_site_only
from helpcenter.web.limits import limited
from helpcenter.web.locale import current_site, known_language
from helpcenter.web.services import services
from helpcenter.web.staff_requests import download

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
LONGEST_REFERENCE, LONGEST_ADDRESS = 40, 320

FILE_PROBLEMS = {
    "empty": _("this file is empty"),
    "large": _("this file is larger than 10 MB"),
    "many": _("these are too many files; send at most 5 at once"),
    "kind": _("files of this kind are not taken; send a picture, a PDF, a text or an office document"),
    "differs": _("this file is not what its name says"),
    "image": _("this picture cannot be read or is larger than 25 megapixels"),
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
    try:
        files = read_files()
    except attachments.AttachmentRefused as refused:
        return render(found, token, file_problem(found.lang, refused)), 422
    messages = messages_of(db.session, found, public_only=True)
    if files or not messages or (messages[-1].author, messages[-1].text) != ("customer", text):
        given = terms()
        with writing() as session:
            message = customer_reply(session, session.get(SupportRequest, found.id), text, via="form", terms=given)
            reached = session.get_one(SupportRequest, message.request_id)
            for file in files:
                attachments.keep(session, reached, file, folder=services().data_folder, message=message)
        token = links.status_token(services().secret_key, reached)
    return redirect(url_for("status.show", token=token, _anchor="last"), 303)


@bp.post("/requests/<token>/solved")
@same_site_only
def solved(token: str) -> ResponseReturnValue:
    """Let the customer say that it is solved; what they write later opens it again."""
    found = get_request(token)
    with writing() as session:
        solved_by_customer(session, session.get_one(SupportRequest, found.id))
    return redirect(url_for("status.show", token=token), 303)


@bp.get("/requests/<token>/files/<int:file_id>")
def file(token: str, file_id: int) -> ResponseReturnValue:
    """Give a file of the request, always as a download."""
    return download(get_request(token), file_id)


@bp.get("/<lang:lang>/requests/link")
def link_form(lang: str) -> ResponseReturnValue:
    """Ask which link was lost, or say that it is on its way, whether there is such a request or not."""
    return render_link_form(known_language(lang))


@bp.post("/<lang:lang>/requests/link")
@same_site_only
def send_link(lang: str) -> ResponseReturnValue:
    """Mail the link of a request to its own customer; the answer never says whether there is one."""
    known_language(lang)
    reference = cut_text(request.form.get("reference", ""), limit=LONGEST_REFERENCE)
    email = cut_text(request.form.get("email", ""), limit=LONGEST_ADDRESS)
    if request.form.get(forms.TRAP) or not reference or not email:
        return render_link_form(lang, reference=reference, email=email, incomplete=True), 422
    limited("status-link")
    given = terms()
    with writing() as session:
        found = find_by_reference(session, reference)
        if found is not None and found.email.casefold() == email.casefold() and letters.queue_link(session, given, found):
            links.renew(session, given.secret_key, found)
    return redirect(url_for("status.link_form", lang=lang, sent=1), 303)


def render_link_form(lang: str, *, reference: str = "", email: str = "", incomplete: bool = False) -> str:
    """Return the page that asks for a new link, with what was typed."""
    g.switcher = {other: url_for("status.link_form", lang=other) for other in current_site().languages}
    return render_template(
        "status/link.html", reference=reference, email=email, incomplete=incomplete, was_sent="sent" in request.args, trap=forms.TRAP
    )


@bp.before_request
def take_files() -> None:
    """Let a form with files be as large as its files may be; every other one stays small."""
    if request.endpoint == "status.reply" and request.mimetype == "multipart/form-data":
        request.max_content_length = attachments.MOST_FILES * attachments.LARGEST_FILE_BYTES + 1024 * 1024


def read_files() -> list[attachments.CheckedFile]:
    """Return the files that came with the form, checked. Raises AttachmentRefused."""
    given = [one for one in request.files.getlist("files") if one.filename]
    if len(given) > attachments.MOST_FILES:
        raise attachments.AttachmentRefused("many", given[-1].filename)
    return [attachments.checked(one.filename, one.mimetype, one.stream.read(attachments.LARGEST_FILE_BYTES + 1)) for one in given]


def file_problem(lang: str, refused: attachments.AttachmentRefused) -> str:
    """Return in *lang* why a file was not taken."""
    return f"{refused.name}: {gettext(lang, FILE_PROBLEMS[refused.reason])}"


def get_request(token: str) -> SupportRequest:
    """Return the request that *token* opens, speaking its language; 404 for an unknown, expired or malformed one alike."""
    found = links.find_by_token(db.session, token)
    if found is None:
        abort(404)
    found = merged_into(db.session, found)
    known_language(found.lang if found.lang in current_site().languages else current_site().default_language)
    return found


def render(found: SupportRequest, token: str, problem: str | None = None) -> str:
    """Return the page of a request: where it stands, what was written, and a line to add more."""
    site = current_site()
    return render_template(
        "status/status.html",
        request_shown=found,
        state=STATES.get(found.state, STATES["open"]),
        messages=messages_of(db.session, found, public_only=True),
        files=attachments.attachments_of(db.session, found),
        accepted=attachments.ACCEPTED,
        token=token,
        is_new="new" in request.args,
        answer_hours=answer_within(site, found),
        has_hours=calendar_of(site, found.team).hours is not None,
        problem=problem,
        draft=request.form.get("text", "") if problem else "",
        trap=forms.TRAP,
        limit=LONGEST_BODY,
    )
