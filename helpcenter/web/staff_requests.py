"""What agents do with one request beside answering it: share it out, join it, insert what helps, learn from it."""

import io
import re
from datetime import timedelta
from pathlib import PurePosixPath

from flask import Blueprint, Response, abort, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import StaffUser
from helpcenter.content import library, new_files
from helpcenter.content.request_settings import VARIABLE
from helpcenter.content.slugs import slug_of
from helpcenter.language.cleaning import TextRefused
from helpcenter.language.messages import gettext
from helpcenter.mail.models import InboundMail
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import attachments, events, handling, inbox
from helpcenter.support import requests as support
from helpcenter.support.answer_once import without_persons
from helpcenter.support.models import Message, SupportRequest
from helpcenter.support.requests import RequestRefused
from helpcenter.web import request_files, request_words
from helpcenter.web import staff_access as access
from helpcenter.web.asking import terms
from helpcenter.web.conversing import follow_merge
from helpcenter.web.locale import current_site
from helpcenter.web.services import services

bp = Blueprint("staff_requests", __name__, url_prefix="/staff/requests")


@bp.before_request
def make_room() -> None:
    """Take the form of a reply also with its files in it: what is typed must not be lost for their sake."""
    if request.endpoint == "staff_requests.compose":
        request_files.make_room()


bp.before_request(access.check_access)

MOST_FOUND = 5
LONGEST_SEARCH = 100
ARTICLE = re.compile(r"/articles/([^/?#]+)")


def people() -> dict[int, str]:
    """Return who of the staff may answer requests, id to name."""
    users = db.session.scalars(select(StaffUser).where(StaffUser.disabled.is_(False)).order_by(StaffUser.name))
    return {user.id: user.name for user in users if access.may(user.role, "staff.reply")}


def find_request(session: Session, reference: str) -> SupportRequest:
    """Return the request with *reference*; 404 when there is none."""
    found = support.find_by_reference(session, reference)
    if found is None:
        abort(404)
    return found


def change(reference: str, action) -> ResponseReturnValue:
    """Do *action* with the request in one transaction and go back to its page, which says what was refused."""
    problem = None
    try:
        with writing() as session:
            action(session, find_request(session, reference))
    except RequestRefused as refused:
        problem = refused.field
    except TextRefused:
        problem = "tags"
    return redirect(url_for("staff.show_request", reference=reference, problem=problem), 303)


def page_values(found: SupportRequest) -> dict:
    """Return what the page of one request shows beside its messages."""
    staff, everybody, site = g.staff.user, people(), current_site()
    searched = request.args.get("find", "")[:LONGEST_SEARCH]
    problem = request.args.get("problem")
    return {
        "people": everybody,
        "teams": {name: site.text(team.label, g.lang, name) for name, team in site.requests.teams.items()},
        "tags": handling.tags_of(db.session, found),
        "ties": handling.tied_to(db.session, found),
        "files": attachments.attachments_of(db.session, found),
        "solved_by": handling.solved_by(db.session, found),
        "history": [
            (event, request_words.event_text(g.lang, event.kind, event.details, everybody), everybody.get(event.staff_id))
            for event in events.events_of(db.session, found)
        ],
        "looking": inbox.others_looking(db.session, found, staff=staff),
        "draft": inbox.draft_of(db.session, found, staff=staff),
        "searched": searched,
        "hits": services().engine.search(searched, found.lang, limit=MOST_FOUND).hits if searched else (),
        "canned": {name: site.text(canned.title, g.lang, name) for name, canned in site.requests.canned_replies.items()},
        "due": inbox.next_due(found),
        "now": utcnow(),
        "request_words": request_words,
        "refusal": gettext(g.lang, request_words.REFUSED[problem]) if problem in request_words.REFUSED else None,
    }


def note_look(found: SupportRequest) -> None:
    """Note that this agent has the request open, at most twice a minute."""
    if inbox.is_look_due(db.session, found, staff=g.staff.user):
        with writing() as session:
            inbox.note_look(session, found, staff=g.staff.user)


