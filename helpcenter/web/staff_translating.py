"""Translations in the editor: begin one, see the source beside it, and say that it is up to date."""

from dataclasses import dataclass

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.accounts import audit
from helpcenter.accounts.rights import covers
from helpcenter.content import library
from helpcenter.content.models import Article
from helpcenter.content.new_files import NotMade, new_translation
from helpcenter.content.preparation import file_of
from helpcenter.editing.saving import NOTHING, SaveRefused, save
from helpcenter.editing.translating import NotAccepted, accepted
from helpcenter.language.messages import gettext
from helpcenter.storage import db, writing
from helpcenter.web.errors import NoRight
from helpcenter.web.locale import current_site
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_editor import NOT_SAVED, opened, save_file, word_of
from helpcenter.web.staff_editor_forms import Place, Refusal, author_of, beside, check_text_access, editor_address, get_place, render_editor, root
from helpcenter.web.staff_editor_words import REFUSED

bp = Blueprint("staff_translating", __name__, url_prefix="/staff/articles")
bp.before_request(check_text_access)
bp.after_request(keep_private)
bp.context_processor(template_values)


@dataclass(frozen=True)
class InLanguage:
    """An article in one language of the site: published, or still to be translated."""

    lang: str
    row: Article | None
    is_mine: bool
    """Whether the account may change or begin it."""


@bp.get("/<lang:lang>/<path:key>/translations")
def home(lang: str, key: str) -> str:
    """List the languages of an article: which are up to date, which are behind, which are missing."""
    shown = library.find_by_key(db.session, lang, key) or abort(404)
    return render_list(shown)


def render_list(shown: Article, problem: str = "", detail: str = "") -> str:
    """Return the list of languages of *shown*."""
    rows = {code: library.find_by_key(db.session, code, shown.key) for code in current_site().languages}
    languages = [InLanguage(code, row, covers(g.staff.user, (row or shown).section, code)) for code, row in rows.items()]
    return render_template("staff/editor_languages.html", article=shown, languages=languages, problem=problem, detail=detail)


@bp.post("/<lang:lang>/<path:key>/translations")
def begin(lang: str, key: str) -> ResponseReturnValue:
    """Begin the translation into the language `to`: a draft with the text of the source, to be translated in the editor."""
    shown, to = library.find_by_key(db.session, lang, key) or abort(404), request.form.get("to", "")
    if to not in current_site().languages or not covers(g.staff.user, shown.section, to):
        raise NoRight
    try:
        file = new_translation(root(), current_site(), to, key)
        save(root(), file.path, file.text.encode(), seen=NOTHING, author=author_of(g.staff.user), subject=f"Begin {file.path}")
    except NotMade as error:
        return render_list(shown, gettext(g.lang, "The translation could not be begun."), str(error)), 422
    except SaveRefused as refused:
        return render_list(shown, gettext(g.lang, REFUSED[refused.code]), refused.detail), 409
    with writing() as session:
        audit.record(session, g.staff.user, "article.translate", file.path)
    g.logged = True
    return redirect(url_for("staff_editor.edit", lang=to, key=file_of(file.path, to, current_site()).key), 303)


@bp.post("/<lang:lang>/<path:key>/edit/accept")
def accept(lang: str, key: str) -> ResponseReturnValue:
    """Say that the saved translation fits the source as the person saw it; one line of its file changes."""
    place = get_place(lang, key)
    shown = beside(place)
    if shown is None:
        abort(404)
    if request.form.get("source") != shown.source.text_hash:
        return refuse(place, Refusal("source"), 409)
    try:
        made = accepted(place.source, root(), shown.source)
        saved = save_file(place, made, seen=request.form.get("seen", ""))
    except NotAccepted as error:
        return refuse(place, Refusal("broken", str(error)), 422)
    except SaveRefused as refused:
        return refuse(place, Refusal(refused.code, refused.detail), NOT_SAVED.get(refused.code, 422))
    return redirect(editor_address(place, saved=word_of(saved)), 303)


def refuse(place: Place, refusal: Refusal, status: int) -> tuple[str, int]:
    """Return the editor with why the translation was not accepted."""
    return render_editor(place, opened(place), refusal=refusal), status
