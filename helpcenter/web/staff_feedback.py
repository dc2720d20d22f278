"""The staff's pages of feedback: the comments inbox, what became of each comment, and whether an edit helped."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpcenter.content.models import Article
from helpcenter.feedback import comments, editing
from helpcenter.feedback.comments import Comment, Filter
from helpcenter.feedback.statistics import FEWEST
from helpcenter.feedback.tables import csv_text
from helpcenter.journeys import trail
from helpcenter.language.cleaning import TextRefused, clean_text, cut_text
from helpcenter.language.messages import gettext
from helpcenter.mail import outbox
from helpcenter.mail.addresses import AddressRefused, checked_address
from helpcenter.mail.letters import queue_letter
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import requests as support
from helpcenter.web import staff_access as access
from helpcenter.web import staff_feedback_words as feedback_words
from helpcenter.web.asking import terms
from helpcenter.web.locale import current_site
from helpcenter.web.staff import MOST_PAGES, keep_private, template_values

bp = Blueprint("staff_feedback", __name__, url_prefix="/staff/feedback")
bp.before_request(access.check_access)
bp.after_request(keep_private)
bp.context_processor(template_values)
bp.context_processor(lambda: {"said": feedback_words})

FIRST_YEAR, LAST_YEAR = 2000, 2999
LONGEST_KEY = 400
HIGHEST_VERSION = 1_000_000
COLUMNS = (
    "comment", "changed", "language", "section", "article", "title", "version", "helpful", "reason", "text", "query", "state", "done_by",
    "fixed_in", "note", "request",
)  # fmt: skip


class Refused(ValueError):
    """What was typed cannot be stored; the message says why in the reader's language."""


def asked_filter() -> Filter:
    """Return the filter that the address asks for; what makes no sense is left out."""
    given = {name: cut_text(request.args.get(name, ""), limit=LONGEST_KEY) for name in ("key", "section", "lang", "reason", "state")}
    given["state"] = given["state"] if given["state"] in comments.STATES else ""
    return Filter(**given, since=asked_day("since"), until=asked_day("until"))


def asked_day(name: str) -> date | None:
    """Return the day that the address has as *name*, None for anything that is none."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def asked_page() -> int:
    """Return the page that the address asks for, from 1."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def kept_query() -> dict[str, str]:
    """Return what the address asks for, but the page, to lead to another page of the same."""
    return {name: value for name, value in request.args.items() if value and name != "page"}


@bp.get("/")
def inbox() -> ResponseReturnValue:
    """List the comments and reasons that readers left, the latest first, or those that are asked for."""
    wanted, page = asked_filter(), asked_page()
    found = comments.list_comments(db.session, wanted, limit=comments.PAGE_SIZE + 1, offset=(page - 1) * comments.PAGE_SIZE)
    return render_template(
        "staff/feedback.html",
        comments=found[: comments.PAGE_SIZE],
        has_more=len(found) > comments.PAGE_SIZE,
        page=page,
        wanted=wanted,
        counts=comments.count_by_state(db.session, wanted),
        kept=kept_query(),
        sections=current_site().sections,
        site_now=current_site(),
    )


@bp.get("/comments.csv")
def export() -> ResponseReturnValue:
    """Return the comments that are asked for as a table for spreadsheets, without addresses."""
    found = comments.list_comments(db.session, asked_filter(), limit=None)
    return csv_answer("comments.csv", csv_text(COLUMNS, map(row_of, found)))


def csv_answer(name: str, text: str) -> Response:
    """Return *text* as a file to download."""
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def row_of(one: Comment) -> tuple:
    """Return a comment as a row of COLUMNS."""
    vote, kept = one.vote, one.kept
    state = comments.DONE if one.is_done else comments.OPEN
    handled = (kept.done_by, kept.fixed_in, kept.note, kept.request_reference) if kept else (None,) * 4
    return (
        one.id, vote.changed_at.isoformat(timespec="seconds"), vote.lang, one.section, vote.key, one.title, vote.version,
        "yes" if vote.helpful else "no", vote.reason, vote.comment, vote.query, state, *handled,
    )  # fmt: skip


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """Show one comment with the version, the query and the way that led to it, and what became of it."""
    return render_comment(get_comment(number))


@bp.post("/<int:number>/done")
def done(number: int) -> ResponseReturnValue:
    """Mark a comment as done, with the version that took care of it and a note."""
    version, note = request.form.get("fixed_in", "").strip(), request.form.get("note", "")
    if version and not (version.isascii() and version.isdigit() and 0 < int(version[:8]) <= HIGHEST_VERSION):
        return render_comment(get_comment(number), problem=gettext(g.lang, "A version is a number such as 4"), field="fixed_in"), 422

    def mark(session: Session, _one: Comment) -> None:
        fixed_in = int(version) if version else None
        comments.mark_done(session, number, by=g.staff.user.name, fixed_in=fixed_in, note=note, now=utcnow())

    return change(number, mark, field="note")


@bp.post("/<int:number>/reopen")
def reopen(number: int) -> ResponseReturnValue:
    """Let a comment be open again."""
    return change(number, lambda session, _one: comments.reopen(session, number))


