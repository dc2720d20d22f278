"""What happens next with a request, and when: told in the same words on pages, in the widget and in the chat."""

from datetime import datetime

from helpcenter.language.messages import format_moment, gettext, ngettext
from helpcenter.storage.columns import utcnow
from helpcenter.support.models import SupportRequest
from helpcenter.support.service_levels import DONE, answer_within, calendar_of
from helpcenter.web.locale import current_site


def what_happens_next(request: SupportRequest, now: datetime | None = None) -> list[str]:
    """Return in the request's language within which time a person answers, by when that is, and when we open if we are closed."""
    site, lang = current_site(), request.lang
    calendar, within = calendar_of(site, request.team), answer_within(site, request)
    if within is None:
        said = gettext(
            lang, "Your request has the reference %(reference)s. A person answers here and by e-mail to %(email)s.",
            reference=request.reference, email=request.email,
        )  # fmt: skip
        return [said, *closed_until(request, now)]
    # Both are said in full: an hour of work and an hour of the clock are two promises.
    if calendar.hours:
        said = ngettext(
            lang, "A person answers within %(num)s working hour, by e-mail to %(email)s and here.",
            "A person answers within %(num)s working hours, by e-mail to %(email)s and here.", within, num=within, email=request.email,
        )  # fmt: skip
    else:
        said = ngettext(
            lang, "A person answers within %(num)s hour, by e-mail to %(email)s and here.",
            "A person answers within %(num)s hours, by e-mail to %(email)s and here.", within, num=within, email=request.email,
        )  # fmt: skip
    moment = format_moment(lang, request.answer_due_at, site.timezone) if request.answer_due_at else None
    due = [gettext(lang, "That is at the latest: %(moment)s.", moment=moment)] if moment else []
    return [said, *due, *closed_until(request, now)]


def closed_until(request: SupportRequest, now: datetime | None = None) -> list[str]:
    """Return when those who answer *request* open again, nothing while they are there or when nobody knows."""
    site, now = current_site(), now or utcnow()
    calendar = calendar_of(site, request.team)
    if calendar.hours is None or calendar.hours.is_open(now, calendar.zone):
        return []
    opening = calendar.hours.next_opening(now, calendar.zone)
    moment = format_moment(request.lang, opening, site.timezone) if opening else None
    return [gettext(request.lang, "We are closed now and open again: %(moment)s.", moment=moment)] if moment else []


def answer_due(request: SupportRequest) -> datetime | None:
    """Return by when a person first answers, None when they did, when it is done, and when that time is over."""
    is_due = request.answered_at is None and request.state not in DONE
    return request.answer_due_at if is_due and request.answer_due_at and request.answer_due_at > utcnow() else None
