"""The editor of articles: look, check, preview, keep a draft, save into the content folder, and what happens when two write at once.

What somebody typed is never thrown away without being asked to: it comes back with every answer that is not "saved", it is kept as a
draft, and a form sent after the session has ended comes back with a way to sign in and send it again.
"""

import structlog
from flask import Blueprint, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from helpcenter.accounts import audit
from helpcenter.editing import drafts
from helpcenter.editing.comparing import differing
from helpcenter.editing.composing import Typed, open_text
from helpcenter.editing.saving import Saved, SaveRefused, save
from helpcenter.storage import db, writing
from helpcenter.web.headers import CONTENT_SECURITY_POLICY
from helpcenter.web.locale import current_site
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_articles import publish_now
from helpcenter.web.staff_editor_forms import (
    Place,
    Refusal,
    author_of,
    check_text_access,
    checked,
    composed,
    covers_section,
    editor_address,
    get_place,
    keep_draft,
    read_form,
    render_editor,
    root,
    zone,
)
from helpcenter.web.staff_editor_words import UNCOMMITTED

bp = Blueprint("staff_editor", __name__, url_prefix="/staff/articles")

log = structlog.get_logger()

# The preview runs nothing, belongs to no origin, and leads out of its frame.
PREVIEW_POLICY = CONTENT_SECURITY_POLICY.format(frames="'none'", ancestors="'self'") + "; sandbox allow-popups allow-popups-to-escape-sandbox"
NOT_SAVED = {"changed": 409, "under-way": 409, "no-branch": 409, "disk": 507}


bp.before_request(check_text_access)
bp.after_request(keep_private)
bp.context_processor(template_values)


@bp.get("/<lang:lang>/<path:key>/edit")
def edit(lang: str, key: str) -> ResponseReturnValue:
    """Show the file, or the draft that this person has of it."""
    place = get_place(lang, key)
    draft = drafts.find(db.session, g.staff.user.id, place.file.path)
    typed = Typed.from_row(draft.typed) if draft else opened(place, whole="whole" in request.args)
    return render_editor(place, typed, draft=draft, said=said_of_saving())


def opened(place: Place, *, whole: bool = False) -> Typed:
    """Return the form of the file as it stands."""
    return open_text(place.content, place.file, root(), zone(), whole=whole)


def said_of_saving() -> str:
    """Return what the address says of a save that led here: `committed`, `nothing`, or why it was not committed."""
    saved = request.args.get("saved", "")
    return saved if saved in UNCOMMITTED or saved in ("committed", "nothing", "draft") else ""


@bp.post("/<lang:lang>/<path:key>/edit/check")
def check(lang: str, key: str) -> ResponseReturnValue:
    """Say what is wrong with the text, and change nothing."""
    return render_editor(get_place(lang, key), read_form())


@bp.post("/<lang:lang>/<path:key>/edit/preview")
def preview(lang: str, key: str) -> ResponseReturnValue:
    """Show the article as readers would see it, in a frame that can do nothing."""
    place, typed = get_place(lang, key), read_form()
    made = composed(place, typed)
    found = None if isinstance(made, Refusal) else checked(place, made)
    answer = make_response(
        render_template(
            "staff/editor_preview.html",
            place=place,
            row=found.compiled.row if found and found.compiled else None,
            refusal=made if isinstance(made, Refusal) else None,
            problems=found.problems if found else [],
        )
    )
    answer.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return answer


@bp.post("/<lang:lang>/<path:key>/edit/draft")
def keep(lang: str, key: str) -> ResponseReturnValue:
    """Keep what was typed as a draft that nobody else sees; the content folder stays as it is."""
    place, typed = get_place(lang, key), read_form()
    if not keep_draft(place, typed):
        return render_editor(place, typed, refusal=Refusal("disk")), 507
    return redirect(editor_address(place, saved="draft"), 303)


@bp.post("/<lang:lang>/<path:key>/edit/discard")
def discard(lang: str, key: str) -> ResponseReturnValue:
    """Throw the draft away, and show the file as it stands."""
    place = get_place(lang, key)
    with writing() as session:
        drafts.forget(session, g.staff.user.id, place.file.path)
    return redirect(editor_address(place), 303)


@bp.post("/<lang:lang>/<path:key>/edit/save")
def save_text(lang: str, key: str) -> ResponseReturnValue:
    """Write the text into the content folder, commit it in the name of who is signed in, and publish."""
    place, typed = get_place(lang, key), read_form()
    made = composed(place, typed)
    if typed.seen != place.hash:
        return answer_conflict(place, typed, made)
    refusal = made if isinstance(made, Refusal) else why_not(place, made)
    if refusal is not None:
        keep_draft(place, typed)
        return render_editor(place, typed, refusal=refusal), 422
    return write(place, typed, made)


def why_not(place: Place, made: bytes) -> Refusal | None:
    """Return why the person may not save *made*, None when they may."""
    found = checked(place, made)
    if found.is_broken:
        return Refusal("broken")
    if found.source.section != place.section and not covers_section(found.source.section):
        return Refusal("section", field="section")
    was_draft = place.source is not None and place.source.front.draft and place.row is None
    if current_site().approval and not (was_draft and found.source.front.draft):
        return Refusal("approval")
    return None


def write(place: Place, typed: Typed, made: bytes) -> ResponseReturnValue:
    """Save *made* and lead back to the editor; what cannot be saved comes back with the reason."""
    try:
        saved = save_file(place, made, seen=typed.seen)
    except SaveRefused as refused:
        log.warning("not saved", path=place.file.path, code=refused.code, detail=refused.detail)
        if refused.code == "changed":
            return answer_conflict(get_place(place.lang, place.key), typed, made)
        keep_draft(place, typed)
        return render_editor(place, typed, refusal=Refusal(refused.code, refused.detail)), NOT_SAVED.get(refused.code, 422)
    with writing() as session:
        drafts.forget(session, g.staff.user.id, place.file.path)
    return redirect(editor_address(place, saved=word_of(saved)), 303)


def save_file(place: Place, made: bytes, *, seen: str) -> Saved:
    """Save *made* in the name of who is signed in, note it in the log, and publish. Raises SaveRefused."""
    saved = save(root(), place.file.path, made, seen=seen, author=author_of(g.staff.user), subject=f"Edit {place.file.path}")
    with writing() as session:
        audit.record(session, g.staff.user, "article.save", place.file.path, {"commit": saved.commit[:10], "uncommitted": saved.uncommitted})
    g.logged = True
    publish_now()
    return saved


def word_of(saved: Saved) -> str:
    """Return in one word what a save did."""
    return saved.uncommitted or ("committed" if saved.commit else "nothing")


def answer_conflict(place: Place, typed: Typed, made: bytes | Refusal) -> tuple[str, int]:
    """Return the page that shows both texts, what is in the file now and what was typed; saving again then takes the latter."""
    keep_draft(place, typed)
    mine = typed.text.encode() if isinstance(made, Refusal) else made
    rows = differing(root(), place.content, mine)
    typed.seen = place.hash
    return render_editor(place, typed, refusal=Refusal("changed"), conflict=rows), 409