def held_until():
    """Return until when a reply of now may be taken back; None when it goes at once."""
    seconds = current_site().requests.undo_send_seconds
    return utcnow() + timedelta(seconds=seconds) if seconds else None


@bp.post("/<reference>/properties")
def properties(reference: str) -> ResponseReturnValue:
    """Say whose the request is, how urgent, and what it is about."""
    given, staff = request.form, g.staff.user
    assignee = given.get("assignee", type=int)

    def action(session: Session, found: SupportRequest) -> None:
        handling.assign(session, found, assignee if assignee in people() else None, staff=staff)
        handling.set_team(session, found, given.get("team"), staff=staff)
        handling.set_priority(session, found, given.get("priority", ""), staff=staff)
        handling.set_tags(session, found, given.get("tags", ""), staff=staff)

    return change(reference, action)


@bp.post("/<reference>/compose")
def compose(reference: str) -> ResponseReturnValue:
    """Keep the draft, with an article or a canned reply in it when one was chosen; or look for articles."""
    text, find = request.form.get("text", ""), None
    with writing() as session:
        found = find_request(session, reference)
        if request.form.get("do") == "find":
            find = request.form.get("find", "")[:LONGEST_SEARCH]
        elif request.form.get("do") == "canned":
            text = appended(text, canned_text(found, request.form.get("canned", "")))
        elif slug := request.form.get("insert"):
            text = appended(text, article_line(found.lang, slug))
        inbox.save_draft(session, found, text, staff=g.staff.user)
    return redirect(url_for("staff.show_request", reference=reference, find=find or None, _anchor="reply"), 303)


def appended(text: str, more: str) -> str:
    """Return *text* with *more* as its last paragraph."""
    return "\n\n".join(filter(None, (text.strip(), more)))


def canned_text(found: SupportRequest, name: str) -> str:
    """Return the canned reply *name* in the customer's language, filled in; nothing when there is none."""
    site = current_site()
    canned = site.requests.canned_replies.get(name)
    values = {"name": found.name or "", "reference": found.reference, "agent": g.staff.user.name, "site": site.name_in(found.lang)}
    return VARIABLE.sub(lambda match: values[match[1]], site.text(canned.text, found.lang)) if canned else ""


def article_line(lang: str, slug: str) -> str:
    """Return title and address of an article; nothing when there is none with this *slug*."""
    found = library.resolve(db.session, current_site(), lang, slug)
    if found is None:
        return ""
    return f"{found.article.title}\n{services().base_url}{url_for('pages.article', lang=lang, slug=found.article.slug)}"


def mails_of(found: SupportRequest) -> dict[int, int]:
    """Return which message of the request came by which mail."""
    messages = select(Message.id).where(Message.request_id == found.id)
    mails = select(InboundMail.support_message_id, InboundMail.id).where(InboundMail.support_message_id.in_(messages))
    return dict(db.session.execute(mails).all())


@bp.post("/<reference>/join")
def join(reference: str) -> ResponseReturnValue:
    """Merge the request into another one of the same customer, or link the two."""

    def action(session: Session, found: SupportRequest) -> None:
        other = support.find_by_reference(session, request.form.get("other", "")[:LONGEST_SEARCH])
        if other is None:
            raise RequestRefused("other", "There is no such request.")
        if request.form.get("how") == "merge":
            handling.merge(session, found, other, staff=g.staff.user)
            follow_merge(session, found, other)
        else:
            handling.tie(session, found, other, staff_id=g.staff.user.id)

    return change(reference, action)


@bp.post("/<reference>/split")
def split(reference: str) -> ResponseReturnValue:
    """Make a request of its own from one message of the customer."""
    message_id = request.form.get("message", 0, type=int)

    def action(session: Session, found: SupportRequest) -> None:
        message = session.get(Message, message_id)
        if message is None:
            raise RequestRefused("message", "There is no such message.")
        handling.split(session, terms(), found, message, staff=g.staff.user)

    return change(reference, action)


@bp.post("/<reference>/spam")
def spam(reference: str) -> ResponseReturnValue:
    """Set the request aside as spam, or bring it back."""
    is_spam = request.form.get("spam") == "yes"
    return change(reference, lambda session, found: handling.mark_spam(session, found, spam=is_spam, staff=g.staff.user))


