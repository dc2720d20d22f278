"""What the pages of the editor share: which file an address means, what the form sent, and the page of the editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Forbidden

from helpcenter.accounts.models import StaffUser
from helpcenter.accounts.rights import covers
from helpcenter.content import library
from helpcenter.content.differences import Row
from helpcenter.content.folder import MAX_ARTICLE_BYTES, ArticleFile, read_bytes
from helpcenter.content.models import Article
from helpcenter.content.problems import BrokenFile, FolderRefused, Problem
from helpcenter.content.reader import NO_SECTION, ArticleSource, hash_of, read_article
from helpcenter.content.restoring import Author
from helpcenter.content.slugs import section_key
from helpcenter.editing import drafts
from helpcenter.editing.checking import Checked, check_text
from helpcenter.editing.composing import Typed, compose, open_text
from helpcenter.editing.fields import FIELDS, FLAG, LONGEST_FIELD, FieldRefused
from helpcenter.editing.files import find_file
from helpcenter.editing.models import EditDraft
from helpcenter.editing.translating import Beside, source_beside
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import staff_access as access
from helpcenter.web import staff_editor_words as editor_words
from helpcenter.web.errors import NoRight
from helpcenter.web.guards import is_cross_site
from helpcenter.web.locale import current_site
from helpcenter.web.services import services

log = structlog.get_logger()

PREFIX = "front."
LARGEST_FORM_BYTES = 1024 * 1024


@dataclass
class Place:
    """A file that somebody may edit, as it stands now."""

    file: ArticleFile
    key: str
    content: bytes
    source: ArticleSource | None
    """None when the file is broken; it is edited as a whole then."""
    row: Article | None
    """The article as it is published, if it is."""

    @property
    def lang(self) -> str:
        """The language of the file."""
        return self.file.lang

    @property
    def section(self) -> str:
        """The section whose editors may change the file."""
        if self.row is not None:
            return self.row.section
        return self.source.section if self.source else section_key(self.file.inner.parent.as_posix()) or NO_SECTION

    @property
    def title(self) -> str:
        """What the article is called, the file's path when that cannot be read."""
        return self.source.title if self.source else self.row.title if self.row else self.file.path

    @property
    def hash(self) -> str:
        """The hash of the file as it stands."""
        return hash_of(self.content)

    def is_for(self, user: StaffUser) -> bool:
        """Return whether the account of *user* is for this article."""
        return covers(user, self.section, self.lang)


def check_text_access(largest: int = LARGEST_FORM_BYTES) -> ResponseReturnValue | None:
    """Let in who may; a text that came without a session, or from an earlier one, comes back instead of being lost.

    A form may have *largest* bytes.
    """
    if request.method == "POST":
        request.max_content_length = request.max_form_memory_size = largest
    try:
        return access.check_access()
    except NoRight:
        raise
    except Forbidden:
        if is_cross_site() or "text" not in request.form:
            raise
        return render_template("staff/editor_again.html", fields=request.form), 403


def root() -> Path:
    """Return the content folder with its links resolved."""
    return services().content_folder.resolve()


def find_place(lang: str, key: str) -> Place | None:
    """Return the file of an article, published or not, or None when there is none. Raises BrokenFile for one that cannot be read."""
    try:
        file = find_file(db.session, services().content_folder, current_site(), lang, key)
    except FolderRefused:
        return None
    if file is None:
        return None
    content = read_bytes(root(), file.path)
    try:
        source = read_article(file, root(), content)
    except BrokenFile:
        source = None
    row = library.find_by_key(db.session, lang, key)
    return Place(file, key, content, source, row if row is not None and row.source_path == file.path else None)


def get_place(lang: str, key: str) -> Place:
    """Return the file of an article that the person may change; 404 when there is none, NoRight when it is not theirs."""
    try:
        found = find_place(lang, key)
    except BrokenFile:
        found = None
    if found is None:
        abort(404)
    if not found.is_for(g.staff.user):
        raise NoRight
    return found


def author_of(user: StaffUser) -> Author:
    """Return *user* as git names them."""
    return Author(user.name, user.email)


def zone():
    """Return the time zone whose clocks the form shows."""
    return current_site().zone


