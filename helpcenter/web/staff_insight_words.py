"""What the staff's pages of gaps, insights and replay call things."""

from collections.abc import Iterable

from helpcenter.insights.models import Gap
from helpcenter.insights.rehearsal import ANSWERED, LOST, MESSAGE, OTHERWISE, QUERY
from helpcenter.insights.signals import MISS, NO_CLICK, NO_HITS, REQUEST, VOTE
from helpcenter.language.messages import gettext, ngettext


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


mark = _

GAP_STATES = {"open": _("Open"), "acted": _("Acted upon"), "closed": _("Closed: the number fell"), "dismissed": _("Dismissed")}
SOURCES = {
    NO_HITS: _("Searches that found nothing"),
    NO_CLICK: _("Searches without a click"),
    MISS: _("Messages the bot did not understand"),
    VOTE: _("No votes with words"),
    REQUEST: _("First words of requests"),
}
ACTS = {
    "article": _("Wrote an article"),
    "synonym": _("Added a synonym"),
    "example": _("Added an example to a rule"),
    "passage": _("Fixed a passage"),
    "promoted": _("Promoted an article"),
    "other": _("Something else"),
}


def people_text(lang: str, gap: Gap) -> str:
    """Return how many visits and searches a gap has, in words."""
    visits = ngettext(lang, "%(n)s visit", "%(n)s visits", gap.visits)
    searches = ngettext(lang, "%(n)s search", "%(n)s searches", gap.searches)
    return ", ".join(text for text, number in ((visits, gap.visits), (searches, gap.searches)) if number) or gettext(lang, "nobody at present")


COLUMNS = {
    "week": _("Week from"), "month": _("Month"), "visits": _("Visits"), "resolved": _("Resolved"), "escalated": _("Escalated"), "left": _("Left"),
    "going_on": _("Going on"), "views": _("Readings"), "searches": _("Searches"), "opened": _("With a click"), "no_click": _("Without a click"),
    "no_hits": _("Nothing found"), "respelled": _("Respelled"), "query": _("Query"), "language": _("Language"), "word": _("Word"),
    "conversations": _("Conversations"), "messages": _("Messages"), "asked_back": _("Asked back"), "missed": _("Not understood"),
    "rule": _("Rule"), "other_rule": _("Other rule"), "times": _("Times"), "article": _("Article"), "title": _("Title"), "version": _("Version"),
    "helpful": _("It helped"), "not_helpful": _("It did not help"), "answers": _("Answers"), "below": _("Below what was expected"),
    "as_expected": _("As expected"), "above": _("Above"), "topic": _("Topic"), "requests": _("Requests"), "complaints": _("Complaints"),
    "answered_in_time": _("Answered in time"), "answered_late": _("Answered late"), "answer_waiting": _("Waiting for an answer"),
    "solved_in_time": _("Solved in time"), "solved_late": _("Solved late"), "solution_waiting": _("Waiting for a solution"),
}  # fmt: skip


def column(lang: str, name: str) -> str:
    """Return what a column is called."""
    return gettext(lang, COLUMNS[name])


def names(lang: str, series: Iterable[str]) -> dict[str, str]:
    """Return what each column of *series* is called."""
    return {name: column(lang, name) for name in series}


VERDICTS = {
    LOST: _("Newly lost: answered now, and no more once it is published"),
    ANSWERED: _("Newly answered"),
    OTHERWISE: _("Answered otherwise"),
}
KINDS = {QUERY: _("Search"), MESSAGE: _("To the bot")}
