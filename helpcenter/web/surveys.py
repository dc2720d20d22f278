"""The survey: as a page that a link opens, and as a block that other sites show. Plain forms; no cookie."""

import re

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.feedback import surveys
from helpcenter.feedback.surveys import Answer, Occasion
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import forms
from helpcenter.web.guards import same_site_only
from helpcenter.web.limits import limited
from helpcenter.web.locale import current_site, known_language
from helpcenter.web.survey_links import Invitation, find_invitation
from helpcenter.web.widget import asked_language

bp = Blueprint("surveys", __name__)

PAGE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\Z")


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


SERVICE = (_("Very poor"), _("Poor"), _("Neither good nor poor"), _("Good"), _("Very good"))
MISSING = {
    "expected": _("Say how good you expected our service to be"),
    "received": _("Say how good our service was in fact"),
    "effort": _("Choose a number from 1 to 7 for how easy it was"),
    "recommend": _("Choose a number from 0 to 10 for whether you would recommend us"),
    "form": _("This form was open for a long time. Please send it once more."),
}


@bp.get("/<lang:lang>/survey/<token>")
def form(lang: str, token: str) -> ResponseReturnValue:
    """Show the questions that a link opens, or thanks when they were answered."""
    known_language(lang)
    asked = get_invitation(token)
    return show_page(lang, token, asked, is_thanked=surveys.is_answered(db.session, asked.occasion))


@bp.post("/<lang:lang>/survey/<token>")
@same_site_only
def answer(lang: str, token: str) -> ResponseReturnValue:
    """Keep the answers of a link, once; show the form again with what is missing."""
    known_language(lang)
    asked, given = get_invitation(token), read_form()
    if given.wrong:
        return show_page(lang, token, asked, given), 422
    limited("survey")
    with writing() as session:
        surveys.record(session, asked.occasion, given, lang=lang, person=asked.person, now=utcnow())
    return redirect(url_for("surveys.form", lang=lang, token=token), 303)


@bp.post("/<lang:lang>/survey/<token>/stop")
@same_site_only
def stop(lang: str, token: str) -> ResponseReturnValue:
    """Never ask the person of a link again."""
    known_language(lang)
    asked = get_invitation(token)
    if asked.person is None:
        abort(404)
    with writing() as session:
        surveys.never_ask(session, asked.person, now=utcnow())
    return redirect(url_for("surveys.form", lang=lang, token=token, stopped=1), 303)


def get_invitation(token: str) -> Invitation:
    """Return the invitation of *token*; 404 for an unknown, expired or malformed one alike."""
    found = find_invitation(token)
    if found is None:
        abort(404)
    return found


def read_form() -> Answer:
    """Return the answers that were sent; what a program filled in is refused like an old form."""
    given = surveys.read_answer(request.form)
    if request.form.get(forms.TRAP):
        given.wrong.append("form")
    return given


def show_page(lang: str, token: str, asked: Invitation, given: Answer | None = None, *, is_thanked: bool = False) -> str:
    """Return the page of a link."""
    g.switcher = {other: url_for("surveys.form", lang=other, token=token) for other in current_site().languages}
    return render_template(
        "surveys/survey.html",
        **form_values(given),
        action=url_for("surveys.answer", lang=lang, token=token),
        stop_url=url_for("surveys.stop", lang=lang, token=token) if asked.person else None,
        is_thanked=is_thanked,
        is_stopped="stopped" in request.args,
    )


def form_values(given: Answer | None) -> dict:
    """Return what the questions need: their words, what was typed, and what is wrong."""
    return {
        "service": list(enumerate(SERVICE, start=1)),
        "typed": request.form if given else {},
        "errors": {name: MISSING[name] for name in given.wrong} if given else {},
        "trap": forms.TRAP,
        "limit": surveys.LONGEST_COMMENT,
    }


@bp.get("/widget/v1/survey")
def block() -> ResponseReturnValue:
    """Show the questions as a block that the sites of `widget_origins` may frame, or thanks after them."""
    need_block()
    return show_block(asked_language())


@bp.post("/widget/v1/survey")
@same_site_only
def answer_block() -> ResponseReturnValue:
    """Keep the answers of a block; the same form sent twice counts once."""
    need_block()
    lang, given = asked_language(), read_form()
    name = forms.name_of(request.form.get(forms.FIELD))
    if name is None and not given.wrong:
        given.wrong.append("form")
    if given.wrong:
        return show_block(lang, given), 422
    limited("survey")
    with writing() as session:
        surveys.record(session, Occasion(surveys.BLOCK, name, page=page_name()), given, lang=lang, person=None, now=utcnow())
    return redirect(url_for("surveys.block", lang=lang, at=page_name(), thanks=1), 303)


def need_block() -> None:
    """Answer 404 where site.yaml does not switch the block on."""
    if not current_site().feedback.surveys.block:
        abort(404)


def page_name() -> str | None:
    """Return what the site around the block calls its page, None for anything that is no short name."""
    given = request.args.get("at", "")
    return given if PAGE_NAME.match(given) else None


def show_block(lang: str, given: Answer | None = None) -> Response:
    """Return the block; each has a form of its own, so nobody else may keep it."""
    page = render_template(
        "surveys/block.html",
        **form_values(given),
        form_field=forms.new_form(),
        action=url_for("surveys.answer_block", lang=lang, at=page_name()),
        is_thanked="thanks" in request.args and given is None,
        stop_url=None,
        is_stopped=False,
    )
    shown = make_response(page)
    shown.headers["Cache-Control"] = "private, no-store"
    return shown
