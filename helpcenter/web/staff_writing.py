"""Beginning an article, and what is put into one: links found by search, and pictures."""

from dataclasses import dataclass

import structlog
from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.accounts import audit
from helpcenter.accounts.rights import covers
from helpcenter.content import library
from helpcenter.content.folder import MAX_ARTICLE_BYTES
from helpcenter.content.new_files import ARTICLE, NotMade, new_article
from helpcenter.content.preparation import file_of
from helpcenter.content.problems import BrokenFile, FolderRefused
from helpcenter.content.reader import read_article
from helpcenter.content.slugs import section_key
from helpcenter.editing.pictures import link_to, picture_path, put_in, relative
from helpcenter.editing.saving import NOTHING, SaveRefused, save
from helpcenter.language.cleaning import cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db, writing
from helpcenter.support.attachments import LARGEST_FILE_BYTES
from helpcenter.support.images import ImageRefused, redraw
from helpcenter.web.errors import NoRight
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_editor_forms import (
    LARGEST_FORM_BYTES,
    Place,
    Refusal,
    author_of,
    check_text_access,
    get_place,
    keep_draft,
    read_form,
    render_editor,
    root,
    section_choices,
)
from helpcenter.web.staff_editor_words import REFUSED

bp = Blueprint("staff_writing", __name__, url_prefix="/staff/articles")
bp.after_request(keep_private)
bp.context_processor(template_values)

log = structlog.get_logger()

LONGEST_TITLE, LONGEST_SLUG, LONGEST_ALT, LONGEST_QUERY = 300, 80, 250, 200
MOST_FOUND = 8
COMMENT = ARTICLE[ARTICLE.index("<!--") :]


@bp.before_request
def check_access() -> ResponseReturnValue | None:
    """Let in who may; a form with a picture may be as large as the picture."""
    return check_text_access(LARGEST_FORM_BYTES + (LARGEST_FILE_BYTES if request.endpoint == "staff_writing.picture" else 0))


@dataclass
class NewArticle:
    """What the form of a new article sent."""

    title: str
    lang: str
    section: str
    slug: str
    text: str


@bp.get("/new")
def new() -> str:
    """Ask what the new article is called and where it goes; `title`, `lang`, `section` and `body` of the address are filled in."""
    args = request.args
    return render_new(read_new(args, args.get("body", "")))


@bp.post("/new")
def make() -> ResponseReturnValue:
    """Put a draft into the content folder, and go on in the editor."""
    typed = read_new(request.form, request.form.get("text", ""))
    if typed.lang not in languages() or typed.section not in dict(sections()):
        raise NoRight
    if not typed.title:
        return render_new(typed, gettext(g.lang, "Give the article a title.")), 422
    try:
        file = new_article(root(), current_site(), typed.title, lang=typed.lang, section=typed.section, slug=typed.slug)
        # Only the comment at the end gives way: a title may hold the same words.
        content = f"{file.text.removesuffix(COMMENT)}{typed.text.strip()}\n" if typed.text.strip() else file.text
        source = read_article(file_of(file.path, typed.lang, current_site()), root(), content.encode())
        save(root(), file.path, content.encode(), seen=NOTHING, author=author_of(g.staff.user), subject=f"Begin {file.path}")
    except (NotMade, FolderRefused) as error:
        return render_new(typed, gettext(g.lang, "The article could not be begun."), str(error)), 422
    except BrokenFile as error:
        return render_new(typed, gettext(g.lang, "The article could not be begun."), error.problem.message), 422
    except SaveRefused as refused:
        return render_new(typed, gettext(g.lang, REFUSED[refused.code]), refused.detail), 409
    with writing() as session:
        audit.record(session, g.staff.user, "article.begin", file.path)
    g.logged = True
    return redirect(url_for("staff_editor.edit", lang=typed.lang, key=source.file.key), 303)


def read_new(form, text: str) -> NewArticle:
    """Return what *form* says of a new article; text is cut where an article would be too long."""
    return NewArticle(
        title=cut_text(form.get("title", ""), limit=LONGEST_TITLE),
        lang=form.get("lang", "") or next(iter(languages()), ""),
        section=section_key(form.get("section", "")),
        slug=cut_text(form.get("slug", ""), limit=LONGEST_SLUG),
        text=text.replace("\0", "").replace("\r\n", "\n")[:MAX_ARTICLE_BYTES],
    )


