"""What needs somebody of the staff now: counts for their role, each with the page where it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import g, render_template, url_for
from sqlalchemy import ColumnElement, func, select

from helpcenter.content.models import Article, ContentProblem
from helpcenter.feedback.models import Vote
from helpcenter.insights.models import Gap
from helpcenter.mail.outbox import backlog
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.support import inbox
from helpcenter.web import staff_access as access


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


# Nobody needs to know whether it is one thousand or two; a table is looked at no further than this.
MOST_COUNTED = 1_000
# Of so many votes, the latest, it is said which articles are rated low: more No than Yes, and so many No at least.
VOTES_LOOKED_AT, FEWEST_NO = 2_000, 3
TESTS_FAIL, BROKEN_LINK = "CONVERSATION", "broken-link"
READING_TEXTS = frozenset({"editor", "reviewer", "admin"})
MAIL_IS_LATE = timedelta(minutes=15)


@dataclass(frozen=True)
class Need:
    """Something to do: how much of it, where, and whether it is urgent."""

    label: str
    number: int
    url: str
    is_urgent: bool = False

    @property
    def is_many(self) -> bool:
        """Whether there are more than were counted."""
        return self.number >= MOST_COUNTED


def render_home() -> str:
    """Return the page of the person who is signed in: what there is to do first, what is done below."""
    needs = [*of_requests(), *of_content(), *of_insights(), *of_mail()]
    return render_template("staff/home.html", waiting=[one for one in needs if one.number], done=[one for one in needs if not one.number], most=MOST_COUNTED)


def allowed(endpoint: str) -> bool:
    """Return whether the person who is signed in may use *endpoint*."""
    return access.may(g.staff.user.role, endpoint)


def count(model: type, *conditions: ColumnElement) -> int:
    """Return how many rows fulfil *conditions*, counted no further than MOST_COUNTED."""
    few = select(model.id).where(*conditions).limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(few))


def of_requests() -> Iterator[Need]:
    """Give what is asked of people."""
    if not allowed("staff.requests"):
        return
    views = inbox.count_views(db.session, staff_id=g.staff.user.id)
    for view, label, is_urgent in (
        ("due", _("Due soon or too late"), True), ("mine", _("My requests"), False), ("unassigned", _("Nobody's requests"), False),
    ):  # fmt: skip
        yield Need(label, views[view], url_for("staff.requests", view=view), is_urgent)


def of_content() -> Iterator[Need]:
    """Give what is wrong or old in the library, in the languages that this person is for."""
    if g.staff.user.role not in READING_TEXTS:
        return
    mine = [Article.lang.in_(g.staff.user.languages)] if g.staff.user.languages else []
    library, articles = url_for("staff.library"), url_for("staff_articles.articles")
    yield Need(_("Failing conversation tests"), count(ContentProblem, ContentProblem.code == TESTS_FAIL), library, True)
    yield Need(_("Broken links"), count(ContentProblem, ContentProblem.code == BROKEN_LINK), library, True)
    yield Need(_("Stale translations"), count(Article, Article.staleness.in_(("medium", "major")), *mine), articles)
    yield Need(_("Past their review"), count(Article, Article.review_by < utcnow().date(), *mine), articles)


def of_insights() -> Iterator[Need]:
    """Give what readers do not find, and what does not help them."""
    if not allowed("staff_gaps.act"):
        return
    mine = [Gap.lang.in_(g.staff.user.languages)] if g.staff.user.languages else []
    gaps = url_for("staff_gaps.index")
    yield Need(_("Gaps given to me"), count(Gap, Gap.state == "open", Gap.assignee_id == g.staff.user.id), url_for("staff_gaps.index", mine=1))
    yield Need(_("Open gaps"), count(Gap, Gap.state == "open", Gap.visits + Gap.searches > 0, *mine), gaps)
    yield Need(_("Articles rated low"), low_rated(), url_for("staff_insights.overview", _anchor="helpfulness"))


def low_rated() -> int:
    """Return of how many articles the latest votes say No more often than Yes."""
    latest = select(Vote.lang, Vote.key, Vote.helpful).order_by(Vote.id.desc()).limit(VOTES_LOOKED_AT).subquery()
    no, yes = func.count().filter(latest.c.helpful.is_(False)), func.count().filter(latest.c.helpful.is_(True))
    rated = select(latest.c.lang).group_by(latest.c.lang, latest.c.key).having(no >= FEWEST_NO, no > yes).subquery()
    return db.session.scalar(select(func.count()).select_from(rated))


def of_mail() -> Iterator[Need]:
    """Give the mail that does not leave."""
    if not allowed("staff_mail.overview"):
        return
    mail, url = backlog(db.session), url_for("staff_mail.overview")
    is_late = mail.oldest is not None and utcnow() - mail.oldest > MAIL_IS_LATE
    yield Need(_("Mail that waits for more than a quarter of an hour"), mail.waiting if is_late else 0, url, True)
    yield Need(_("Mail that could not be delivered"), mail.failed, url)


