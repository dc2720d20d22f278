"""Contact forms that were not sent, because their visitor said that an article answered them."""

from sqlalchemy.orm import Session

from helpcenter.journeys import trail
from helpcenter.journeys.models import AnsweredForm, Journey
from helpcenter.storage.tokens import digest
from helpcenter.storage.upsert import upsert


def say(session: Session, journey: Journey, form_name: str, *, article: str, title: str, lang: str) -> None:
    """Note in *journey* that *article* answered what the form *form_name* was opened for; said twice, it counts once."""
    row = {"name_digest": digest(form_name), "journey_id": journey.id}
    if session.get(AnsweredForm, row["name_digest"]) is None:
        trail.record(session, journey, "solved", article=article, title=title, lang=lang, by="suggestion")
        steps = trail.trail(session, journey.id)
        journey.outcome = trail.judged(journey.outcome, [(step.kind, step.details) for step in steps])
    upsert(session, AnsweredForm, row, unique=["name_digest"])


def take_back(session: Session, form_name: str) -> Journey | None:
    """Forget that the form *form_name* was answered, since it is sent after all, and return the visit in which that was said.

    None when it was not said. The visit is the one that escalates: a request is never counted beside its own answer.
    """
    said = session.get(AnsweredForm, digest(form_name))
    if said is None:
        return None
    journey = session.get_one(Journey, said.journey_id)
    session.delete(said)
    return journey