def languages() -> list[str]:
    """Return the languages of the site that the account is for."""
    return [lang for lang in current_site().languages if not g.staff.user.languages or lang in g.staff.user.languages]


def sections() -> list[tuple[str, str]]:
    """Return the sections that the account may put articles into, and the top of the language's folder where it may."""
    top = [("", gettext(g.lang, "No topic"))] if covers(g.staff.user, "general", next(iter(languages()), "")) else []
    return [*top, *section_choices("")]


def render_new(typed: NewArticle, problem: str = "", detail: str = "") -> str:
    """Return the form of a new article."""
    return render_template(
        "staff/editor_new.html", typed=typed, languages=languages(), sections=sections(), problem=problem, detail=detail, limit=MAX_ARTICLE_BYTES
    )


@bp.post("/<lang:lang>/<path:key>/edit/link")
def link(lang: str, key: str) -> ResponseReturnValue:
    """Find articles to link to, or put the link that was chosen into the text; nothing is saved."""
    place, typed = get_place(lang, key), read_form()
    chosen = cut_text(request.form.get("insert", ""), limit=1_000)
    if chosen:
        typed.text, after = put_in(typed.text, chosen, cursor())
        return render_editor(place, typed, at=after)
    return render_editor(place, typed, found=found_links(place), at=cursor())


def cursor() -> int | None:
    """Return where the cursor stood when the form was sent, if a script told."""
    return request.form.get("at", type=int)


def found_links(place: Place) -> list[tuple[str, str]]:
    """Return the published articles that answer what was searched, each with the link that the text would have."""
    asked = cut_text(request.form.get("find", ""), limit=LONGEST_QUERY)
    if not asked:
        return []
    hits = services().engine.search(asked, place.lang, limit=MOST_FOUND, languages=[place.lang]).hits
    rows = [library.find_by_key(db.session, hit.lang, hit.key) for hit in hits]
    return [(row.title, link_to(row.title, relative(row.source_path, place.file.path))) for row in rows if row and row.source_path != place.file.path]


@bp.post("/<lang:lang>/<path:key>/edit/picture")
def picture(lang: str, key: str) -> ResponseReturnValue:
    """Draw the picture anew, put it beside the articles, and its Markdown into the text; the text itself is not saved."""
    place, typed = get_place(lang, key), read_form()
    sent, alt = request.files.get("picture"), cut_text(request.form.get("alt", ""), limit=LONGEST_ALT)
    if sent is None or not sent.filename or not alt:
        return refuse(place, typed, Refusal("alt" if sent and sent.filename else "picture"))
    data = sent.stream.read(LARGEST_FILE_BYTES + 1)
    try:
        if len(data) > LARGEST_FILE_BYTES:
            raise ImageRefused("It has more than 10 MB.")
        pixels, form = redraw(data)
        path = picture_path(sent.filename, pixels, form)
        keep_picture(path, pixels)
    except ImageRefused as error:
        return refuse(place, typed, Refusal("picture", str(error)))
    except SaveRefused as refused:
        return refuse(place, typed, Refusal(refused.code, refused.detail))
    typed.text, after = put_in(typed.text, link_to(alt, relative(path, place.file.path), picture=True), cursor())
    keep_draft(place, typed)
    return render_editor(place, typed, at=after)


def keep_picture(path: str, pixels: bytes) -> None:
    """Save a picture; one that is there already is the same one. Raises SaveRefused."""
    try:
        save(root(), path, pixels, seen=NOTHING, author=author_of(g.staff.user), subject=f"Add {path}")
    except SaveRefused as refused:
        if refused.code != "changed":
            raise
    with writing() as session:
        audit.record(session, g.staff.user, "picture.add", path)
    g.logged = True


def refuse(place: Place, typed, refusal: Refusal) -> tuple[str, int]:
    """Return the editor with why a picture was not taken."""
    log.info("picture refused", path=place.file.path, code=refusal.code)
    keep_draft(place, typed)
    return render_editor(place, typed, refusal=refusal), 422