def read_form() -> Typed:
    """Return what the form sent; a field that was not sent stays as the file has it."""
    form = request.form
    sent = {name: form[PREFIX + name][:LONGEST_FIELD] for name in FIELDS if PREFIX + name in form}
    # A box that is not ticked is not sent.
    flags = {name: "1" if form.get(PREFIX + name) else "" for name, kind in FIELDS.items() if kind == FLAG}
    return Typed(form.get("text", "").replace("\r\n", "\n"), form.get("seen", "")[:64], sent | flags, whole=bool(form.get("whole")))


@dataclass
class Refusal:
    """Why something was not taken: a code of the words, what a program says of it, and the field it is about."""

    code: str
    detail: str = ""
    field: str = ""


def composed(place: Place, typed: Typed) -> bytes | Refusal:
    """Return the file with what was *typed*, or why there is no such file."""
    try:
        return compose(place.content, typed, place.file, root(), zone())
    except FieldRefused as error:
        return Refusal("field", str(error), error.name)
    except BrokenFile as error:
        return Refusal("broken", str(error.problem))


def checked(place: Place, content: bytes) -> Checked:
    """Return what is wrong with *content* in the file of *place*, and how readers would see it."""
    return check_text(db.session, content, place.file, root(), current_site(), utcnow())


def located(found: Checked) -> list[tuple[Problem, int | None, str]]:
    """Return what was found, each with its line of the text, or the field of the form that it is about."""
    names = {line: name for name, line in found.source.front.lines.items() if name in FIELDS} if found.source else {}
    return [(problem, found.line_in_text(problem), names.get(problem.line, "")) for problem in found.problems]


def keep_draft(place: Place, typed: Typed) -> bool:
    """Keep what was typed, and return whether that worked: a full disk may hold back the database as well as the file."""
    try:
        with writing() as session:
            drafts.keep(session, g.staff.user.id, place.file.path, typed, now=utcnow())
    except SQLAlchemyError:
        log.exception("draft not kept", path=place.file.path)
        return False
    return True


def beside(place: Place) -> Beside | None:
    """Return the source of the translation at *place*, None when that is a source itself or cannot be read."""
    if place.source is None:
        return None
    based_on = place.row.based_on if place.row is not None else ""
    return source_beside(db.session, root(), current_site(), place.source, based_on=based_on)


def names_of(numbers: Sequence[int]) -> list[str]:
    """Return the names of accounts."""
    return [user.name for number in numbers if (user := db.session.get(StaffUser, number))]


def render_editor(
    place: Place, typed: Typed, *, draft: EditDraft | None = None, refusal: Refusal | None = None, conflict: Sequence[Row] | None = None, said: str = "",
    found: Sequence[tuple[str, str]] | None = None, at: int | None = None,
) -> str:  # fmt: skip
    """Return the page of the editor with what was *typed*, and what is wrong with it."""
    made = composed(place, typed)
    if isinstance(made, Refusal):
        refusal = refusal or made
    return render_template(
        "staff/editor.html",
        place=place,
        typed=typed,
        fields=FIELDS,
        editor_words=editor_words,
        sections=section_choices(typed.fields.get("section", "")),
        findings=located(checked(place, made)) if isinstance(made, bytes) else [],
        refusal=refusal,
        conflict=conflict,
        theirs=open_text(place.content, place.file, root(), zone(), whole=True).text if conflict is not None else "",
        draft=draft,
        said=said,
        others=names_of(drafts.others_at(db.session, g.staff.user.id, place.file.path)),
        found=found,
        at=at,
        beside=beside(place),
        limit=MAX_ARTICLE_BYTES,
        refusals=editor_words.REFUSED,
        uncommitted=editor_words.UNCOMMITTED,
        zone=current_site().timezone,
        here={"lang": place.lang, "key": place.key},
    )


def section_choices(present: str) -> list[tuple[str, str]]:
    """Return the sections that the person may put articles into, each with its title; *present* is always among them."""
    site = current_site()
    found = {one.key: site.title_of(one, g.lang) for one in site.sections if covers_section(one.key)}
    if present and present not in found:
        found[present] = site.title_of(present, g.lang)
    return sorted(found.items())


def covers_section(section: str) -> bool:
    """Return whether the account of who is signed in is for *section*, in whatever language."""
    languages = g.staff.user.languages or current_site().languages
    return any(covers(g.staff.user, section, lang) for lang in languages)


def editor_address(place: Place, **more: str) -> str:
    """Return the address of the editor of *place*."""
    return url_for("staff_editor.edit", lang=place.lang, key=place.key, **more)
