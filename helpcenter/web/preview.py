"""An editor's own view of the content folder: banners, problems and live reload. Only `helpcenter preview` adds it to a site."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from helpcenter.content.models import Article
from helpcenter.content.preparation import file_of
from helpcenter.content.problems import ERROR, BrokenFile, Problem
from helpcenter.content.reader import ArticleSource, read_article
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.locale import current_site

bp = Blueprint("preview", __name__, url_prefix="/preview")

EXTENSION = "preview"
DRAFT, FUTURE, EXPIRED = "draft", "future", "expired"
# What the check calls them.
HIDDEN_CODES = frozenset({"draft", "not-yet", "expired"})
MOST_HIDDEN = 500


@dataclass(frozen=True)
class Hidden:
    """Why readers do not see an article, and from or until when."""

    kind: str
    moment: datetime.datetime | None = None


@dataclass
class Notes:
    """What an editor should know of the page in front of them."""

    hidden: Hidden | None = None
    is_unlisted: bool = False
    is_broken: bool = False
    """Whether the file cannot be read any more, and the page is its last good version."""
    problems: list[Problem] = field(default_factory=list)


class Preview:
    """What the last look at the folder found. Pages read it while another thread renews it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        """Rises with every change; pages that were made at a lower number are out of date."""
        self.refusal = ""
        """Why the folder as a whole could not be published, if it could not."""
        self.problems: list[Problem] = []
        self.is_checked = False
        self._lock = Lock()

    def published(self, refusal: str = "") -> None:
        """Note that the folder was published again, or why it could not be."""
        with self._lock:
            self.refusal = refusal
            self.number += 1

    def checked(self, problems: list[Problem]) -> None:
        """Note what a check found; pages are out of date only when it found something else than before."""
        with self._lock:
            changed = not self.is_checked or problems != self.problems
            self.problems, self.is_checked = problems, True
            self.number += changed

    def hidden(self) -> list[tuple[Article, Problem]]:
        """Return the articles that only the preview shows, each with what the check says of it."""
        said = {problem.path: problem for problem in self.problems if problem.code in HIDDEN_CODES}
        rows = db.session.scalars(select(Article).where(Article.source_path.in_(sorted(said)[:MOST_HIDDEN])).order_by(Article.source_path))
        return [(row, said[row.source_path]) for row in rows]

    def notes(self, article: Article) -> Notes:
        """Return what is to be said above the page of *article*, from its file as it stands now."""
        notes = Notes(problems=[problem for problem in self.problems if problem.path == article.source_path])
        try:
            source = read_article(file_of(article.source_path, article.lang, current_site()), self.folder.resolve())
        except BrokenFile as error:
            notes.is_broken = True
            notes.problems = [error.problem]
            return notes
        notes.hidden = why_hidden(source, utcnow())
        notes.is_unlisted = source.front.unlisted
        # One that could be read, but not rendered, or whose slug is taken.
        notes.is_broken = source.source_hash != article.source_hash and any(each.severity == ERROR for each in notes.problems)
        return notes


def why_hidden(source: ArticleSource, now: datetime.datetime) -> Hidden | None:
    """Return why readers do not see *source* at *now*, or None."""
    front = source.front
    if front.draft:
        return Hidden(DRAFT)
    if front.publish_at and front.publish_at > now:
        return Hidden(FUTURE, front.publish_at)
    if front.expire_at and front.expire_at <= now:
        return Hidden(EXPIRED, front.expire_at)
    return None


def current_preview() -> Preview:
    """Return the preview that this application shows."""
    return current_app.extensions[EXTENSION]


@bp.get("/changes")
def changes() -> ResponseReturnValue:
    """Return the number of the last change."""
    return jsonify(number=current_preview().number)


@bp.get("/problems")
def problems() -> ResponseReturnValue:
    """List what is wrong in the folder, and what only the preview shows."""
    return render_template("preview/problems.html")


def init_app(app: Flask, preview: Preview) -> None:
    """Add the preview's pages, banners and reloading to *app*, and take the staff pages away."""
    app.extensions[EXTENSION] = preview
    app.register_blueprint(bp)
    app.context_processor(lambda: {"preview": preview})

    @app.before_request
    def refuse_staff() -> None:
        if request.path.startswith("/staff"):
            abort(404)

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        # The same page may have other banners a second later.
        response.headers["X-Robots-Tag"] = "noindex"
        if request.endpoint not in ("static", "assets.asset"):
            response.headers["Cache-Control"] = "no-store"
            response.headers.pop("ETag", None)
        return response
