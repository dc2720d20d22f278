"""Mails the weekly letter of insights to those of the staff whom it concerns, in their language."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from helpcenter.accounts.models import StaffUser
from helpcenter.feedback.digests import last_week
from helpcenter.insights import figures, letters, listing, reception
from helpcenter.insights.listing import Wanted
from helpcenter.insights.periods import Period
from helpcenter.language.messages import format_date
from helpcenter.mail.letters import queue_letter
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support import inbox
from helpcenter.support.notifying import NoticeChoice
from helpcenter.web import staff_access as access
from helpcenter.web import staff_feedback_words as feedback_words
from helpcenter.web.asking import terms
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.staff_insight_words import people_text

MOST_GAPS, MOST_RATED, FEWEST_NO = 10, 5, 3


def mail_letters(now: datetime | None = None) -> int:
    """Queue the letters of last week that were not queued yet, and return how many; whom nothing concerns gets none."""
    now, site = now or utcnow(), current_site()
    since, until = last_week(site, now)
    done = letters.settled(db.session, since.isoformat())
    users = db.session.scalars(select(StaffUser).where(StaffUser.disabled.is_(False)).order_by(StaffUser.id)).all()
    queued = 0
    for user in users:
        if user.id in done or not access.may(user.role, "staff_gaps.act"):
            continue
        lang = language_of(user)
        told = values_of(user, lang, since, until)
        with writing() as session:
            if letters.claim(session, user.id, since.isoformat()) and told:
                queue_letter(
                    session, terms(), "insight-digest", recipient=user.email, lang=lang, thread=f"insights-{since}-{user.id}", automatic=True, **told
                )
                queued += 1
    return queued


def language_of(user: StaffUser) -> str:
    """Return the language in which somebody wants mail: what they chose, else the site's."""
    choice = db.session.get(NoticeChoice, user.id)
    return (choice.lang if choice else None) or current_site().default_language


def values_of(user: StaffUser, lang: str, since: date, until: date) -> dict:
    """Return what the letter to *user* says; nothing when there is nothing to say."""
    gaps = listing.list_gaps(db.session, Wanted(state="open", languages=tuple(user.languages)), limit=MOST_GAPS)
    period = Period(since, until)
    (week,) = figures.searches(db.session, period)
    rated = [row for row in reception.helpfulness(db.session, period) if row.not_helpful >= FEWEST_NO and row.not_helpful > row.helpful]
    mine = [row for row in rated if not user.languages or row.lang in user.languages][:MOST_RATED]
    due = inbox.count_views(db.session, staff_id=user.id)["due"] if access.may(user.role, "staff.requests") else 0
    if not (gaps or mine or due or week.searches):
        return {}
    staff = f"{services().base_url}/staff"
    return {
        "since": format_date(lang, since),
        "until": format_date(lang, until),
        "gaps": [{"name": gap.name, "lang": gap.lang, "people": people_text(lang, gap), "url": f"{staff}/gaps/{gap.id}"} for gap in gaps],
        "searches": {"total": week.searches, "no_hits": week.no_hits, "no_click": week.no_click},
        "rated": [{"title": row.title, "lang": row.lang, "said": feedback_words.share_text(lang, row.share)} for row in mine],
        "due": due,
        "insights": f"{staff}/insights/#letter",
    }
