"""The staff's pages of gaps: what people look for and do not find, what can be done about it, and whether it helped."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.accounts.models import StaffUser
from helpcenter.feedback.tables import csv_text
from helpcenter.insights import gaps, listing
from helpcenter.insights.falling import fall_of
from helpcenter.insights.listing import FOUND_LAST, PAGE_SIZE, Wanted
from helpcenter.insights.models import STATES, Gap, GapPass
from helpcenter.insights.signals import SOURCES
from helpcenter.language.cleaning import cut_text
from helpcenter.language.messages import gettext
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import staff_access as access
from helpcenter.web import staff_insight_words as insight_words
from helpcenter.web.charts import stacked
from helpcenter.web.errors import NoRight
from helpcenter.web.gap_offers import offers_of
from helpcenter.web.locale import current_site
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_feedback import asked_page, csv_answer

bp = Blueprint("staff_gaps", __name__, url_prefix="/staff/gaps")
bp.before_request(access.check_access)
bp.after_request(keep_private)
bp.context_processor(template_values)
bp.context_processor(lambda: {"said": insight_words})

LONGEST_REASON = 500
MOST_EXPORTED = 5_000
# Whoever presses the button again within this time gets what is there.
BETWEEN_PASSES = timedelta(minutes=1)
COLUMNS = ("gap", "language", "name", "words", "state", "visits", "searches", "first_day", "last_day", "acted_as", "acted")


def asked() -> Wanted:
    """Return which gaps the address asks for: by default the open ones, in the languages that this person is for."""
    state, lang = request.args.get("state", "open"), request.args.get("lang", "")
    mine = g.staff.user.id if request.args.get("mine") else None
    return Wanted(
        lang=lang if lang in current_site().languages else "",
        state=state if state in STATES else "",
        assignee_id=mine,
        languages=tuple(g.staff.user.languages),
    )


@bp.get("/")
def index() -> ResponseReturnValue:
    """List the gaps, those that concern most people first."""
    wanted, page = asked(), asked_page()
    found = listing.list_gaps(db.session, wanted, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
    return render_template(
        "staff/gaps.html",
        gaps=found[:PAGE_SIZE],
        has_more=len(found) > PAGE_SIZE,
        page=page,
        wanted=wanted,
        mine=bool(wanted.assignee_id),
        states=STATES,
        counts=listing.count_by_state(db.session, wanted),
        last=last_pass(),
        people=staff_names(),
        site_now=current_site(),
        weeks=gaps.WEEKS,
        kept={name: value for name, value in request.args.items() if value and name != "page"},
    )


@bp.get("/gaps.csv")
def export() -> ResponseReturnValue:
    """Return the gaps that are asked for as a table for spreadsheets."""
    return csv_answer("gaps.csv", csv_text(COLUMNS, map(row_of, listing.list_gaps(db.session, asked(), limit=MOST_EXPORTED))))


def row_of(gap: Gap) -> tuple:
    """Return a gap as a row of COLUMNS."""
    words = " ".join(word for _, word, _ in gap.words)
    acted = gap.acted_at.date().isoformat() if gap.acted_at else None
    days = gap.first_day.isoformat(), gap.last_day.isoformat()
    return gap.id, gap.lang, gap.name, words, gap.state, gap.visits, gap.searches, *days, gap.acted_as, acted


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """Show one gap: what people wrote, how many a week, what comes near, and what can be done."""
    return render_gap(get_gap(db.session, number))


def render_gap(gap: Gap, *, problem: str | None = None, reason: str = "") -> str:
    """Return the page of one gap; a *problem* is said above what was typed."""
    today = utcnow().date()
    weeks, examples = listing.weeks_of(db.session, gap, today), listing.examples_of(db.session, gap)
    totals = {week.first: week.people for week in weeks}
    shown = [source for source in SOURCES if any(week.sources.get(source) for week in weeks)]
    return render_template(
        "staff/gap.html",
        gap=gap,
        weeks=weeks,
        sources=shown,
        chart=stacked([(f"{week.first.day}.{week.first.month}.", {"all": week.people}) for week in weeks], ["all"]),
        examples=examples,
        offers=offers_of(gap, examples),
        fall=fall_of(totals, gap.acted_at.date(), today) if gap.acted_at else None,
        people=staff_names(),
        may_change=access.may(g.staff.user.role, "staff_gaps.act") and covers_language(gap),
        problem=problem,
        reason=reason,
        limit=LONGEST_REASON,
        site_now=current_site(),
    )


@bp.post("/<int:number>/assign")
def assign(number: int) -> ResponseReturnValue:
    """Give the gap to somebody, or to nobody."""
    chosen = request.form.get("person", type=int)

    def give(_session: Session, gap: Gap) -> None:
        gap.assignee_id = chosen if chosen in staff_names() else None

    return change(number, give)


@bp.post("/<int:number>/act")
def act(number: int) -> ResponseReturnValue:
    """Note that something was done; from now on the weeks say whether it helped."""
    kind = request.form.get("kind", "")
    if kind not in insight_words.ACTS:
        return render_gap(get_gap(db.session, number), problem=gettext(g.lang, "Choose what was done")), 422

    def note(_session: Session, gap: Gap) -> None:
        gap.state, gap.acted_as, gap.acted_at, gap.closed_at, gap.reason = "acted", kind, utcnow(), None, None

    return change(number, note)


@bp.post("/<int:number>/dismiss")
def dismiss(number: int) -> ResponseReturnValue:
    """Set the gap aside, with a reason; whoever looks for it later is counted, and nothing is said."""
    reason = cut_text(request.form.get("reason", ""), limit=LONGEST_REASON, lines=True)
    if not reason:
        return render_gap(get_gap(db.session, number), problem=gettext(g.lang, "Say why, so that nobody has to ask again")), 422

    def set_aside(_session: Session, gap: Gap) -> None:
        gap.state, gap.reason = "dismissed", reason

    return change(number, set_aside)


@bp.post("/<int:number>/reopen")
def reopen(number: int) -> ResponseReturnValue:
    """Let the gap be open again, as if nothing had been done."""

    def open_again(_session: Session, gap: Gap) -> None:
        gap.state, gap.reason, gap.acted_as, gap.acted_at, gap.closed_at = "open", None, None, None, None

    return change(number, open_again)


@bp.post("/find")
def find() -> ResponseReturnValue:
    """Group everything anew now, unless that was done a moment ago."""
    now, last = utcnow(), last_pass()
    if last is None or last.finished_at < now - BETWEEN_PASSES:
        found = gaps.find_gaps(db.session, now.date())
        db.session.rollback()
        with writing() as session:
            gaps.store_gaps(session, found, now)
    return redirect(url_for("staff_gaps.index"), 303)


def change(number: int, action) -> ResponseReturnValue:
    """Do *action* with the gap in one transaction, and show it. Raises NoRight for a language that is not this person's."""
    with writing() as session:
        gap = get_gap(session, number)
        if not covers_language(gap):
            raise NoRight
        action(session, gap)
    return redirect(url_for("staff_gaps.show", number=number, _anchor="state"), 303)


def covers_language(gap: Gap) -> bool:
    """Return whether this person is for the language of *gap*."""
    return not g.staff.user.languages or gap.lang in g.staff.user.languages


def get_gap(session: Session, number: int) -> Gap:
    """Return the gap with *number*; 404 when there is none."""
    return (session.get(Gap, number) if number < 2**31 else None) or abort(404)


def last_pass() -> GapPass | None:
    """Return when everything was grouped last."""
    return db.session.get(GapPass, FOUND_LAST)


def staff_names() -> dict[int, str]:
    """Return who may do something about gaps, id to name."""
    users = db.session.scalars(select(StaffUser).where(StaffUser.disabled.is_(False)).order_by(StaffUser.name))
    return {user.id: user.name for user in users if access.may(user.role, "staff_gaps.act")}