@bp.post("/<reference>/take-back")
def take_back(reference: str) -> ResponseReturnValue:
    """Take a held reply back; its words are the draft again."""
    message_id = request.form.get("message", 0, type=int)

    def action(session: Session, found: SupportRequest) -> None:
        text = handling.take_back(session, found, message_id, staff=g.staff.user)
        if text is not None:
            inbox.save_draft(session, found, text, staff=g.staff.user)

    return change(reference, action)


@bp.post("/<reference>/solved-by")
def solved_by(reference: str) -> ResponseReturnValue:
    """Keep which article solved the request: its address or slug."""
    typed = request.form.get("article", "").strip()[:300]
    slug = match[1] if (match := ARTICLE.search(typed)) else typed

    def action(session: Session, found: SupportRequest) -> None:
        article = library.resolve(db.session, current_site(), found.lang, slug)
        if article is None:
            raise RequestRefused("article", "There is no such article.")
        handling.note_solved_by(session, found, article.article.key, article.article.lang, staff=g.staff.user)

    return change(reference, action)


@bp.get("/<reference>/messages/<int:message_id>/article.md")
def draft_article(reference: str, message_id: int) -> ResponseReturnValue:
    """Give a reply as the draft of an article, without the persons in it, to be finished and put into the content folder."""
    title, body = sent_answer(find_request(db.session, reference), message_id)
    text = f"---\n{new_files.as_yaml({'title': title, 'draft': True})}---\n\n{body}\n"
    name = f"{slug_of(title)}.md"
    return Response(text, mimetype="text/markdown", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@bp.post("/<reference>/messages/<int:message_id>/article")
def make_article(reference: str, message_id: int) -> ResponseReturnValue:
    """Put a reply into the content folder as the draft of an article; readers see nothing of it before an editor publishes it."""
    found = find_request(db.session, reference)
    title, body = sent_answer(found, message_id)
    root = services().content_folder.resolve()
    try:
        file = new_files.new_article(root, current_site(), title, lang=found.lang, section=found.section or "")
        new_files.write_new(root, new_files.NewFile(file.path, f"{file.text}\n{body}\n"))
    except new_files.NotMade:
        return redirect(url_for("staff.show_request", reference=reference, problem="draft"), 303)
    key = PurePosixPath(*PurePosixPath(file.path).with_suffix("").parts[1:]).as_posix()

    def action(session: Session, found: SupportRequest) -> None:
        handling.note_draft(session, found, file.path, key, staff=g.staff.user)

    return change(reference, action)


def sent_answer(found: SupportRequest, message_id: int) -> tuple[str, str]:
    """Return subject and text of an agent's reply without the persons in it; 404 when the request has no such reply."""
    message = db.session.get(Message, message_id)
    if message is None or message.request_id != found.id or message.author != "agent":
        abort(404)
    return without_persons(found, message)


@bp.get("/<reference>/files/<int:file_id>")
def file(reference: str, file_id: int) -> ResponseReturnValue:
    """Give a file of the request, always as a download."""
    return download(find_request(db.session, reference), file_id)


def download(found: SupportRequest, file_id: int, *, public_only: bool = False) -> Response:
    """Return a file of *found* so that no browser shows or runs it; 404 when it belongs to another request.

    With *public_only* also when it came with what the customer does not see, or not yet.
    """
    kept = attachments.find_attachment(db.session, found, file_id)
    message = db.session.get(Message, kept.message_id) if kept and kept.message_id else None
    if public_only and message is not None and (message.held_until is not None or not message.public):
        abort(404)
    path = attachments.path_of(services().data_folder, kept.stored_name) if kept else None
    if path is None or not path.is_file():
        abort(404)
    answer = send_file(io.BytesIO(path.read_bytes()), mimetype=kept.content_type, as_attachment=True, download_name=kept.name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@bp.after_request
def keep_private(response: Response) -> Response:
    """Return *response* so that no cache keeps it."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
