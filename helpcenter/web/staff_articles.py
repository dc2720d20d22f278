"""The staff's pages of articles: the list, and the versions of each where the content folder is in a git repository."""

from dataclasses import dataclass

import structlog
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from helpcenter.accounts.rights import covers
from helpcenter.content import library
from helpcenter.content.differences import rows_of
from helpcenter.content.folder import read_bytes
from helpcenter.content.history import (
    GitError,
    HistoryError,
    NoRepository,
    Version,
    find_version,
    lines_between,
    read_deleted,
    read_version,
    read_versions,
)
from helpcenter.content.languages import language_code
from helpcenter.content.models import Article
from helpcenter.content.preparation import file_of
from helpcenter.content.problems import BrokenFile, FolderRefused
from helpcenter.content.reader import NO_SECTION, hash_of, read_article
from helpcenter.content.restoring import Author
from helpcenter.content.restoring import restore as restore_version
from helpcenter.content.site import words_of
from helpcenter.content.slugs import section_key
from helpcenter.editing.files import find_file
from helpcenter.editing.saving import NOTHING, SaveRefused, save
from helpcenter.language.cleaning import cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db
from helpcenter.web import staff_access as access
from helpcenter.web import staff_words as words
from helpcenter.web.errors import NoRight
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.staff import MOST_PAGES, keep_private, template_values

bp = Blueprint("staff_articles", __name__, url_prefix="/staff/articles")
bp.before_request(access.check_access)
bp.after_request(keep_private)
bp.context_processor(template_values)

log = structlog.get_logger()

PAGE_SIZE = 50
LONGEST_QUERY = 100
NOW = "now"
CONFLICTS = ("changed", "under-way", "no-branch")


@dataclass(frozen=True)
class Unpublished:
    """An article that readers do not see: a file that is not published, or one that was deleted."""

    lang: str
    key: str
    title: str
    section: str
    source_path: str
    slug: str = ""


Shown = Article | Unpublished


@bp.get("/")
def articles() -> ResponseReturnValue:
    """List the published articles, the latest first, or those whose title has the words asked for."""
    asked = cut_text(request.args.get("q", ""), limit=LONGEST_QUERY)
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows = select(Article.lang, Article.key, Article.title, Article.source_path, Article.published_at)
    if asked:
        rows = rows.where(Article.title.icontains(asked, autoescape=True))
    rows = rows.order_by(Article.published_at.desc(), Article.id).limit(PAGE_SIZE + 1).offset((page - 1) * PAGE_SIZE)
    found = db.session.execute(rows).all()
    return render_template("staff/articles.html", articles=found[:PAGE_SIZE], has_more=len(found) > PAGE_SIZE, page=page, asked=asked)


@bp.get("/<lang:lang>/<path:key>/history")
def history(lang: str, key: str) -> ResponseReturnValue:
    """List the versions of an article: when, who, and what they wrote about it."""
    article = get_article(lang, key)
    reason, versions = "", []
    try:
        versions = read_versions(services().content_folder, article.source_path)
    except NoRepository as error:
        reason = error.reason
    except GitError as error:
        log.warning("no history", path=article.source_path, reason=str(error))
        reason = "unreadable"
    return render_template("staff/history.html", article=article, versions=versions, reason=reason, restored=request.args.get("restored"))


@bp.get("/<lang:lang>/<path:key>/history/<commit>")
def version(lang: str, key: str, commit: str) -> ResponseReturnValue:
    """Show the text of one version."""
    article = get_article(lang, key)
    return render_version(article, get_version(article, commit)[0])


@bp.get("/<lang:lang>/<path:key>/history/<commit>/changes")
def changes(lang: str, key: str, commit: str) -> ResponseReturnValue:
    """Show what a version changed, or with `to=now` what has changed since."""
    article = get_article(lang, key)
    shown, before = get_version(article, commit)
    to_now = request.args.get("to") == NOW
    try:
        text = text_of(shown)
        old, new = (text, present_text(article)) if to_now else (text_of(before), text)
        rows = rows_of(lines_between(services().content_folder, old, new))
    except HistoryError as error:
        return render_version(article, shown, problem=error.code)
    return render_template("staff/changes.html", article=article, shown=shown, before=before, to_now=to_now, rows=rows)


@bp.post("/<lang:lang>/<path:key>/history/<commit>/restore")
def restore(lang: str, key: str, commit: str) -> ResponseReturnValue:
    """Write a version back into the file, commit it in the name of who is signed in, and publish it."""
    article = get_article(lang, key)
    if not covers(g.staff.user, article.section, article.lang):
        raise NoRight
    shown = get_version(article, commit)[0]
    try:
        put_back(article, shown)
    except (HistoryError, SaveRefused) as error:
        return render_version(article, shown, problem=error.code), 409 if error.code in CONFLICTS else 422
    except BrokenFile as error:
        return render_version(article, shown, problem="broken", detail=error.problem.message), 422
    except GitError as error:
        log.warning("not restored", path=article.source_path, reason=str(error))
        return render_version(article, shown, problem="git", detail=str(error)), 422
    publish_now()
    return redirect(url_for("staff_articles.history", lang=lang, key=key, restored=shown.short), 303)


