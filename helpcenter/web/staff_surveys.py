"""The staff's page of surveys: satisfaction over time, effort, recommendation, loyalty, and what suggestions save."""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.feedback import survey_reports, surveys
from helpcenter.feedback.statistics import FEWEST, Change, Share, compare
from helpcenter.feedback.survey_models import Survey
from helpcenter.feedback.survey_reports import Month
from helpcenter.feedback.tables import csv_text
from helpcenter.journeys import experiment
from helpcenter.language.cleaning import cut_text
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import staff_access as access
from helpcenter.web import staff_feedback_words as feedback_words
from helpcenter.web.locale import current_site, interface_language
from helpcenter.web.services import services
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_feedback import asked_day, csv_answer
from helpcenter.web.survey_links import find_invitation, new_link

bp = Blueprint("staff_surveys", __name__, url_prefix="/staff/surveys")
bp.before_request(access.check_access)
bp.after_request(keep_private)
bp.context_processor(template_values)
bp.context_processor(lambda: {"said": feedback_words})

USUAL_MONTHS = 12
LONGEST_PERIOD = timedelta(days=1100)
LONGEST_INPUT = 255
COLUMNS = ("answered", "place", "language", "section", "page", "expected", "received", "difference", "effort", "recommend", "comment")
# Of the chart, in its own units.
BAR, GAP, HEIGHT = 24, 12, 120


def asked_period() -> tuple[date, date]:
    """Return the period that the address asks for: the last twelve months by default, three years at most."""
    until = asked_day("until") or utcnow().date()
    usual = (until.replace(day=1) - timedelta(days=31 * (USUAL_MONTHS - 1) - 15)).replace(day=1)
    since = asked_day("since") or usual
    return max(min(since, until), until - LONGEST_PERIOD), until


def asked_filter() -> dict[str, str]:
    """Return which surveys the address asks for."""
    given = {name: cut_text(request.args.get(name, ""), limit=LONGEST_INPUT) for name in ("place", "lang", "section")}
    return {**given, "place": given["place"] if given["place"] in surveys.PLACES else ""}


@bp.get("/")
def report() -> ResponseReturnValue:
    """Show what the surveys say: in numbers with their intervals, by month, and beside it a chart."""
    (since, until), wanted = asked_period(), asked_filter()
    given = survey_reports.answers(db.session, since, until, **wanted)
    months = survey_reports.months_of(given, since, until)
    made = find_invitation(request.args.get("made", ""))
    return render_template(
        "staff/surveys.html",
        since=since,
        until=until,
        wanted=wanted,
        places=surveys.PLACES,
        all=survey_reports.summary_of(given),
        response=survey_reports.response(db.session, since, until, **wanted),
        months=months,
        bars=bars_of(months),
        loyalty=survey_reports.loyalty(db.session, since, until),
        held_out=hold_out(since, until),
        fewest=FEWEST,
        site_now=current_site(),
        kept={name: value for name, value in request.args.items() if value and name != "made"},
        made_url=services().base_url + url_for("surveys.form", lang=interface_link_language(), token=made.token()) if made else None,
    )


def interface_link_language() -> str:
    """Return the language in which a new link opens: the reader's, where the site has it."""
    site = current_site()
    return interface_language() if interface_language() in site.languages else site.default_language


def hold_out(since: date, until: date) -> dict:
    """Return what the hold-out experiment counted: requests per form with suggestions and without, and the difference."""
    found = experiment.result(db.session, since, until)
    with_them, without = (Share(min(forms.sent, forms.opened), forms.opened) for forms in found)
    change: Change = compare(without, with_them, more_is_better=False)
    return {"percent": current_site().feedback.hold_out_percent, "with": with_them, "without": without, "change": change}


def bars_of(months: list[Month]) -> list[dict]:
    """Return the chart's bars: for each month with answers how much of it is below, as, and above what was expected."""
    bars = []
    for place, month in enumerate(months):
        degrees, top, parts = month.summary.degrees, HEIGHT, []
        for name, number in zip(("below", "as", "above"), degrees, strict=True):
            height = HEIGHT * number / degrees.total if degrees.total else 0
            top -= height
            parts.append({"name": name, "y": round(top, 1), "height": round(height, 1)})
        bars.append({"month": month, "x": place * (BAR + GAP), "width": BAR, "parts": parts})
    return bars


@bp.get("/answers.csv")
def export() -> ResponseReturnValue:
    """Return the answers that are asked for as a table for spreadsheets, without anything that says whose they are."""
    since, until = asked_period()
    rows = survey_reports.rows_for_export(db.session, since, until, **asked_filter())
    return csv_answer("surveys.csv", csv_text(COLUMNS, map(row_of, rows)))


def row_of(one: Survey) -> tuple:
    """Return an answered survey as a row of COLUMNS."""
    gap = one.received - one.expected if one.received is not None and one.expected is not None else None
    day = one.answered_at.date().isoformat()
    return day, one.place, one.lang, one.section, one.page, one.expected, one.received, gap, one.effort, one.recommend, one.comment


@bp.post("/link")
def make_link() -> ResponseReturnValue:
    """Make a link to the survey that one person may use, and show it."""
    made = new_link()
    with writing() as session:
        surveys.invite(session, made.occasion, lang=interface_link_language(), person=None, now=utcnow())
    return redirect(url_for("staff_surveys.report", made=made.token(), _anchor="link"), 303)
