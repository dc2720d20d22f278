"""The staff's page of replay: what people asked lately, over the files as they are saved, before anybody publishes them."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from helpcenter.content.problems import FolderRefused
from helpcenter.insights.rehearsal import ANSWERED, LOST, OTHERWISE
from helpcenter.language.messages import gettext
from helpcenter.web import staff_access as access
from helpcenter.web import staff_insight_words as insight_words
from helpcenter.web.rehearsing import MOST_ASKED, MOST_SECONDS, rehearse
from helpcenter.web.staff import keep_private, template_values

bp = Blueprint("staff_replay", __name__, url_prefix="/staff/replay")
bp.before_request(access.check_access)
bp.after_request(keep_private)
bp.context_processor(template_values)
bp.context_processor(lambda: {"said": insight_words})

USUAL_DAYS, MOST_DAYS = 30, 90
SHOWN = (LOST, ANSWERED, OTHERWISE)


@bp.get("/")
def page() -> ResponseReturnValue:
    """Say what a replay does, and ask for its circumstances."""
    return render()


@bp.post("/")
def run() -> ResponseReturnValue:
    """Rehearse the publish now, within a few seconds, and show what would change; nothing is published."""
    days = min(max(request.form.get("days", USUAL_DAYS, type=int), 1), MOST_DAYS)
    drafts = bool(request.form.get("drafts"))
    try:
        found = rehearse(days=days, drafts=drafts)
    except FolderRefused as refused:
        return render(days=days, drafts=drafts, problem=str(refused)), 422
    if found is None:
        return render(days=days, drafts=drafts, problem=gettext(g.lang, "Another replay is running. Try again in a few seconds.")), 409
    return render(days=days, drafts=drafts, found=found)


def render(*, days: int = USUAL_DAYS, drafts: bool = True, **values: object) -> str:
    """Return the page."""
    return render_template(
        "staff/replay.html", days=days, drafts=drafts, most=MOST_ASKED, seconds=int(MOST_SECONDS), most_days=MOST_DAYS, verdicts=SHOWN, **values
    )
