"""Links to surveys: a signed token says what is asked about and who was asked, so that nothing is stored before an answer."""

import secrets
from dataclasses import dataclass

from flask import url_for
from itsdangerous import BadData

from helpcenter.chat.models import Conversation
from helpcenter.feedback import surveys
from helpcenter.feedback.surveys import Occasion
from helpcenter.storage import db
from helpcenter.storage.columns import utcnow
from helpcenter.web.locale import current_site
from helpcenter.web.services import services
from helpcenter.web.visitor import visitor_id

PURPOSE = "survey"
LIFETIME_SECONDS = 60 * 24 * 3600


@dataclass(frozen=True)
class Invitation:
    """What a link asks about, and the digest of who was asked, if anybody in particular was."""

    occasion: Occasion
    person: str | None = None

    def token(self) -> str:
        """Return the invitation as a part of an address."""
        one = self.occasion
        return services().sign(PURPOSE).dumps([one.place, one.name, one.section, self.person])


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation of a link, None when it is not ours or older than 60 days."""
    try:
        place, name, section, person = services().sign(PURPOSE).loads(token, max_age=LIFETIME_SECONDS)
    except BadData:
        return None
    return Invitation(Occasion(place, name, section), person)


def new_link() -> Invitation:
    """Return an invitation for whoever gets the link; the first who answers uses it up."""
    return Invitation(Occasion(surveys.LINK, secrets.token_urlsafe(16)))


def survey_after_chat(conversation: Conversation | None) -> str | None:
    """Return the address of the survey about a chat that solved the question, None when nobody is to be asked."""
    if conversation is None or conversation.status != "resolved" or not current_site().feedback.surveys.after_chat:
        return None
    person = visitor_id()
    occasion = Occasion(surveys.CHAT, conversation.public_id)
    if not surveys.may_ask(db.session, person, now=utcnow()) or surveys.is_answered(db.session, occasion):
        return None
    return url_for("surveys.form", lang=conversation.lang, token=Invitation(occasion, person).token())