@bp.post("/<int:number>/answer")
def answer(number: int) -> ResponseReturnValue:
    """Answer by mail the reader who left an address; the same words twice are one mail."""
    typed = request.form.get("text", "")

    def send(session: Session, one: Comment) -> None:
        text = clean_text(typed, limit=comments.LONGEST_ANSWER)
        if not one.kept or not one.kept.email:
            raise Refused(gettext(g.lang, "This reader left no address"))
        if not text:
            raise Refused(gettext(g.lang, "Write your message first"))
        if one.kept.answer == text:
            return
        queue_letter(
            session, terms(), "comment-answer", recipient=one.kept.email, lang=one.vote.lang, thread=thread_of(number),
            automatic=False, title=one.title, text=text, agent=g.staff.user.name,
        )  # fmt: skip
        comments.note_answer(session, number, text, now=utcnow())

    return change(number, send, field="text")


@bp.post("/<int:number>/request")
def make_request(number: int) -> ResponseReturnValue:
    """Make a support request of a comment, with the way that led to it; only once."""
    kind, typed = request.form.get("kind", ""), request.form.get("email", "")

    def make(session: Session, one: Comment) -> None:
        if one.kept and one.kept.request_reference:
            return
        if kind not in feedback_words.REQUEST_KINDS:
            raise Refused(gettext(g.lang, "Choose what it is about"))
        comments.note_request(session, number, open_request(session, one, kind, typed).reference)

    return change(number, make, field="email")


def open_request(session: Session, one: Comment, kind: str, email: str) -> support.SupportRequest:
    """Open the request of a comment and return it. Raises Refused for an address that is none."""
    try:
        address = checked_address(email)
    except AddressRefused:
        raise Refused(gettext(g.lang, "Write an e-mail address such as name@example.com")) from None
    reason = feedback_words.reason_text(one.vote.lang, one.vote.reason)
    steps = [step.as_json() for step in trail.trail(session, one.vote.journey_id)]
    opened = support.open_request(
        session,
        terms(),
        subject=gettext(one.vote.lang, "Your comment on “%(title)s”", title=one.title[:150]),
        body="\n\n".join(part for part in (reason, one.vote.comment) if part),
        email=address,
        lang=one.vote.lang,
        kind=kind,
        section=one.section or None,
        idempotency_key=f"comment-{one.id}-{one.vote.changed_at.isoformat()}",
        via="staff",
    )
    # The visit is over and may have ended well: the request keeps its steps, but does not change how it ended.
    opened.trail = steps
    return opened


def thread_of(number: int) -> str:
    """Return the name of the mails about a comment."""
    return f"comment-{number}"


def change(number: int, action: Callable[[Session, Comment], object], *, field: str = "") -> ResponseReturnValue:
    """Do *action* with the comment in one transaction; what cannot be stored comes back with what was typed in *field*."""
    try:
        with writing() as session:
            action(session, get_comment(number, session))
    except Refused as refused:
        return render_comment(get_comment(number), problem=str(refused), field=field), 422
    except TextRefused:
        return render_comment(get_comment(number), problem=feedback_words.too_long(g.lang, field), field=field), 422
    return redirect(url_for("staff_feedback.show", number=number, _anchor="state"), 303)


def get_comment(number: int, session: Session | None = None) -> Comment:
    """Return the comment with *number*; 404 when there is none."""
    # More than a database can count stands for nothing.
    found = comments.find_comment(session or db.session, number) if number < 2**31 else None
    if found is None:
        abort(404)
    return found


def render_comment(one: Comment, *, problem: str = "", field: str = "") -> str:
    """Return the page of one comment."""
    return render_template(
        "staff/feedback_comment.html",
        one=one,
        steps=[step.as_json() for step in trail.trail(db.session, one.vote.journey_id)],
        undelivered=outbox.undelivered(db.session, thread_of(one.id)),
        problem=problem,
        field=field,
        typed=request.form if problem else {},
        section_title=current_site().title_of(one.section, g.lang) if one.section else "",
        limits=feedback_words.LIMITS,
    )


@bp.get("/edits/")
def edits() -> ResponseReturnValue:
    """List the articles that readers voted on in more than one version."""
    page = asked_page()
    found = editing.edited_articles(db.session, limit=editing.PAGE_SIZE + 1, offset=(page - 1) * editing.PAGE_SIZE)
    shown = found[: editing.PAGE_SIZE]
    return render_template(
        "staff/feedback_edits.html", edited=[(one, title_of(one.lang, one.key)) for one in shown], has_more=len(found) > len(shown), page=page
    )


@bp.get("/edits/<lang:lang>/<path:key>")
def edit(lang: str, key: str) -> ResponseReturnValue:
    """Show what readers said of each version of an article, before and after each edit."""
    versions = editing.versions_of(db.session, lang, key[:LONGEST_KEY])
    if not versions:
        abort(404)
    return render_template(
        "staff/feedback_edit.html", article_lang=lang, key=key, title=title_of(lang, key), versions=versions[::-1], fewest=FEWEST
    )


def title_of(lang: str, key: str) -> str:
    """Return the title of an article, its key when it left the library."""
    return db.session.query(Article.title).filter_by(lang=lang, key=key).scalar() or key
