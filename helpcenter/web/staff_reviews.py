"""Reviews on the staff pages: ask for one in the editor; then somebody else reads, comments, and approves or sends back."""

from collections.abc import Callable

import structlog
from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpcenter.accounts import audit
from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.rights import covers
from helpcenter.content.folder import ArticleFile
from helpcenter.content.preparation import file_of
from helpcenter.content.reader import hash_of
from helpcenter.content.restoring import Author
from helpcenter.editing import drafts, reviews
from helpcenter.editing.checking import check_text
from helpcenter.editing.comparing import differing
from helpcenter.editing.models import Review
from helpcenter.editing.reviews import APPROVED, LONGEST_NOTE, RETURNED, WITHDRAWN, ReviewRefused, Text
from helpcenter.editing.saving import SaveRefused, present_bytes, save
from helpcenter.language.cleaning import TextRefused
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import staff_editor_words as editor_words
from helpcenter.web.errors import NoRight
from helpcenter.web.locale import current_site
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_articles import publish_now
from helpcenter.web.staff_editor import PREVIEW_POLICY, why_not
from helpcenter.web.staff_editor_forms import (
    Refusal,
    author_of,
    check_text_access,
    composed,
    covers_section,
    get_place,
    keep_draft,
    read_form,
    render_editor,
    root,
)

bp = Blueprint("staff_reviews", __name__, url_prefix="/staff")
bp.before_request(check_text_access)
bp.after_request(keep_private)
bp.context_processor(template_values)

log = structlog.get_logger()


@bp.post("/articles/<lang:lang>/<path:key>/edit/review")
def ask(lang: str, key: str) -> ResponseReturnValue:
    """Ask for a review of what was typed; the file stays as it is, the text also as a draft."""
    place, typed = get_place(lang, key), read_form()
    made = composed(place, typed)
    refusal = made if isinstance(made, Refusal) else why_not(place, made)
    keep_draft(place, typed)
    if refusal is not None and refusal.code != "approval":
        return render_editor(place, typed, refusal=refusal), 422
    text = Text(place.file.path, lang, place.section, place.title, made, place.hash)
    user = g.staff.user
    try:
        with writing() as session:
            asked = reviews.ask(session, text, user.id, user.name, request.form.get("note", ""), now=utcnow())
            audit.record(session, user, "review.ask", place.file.path, {"review": asked.id})
    except TextRefused:
        return render_editor(place, typed, refusal=Refusal("note")), 422
    g.logged = True
    return redirect(url_for("staff_reviews.show", number=asked.id), 303)


@bp.get("/reviews/")
def home() -> str:
    """List the reviews that wait, or with `state=decided` those that are over, as far as they concern this account."""
    is_open = request.args.get("state") != "decided"
    found = reviews.listed(db.session, is_open=is_open, concerns=concerns)
    names = {one.author_id: name_of(one.author_id) for one in found}
    return render_template("staff/reviews.html", reviews=found, is_open=is_open, names=names, editor_words=editor_words)


def concerns(review: Review) -> bool:
    """Return whether *review* is for the account of who is signed in: by section and language, or as its author."""
    return review.author_id == g.staff.user.id or covers(g.staff.user, review.section, review.lang)


def name_of(staff_id: int) -> str:
    """Return the name of an account."""
    user = db.session.get(StaffUser, staff_id)
    return user.name if user else "?"


def get_review(session: Session, number: int) -> Review:
    """Return a review; 404 when there is none, NoRight when it does not concern this account."""
    found = (session.get(Review, number) if number < 2**31 else None) or abort(404)
    if not concerns(found):
        raise NoRight
    return found


@bp.get("/reviews/<int:number>")
def show(number: int) -> str:
    """Show what a text would change, what the check says of it, and what was said."""
    return render_review(get_review(db.session, number))


def render_review(review: Review, problem: str = "", typed: str = "") -> str:
    """Return the page of *review*, with what is wrong and what was *typed*."""
    content = review.content.encode()
    try:
        present = present_bytes(root(), review.path)
    except (SaveRefused, OSError):
        present = None
    found = check_text(db.session, content, article_file(review), root(), current_site(), utcnow())
    return render_template(
        "staff/review.html",
        review=review,
        author=name_of(review.author_id),
        mine=review.author_id == g.staff.user.id,
        rows=differing(root(), present or b"", content),
        is_stale=present is None or (hash_of(present) != review.base_hash and present != content),
        problems=found.problems,
        problem=problem,
        typed=typed,
        key=article_file(review).key,
        editor_words=editor_words,
        limit=LONGEST_NOTE,
    )


