"""The list of requests: filters that are kept, many requests at once, and how well the promised times were kept."""

from datetime import timedelta
from urllib.parse import parse_qsl

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpcenter.language.cleaning import TextRefused
from helpcenter.mail import outbox
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import handling, inbox, keeping_times
from helpcenter.support import requests as support
from helpcenter.support.inbox import Wanted
from helpcenter.support.models import SupportRequest
from helpcenter.support.requests import RequestRefused
from helpcenter.web import request_words, staff_requests
from helpcenter.web import staff_access as access
from helpcenter.web.locale import current_site

bp = Blueprint("staff_inbox", __name__, url_prefix="/staff/inbox")
bp.before_request(access.check_access)

MOST_AT_ONCE = 50
MOST_PAGES = 10_000
PERIODS = (7, 30, 90)


def render_list() -> str:
    """Return the page of the list that the address asks for."""
    wanted, staff = Wanted.read(request.args), g.staff.user
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    offset = (page - 1) * support.PAGE_SIZE
    found = inbox.find(db.session, wanted, staff_id=staff.id, limit=support.PAGE_SIZE + 1, offset=offset)
    site = current_site()
    return render_template(
        "staff/requests.html",
        requests=found[: support.PAGE_SIZE],
        has_more=len(found) > support.PAGE_SIZE,
        page=page,
        wanted=wanted,
        counts=inbox.count_views(db.session, staff_id=staff.id),
        filters=[(row, dict(parse_qsl(row.query))) for row in inbox.filters_of(db.session, staff.id)],
        people=staff_requests.people(),
        teams={name: site.text(team.label, g.lang, name) for name, team in site.requests.teams.items()},
        next_due=inbox.next_due,
        now=utcnow(),
        request_words=request_words,
        backlog=outbox.backlog(db.session),
    )


def back_to(wanted: Wanted) -> ResponseReturnValue:
    """Lead to the list that *wanted* names."""
    return redirect(url_for("staff.requests", **wanted.as_query()), 303)


@bp.post("/filters")
def save_filter() -> ResponseReturnValue:
    """Keep the list that is shown under a name, for this agent only."""
    wanted = Wanted.read(request.form)
    try:
        with writing() as session:
            inbox.save_filter(session, wanted, request.form.get("name", ""), staff=g.staff.user)
    except (RequestRefused, TextRefused):
        return redirect(url_for("staff.requests", **wanted.as_query(), problem="filter"), 303)
    return back_to(wanted)


@bp.post("/filters/<int:filter_id>/remove")
def remove_filter(filter_id: int) -> ResponseReturnValue:
    """Forget a filter of this agent."""
    with writing() as session:
        inbox.remove_filter(session, filter_id, staff=g.staff.user)
    return back_to(Wanted())


@bp.post("/many")
def change_many() -> ResponseReturnValue:
    """Do one thing with every request that is ticked."""
    wanted = Wanted.read(request.form)
    act = ACTIONS.get(request.form.get("do", ""))
    with writing() as session:
        for reference in request.form.getlist("reference")[:MOST_AT_ONCE] if act else ():
            found = support.find_by_reference(session, reference[:40])
            if found is not None:
                act(session, found)
    return back_to(wanted)


def _take(session: Session, found: SupportRequest) -> None:
    handling.assign(session, found, g.staff.user.id, staff=g.staff.user)


def _solve(session: Session, found: SupportRequest) -> None:
    support.set_state(session, found, "solved", staff=g.staff.user)


def _spam(session: Session, found: SupportRequest) -> None:
    handling.mark_spam(session, found, spam=True, staff=g.staff.user)


ACTIONS = {"take": _take, "solve": _solve, "spam": _spam}


@bp.get("/news")
def news() -> ResponseReturnValue:
    """Tell the script of the list the number of the latest thing that customers did; asking is no click that keeps a session."""
    return {"latest": inbox.latest_news(db.session)}


@bp.get("/times")
def times() -> ResponseReturnValue:
    """Report how often the promised times were kept."""
    days = request.args.get("days", PERIODS[1], type=int)
    days = days if days in PERIODS else PERIODS[1]
    site, now = current_site(), utcnow()
    return render_template(
        "staff/request_times.html",
        rows=keeping_times.report(db.session, since=now - timedelta(days=days), now=now),
        days=days,
        periods=PERIODS,
        teams={name: site.text(team.label, g.lang, name) for name, team in site.requests.teams.items()},
    )


@bp.after_request
def keep_private(response: Response) -> Response:
    """Return *response* so that no cache keeps it."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
