"""What the staff's pages of gaps, insights and replay call things."""

from helpcenter.insights.models import Gap
from helpcenter.insights.signals import MISS, NO_CLICK, NO_HITS, REQUEST, VOTE
from helpcenter.language.messages import gettext, ngettext


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


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
