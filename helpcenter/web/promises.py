"""What happens next with a request, and when: told in the same words on pages, in the widget and in the chat."""

from datetime import datetime

from helpcenter.language.messages import format_moment, gettext, ngettext
from helpcenter.storage.columns import utcnow
from helpcenter.support.models import SupportRequest
from helpcenter.support.service_levels import DONE, answer_within, calendar_of
from helpcenter.web.locale import current_site


def what_happens_next(request: SupportRequest, now: datetime | None = None) -> list[str]:
    """Return in the request's language within which time a person answers, by when that is, and when we open if we are closed."""
    return [within_which_time(request), *until_when(request, now)]


def within_which_time(request: SupportRequest) -> str:
    """Return within how many hours a person answers *request*; that a person answers, where no time is promised."""
    site, lang = current_site(), request.lang
    within = answer_within(site, request)
    if within is None:
        return gettext(
            lang, "Your request has the reference %(reference)s. A person answers here and by e-mail to %(email)s.",
            reference=request.reference, email=request.email,
        )  # fmt: skip
    # Both are said in full: an hour of work and an hour of the clock are two promises.
    if calendar_of(site, request.team).hours:
        return ngettext(
            lang, "A person answers within %(num)s working hour, by e-mail to %(email)s and here.",
            "A person answers within %(num)s working hours, by e-mail to %(email)s and here.", within, num=within, email=request.email,
        )  # fmt: skip
    return ngettext(
        lang, "A person answers within %(num)s hour, by e-mail to %(email)s and here.",
        "A person answers within %(num)s hours, by e-mail to %(email)s and here.", within, num=within, email=request.email,
    )  # fmt: skip


def until_when(request: SupportRequest, now: datetime | None = None) -> list[str]:
    """Return by which moment a person answers *request*, and when those who answer open again if they are closed."""
    site, now = current_site(), now or utcnow()
    calendar = calendar_of(site, request.team)
    said = []
    if request.answer_due_at:
        said.append(gettext(request.lang, "An answer comes by %(moment)s.", moment=format_moment(request.lang, request.answer_due_at, site.timezone)))
    is_closed = calendar.hours is not None and not calendar.hours.is_open(now, calendar.zone)
    if is_closed and (opening := calendar.hours.next_opening(now, calendar.zone)):
        moment = format_moment(request.lang, opening, site.timezone)
        said.append(gettext(request.lang, "We are closed now and open again: %(moment)s.", moment=moment))
    return said


def answer_due(request: SupportRequest) -> datetime | None:
    """Return by when a person first answers, None when they did, when it is done, and when that time is over."""
    is_due = request.answered_at is None and request.state not in DONE
    return request.answer_due_at if is_due and request.answer_due_at and request.answer_due_at > utcnow() else None
