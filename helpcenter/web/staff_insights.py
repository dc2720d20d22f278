"""The staff's page of figures: every table with its chart, over a period, a language and a topic; each also as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpcenter.feedback import survey_reports
from helpcenter.feedback.tables import csv_text
from helpcenter.insights import figures, letters, reception
from helpcenter.insights.periods import LONGEST_WEEKS, Period
from helpcenter.language.cleaning import cut_text
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.web import staff_access as access
from helpcenter.web import staff_feedback_words as feedback_words
from helpcenter.web import staff_insight_words as insight_words
from helpcenter.web.charts import Chart, stacked
from helpcenter.web.locale import current_site
from helpcenter.web.staff import keep_private, template_values
from helpcenter.web.staff_feedback import asked_day, csv_answer
from helpcenter.web.staff_insight_words import mark as _

bp = Blueprint("staff_insights", __name__, url_prefix="/staff/insights")
bp.before_request(access.check_access)
bp.after_request(keep_private)
bp.context_processor(template_values)
bp.context_processor(lambda: {"said": insight_words, "feedback_words": feedback_words})

USUAL_WEEKS = 13
SHOWN = 20
LONGEST_SECTION = 255


@dataclass(frozen=True)
class Table:
    """Figures that belong together: how they are called, and how they are counted and drawn."""

    name: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: Callable[[Period], Sequence[tuple]]
    series: tuple[str, ...] = ()
    """The columns that a chart shows, from the bottom; without any there is no chart."""
    by_topic: bool = False
    """Whether the figures can be those of one topic."""

    def chart(self, rows: Sequence[tuple]) -> Chart | None:
        """Return *rows* as columns, None where a chart would say nothing more."""
        if not self.series or not rows:
            return None
        places = {name: self.columns.index(name) for name in self.series}
        return stacked([(label_of(row[0]), {name: row[place] for name, place in places.items()}) for row in rows], self.series)


def label_of(first: date) -> str:
    """Return a day as the chart has it below a column."""
    return f"{first.day}.{first.month}."


def satisfaction(period: Period) -> list[tuple]:
    """Return how many received less than expected, as much, and more, by month."""
    given = survey_reports.answers(db.session, period.since, period.until, lang=period.lang, section=period.section)
    months = survey_reports.months_of(given, period.since, period.until)
    return [(month.first, month.summary.answers, *month.summary.degrees) for month in months]


def of(count: Callable) -> Callable[[Period], Sequence[tuple]]:
    """Return *count* over the database of this request."""
    return lambda period: count(db.session, period)


TABLES = (
    Table(
        "visits", _("Visits and how they ended"),
        _("A visit is known when somebody voted, chatted or wrote. Resolved: they said so, or found an article helpful that they had read. "
          "Escalated: they asked a person. Left: nobody knows, and it counts as no success. Readings and searches are those of everybody."),
        ("week", "visits", "resolved", "escalated", "left", "going_on", "views", "searches"), of(figures.visits),
        ("resolved", "escalated", "left", "going_on"),
    ),
    Table(
        "searches", _("Searches"), _("Nobody can tell who searched. Who finds the answer in the excerpt clicks nothing."),
        ("week", "searches", "opened", "no_click", "no_hits", "respelled"), of(figures.searches), ("opened", "no_click", "no_hits"),
    ),
    Table(
        "queries", _("Searches that led nowhere"),
        _("What fewer than three searches were about is not listed. The page of gaps puts together what belongs together."),
        ("query", "language", "searches", "no_hits", "opened", "respelled"), of(figures.queries),
    ),
    Table(
        "misspelt", _("Misspelt searches"), _("They found something only after words were respelled; a synonym makes them sure."),
        ("query", "language", "searches", "no_hits", "opened", "respelled"), of(figures.misspelt),
    ),
    Table(
        "new_words", _("New words"), _("Searched for in the last four weeks of this time, and by nobody in the twelve weeks before."),
        ("word", "language", "searches"), of(figures.new_words),
    ),
    Table(
        "bot", _("The bot"), _("Not understood: it asked for other words, showed what is near, or offered a person."),
        ("week", "conversations", "messages", "asked_back", "missed"), of(figures.bot), ("messages",),
    ),
    Table(
        "confusions", _("Rules the bot could not tell apart"), _("It asked which of the two was meant."),
        ("rule", "other_rule", "language", "times"), of(figures.confusions),
    ),
    Table(
        "helpfulness", _("Helpfulness of articles, by version"),
        _("In brackets: where the true share lies with 95 percent certainty. From few votes little can be said."),
        ("article", "title", "language", "version", "helpful", "not_helpful"), of(reception.helpfulness), by_topic=True,
    ),
    Table(
        "satisfaction", _("Degrees of satisfaction"), _("What was received, compared with what was expected; see the page of surveys."),
        ("month", "answers", "below", "as_expected", "above"), satisfaction, ("below", "as_expected", "above"), by_topic=True,
    ),
    Table(
        "escalations", _("Requests by topic"), _("Requests to a person, beside the readings of the articles of the topic."),
        ("topic", "requests", "complaints", "views"), of(reception.escalations), by_topic=True,
    ),
    Table(
        "service_levels", _("Service levels"), _("By the week in which the request came; where nothing was promised it counts only as a request."),
        ("week", "requests", "answered_in_time", "answered_late", "answer_waiting", "solved_in_time", "solved_late", "solution_waiting"),
        lambda period: reception.service_levels(db.session, period, utcnow()),
        ("answered_in_time", "answered_late", "answer_waiting"), by_topic=True,
    ),
)  # fmt: skip


def asked_period() -> Period:
    """Return what the address asks for: the last thirteen weeks by default, a year at most."""
    site = current_site()
    until = asked_day("until") or utcnow().date()
    since = asked_day("since") or until - timedelta(weeks=USUAL_WEEKS) + timedelta(days=1)
    lang, section = request.args.get("lang", ""), cut_text(request.args.get("section", ""), limit=LONGEST_SECTION)
    return Period(
        max(min(since, until), until - timedelta(weeks=LONGEST_WEEKS - 1)), until,
        lang if lang in site.languages else "", section if section in {one.key for one in site.sections} else "",
    )  # fmt: skip


@bp.get("/")
def overview() -> ResponseReturnValue:
    """Show every table with its chart, the first rows of long ones."""
    period = asked_period()
    shown: list[dict[str, Any]] = []
    for table in TABLES:
        rows = list(table.rows(period))
        latest_first = rows[::-1] if table.series else rows
        shown.append({"table": table, "rows": latest_first[:SHOWN], "more": max(0, len(rows) - SHOWN), "chart": table.chart(rows)})
    return render_template(
        "staff/insights.html",
        shown=shown,
        period=period,
        site_now=current_site(),
        kept={name: value for name, value in request.args.items() if value},
        wants_letter=letters.is_wanted(db.session, g.staff.user.id),
    )


@bp.post("/letter")
def choose_letter() -> ResponseReturnValue:
    """Say whether I want the weekly letter."""
    with writing() as session:
        letters.choose(session, g.staff.user.id, wanted=request.form.get("wanted") == "yes")
    return redirect(url_for("staff_insights.overview", _anchor="letter"), 303)


@bp.get("/<name>.csv")
def export(name: str) -> ResponseReturnValue:
    """Return one table as it is asked for, whole, for spreadsheets."""
    table = next((table for table in TABLES if table.name == name), None)
    if table is None:
        abort(404)
    rows = ([value.isoformat() if isinstance(value, date) else value for value in row] for row in table.rows(asked_period()))
    return csv_answer(f"{name}.csv", csv_text(table.columns, rows))
