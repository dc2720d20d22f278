"""What feedback does now and then: mail the weekly digests, and ask those whose request was solved."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpcenter.feedback import digests, surveys
from helpcenter.feedback.comments import Comment
from helpcenter.feedback.digests import Telling
from helpcenter.feedback.survey_models import Survey
from helpcenter.feedback.surveys import Occasion
from helpcenter.mail.letters import queue_letter
from helpcenter.mail.limits import may_send_automatic
from helpcenter.storage import db, writing
from helpcenter.storage.columns import utcnow
from helpcenter.support.models import SupportRequest
from helpcenter.web import voting
from helpcenter.web.asking import terms
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.survey_links import Invitation

# A request that is opened again at once was not solved; one of long ago is forgotten.
SETTLED = timedelta(hours=1)
OLDEST = timedelta(days=7)


def mail_digests(now: datetime | None = None) -> int:
    """Queue the digests of last week that were not queued yet, and return how many."""
    if not current_site().feedback.digest:
        return 0
    with writing() as session:
        return digests.queue_digests(session, terms(), Telling(address_of, reason_in), now=now or utcnow())


def address_of(place: Comment | str) -> str:
    """Return the public address of a comment's page, or of the inbox of a section."""
    inbox = f"{services().base_url}/staff/feedback/"
    if isinstance(place, Comment):
        return f"{inbox}{place.id}"
    return f"{inbox}?section={place}" if place else inbox


def reason_in(lang: str, reason: str | None) -> str:
    """Return the reason of a vote in words."""
    return voting.reason_text(current_site(), lang, reason)


def invite_solved(now: datetime | None = None) -> int:
    """Mail an invitation to those whose request was solved and stayed so for an hour; return how many were asked.

    Nobody is asked twice within 30 days, and one request is asked about once, however often it is solved.
    """
    now = now or utcnow()
    if not current_site().feedback.surveys.after_request:
        return 0
    asked = 0
    for request in solved_requests(db.session, now):
        with writing() as session:
            asked += invite(session, request, now)
    return asked


def solved_requests(session: Session, now: datetime) -> list[SupportRequest]:
    """Return the requests that were solved lately and not asked about, the oldest first."""
    known = select(Survey.id).where(Survey.occasion == f"{surveys.REQUEST}:" + SupportRequest.reference).exists()
    settled = SupportRequest.changed_at.between(now - OLDEST, now - SETTLED)
    wanted = select(SupportRequest).where(SupportRequest.state == "solved", SupportRequest.spam.is_(False), settled, ~known)
    return list(session.scalars(wanted.order_by(SupportRequest.changed_at, SupportRequest.id)))


def invite(session: Session, request: SupportRequest, now: datetime) -> bool:
    """Queue the invitation about *request*, and return whether the person may be asked now."""
    person = surveys.person_of(services().secret_key, request.email)
    occasion = Occasion(surveys.REQUEST, request.reference, section=request.section)
    if not surveys.may_ask(session, person, now=now):
        return False
    # Over the limit of automatic mail it is tried again by the next pass.
    if not may_send_automatic(session, request.email, rate_limits=services().rate_limits):
        return False
    site = current_site()
    lang = request.lang if request.lang in site.languages else site.default_language
    if not surveys.invite(session, occasion, lang=lang, person=person, now=now):
        return False
    token = Invitation(occasion, person).token()
    queue_letter(
        session, terms(), "survey-invitation", recipient=request.email, lang=lang, thread=f"survey-{request.reference}",
        automatic=True, reference=request.reference, survey_url=f"{services().base_url}/{lang}/survey/{token}",
    )  # fmt: skip
    return True
