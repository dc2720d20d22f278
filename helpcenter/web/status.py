"""The status page of one support request, opened by its secret link and nothing else."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData

from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db, writing
from helpcenter.storage.tokens import digest
from helpcenter.support import attachments, letters, links
from helpcenter.support.models import SupportRequest
from helpcenter.support.requests import LONGEST_BODY, customer_reply, find_by_reference, merged_into, messages_of, solved_by_customer
from helpcenter.web import forms, request_files
from helpcenter.web.asking import status_url, terms
from helpcenter.web.guards import same_site_only
from helpcenter.web.limits import limited
from helpcenter.web.locale import current_site, known_language, preferred_language
from helpcenter.web.promises import answer_due, what_happens_next
from helpcenter.web.request_files import FilesRefused, read_files, takes_files
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
COOKIE = "hc_request"
PURPOSE = "status-page"
# Each page that is opened renews it.
LIFETIME_SECONDS = 4 * 3600

@dataclass(frozen=True)
class Opened:
    """A request that this visitor may see: by the *token* in the address, or without one by the cookie that it became."""

    request: SupportRequest
    token_digest: str
    token: str | None = None

    def address(self, part: str, **more: object) -> str:
        """Return the address of a part of the status page, opened in the same way."""
        way = {"token": self.token} if self.token else {"reference": request.view_args["reference"]}
        return url_for(f"status.{part}", **way, **more)


@bp.get("/requests/<token>")
@bp.get("/requests/open/<reference>")
def show(token: str | None = None, reference: str | None = None) -> ResponseReturnValue:
    """Show the request in the language it was asked in. A browser is led to an address without the token first."""
    found = opened(token, reference)
    if found is None:
        return closed()
    if token and is_page_of_browser():
        way = {"reference": found.request.reference, "token": token, "new": request.args.get("new")}
        return remember(redirect(url_for("status.enter", **way), 303), found)
    page = make_response(render(found))
    return page if token else remember(page, found)


@bp.get("/requests/open/<reference>/<token>")
def enter(reference: str, token: str) -> ResponseReturnValue:
    """Lead on to the address without the token when the cookie came back; who keeps no cookies is shown the request here."""
    if by_cookie(reference):
        return redirect(url_for("status.show", reference=reference, new=request.args.get("new")), 303)
    return render(opened(token, None) or abort(404))


@bp.post("/requests/<token>")
@bp.post("/requests/open/<reference>")
@takes_files
@same_site_only
def reply(token: str | None = None, reference: str | None = None) -> ResponseReturnValue:
    """Add what the customer writes; the same words twice in a row are one message."""
    found = opened(token, reference)
    if found is None:
        return closed()
    lang = found.request.lang
    try:
        text = clean_text(request.form.get("text", ""), limit=LONGEST_BODY)
    except TextRefused:
        return render(found, gettext(lang, "This is too long: at most %(limit)s characters", limit=LONGEST_BODY)), 422
    if request.form.get(forms.TRAP) or not text:
        return render(found, gettext(lang, "Write your message first")), 422
    limited("chat-message", f"request-{found.request.id}")
    try:
        reached = add_reply(found.request, text, read_files(lang))
    except (FilesRefused, attachments.AttachmentRefused) as refused:
        said = str(refused) if isinstance(refused, FilesRefused) else request_files.problem(lang, refused)
        return render(found, said), 422
    if reached.id == found.request.id:
        return redirect(found.address("show", _anchor="last"), 303)
    return redirect(url_for("status.show", token=links.status_token(services().secret_key, reached), _anchor="last"), 303)


def add_reply(request_shown: SupportRequest, text: str, files: list[attachments.CheckedFile]) -> SupportRequest:
    """Store what the customer wrote with its *files*, and return the request that it reached. Raises AttachmentRefused."""
    messages = messages_of(db.session, request_shown, public_only=True)
    last = messages[-1] if messages else None
    if last and (last.author, last.text) == ("customer", text) and attachments.are_kept(db.session, last, files):
        return request_shown
    given = terms()
    with writing() as session:
        message = customer_reply(session, session.get_one(SupportRequest, request_shown.id), text, via="form", terms=given)
        reached = session.get_one(SupportRequest, message.request_id)
        for file in files:
            attachments.keep(session, reached, file, folder=services().data_folder, message=message)
        return reached


@bp.post("/requests/<token>/solved")
@bp.post("/requests/open/<reference>/solved")
@same_site_only
def solved(token: str | None = None, reference: str | None = None) -> ResponseReturnValue:
    """Let the customer say that it is solved; what they write later opens it again."""
    found = opened(token, reference)
    if found is None:
        return closed()
    with writing() as session:
        solved_by_customer(session, session.get_one(SupportRequest, found.request.id))
    return redirect(found.address("show"), 303)


@bp.get("/requests/<token>/files/<int:file_id>")
@bp.get("/requests/open/<reference>/files/<int:file_id>")
def file(file_id: int, token: str | None = None, reference: str | None = None) -> ResponseReturnValue:
    """Give a file of the request, always as a download."""
    return download((opened(token, reference) or abort(404)).request, file_id, public_only=True)


def opened(token: str | None, reference: str | None) -> Opened | None:
    """Return the request that the token or the cookie opens, speaking its language.

    404 for an unknown, expired or malformed token; None without a cookie that opens the request *reference*.
    """
    if token is None:
        return by_cookie(reference)
    return Opened(get_request(token), digest(token), token)


def by_cookie(reference: str) -> Opened | None:
    """Return the request *reference* when the cookie opens it: signed by us, not old, and its link still alive."""
    try:
        token_digest = str(services().sign(PURPOSE).loads(request.cookies.get(COOKIE, ""), max_age=LIFETIME_SECONDS))
    except BadData:
        return None
    linked = links.find_by_digest(db.session, token_digest)
    reached = merged_into(db.session, linked) if linked else None
    # The cookie of another request opens nothing here, whatever a browser sends where.
    if reached is None or reference not in (linked.reference, reached.reference):
        return None
    speak_language_of(reached)
    return Opened(reached, token_digest)


def is_page_of_browser() -> bool:
    """Return whether a browser opens the address as a page; a program that reads it gets its answer at once."""
    return (request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")) == ("navigate", "document")


def remember(response: Response, found: Opened) -> Response:
    """Return *response* with the cookie that opens this request alone, for some hours from now."""
    reference = (request.view_args or {}).get("reference") or found.request.reference
    response.set_cookie(
        COOKIE,
        services().sign(PURPOSE).dumps(found.token_digest),
        max_age=LIFETIME_SECONDS,
        path=url_for("status.show", reference=reference),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def closed() -> ResponseReturnValue:
    """Ask for the link again; the answer is the same whether there is such a request or not. What was typed is given back."""
    site = current_site()
    known_language(preferred_language(site.languages, site.fallbacks))
    return render_template("status/closed.html", draft=request.form.get("text", "")[:LONGEST_BODY]), 404


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


def get_request(token: str) -> SupportRequest:
    """Return the request that *token* opens, speaking its language; 404 for an unknown, expired or malformed one alike."""
    found = links.find_by_token(db.session, token)
    if found is None:
        abort(404)
    found = merged_into(db.session, found)
    speak_language_of(found)
    return found


def speak_language_of(found: SupportRequest) -> None:
    """Speak the language of the request, the site's first where that is spoken no more."""
    known_language(found.lang if found.lang in current_site().languages else current_site().default_language)


def render(found: Opened, problem: str | None = None) -> str:
    """Return the page of a request: where it stands, what was written, and a line to add more."""
    shown = found.request
    return render_template(
        "status/status.html",
        request_shown=shown,
        state=STATES.get(shown.state, STATES["open"]),
        messages=messages_of(db.session, shown, public_only=True),
        files=attachments.attachments_of(db.session, shown),
        answers=own_answers(shown),
        address=found.address,
        link=status_url(shown),
        is_new="new" in request.args,
        next_steps=what_happens_next(shown),
        due=answer_due(shown),
        problem=problem,
        without_files=bool(problem) and request_files.are_given(),
        draft=request.form.get("text", "") if problem else "",
        trap=forms.TRAP,
        limit=LONGEST_BODY,
    )


def own_answers(shown: SupportRequest) -> dict[str, object]:
    """Return what the customer answered to the fields of site.yaml, by name."""
    return {name: answer for name, answer in shown.slots.items() if name in current_site().requests.fields}
