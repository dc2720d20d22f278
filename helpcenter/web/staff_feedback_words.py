"""What the staff's pages of feedback and surveys call things."""

from helpcenter.feedback.comments import DONE, LONGEST_ANSWER, LONGEST_NOTE, OPEN
from helpcenter.feedback.statistics import BETTER, FEW, WORSE, Change, Interval, Share
from helpcenter.feedback.statistics import OPEN as UNDECIDED
from helpcenter.language.messages import format_number, gettext
from helpcenter.web import voting
from helpcenter.web.locale import current_site


def _(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


STATES = {OPEN: _("Open"), DONE: _("Done")}
REQUEST_KINDS = {"complaint": _("Complaint"), "feedback": _("Feedback")}
VERDICTS = {FEW: _("Too few votes to say"), BETTER: _("Better"), WORSE: _("Worse"), UNDECIDED: _("No difference shown")}
PLACES = {"request": _("After a solved request"), "chat": _("After a chat"), "link": _("By a link"), "block": _("In a block on a site")}
LIMITS = {"note": LONGEST_NOTE, "text": LONGEST_ANSWER}


def reason_text(lang: str, reason: str | None) -> str:
    """Return the reason of a vote in *lang*, nothing without one."""
    return voting.reason_text(current_site(), lang, reason)


def reasons(lang: str) -> dict[str, str]:
    """Return every reason that a vote may have, by name, in *lang*."""
    return {name: reason_text(lang, name) for name in sorted(voting.reason_names(current_site()))}


def too_long(lang: str, field: str) -> str:
    """Return that the text of *field* is too long."""
    return gettext(lang, "This is too long: at most %(limit)s characters", limit=LIMITS.get(field, LONGEST_NOTE))


def percent(lang: str, rate: float | None) -> str:
    """Return a share from 0 to 1 in percent.

    >>> percent("en", 0.254), percent("en", None)
    ('25 %', '–')
    """
    return "–" if rate is None else f"{format_number(lang, round(100 * rate))} %"


def between(lang: str, interval: Interval | None) -> str:
    """Return the interval of a share in percent.

    >>> between("en", Interval(0.255, 0.366))
    '26–37 %'
    """
    if interval is None:
        return ""
    low, high = (format_number(lang, round(100 * edge)) for edge in interval)
    return f"{low}–{high} %"


def share_text(lang: str, share: Share) -> str:
    """Return a share with its interval.

    >>> share_text("en", Share(81, 263))
    '31 % (26–37 %)'
    """
    return f"{percent(lang, share.rate)} ({between(lang, share.interval)})" if share.total else "–"


def signed(lang: str, number: float, digits: int = 0) -> str:
    """Return *number* with its sign.

    >>> signed("en", 12.4), signed("en", -3), signed("en", 0.25, 1)
    ('+12', '−3', '+0.2')
    """
    rounded = round(number, digits) if digits else round(number)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return sign + format_number(lang, abs(rounded))


def change_text(lang: str, change: Change | None) -> str:
    """Return the difference of two shares in percentage points, with its interval."""
    if change is None or change.difference is None:
        return "–"
    low, high = (signed(lang, 100 * edge) for edge in change.interval)
    points = gettext(lang, "%(number)s points", number=signed(lang, 100 * change.difference))
    return gettext(lang, "%(points)s (%(low)s to %(high)s)", points=points, low=low, high=high)