def article_file(review: Review) -> ArticleFile:
    """Return the file that *review* is about."""
    return file_of(review.path, review.lang, current_site())


@bp.get("/reviews/<int:number>/preview")
def preview(number: int) -> ResponseReturnValue:
    """Show the text under review as readers would see it, in a frame that can do nothing."""
    review = get_review(db.session, number)
    found = check_text(db.session, review.content.encode(), article_file(review), root(), current_site(), utcnow())
    row = found.compiled.row if found.compiled else None
    answer = make_response(render_template("staff/editor_preview.html", place=review, row=row, refusal=None, problems=found.problems))
    answer.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return answer


@bp.post("/reviews/<int:number>/comment")
def comment(number: int) -> ResponseReturnValue:
    """Say something about the text."""
    return note(number, "comment", lambda session, review, user, text: reviews.comment(session, review, user.id, user.name, text, now=utcnow()))


@bp.post("/reviews/<int:number>/return")
def send_back(number: int) -> ResponseReturnValue:
    """Send the text back to its author, and say why."""
    return note(number, "return", deciding(RETURNED))


@bp.post("/reviews/<int:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    """Take one's own text back."""
    return note(number, "withdraw", deciding(WITHDRAWN))


@bp.post("/reviews/<int:number>/approve")
def approve(number: int) -> ResponseReturnValue:
    """Approve the text of somebody else: it is saved and committed in the author's name, and published."""
    review, user = get_review(db.session, number), g.staff.user
    if not covers(user, review.section, review.lang):
        raise NoRight
    try:
        if review.state != reviews.OPEN:
            raise ReviewRefused("closed")
        reviews.refuse_own(review, user.id, APPROVED)
        commit = save_approved(review)
    except ReviewRefused as refused:
        return render_review(review, editor_words.REVIEW_REFUSED[refused.code], request.form.get("text", "")), 422
    except SaveRefused as refused:
        log.warning("not approved", path=review.path, code=refused.code, detail=refused.detail)
        return render_review(review, editor_words.REFUSED[refused.code], request.form.get("text", "")), 409
    author_id, path = review.author_id, review.path
    answer = note(number, "approve", deciding(APPROVED), commit=commit)
    with writing() as session:
        drafts.forget(session, author_id, path)
    publish_now()
    return answer


def save_approved(review: Review) -> str:
    """Save the text of *review* in its author's name, and return the commit. Raises SaveRefused, ReviewRefused."""
    content, author = review.content.encode(), db.session.get(StaffUser, review.author_id)
    found = check_text(db.session, content, article_file(review), root(), current_site(), utcnow())
    if found.is_broken or not covers_section(found.source.section):
        raise ReviewRefused("broken" if found.is_broken else "section")
    if present_bytes(root(), review.path) == content:
        return ""
    by = author_of(g.staff.user).environ
    subject = f"Edit {review.path}\n\nReviewed-by: {by['GIT_AUTHOR_NAME']} <{by['GIT_AUTHOR_EMAIL']}>"
    return save(root(), review.path, content, seen=review.base_hash, author=Author(author.name, author.email), subject=subject).commit


def deciding(state: str) -> Callable:
    """Return what closes a review as *state*."""
    return lambda session, review, user, text: reviews.decide(session, review, user.id, user.name, state, text, now=utcnow())


def note(number: int, what: str, action: Callable, **details: str) -> ResponseReturnValue:
    """Do *action* in one transaction with its line in the log; what cannot be noted comes back with what was typed."""
    text, user = request.form.get("text", ""), g.staff.user
    try:
        with writing() as session:
            review = get_review(session, number)
            if what == "return" and not covers(user, review.section, review.lang):
                raise NoRight
            action(session, review, user, text)
            audit.record(session, user, f"review.{what}", review.path, {"review": number, **details})
    except ReviewRefused as refused:
        return render_review(get_review(db.session, number), editor_words.REVIEW_REFUSED[refused.code], text), 422
    except TextRefused:
        return render_review(get_review(db.session, number), editor_words.REVIEW_REFUSED["long"], text), 422
    g.logged = True
    return redirect(url_for("staff_reviews.show", number=number, _anchor="notes"), 303)