def put_back(article: Shown, shown: Version) -> None:
    """Write the version *shown* into the file of *article*, that of a deleted one made anew.

    Raises HistoryError, SaveRefused, BrokenFile, GitError.
    """
    folder, author = services().content_folder, Author(g.staff.user.name, g.staff.user.email)
    file = file_of(article.source_path, article.lang, current_site())
    seen = request.form.get("seen", "")
    content = read_version(folder, shown)
    source = read_article(file, folder.resolve(), content)
    if source.section != article.section and not covers(g.staff.user, source.section, article.lang):
        raise NoRight
    if current_site().approval and not (isinstance(article, Unpublished) and source.front.draft):
        raise SaveRefused("approval")
    if seen != NOTHING:
        restore_version(folder, file, shown, seen=seen, author=author)
        return
    subject = f"Restore {file.path} as of {shown.short}"
    save(folder, file.path, content, seen=NOTHING, author=author, subject=subject)


@bp.errorhandler(GitError)
def answer_git_error(error: GitError) -> ResponseReturnValue:
    """Log what git said, and lead back to the list of versions, which says that the history cannot be read."""
    log.warning("history not read", reason=str(error))
    return redirect(url_for("staff_articles.history", lang=request.view_args["lang"], key=request.view_args["key"]), 303)


def publish_now() -> None:
    """Publish at once; were this to fail, the watcher of the content folder publishes within a second or two."""
    # What was read so far may be older than what is published now.
    db.session.rollback()
    try:
        services().publish()
    except Exception:  # The edge of a page whose work is done: the file is written and committed.
        log.exception("publishing a restored article failed")


def get_article(lang: str, key: str) -> Shown:
    """Return the article, for who may edit it also one that is not published or was deleted; 404 when there is none."""
    return library.find_by_key(db.session, lang, key) or find_unpublished(lang, key) or abort(404)


def find_unpublished(lang: str, key: str) -> Unpublished | None:
    """Return a file that is not published, or was deleted, when the account is for it; else None."""
    if not access.may(g.staff.user.role, "staff_editor.edit"):
        return None
    root, site = services().content_folder.resolve(), current_site()
    try:
        file = find_file(db.session, root, site, lang, key)
        source = read_article(file, root) if file else None
    except (FolderRefused, BrokenFile):
        return None
    if source is not None:
        found = Unpublished(lang, key, source.title, source.section, file.path)
        return found if covers(g.staff.user, found.section, lang) else None
    return next((one for one, _ in deleted_articles() if (one.lang, one.key) == (lang, key)), None)


def deleted_articles() -> list[tuple[Unpublished, Version]]:
    """Return the articles that were deleted and that the account is for, the latest first."""
    site = current_site()
    try:
        gone = read_deleted(services().content_folder.resolve())
    except GitError:
        return []
    found = []
    for one in gone:
        lang = language_code(one.path.partition("/")[0]) or ""
        file = file_of(one.path, lang, site)
        section = section_key(file.inner.parent.as_posix()) or NO_SECTION
        if lang in site.languages and covers(g.staff.user, section, lang):
            found.append((Unpublished(lang, file.key, words_of(file.inner.name), section, one.path), one))
    return found


@bp.get("/deleted")
def deleted() -> str:
    """List the articles that were deleted, as far as git knows them and the account is for them."""
    return render_template("staff/deleted.html", articles=deleted_articles())


def get_version(article: Shown, commit: str) -> tuple[Version, Version | None]:
    """Return the version that *commit* names of this very article, and the one before it; 404 when there is none."""
    try:
        versions = read_versions(services().content_folder, article.source_path)
    except GitError:
        abort(404)
    found = find_version(versions, commit) or abort(404)
    place = versions.index(found)
    return found, versions[place + 1] if place + 1 < len(versions) else None


def text_of(shown: Version | None) -> bytes:
    """Return the text of a version; before the first one, and after a deletion, there is none."""
    return b"" if shown is None or shown.is_deletion else read_version(services().content_folder, shown)


def is_there(article: Shown) -> bool:
    """Return whether the article's file is in the content folder; of a published one it is known to have been."""
    return isinstance(article, Article) or (services().content_folder / article.source_path).exists()


def present_text(article: Shown) -> bytes:
    """Return the article's file as it stands in the content folder. Raises HistoryError when it cannot be read."""
    if not is_there(article):
        return b""
    try:
        return read_bytes(services().content_folder.resolve(), article.source_path)
    except BrokenFile as error:
        raise HistoryError("unreadable", error.problem.message) from error


def render_version(article: Shown, shown: Version, *, problem: str = "", detail: str = "") -> str:
    """Return the page of one version, with what is wrong about it."""
    text, seen = None, None
    try:
        text = text_of(shown).decode("utf-8", "replace") if not shown.is_deletion else None
        seen = hash_of(present_text(article)) if is_there(article) else NOTHING
    except HistoryError as error:
        problem = problem or error.code
    said = gettext(g.lang, words.HISTORY[problem]) if problem else ""
    return render_template("staff/version.html", article=article, shown=shown, text=text, seen=seen, problem=said, detail=detail)
